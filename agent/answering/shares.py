"""A percentage by steps of turnover, worked out for the amount that a visitor gives."""

import re
from collections.abc import Sequence
from decimal import Decimal

from agent.answering.explained import Worked
from agent.answering.pricing import MONEY, NUMBER, number, sign
from agent.answering.searching import Search
from agent.answering.statements import Statement
from agent.answering.steps import Step, Sum
from agent.answering.words import terms

THRESHOLD = re.compile(
    rf"(?:from|ab|over|above|à partir de|desde|a partir de|vanaf|≥)\s*(?:[€$£]|EUR|USD|GBP)?\s?(?P<low>{NUMBER})",
    re.IGNORECASE,
)
PERCENT = re.compile(rf"(?P<share>{NUMBER})\s?(?:%|percent|Prozent|procent|por ciento|pour cent)")
MONEY_BACK = frozenset({"#discount", "#refund", "#return", "#loyalty", "#cheap"})
PERIOD_TERMS = terms("year month week day annual monthly")


def of_share(search: Search, money: Sequence[Decimal]) -> Worked | None:
    """Work out a percentage by steps of turnover ("from €25,000: 3.5 %") for the amount the visitor gives."""
    amount = money[0]
    steps: list[tuple[Decimal, Decimal, Statement]] = []
    for each in search.candidates:
        low, share = THRESHOLD.search(each.text), PERCENT.search(each.text)
        if (
            each.cells
            and low
            and share
            and (least := number(low["low"]))
            and (percent := number(share["share"]))
        ):
            steps.append((least, percent, each))
    reached = [step for step in steps if step[0] <= amount and step[2].fact == steps[0][2].fact]
    if not reached:
        return None
    _, percent, statement = max(reached, key=lambda step: step[0])
    if not _is_about(search, statement):
        return None
    step = Step(percent, ((amount, ""),), is_share=True)
    found = Sum(
        statement.heading or statement.fact.page, _currency(statement), (step,), (statement.fact,)
    )
    return Worked(found, (statement,))


def _is_about(search: Search, statement: Statement) -> bool:
    """Tell whether a percentage is of the sort that is asked for: money back or off, or a fee by name."""
    asked = frozenset(term for each in search.words.values() for term in each)
    own = terms(f"{statement.heading} {statement.text}") - PERIOD_TERMS
    return bool(own & MONEY_BACK and asked & MONEY_BACK) or bool(
        asked & terms(statement.heading) - PERIOD_TERMS - {"#price"}
    )


def _currency(statement: Statement) -> str:
    match = MONEY.search(statement.text)
    return sign(match["before"] or match["after"]) if match else "€"
