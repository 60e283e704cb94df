"""What facts state in figures: each with its unit, and the words that say what it is the figure of."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from agent.facts import Fact
from knowledge.questions import content_words

UNITS: Mapping[str, str] = {
    "eur": r"€|eur|euros?", "usd": r"\$|usd|us\$|dollars?", "gbp": r"£|gbp|pounds?", "chf": r"chf|sfr",
    "percent": r"%|per ?cent|percent|prozent|por ciento|pour cent|por cento|procent",
    "minute": r"minutes?|min|minuten|minutos?|minuut", "hour": r"hours?|hrs?|h|stunden?|horas?|heures?|uur",
    "day": r"(?:working |business |calendar )?days?|(?:werk|arbeits)?tagen?|d[ií]as?(?: h[áa]biles| laborables)?|jours?(?: ouvrés| ouvrables)?|dias?(?: úteis)?|(?:werk)?dagen?",
    "week": r"weeks?|wochen?|semanas?|semaines?|weken|week", "month": r"months?|monate?n?|mes(?:es)?|mois|m[eê]s(?:es)?|maanden?",
    "year": r"years?|jahre?n?|años?|ans|années?|anos?|jaar|jaren",
    "km": r"km|kilomet(?:re|er)s?", "kg": r"kg|kilos?", "gb": r"gb", "tb": r"tb", "mb": r"mb",
}  # fmt: skip
_BEFORE = r"(?P<before>€|\$|£|us\$|eur|usd|gbp|chf)\s?"
_AFTER = "|".join(f"(?:{pattern})" for pattern in UNITS.values())
FIGURE = re.compile(
    rf"(?:{_BEFORE})?(?<![\w.,:-])(?P<number>\d{{1,3}}(?:[ .,'’\u00a0\u202f]\d{{3}})+(?:[.,]\d{{1,2}})?|\d+(?:[.,]\d{{1,4}})?)(?![\d:])"
    rf"(?:\s?-?(?P<after>{_AFTER})(?!\w))?",
    re.IGNORECASE,
)
CLOCK = re.compile(
    r"(?<![\d.,])([01]?\d|2[0-3])(?:[:h]([0-5]\d)\b|\.([0-5]\d)(?=\s?(?:uhr|h\b|u\.)))",
    re.IGNORECASE,
)
SENTENCE = re.compile(r"(?<=[.!?])\s+(?=\S)|\n+")
PAIR = re.compile(r"(?P<name>[^:;]{1,60}): (?P<value>[^;]+)")
PLURAL = re.compile(r"(?<=\w{3})(?:es|s|en|e|n)$")


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with its unit; `unit` is empty for a bare number."""

    number: float
    unit: str


@dataclass(frozen=True, slots=True)
class Statement:
    """That something is so much: the figure, what else is counted beside it, and the words of its subject."""

    fact: Fact
    text: str
    figure: Figure
    beside: frozenset[Figure]
    words: frozenset[str]
    heading: frozenset[str]


def statements_of(fact: Fact) -> Iterator[Statement]:
    """Give what a fact states in figures with units; a sentence with two of one unit says too much to compare."""
    heading = frozenset(_stem(word) for word in content_words(f"{fact.page} {fact.heading}"))
    for sentence in SENTENCE.split(fact.text):
        pairs = [
            (match["name"].strip(), match["value"].strip()) for match in PAIR.finditer(sentence)
        ]
        if len(pairs) > 1 and "; " in sentence:
            yield from _of_row(fact, sentence, pairs, heading)
        else:
            yield from _of_sentence(fact, sentence, heading)


def _of_sentence(fact: Fact, sentence: str, heading: frozenset[str]) -> Iterator[Statement]:
    figures = list(_figures(sentence))
    words = _words(sentence)
    for figure in figures:
        if figure.unit and sum(each.unit == figure.unit for each in figures) == 1:
            beside = frozenset(each for each in figures if each != figure)
            yield Statement(fact, sentence, figure, beside, words, heading)


def _of_row(
    fact: Fact, row: str, pairs: list[tuple[str, str]], heading: frozenset[str]
) -> Iterator[Statement]:
    """Give each figure of a table's row by its column and by what the row is about, which its first cell says."""
    subject = pairs[0][1]
    for name, value in pairs[1:]:
        figures = list(_figures(value))
        if len(figures) == 1 and figures[0].unit:
            beside = frozenset((*_figures(subject), *_figures(name)))
            yield Statement(
                fact, row, figures[0], beside, _words(f"{subject} {name} {value}"), heading
            )


def _figures(text: str) -> Iterator[Figure]:
    for hour, minute, dotted in CLOCK.findall(text):
        yield Figure(int(hour) + int(minute or dotted) / 60, "clock")
    for match in FIGURE.finditer(CLOCK.sub(" ", text)):
        yield Figure(_number(match["number"]), _unit(match["before"] or match["after"] or ""))


def _number(written: str) -> float:
    """Read a number in English or continental writing."""
    plain = re.sub(r"[ '’\u00a0\u202f]", "", written)
    whole = re.fullmatch(r"\d{1,3}(?:[.,]\d{3})+", plain)
    if whole:
        return float(re.sub(r"[.,]", "", plain))
    head, sign, tail = plain.rpartition("," if plain.rfind(",") > plain.rfind(".") else ".")
    return float(f"{re.sub(r'[.,]', '', head)}.{tail}") if sign else float(plain)


def _unit(written: str) -> str:
    return next(
        (unit for unit, pattern in UNITS.items() if re.fullmatch(pattern, written.lower())), ""
    )


def _words(text: str) -> frozenset[str]:
    return frozenset(_stem(word) for word in content_words(FIGURE.sub(" ", CLOCK.sub(" ", text))))


def _stem(word: str) -> str:
    folded = unicodedata.normalize("NFKD", word).encode("ascii", "ignore").decode() or word
    return PLURAL.sub("", folded)
