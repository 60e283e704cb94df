"""Sums worked out from a visitor's own numbers and the prices of facts, shown step by step.

Nothing is worked out where the item, its unit or its tier is not certain: then the price line itself is the answer.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice

from agent.answering.adjusting import VAT_ASKED, adjusted
from agent.answering.asked_price import asked_prices
from agent.answering.asking import Wanted, wanted
from agent.answering.components import beyond_pool, first_and_further, named_together
from agent.answering.counted import Count, amounts, counts
from agent.answering.explained import Explained, Worked
from agent.answering.searching import Search
from agent.answering.shares import of_share
from agent.answering.statements import MOST_KEPT, Statement, statements
from agent.answering.steps import Sum, say
from agent.answering.working_out import of_row, of_units
from agent.facts import AskedQuestion
from agent.reply import Plan

__all__ = ["Sum", "say", "sums_for", "sums_of"]

MOST_STATEMENTS = 250
NET = re.compile(
    r"excluding VAT|excl\. VAT|plus VAT|exclude VAT|zzgl\. MwSt|ohne MwSt|netto\b|hors taxes|\bHT\b|sin IVA|sem IVA|excl\. btw|exclusief btw",
    re.IGNORECASE,
)

SUM_ASKED = re.compile(
    r"ballpark|before (?:tax|vat)|\btotal|altogether|in all\b|\bbill\b|\bowe\b|damage|looking at|comes? to\b|(?:set|run|put) (?:us|me) back|what'?s (?:that|it|the (?:year|month))|how much|(?:per|a|each) (?:month|year)\b|\b(?:monthly|yearly|a month)(?:\s*\?|\s*$| (?:bill|total|cost|price|charge|figure|to pay|in \w+\b))"
    r"|zusammen|insgesamt|gesamt|macht das|im (?:monat|jahr)|en tout|au total|ça fait|par (?:mois|an)\b|en total|saldr[ií]a|al (?:mes|año)|ao todo|no total|\bfica\b|por (?:mês|ano)|totaal|bij elkaar|kwijt|per (?:maand|jaar)",
    re.IGNORECASE,
)


def sums_of(plan: Plan) -> tuple[Sum, ...]:
    """Give the sums of a whole reply, question by question; none beside the plan's own estimates."""
    if plan.estimates:
        return ()
    return tuple(each for asked in plan.questions for each in sums_for(asked, plan))


def sums_for(asked: AskedQuestion, plan: Plan) -> tuple[Sum, ...]:
    """Work out what a question's own numbers come to; nothing when that is not certain."""
    text = plan.question if len(plan.questions) == 1 else asked.text
    given = counts(text)
    money = amounts(text)
    if not given and not money and not VAT_ASKED.search(text):
        return ()
    candidates = _candidates(asked, plan)
    search = Search(text, candidates, plan.language)
    is_net = any(_is_net(found.fact.text) for found in plan.findings.facts)
    wants = Wanted.AMOUNT in wanted(text)
    asks = wants or bool(SUM_ASKED.search(text) or VAT_ASKED.search(text))
    ways = (
        (of_row(search, given, is_net), of_units(search, given, is_net)) if given and wants else ()
    )
    found = list(_sure((way for way in ways if way), search, given))
    if not found and asks:
        found = list(_sure(_composed(search, given), search, given))[:1]
    if not found and money and (share := of_share(search, money)):
        found = [] if given else [share]
    return (_best(found, search).sum,) if found else ()


@lru_cache(maxsize=MOST_KEPT)
def _is_net(text: str) -> bool:
    return bool(NET.search(text))


def _sure(ways: Iterable[Worked], search: Search, given: Sequence[Count]) -> Iterator[Worked]:
    """Give the sums, with what comes off or on top, that account for all that the visitor says."""
    for way in ways:
        worked = adjusted(way, search)
        if worked and not Explained(search, worked).leaves(given):
            yield worked


def _composed(search: Search, given: Sequence[Count]) -> Iterator[Worked]:
    for ask in asked_prices(search, given):
        for way in (first_and_further, beyond_pool, named_together):
            yield from way(ask)


def _best(found: Sequence[Worked], search: Search) -> Worked:
    """Take the sum that counts more of what the visitor gave; of two alike, the one said nearer to the question."""
    return max(found, key=lambda w: (len(w.counts), search.fact_gain(w.sum.facts[0])))


def _candidates(asked: AskedQuestion, plan: Plan) -> tuple[Statement, ...]:
    own = {found.fact.id for found in asked.findings.facts}
    more = [found for found in plan.findings.facts if found.fact.id not in own]
    found = [
        each
        for each in (*asked.findings.facts, *more)
        if not getattr(each.fact, "superseded_by", None)
    ]
    return tuple(islice((s for each in found for s in statements(each)), MOST_STATEMENTS))
