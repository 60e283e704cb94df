"""The numbers of their own that visitors give: how many of what, and amounts of money."""

import re
from dataclasses import dataclass
from decimal import Decimal

from agent.answering.places import SIZE, plain
from agent.answering.pricing import MONEY, NUMBER, PERIODS, number
from agent.answering.words import terms

SPELT = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "twelve": 12,
    "zwei": 2, "drei": 3, "vier": 4, "funf": 5, "sechs": 6, "sieben": 7, "acht": 8, "neun": 9, "zehn": 10, "zwolf": 12,
    "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "sept": 7, "huit": 8, "neuf": 9, "dix": 10, "douze": 12,
    "dos": 2, "tres": 3, "cuatro": 4, "cinco": 5, "seis": 6, "siete": 7, "ocho": 8, "nueve": 9, "diez": 10, "doce": 12,
    "dois": 2, "duas": 2, "quatro": 4, "sete": 7, "oito": 8, "nove": 9, "dez": 10, "doze": 12,
    "twee": 2, "drie": 3, "vijf": 5, "zes": 6, "zeven": 7, "negen": 9, "tien": 10, "twaalf": 12,
}  # fmt: skip
COUNT = re.compile(
    rf"(?<![\w.,/:#-])(?P<n>{NUMBER})(?P<k>\s?k\b)?(?!\d|[.,:]\d|\s*(?:[x×%]\s*\d|%|[€$£]|:\d|[./-]\d|mm\b|cm\b|m\b|kg\b|kilos?\b|km\b|g\b|l\b|ml\b|liters?\b|litres?\b|am\b|pm\b|o'clock|uhr\b|st\b|nd\b|rd\b|th\b|\w*°))"
    r"|(?P<word>\b[a-zà-ÿ]{3,7}\b)",
    re.IGNORECASE,
)
WHOLE_PACK = re.compile(
    r"\b(?:full|complete|whole|entire|volle[nr]?|ganze[nr]?|hele)\s+(?P<before>pallets?|palette|bundle|container)\b|\b(?P<after>pallet|palette|pal[ée]|palete|palet|container)\s+(?:compl[eè]te?|completo|completa|enti[eè]re?|entero|inteir[oa])\b",
    re.IGNORECASE,
)
THOUSANDS = re.compile(rf"(?P<n>{NUMBER})\s?k\b", re.IGNORECASE)
END = re.compile(r"[,;.?!]|\b(?:and|und|et|y|e|en)\b")
A_PRICE = re.compile(r"\s*(?:a|an|per|each|/|pro|je|par|por|cada)\s+\w", re.IGNORECASE)
"""What follows a price without its currency ("140 a site")."""
PREPOSITIONS = frozenset(
    {"a", "an", "at", "in", "on", "with", "over", "for", "per", "from", "by", "to", "into", "plus", "+", "each", "around", "altogether", "one",
     "mit", "bei", "fur", "pro", "je", "im", "auf", "avec", "pour", "dans", "par", "con", "para", "por", "com", "met", "voor", "bij", "op"}
)  # fmt: skip
"""Words that end the name of what is counted."""
NEXT_WORDS = 5
YEARS = range(1990, 2100)


@dataclass(frozen=True, slots=True)
class Count:
    """So many of what the next words name."""

    value: Decimal
    noun: str
    after: frozenset[str]

    def counts(self, unit: str) -> bool:
        """Tell whether it counts this unit; months, weeks and the like only by their own names."""
        if period := period_of(unit):
            return period_of(self.noun) == period
        return bool(self.after & terms(plain(unit)))


def counts(text: str) -> list[Count]:
    """Give every count of things in a visitor's words; money, sizes, percentages, times and years are none."""
    bare = SIZE.sub(lambda size: " " * len(size[0]), text)
    money = [m.span() for pattern in (MONEY, THOUSANDS) for m in pattern.finditer(bare)]
    found = [
        _count(value, bare[match.end() :])
        for match in COUNT.finditer(bare)
        if (value := _value(match))
        and not any(start <= match.start() < end for start, end in money)
        and not A_PRICE.match(bare, match.end())
    ]
    return found + _wholes(bare, {plain(count.noun) for count in found})


def _value(match: re.Match[str]) -> Decimal | None:
    """Give the number found, unless it is zero or a year."""
    written = match["n"]
    value = number(written) if written else spelt(match["word"])
    is_year = (
        value is not None and written is not None and written.isdigit() and int(value) in YEARS
    )
    return None if is_year else value


def _count(value: Decimal, rest: str) -> Count:
    """Give a count with the next words, up to a stop, an "and" or the next number."""
    words: list[str] = []
    for word in END.split(rest, maxsplit=1)[0].split()[:NEXT_WORDS]:
        if spelt(word) or word[0].isdigit() or (words and plain(word) in PREPOSITIONS):
            break
        words.append(word)
    forms = (*words, *(word.rstrip(".,;:?!").removesuffix("s") for word in words))
    return Count(value, words[0] if words else "", terms(" ".join(forms)))


def _wholes(text: str, counted: set[str]) -> list[Count]:
    """Count one of each "full pallet", unless so many pallets are counted already."""
    units = [match["before"] or match["after"] for match in WHOLE_PACK.finditer(text)]
    return [
        Count(Decimal(1), unit, terms(plain(unit)))
        for unit in units
        if not counted & {"full", plain(unit)}
    ]


def amounts(text: str) -> list[Decimal]:
    """Give the amounts of money in a visitor's words: "€400", "120 euro", "32k"."""
    said = [number(m["first"] or m["second"]) for m in MONEY.finditer(text)]
    thousands = [number(m["n"]) for m in THOUSANDS.finditer(text)]
    return [each for each in said if each] + [each * 1000 for each in thousands if each]


def period_of(unit: str) -> str:
    """Give the period a unit is, as its English name; else nothing."""
    word = unit.lower()
    for form in (word, word.rstrip("s"), re.sub(r"(?:en|es|n|e)$", "", word)):
        if form in PERIODS:
            return PERIODS[form]
    return ""


def spelt(word: str | None) -> Decimal | None:
    """Give the number that a word spells, from two on; else None."""
    value = SPELT.get(plain(word or ""))
    return Decimal(value) if value else None
