"""Sums worked out again: a figure that follows from the visitor's numbers and stated ones by plain arithmetic."""

from collections.abc import Iterable
from decimal import Decimal
from itertools import combinations, permutations, product

from agent.grounding.figures import MEASURES, Figure, Kind

CENT = Decimal("0.011")
MOST_OPERANDS = 14
SMALLEST_COUNT = 12
TWICE, MONTHS = Decimal(2), Decimal(12)


def follows(figure: Figure, known: Iterable[Figure]) -> bool:
    """Tell whether a figure follows from known ones: products of two or three, sums, differences, percentages.

    Percentages, times and small counts are stated or not; they never follow.
    """
    if figure.kind in (Kind.PERCENT, Kind.TIME):
        return False
    if figure.kind is Kind.NUMBER and figure.unit in MEASURES:
        same = [each.value for each in known if each.unit == figure.unit]
        return any(
            figure.value in (one + other, abs(one - other)) for one, other in combinations(same, 2)
        )
    if figure.kind is Kind.NUMBER and figure.value < SMALLEST_COUNT:
        return False
    given = list(dict.fromkeys((each.value, each.kind) for each in known if each.value > 0))[
        :MOST_OPERANDS
    ]
    return any(_is_near(figure.value, result) for result in _results(given, figure.kind))


def _results(given: list[tuple[Decimal, Kind]], kind: Kind) -> Iterable[Decimal]:
    amounts = [value for value, of in given if of is Kind.MONEY]
    numbers = [value for value, of in given if of is Kind.NUMBER]
    rates = [value / 100 for value, of in given if of is Kind.PERCENT]
    if kind is Kind.MONEY:
        yield from _amounts(amounts, numbers, rates)
    yield from (one * other for one, other in combinations(numbers, 2))
    yield from (one - other for one, other in permutations(numbers, 2))
    yield from (one + other for one, other in combinations(numbers, 2))


def _amounts(
    amounts: list[Decimal], numbers: list[Decimal], rates: list[Decimal]
) -> Iterable[Decimal]:
    counts = [*numbers, TWICE, MONTHS]
    yield from (amount * count for amount, count in product(amounts, counts))
    yield from (
        amount * one * other for amount, (one, other) in product(amounts, combinations(counts, 2))
    )
    yield from (one + other for one, other in combinations(amounts, 2))
    yield from (sum(three, Decimal()) for three in combinations(amounts, 3))
    yield from (one - other for one, other in permutations(amounts, 2))
    steps = [amount * count for amount, count in product(amounts, numbers)]
    steps += [amount * rate for amount, rate in product(amounts, rates)]
    yield from (amount + step for amount, step in product(amounts, steps))
    for amount, rate in product(amounts, rates):
        yield from (amount * rate, amount * (1 - rate), amount * (1 + rate))
        yield from (amount * count * (1 - rate) for count in counts)


def _is_near(said: Decimal, result: Decimal) -> bool:
    """Tell whether a result is what was said, to the cent, or rounded as the figure is."""
    return abs(said - result) < CENT
