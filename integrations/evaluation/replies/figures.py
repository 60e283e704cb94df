"""Whether each figure of a reply stands somewhere, or follows from what stands there by arithmetic.

A figure is compared by value, however it is written: `1.200,50`, `1,200.50` and `1200.5` are one. A sum is what
comes out of a number of the visitor's and one or two of the facts', times twelve months, less a stated percentage,
with a stated fee: wider than what a writer computes, and still no place for an invented figure.
"""

import re
from collections.abc import Iterable, Iterator
from decimal import ROUND_HALF_UP, Decimal
from itertools import combinations

FIGURE = re.compile(r"\d+(?:[.,:\u00a0\u202f']\d+)*")
LIST_MARK = re.compile(r"^\s*\d{1,2}[.)]\s+", re.MULTILINE)
THOUSANDS = re.compile(r"\d{1,3}(?:[.,\u00a0\u202f']\d{3})+")
DECIMALS = re.compile(r"(.*)[.,](\d+)")
PERCENT = re.compile(
    r"(\d+(?:[.,]\d+)?)\s?(?:%|percent|prozent|por ciento|pour cent|procent)", re.I
)
WORD_FIGURES = {
    word: Decimal(value)
    for words, value in (
        ("one ein eine un una uno une um uma een", 1), ("two zwei dos deux dois duas twee a couple", 2),
        ("three drei tres trois três drie", 3), ("four vier cuatro quatre quatro", 4),
        ("five fünf cinco cinq vijf", 5), ("six sechs seis zes", 6), ("seven sieben siete sept sete zeven", 7),
        ("eight acht ocho huit oito", 8), ("nine neun nueve neuf nove negen", 9), ("ten zehn diez dix dez tien", 10),
        ("twelve zwölf doce douze doze twaalf dozen", 12), ("fifteen fünfzehn quince quinze vijftien", 15),
        ("twenty zwanzig veinte vingt vinte twintig", 20), ("thirty dreißig treinta trente trinta dertig", 30),
        ("forty vierzig cuarenta quarante quarenta veertig", 40), ("fifty fünfzig cincuenta cinquante vijftig", 50),
        ("sixty sechzig sesenta soixante sessenta zestig", 60), ("eighty achtzig ochenta tachtig", 80),
        ("hundred hundert cien cent cem honderd", 100), ("thousand tausend mil mille duizend", 1000),
    )
    for word in words.split()
}  # fmt: skip
MONTHS = Decimal(12)
HUNDRED = Decimal(100)
CENT = Decimal("0.01")
MOST_FACTORS = 60
NOON = 12


def invented(reply: str, stated: Iterable[str], asked: Iterable[str]) -> list[str]:
    """Give the figures of a reply that stand nowhere and follow from nothing."""
    stated, asked = "\n".join(stated), "\n".join(asked)
    known = values(stated) | values(asked) | {MONTHS}
    missing = [figure for figure in _figures(reply) if not readings(figure) & known]
    if not missing:
        return []
    theirs = _factors(values(asked) | _spelled(asked))
    sums = Sums(theirs, _factors(values(stated)), frozenset(_percentages(stated)))
    return [each for each in missing if not any(sums.give(value) for value in readings(each))]


def values(text: str) -> frozenset[Decimal]:
    """Give every value that a figure of the text may stand for."""
    return frozenset(value for figure in _figures(text) for value in readings(figure))


def readings(figure: str) -> frozenset[Decimal]:
    """Give what a figure may mean: 1.200 is twelve hundred to some and one and a fifth to others."""
    if ":" in figure:
        return _times(figure)
    whole, split = Decimal(re.sub(r"[^0-9]", "", figure)), DECIMALS.fullmatch(figure)
    found = {whole} if split is None or THOUSANDS.fullmatch(figure) else set()
    if split:
        found.add(Decimal(f"{re.sub(r'[^0-9]', '', split[1])}.{split[2]}"))
    return frozenset(value.normalize() for value in found)


class Sums:
    """What follows from the visitor's numbers and the facts'."""

    def __init__(
        self, asked: list[Decimal], stated: list[Decimal], percentages: frozenset[Decimal]
    ) -> None:
        self._stated = frozenset(stated)
        whole = {left * right for left in asked for right in stated}
        whole |= {
            sum(pair, Decimal(0)) * right for pair in combinations(asked, 2) for right in stated
        }
        packs = [value for value in stated if value == value.to_integral_value()]
        whole |= {product * pack for product in list(whole) for pack in packs}
        whole |= {left * right for left, right in combinations(asked, 2)}
        whole |= {price * pack for price in stated for pack in packs}
        whole |= {left / right for left in asked for right in stated if right}
        every = whole | {MONTHS * each for each in whole | set(stated)} | set(stated)
        shares = {1 - part / HUNDRED for part in percentages} | {
            part / HUNDRED for part in percentages
        }
        self._all = {_cents(each) for each in every}
        self._all |= {_cents(each * share) for each in every for share in shares}

    def give(self, value: Decimal) -> bool:
        """Tell whether this comes out, alone, rounded up, or with one stated amount added or taken off."""
        nearby = {value, value - 1}
        return any(each in self._all for each in nearby if each) or any(
            _cents(value - fee) in self._all or _cents(value + fee) in self._all
            for fee in self._stated
        )


def _figures(text: str) -> Iterator[str]:
    yield from FIGURE.findall(LIST_MARK.sub("", text))


def _times(figure: str) -> frozenset[Decimal]:
    """Read 15:00 as an hour of either clock, and 15:30 as one value of its own."""
    hour, minute = (Decimal(part) for part in (*figure.split(":"), "0")[:2])
    hours = {hour, hour - NOON} if hour > NOON else {hour, hour + NOON}
    return frozenset((each + minute / HUNDRED).normalize() for each in hours)


def _factors(found: frozenset[Decimal]) -> list[Decimal]:
    """Give the values that sums are made of; years and the like are few enough to stay."""
    return sorted(value for value in found if value)[:MOST_FACTORS]


def _spelled(text: str) -> frozenset[Decimal]:
    words = re.findall(r"[^\W\d]+", text.lower())
    return frozenset(WORD_FIGURES[word] for word in words if word in WORD_FIGURES)


def _percentages(text: str) -> Iterator[Decimal]:
    yield from (Decimal(found.replace(",", ".")) for found in PERCENT.findall(text))


def _cents(value: Decimal) -> Decimal:
    return value.quantize(CENT, ROUND_HALF_UP).normalize()
