"""Sums for a visitor who gave a number: seats times price, twelve months, less the annual discount.

Prices and the discount are read from the library's own sentences, so that no figure stands anywhere twice.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from agent.facts import Fact
from agent.qualification import QUANTITY

PRICE = re.compile(
    r"(?P<plan>[A-Z][\w-]*)(?: plan)? costs (?P<currency>[$€£])(?P<price>\d+(?:[.,]\d\d?)?) (?:per|a) (?P<unit>seat|user|\w+) (?:per|a) month"
)
DISCOUNT = re.compile(
    r"[Aa]nnual billing (?:saves|is|takes) (?:you )?(?P<percent>\d+(?:\.\d+)?) ?(?:%|percent)"
)
RANGE = re.compile(
    r"(?P<plan>[A-Z][\w-]*) (?:starts at|is for at least|needs at least|from) (?P<fewest>\d+) \w+(?: and ends at (?P<most>\d+))?"
)
YEARLY = re.compile(
    r"\b(?:year|annual|annually|yearly|jahr|jährlich|año|anual|an|annuel|ano|jaar|jaarlijks)\w*\b",
    re.I,
)
MOST_SEATS = 100_000
MOST_KEPT = 4_096  # the facts of a library are met again and again


@dataclass(frozen=True, slots=True)
class Price:
    """One plan's price per unit and month, with the fact that states it."""

    plan: str
    currency: str
    amount: Decimal
    unit: str
    fact: Fact


@dataclass(frozen=True, slots=True)
class Estimate:
    """A sum with its parts, in the price's currency; `yearly_less` only when a discount is stated."""

    price: Price
    seats: int
    monthly: Decimal
    yearly: Decimal
    discount: Decimal | None
    yearly_less: Decimal | None
    is_yearly: bool


@lru_cache(maxsize=MOST_KEPT)
def priced_in(text: str) -> tuple[re.Match[str], ...]:
    """Find the plans' prices in what a fact says."""
    return tuple(PRICE.finditer(text))


def prices(facts: Iterable[Fact]) -> dict[str, Price]:
    """Read every plan's price from the facts' sentences."""
    found: dict[str, Price] = {}
    for fact in facts:
        for match in priced_in(fact.text):
            amount = Decimal(match["price"].replace(",", "."))
            found.setdefault(
                match["plan"], Price(match["plan"], match["currency"], amount, match["unit"], fact)
            )
    return found


def estimates(question: str, facts: Iterable[Fact]) -> tuple[Estimate, ...]:
    """Work out what the visitor's number of seats costs; the named plans, else every priced plan."""
    known = tuple(facts)
    seats = _seats(question)
    if seats is None:
        return ()
    all_prices = prices(known)
    named = [
        plan for plan in all_prices if re.search(rf"\b{re.escape(plan)}\b", question, re.IGNORECASE)
    ]
    plans = named or [plan for plan in all_prices if _admits(plan, seats, known)]
    discount = _discount(known)
    is_yearly = bool(YEARLY.search(question))
    return tuple(_estimate(all_prices[plan], seats, discount, is_yearly) for plan in plans)


def money(amount: Decimal, currency: str) -> str:
    """Write an amount as $1,249.50, without cents when there are none."""
    text = f"{amount:,.2f}"
    return currency + text.removesuffix(".00")


def figures(estimate: Estimate) -> Iterator[str]:
    """Give every amount of an estimate, and its discount, as they may be written."""
    amounts = (estimate.price.amount, estimate.monthly, estimate.yearly, estimate.yearly_less)
    for amount in amounts:
        if amount is not None:
            yield money(amount, estimate.price.currency)
    if estimate.discount is not None:
        yield f"{estimate.discount:f}"


def _estimate(price: Price, seats: int, discount: Decimal | None, is_yearly: bool) -> Estimate:  # noqa: FBT001 - a value, not a switch
    monthly = price.amount * seats
    yearly = monthly * 12
    less = None if discount is None else _cents(yearly * (100 - discount) / 100)
    return Estimate(price, seats, monthly, yearly, discount, less, is_yearly)


def _seats(question: str) -> int | None:
    for match in QUANTITY.finditer(question):
        seats = int(re.sub(r"[.,]", "", match[1]))
        if 0 < seats <= MOST_SEATS:
            return seats
    return None


def _admits(plan: str, seats: int, facts: Iterable[Fact]) -> bool:
    ranges = (m for fact in facts for m in RANGE.finditer(fact.text) if m["plan"] == plan)
    return all(int(m["fewest"]) <= seats <= int(m["most"] or MOST_SEATS) for m in ranges)


def _discount(facts: Iterable[Fact]) -> Decimal | None:
    return next(
        (Decimal(m["percent"]) for fact in facts if (m := DISCOUNT.search(fact.text))), None
    )


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
