"""A sum with its steps, and how it is said."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from agent.answering.amounts import amount_said, count_said
from agent.facts import Fact
from prompts.phrases import Phrases

MOST_CENTS = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a sum: an amount (or a percentage of one) times the visitor's counts.

    Of the last count, so many as are `included` cost nothing.
    """

    amount: Decimal
    factors: tuple[tuple[Decimal, str], ...]
    label: str = ""
    is_share: bool = False
    included: Decimal = Decimal(0)

    @property
    def total(self) -> Decimal:
        """Give what the step comes to, in the sum's currency."""
        total = self.amount / 100 if self.is_share else self.amount
        for count, _ in self.factors[:-1]:
            total *= count
        return total * (self.factors[-1][0] - self.included) if self.factors else total


@dataclass(frozen=True, slots=True)
class Sum:
    """A sum with its steps; `per` is the period it is for, `is_net` that VAT comes on top.

    `least` is the smallest bill, where the steps come to less.
    """

    item: str
    currency: str
    steps: tuple[Step, ...]
    facts: tuple[Fact, ...]
    per: str = ""
    is_net: bool = False
    least: Decimal = Decimal(0)

    @property
    def total(self) -> Decimal:
        """Give the sum, to the cent, and the smallest bill where that is more."""
        return max(self.added, self.least)

    @property
    def added(self) -> Decimal:
        """Give what the steps come to, to the cent."""
        return sum((step.total for step in self.steps), Decimal(0)).quantize(
            MOST_CENTS, ROUND_HALF_UP
        )

    def figures(self, language: str) -> Iterator[str]:
        """Give every figure of the sum as it is written in a language."""
        for step in self.steps:
            yield from (count_said(count, language) for count, _ in step.factors)
            yield count_said(step.included, language)
            yield count_said(abs(step.amount), language)
            yield amount_said(abs(step.amount), self.currency, language)
        yield amount_said(self.added, self.currency, language)
        yield amount_said(self.total, self.currency, language)


def say(given: Sum, words: Phrases) -> str:
    """Write a sum with its steps."""
    language = words.language
    parts = "".join(
        f"{' − ' if step.amount < 0 else ' + '}{_step_said(step, given.currency, language, is_later=place > 0)}"
        for place, step in enumerate(given.steps)
    ).removeprefix(" + ")
    total = amount_said(given.total, given.currency, language)
    if given.per:
        total = f"{total} {words.fill(f'per_{given.per}')}"
    net = f" ({words.fill('estimate_net')})" if given.is_net else ""
    least = f"{amount_said(given.added, given.currency, language)} → min. " if given.least else ""
    return f"{given.item}: {parts} = {least}**{total}**{net}."


def _step_said(step: Step, currency: str, language: str, *, is_later: bool) -> str:
    label = f" ({step.label})" if step.label else ""
    if step.is_share:
        share = f"{count_said(abs(step.amount), language)} %"
        return (
            f"{share}{label}"
            if step.amount < 0 or is_later
            else f"{share} × {amount_said(step.factors[0][0], currency, language)}{label}"
        )
    counted = (
        f"{_count(step, place, language)}{f' {noun}' if noun else ''} × "
        for place, (_, noun) in enumerate(step.factors)
    )
    return f"{''.join(counted)}{amount_said(step.amount, currency, language)}{label}"


def _count(step: Step, place: int, language: str) -> str:
    """Write a count, less what is included ("(8 − 6)")."""
    count = count_said(step.factors[place][0], language)
    if not step.included or place < len(step.factors) - 1:
        return count
    return f"({count} − {count_said(step.included, language)})"
