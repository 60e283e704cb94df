"""What comes off a sum or on top of it: so much from so many on, paying by the year, VAT, the smallest bill."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from agent.answering.asked_price import PLACES, is_same_thing, noun_terms, stated_date
from agent.answering.charges import Part, charges_of
from agent.answering.counted import Count, period_of, spelt
from agent.answering.explained import LEFT_OUT, Worked
from agent.answering.pricing import NUMBER, number
from agent.answering.searching import Search
from agent.answering.statements import Statement, is_comparison, is_story
from agent.answering.steps import Step
from agent.answering.words import terms
from agent.estimate import YEARLY

TWELVE = (Decimal(12), "")
PERCENT = re.compile(
    rf"(?P<share>{NUMBER})\s?(?:%|percent|per cent|Prozent|procent|por ciento|por cento|pour cent)"
)
LESS = re.compile(
    r"\b(?:lower|less|off|cheaper|discount\w*|reduc\w*|falls?|saves?|saving|rabatt|nachlass|günstiger|weniger|remise|réduction|moins|descuento|desconto|menos|korting|goedkoper|minder)\b",
    re.IGNORECASE,
)
FROM_SO_MANY = re.compile(
    rf"\b(?:from|ab|à partir de|dès(?: les?| la)?|desde|a partir de|vanaf)\s+(?:the |der |dem |de )?(?P<n>{NUMBER}|[^\W\d_]+)\s+(?P<noun>[^\W\d_]+)",
    re.IGNORECASE,
)
ON_REQUEST = re.compile(
    r"\b(?:quote\w*|on request|ask us|individual\w*|angebot|auf anfrage|devis|sur demande|presupuesto|consultar|orçamento|sob consulta|offerte|op aanvraag)\b",
    re.IGNORECASE,
)
UP_FRONT = re.compile(
    r"(?:paid|pay|paying|pays|billed|billing)\s+(?:annually|yearly|by the year|(?:for )?(?:the|a) (?:whole )?year)|annual(?:ly)? (?:payment|billing|in advance)|up ?front|in advance|jährlich\w* (?:zahl|bezahl)|im voraus|à l'année|d'avance|annuel\b|por adelantado|pago anual|\banual\b|vooruit|jaarlijks",
    re.IGNORECASE,
)
MONTH_SAID = re.compile(r"\b(?:month|monat|mois|mes|mês|maand)\w*\b", re.IGNORECASE)
BY_THE_YEAR = re.compile(
    r"\b(?:annual\w*|yearly|year in advance|year up ?front|twelve months in advance|jährlich\w*|jahresza\w*|annuel\w*|anual\w*|jaarlijks\w*)\b",
    re.IGNORECASE,
)
VAT = r"(?:VAT|MwSt\.?|Mehrwertsteuer|TVA|IVA|btw)"
VAT_ASKED = re.compile(
    rf"\b(?:with|incl\w*\.?|inc\.?|plus|mit|inkl\w*\.?|avec|con|com|met)\s+(?:the )?{VAT}\b|\bTTC\b|\bgross\b|\bbrutto\b",
    re.IGNORECASE,
)
VAT_RATE = re.compile(
    rf"(?P<a>{NUMBER})\s?%\s*{VAT}\b|\b{VAT}(?:\s+(?:at|of|von|de|à|van))?\s*\(?(?P<b>{NUMBER})\s?%",
    re.IGNORECASE,
)
NOT_ALL = re.compile(
    r"\b(?:not|but not|except|nicht|außer|pas|sauf|no|excepto|não|niet|behalve)\b", re.IGNORECASE
)


def adjusted(worked: Worked, search: Search) -> Worked | None:
    """Apply what changes a sum; None where something does that cannot be applied for certain."""
    dates = [
        date for s in search.candidates if PERCENT.search(s.text) and (date := stated_date(s.fact))
    ]
    near = [s for s in search.candidates if _is_near(s, dates)]
    found = _by_number(worked, near)
    found = _by_year(found, near, search.text) if found else None
    found = _with_vat(found, search) if found and VAT_ASKED.search(search.text) else found
    return _at_least(found, near, search.text) if found else None


def _is_near(statement: Statement, dates: Sequence[datetime]) -> bool:
    """Tell whether a statement may speak of a sum: no story, and of no older page than others with percentages."""
    fact = statement.fact
    if is_story(fact) or is_comparison(fact):
        return False
    own = stated_date(fact)
    return own is None or own >= max(dates, default=own)


def _by_number(worked: Worked, near: Sequence[Statement]) -> Worked | None:
    """Take off what is off from so many on; from where only a quote is given, nothing is certain."""
    pages = {s.fact.page for s in worked.statements}
    own = [s for s in near if s.fact.page in pages]
    offers = [s for s in own if PERCENT.search(s.text) and LESS.search(s.text)]
    counts = [c for c in worked.counts if not period_of(c.noun) and c.value > 1]
    is_unclear = any(
        _speaks_of(s, count) and not FROM_SO_MANY.search(s.text) for s in offers for count in counts
    )
    if is_unclear or any(_needs_quote(s, worked) for s in own):
        return None
    found = {
        share: (count, s) for s in offers for count in counts for share in _reached(s.text, count)
    }
    if len(found) != 1:
        return None if found else worked
    (share, (count, statement)), *_ = found.items()
    return _taken_off(worked, share, count, statement)


def _reached(text: str, count: Count) -> Iterator[Decimal]:
    """Give the percentage of the highest number that a count has reached."""
    steps = [step for step in _thresholds(text, count) if step[0] <= count.value]
    if steps:
        yield max(steps)[1]


def _needs_quote(statement: Statement, worked: Worked) -> bool:
    """Tell whether so many are priced only on request."""
    clauses = (part for part in re.split(r"[.;:]\s", statement.text) if ON_REQUEST.search(part))
    return any(
        low <= count.value
        for part in clauses
        for count in worked.counts
        for low in _lowest(part, count)
    )


def _thresholds(text: str, count: Count) -> Iterator[tuple[Decimal, Decimal]]:
    froms = list(_lowest(text, count))
    shares = [p for match in PERCENT.finditer(text) if (p := number(match["share"])) is not None]
    if froms and len(froms) == len(shares):
        yield from zip(froms, shares, strict=True)


def _lowest(text: str, count: Count) -> Iterator[Decimal]:
    """Give the numbers from which on something else holds for what is counted."""
    for match in FROM_SO_MANY.finditer(text):
        n = number(match["n"]) if match["n"][0].isdigit() else spelt(match["n"])
        if n and _names(match["noun"], count):
            yield n


def _names(noun: str, count: Count) -> bool:
    own, counted = noun_terms(noun), _nouns(count)
    return is_same_thing(own, counted) or bool(own & PLACES and counted & PLACES)


def _nouns(count: Count) -> frozenset[str]:
    own = noun_terms(count.noun) | count.after
    return own | PLACES if own & PLACES else own


def _speaks_of(statement: Statement, count: Count) -> bool:
    """Tell whether a reduction turns on a thing that is counted, though it cannot be read how."""
    own = frozenset(t for t in _nouns(count) if not t.startswith("#"))
    text = " ".join(c.value for c in statement.cells) if statement.cells else statement.text
    return not BY_THE_YEAR.search(f"{statement.text} {statement.heading}") and bool(
        own & terms(text)
    )


def _taken_off(worked: Worked, share: Decimal, count: Count, statement: Statement) -> Worked | None:
    steps = worked.sum.steps
    counted = [
        s for s in steps if any(value == count.value for value, _ in s.factors) and not s.included
    ]
    if len(counted) != 1 or (len(steps) > 1 and not NOT_ALL.search(statement.text)):
        return None
    off = Step(-share, ((counted[0].total, ""),), is_share=True)
    place = steps.index(counted[0]) + 1
    return _with_steps(worked, (*steps[:place], off, *steps[place:]), statement)


def _with_steps(worked: Worked, steps: tuple[Step, ...], *told: Statement) -> Worked:
    facts = tuple(dict.fromkeys((*worked.sum.facts, *(s.fact for s in told))))
    return replace(
        worked,
        sum=replace(worked.sum, steps=steps, facts=facts),
        statements=(*worked.statements, *told),
    )


def _by_year(worked: Worked, near: Sequence[Statement], text: str) -> Worked | None:
    """Turn a sum by the month into one by the year, less what paying in advance saves."""
    is_ahead = bool(UP_FRONT.search(text))
    months = [c.value for c in worked.counts if period_of(c.noun) == "month"]
    if months and is_ahead:
        return _saved(worked, near) if months == [TWELVE[0]] else None
    if worked.sum.per != "month" or not (is_ahead or YEARLY.search(text)):
        return worked
    if MONTH_SAID.search(text) or any(each.is_share for each in worked.sum.steps):
        return None if is_ahead else worked
    steps = (replace(each, factors=(TWELVE, *each.factors)) for each in worked.sum.steps)
    found = _with_steps(worked, tuple(steps))
    found = replace(found, sum=replace(found.sum, per="year"))
    return _saved(found, near) if is_ahead else found


def _saved(worked: Worked, near: Sequence[Statement]) -> Worked | None:
    shares: dict[Decimal, Statement] = {}
    for s in near:
        by_year = BY_THE_YEAR.search(f"{s.text} {s.heading}") and LESS.search(
            f"{s.text} {s.heading}"
        )
        said = [number(m["share"]) for m in PERCENT.finditer(s.text)]
        if by_year and len(said) == 1 and said[0] and not FROM_SO_MANY.search(s.text):
            shares[said[0]] = s
    if len(shares) != 1:
        return None
    (share, statement), *_ = shares.items()
    off = Step(-share, ((worked.sum.total, ""),), is_share=True)
    return _with_steps(worked, (*worked.sum.steps, off), statement)


def _with_vat(worked: Worked, search: Search) -> Worked | None:
    """Add VAT at the one rate that is stated."""
    rates: dict[Decimal, Statement] = {}
    for s in search.candidates:
        for match in VAT_RATE.finditer(s.text):
            if rate := number(match["a"] or match["b"]):
                rates.setdefault(rate, s)
    if len(rates) != 1:
        return None
    (rate, statement), *_ = rates.items()
    step = Step(rate, ((worked.sum.total, ""),), is_share=True)
    found = _with_steps(worked, (*worked.sum.steps, step), statement)
    return replace(found, sum=replace(found.sum, is_net=False))


def _at_least(worked: Worked, near: Sequence[Statement], text: str) -> Worked:
    """Raise a bill to the smallest there is, unless the visitor leaves parts of it out."""
    pages = {s.fact.page for s in worked.statements}
    least = [
        c
        for s in near
        if s.fact.page in pages
        for c in charges_of(s)
        if c.part is Part.LEAST
        and c.currency == worked.sum.currency
        and _is_of_bill(c.statement, worked)
    ]
    amounts = {c.amount for c in least}
    if len(amounts) != 1 or LEFT_OUT.search(text) or least[0].amount <= worked.sum.total:
        return worked
    found = replace(worked.sum, least=least[0].amount, facts=(*worked.sum.facts, least[0].fact))
    return replace(worked, sum=found, statements=(*worked.statements, least[0].statement))


def _is_of_bill(statement: Statement, worked: Worked) -> bool:
    """Tell whether a least amount is that of a whole bill, for the same period."""
    if not terms(statement.text) & terms("bill invoice rechnung facture factura fatura factuur"):
        return False
    return worked.sum.per == "month" and bool(terms(statement.text) & terms("month"))
