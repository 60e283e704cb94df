"""The plans of the demo company, read from its table of plans: the cards on the site are made of it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape

PRICE, SEATS = "Price per seat per month", "Seats"
ADVISED = "Growth"  # "the plan that most customers use", as the page itself says
TOLD = ("Support", "Guided start", "Availability")


@dataclass(frozen=True, slots=True)
class Plan:
    """One plan: `gains` is what it has and the one before it has not."""

    name: str
    price: str
    seats: str
    suits: str
    gains: tuple[str, ...]


def read_plans(body: str) -> list[Plan]:
    """Read the plans from the page that compares them, cheapest first."""
    names, *rows = _rows(body)
    table = {row[0]: row[1:] for row in rows}
    return [
        Plan(
            name=name,
            price=table[PRICE][column],
            seats=table[SEATS][column],
            suits=_suits(body, name),
            gains=tuple(_gains(table, column)),
        )
        for column, name in enumerate(names[1:])
    ]


def plan_cards(plans: list[Plan]) -> str:
    """Show each plan as a card."""
    before = ["", *(plan.name for plan in plans)]
    return "\n".join(_card(plan, below) for plan, below in zip(plans, before, strict=False))


def _rows(body: str) -> list[list[str]]:
    lines = [line for line in body.splitlines() if line.startswith("|") and "---" not in line]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def _suits(body: str, name: str) -> str:
    """Give the first sentence on whom a plan is for."""
    found = re.search(rf"^## Who {name} is for\n+(.+?\.)(?: |\n|$)", body, re.MULTILINE)
    return found[1] if found else ""


def _gains(table: Mapping[str, list[str]], column: int) -> Iterator[str]:
    for label, cells in table.items():
        if cells[column] == "yes" and (column == 0 or cells[column - 1] == "no"):
            yield label
        elif label in TOLD and cells[column] not in ("no", *cells[:column]):
            yield f"{label}: {cells[column]}"


def _card(plan: Plan, before: str) -> str:
    advised = ' <span class="tag">Most teams</span>' if plan.name == ADVISED else ""
    above = f"Everything in {before}, and" if before else "With"
    gains = "".join(f"<li>{escape(gain)}</li>" for gain in plan.gains)
    return f"""<article class="plan">
<h3>{escape(plan.name)}{advised}</h3>
{_price(plan)}
<p class="suits">{escape(plan.suits)}</p>
<p class="above">{escape(above)}</p>
<ul class="ticks">{gains}</ul>
</article>"""


def _price(plan: Plan) -> str:
    seats = f'<p class="seats">{escape(plan.seats)} seats</p>'
    if not plan.price.startswith("$"):
        return f'<p class="price"><b>{escape(plan.price.capitalize())}</b></p>{seats}'
    return f'<p class="price"><b>{escape(plan.price)}</b> per seat and month</p>{seats}'
