"""What visitors write: no two messages are the same, so that nothing is answered from memory."""

from collections.abc import Sequence
from typing import Final

ASKED: Final[Sequence[str]] = (
    "How much is {plan} for {number} technicians a year if we pay annually?",
    "what do {number} seats of {plan} come to per month?",
    "{number} people on {plan}, paid month by month, how much is that",
    "Does the app work offline? Our {number} technicians around {city} are in basements all day.",
    "How long is the trial, and can all {number} of us at {company} try it?",
    "Which Android do our {number} phones need?",
    "Where is the data of our {number} customers in {city} stored?",
    "Can {company} cancel {plan} at any time? We are {number} people.",
    "is there a discount for a charity with {number} seats in {city}",
    "Do the {number} bookkeepers of {company} need a licence, too?",
    "What does {plan} include for a team of {number} in {city}?",
    "How fast is support on {plan}? {company} has {number} dispatchers.",
    "Can {number} of our people share seats during the season in {city}?",
    "Is there a set-up fee for {number} seats of {plan}?",
    "Does it connect to our calendars? {company}, {number} users.",
    "Who helps {company} to move {number} customers over from spreadsheets?",
)
WANTED: Final[Sequence[str]] = (
    "We need a quote for {number} technicians in {city} by April, our budget is approved. Who can I talk to?",
    "{company} wants to buy {plan} for {number} people this month, please call me today.",
)
PLANS: Final = ("Essential", "Growth", "Scale", "Enterprise")
CITIES: Final = ("Leeds", "Porto", "Austin", "Graz", "Turku", "Ghent", "Lyon", "Brno", "Cork", "Malmo", "Osnabruck")  # fmt: skip
FIRST: Final = ("Nord", "Brook", "Hale", "Stern", "Ash", "Crane", "Dun", "Fell", "Marsh", "Pike", "Quill", "Row", "Thorn")  # fmt: skip
LAST: Final = ("lift", "works", "field", "heating", "cold", "guard", "line", "bridge", "vent", "pipe", "glass", "roofs")  # fmt: skip
MOST: Final = 9_973
TRADES: Final = ("", " Services", " Group", " and Sons", " Facilities")


def question(number: int) -> str:
    """Give an ordinary question."""
    return _filled(ASKED[number % len(ASKED)], number)


def wish_to_buy(number: int) -> str:
    """Give words for which a rep is called."""
    return _filled(WANTED[number % len(WANTED)], number)


def _filled(template: str, number: int) -> str:
    # The numbers of the lists have no common divisor, so that all combinations come up in turn.
    company = (
        f"{FIRST[number % len(FIRST)]}{LAST[number % len(LAST)]}{TRADES[number % len(TRADES)]}"
    )
    text = template.format(
        plan=PLANS[number % len(PLANS)],
        number=3 + number % MOST,
        city=CITIES[number % len(CITIES)],
        company=company,
    )
    is_unnamed = "{company}" not in template and (number >= MOST or number % 3 == 0)
    return f"Hi, {company} here. {text}" if is_unnamed else text
