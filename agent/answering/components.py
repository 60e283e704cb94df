"""Sums made of several charges: a base with what it includes and what goes beyond, first and further, bands."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from agent.answering.adjusting import VAT_ASKED
from agent.answering.allowances import Allowance
from agent.answering.asked_price import (
    PLACES,
    WHOLE_BILL,
    AskedPrice,
    is_same_thing,
    noun_terms,
    units_of,
)
from agent.answering.charges import Charge, Part
from agent.answering.counted import Count, period_of
from agent.answering.explained import Worked
from agent.answering.naming import anchors_of
from agent.answering.sheet import Sheet
from agent.answering.statements import Statement
from agent.answering.steps import Step
from agent.answering.words import content_words, terms

ONLY_THOSE = re.compile(
    r"\bonly\b|\bon top\b|\bextra\b|\bbeyond\b|\boverage\b|\bnur\b|zusätzlich|seulement|supplément|\bsolo\b|\bsó\b|\balleen\b|(?:would|do|will|for|are) the \w+",
    re.IGNORECASE,
)
MEASURE = re.compile(r"\d[\d.,]*\s?[^\W\d_]+")


def first_and_further(ask: AskedPrice) -> Iterator[Worked]:
    """Add a first one and each further one ("first site £1,450, each further £600")."""
    for first in (c for c in ask.charges if c.part is Part.FIRST):
        further = next((c for c in ask.charges if _continues(c, first)), None)
        count = ask.counting(first.units[0]) if first.units and further else None
        topic = terms(f"{first.name} {first.statement.heading} {first.statement.asked}")
        topic -= terms(" ".join(first.units)) | terms("first premier erste primer")
        is_named = any(asked & topic for asked in ask.words.values())
        if further and count and count.value > 1 and is_named:
            sheet = Sheet()
            sheet.add(Step(first.amount, (), _short(first.name)), first.statement, count)
            noun = _bare(count)
            step = Step(further.amount, ((count.value, noun),), included=Decimal(1))
            sheet.add(step, further.statement)
            yield sheet.worked(_heading(first), first.currency)


def _continues(charge: Charge, first: Charge) -> bool:
    if (
        charge.part is not Part.FURTHER
        or charge.fact.page != first.fact.page
        or charge.is_once != first.is_once
    ):
        return False
    if charge.statement.cells:
        return bool(units_of(charge)) and units_of(charge) == units_of(first)
    return charge.fact.id == first.fact.id and (
        not units_of(charge) or units_of(charge) == units_of(first)
    )


def beyond_pool(ask: AskedPrice) -> Iterator[Worked]:
    """Charge what goes beyond an included amount, each part by the band it falls in."""
    if not ONLY_THOSE.search(ask.text):
        return
    bands = [c for c in ask.charges if c.part is Part.BAND]
    for page in dict.fromkeys((c.fact.page, bool(c.statement.cells), c.fact.id) for c in bands):
        own = [c for c in bands if (c.fact.page, bool(c.statement.cells), c.fact.id) == page]
        unit = next((u for c in own for u in c.units if not period_of(u)), "")
        count = ask.counting(unit) if unit else None
        pool = _pool(ask, own[0], count) if count else None
        if count and pool and count.value > pool[0]:
            yield from _banded(own, count, pool)


def _pool(
    ask: AskedPrice, band: Charge, count: Count
) -> tuple[Decimal, tuple[Count, ...], Statement] | None:
    """Give the included amount, for all places together."""
    nouns = noun_terms(count.noun)
    able = [
        a
        for a in ask.allowances
        if is_same_thing(noun_terms(a.noun), nouns) and a.statement.fact.page == band.fact.page
    ]
    if len({a.value for a in able}) != 1:
        return None
    places = next(
        (c for c in ask.given if c is not count and (noun_terms(c.noun) | c.after) & PLACES), None
    )
    per_place = bool(noun_terms(able[0].per) & PLACES)
    if places and not per_place:
        return None
    times = places.value if places else Decimal(1)
    return able[0].value * times, (places,) if places else (), able[0].statement


def _banded(
    bands: Sequence[Charge],
    count: Count,
    pool: tuple[Decimal, tuple[Count, ...], Statement],
) -> Iterator[Worked]:
    included, places, statement = pool
    in_order = sorted(bands, key=lambda c: c.low or Decimal(1))
    if not _is_without_gap(in_order):
        return
    noun, beyond, sheet = _bare(count), count.value - included, Sheet()
    for band in in_order:
        low = (band.low or Decimal(1)) - 1
        within = min(beyond, band.high or beyond) - low
        if within == beyond:
            sheet.add(Step(band.amount, ((count.value, noun),), included=included), band.statement)
        elif within > 0:
            sheet.add(Step(band.amount, ((within, noun),), _short(band.name)), band.statement)
    sheet.statements.append(statement)
    sheet.counts += (count, *places)
    yield sheet.worked(_heading(bands[0]), bands[0].currency, _period(bands[0]))


def _is_without_gap(bands: Sequence[Charge]) -> bool:
    """Tell whether bands, in their order, follow each other from the first on."""
    starts = [band.low or Decimal(1) for band in bands]
    ends = [band.high for band in bands]
    following = [end + 1 if end is not None else None for end in ends[:-1]]
    return starts[0] <= 1 and following == starts[1:]


def named_together(ask: AskedPrice) -> Iterator[Worked]:
    """Add what is named, each times the counts of its units, with what goes beyond its included amounts."""
    anchors = anchors_of(ask)
    if not anchors:
        return
    sheet = Sheet()
    for charge in anchors:
        found = _factors(ask, charge)
        if found is None:
            return
        factors, used = found
        label = _short(charge.name) if len(anchors) > 1 else ""
        sheet.add(Step(charge.amount, factors, label), charge.statement, *used)
    for count in ask.given:
        if (
            count not in sheet.counts
            and not period_of(count.noun)
            and not _over(ask, anchors, count, sheet)
        ):
            return
    if not sheet.counts and len(anchors) == 1 and not VAT_ASKED.search(ask.text):
        return
    periods = {_open_period(charge, ask) for charge in anchors}
    if len(periods) == 1:
        yield sheet.worked(_item(anchors[0]), anchors[0].currency, periods.pop())


def _factors(
    ask: AskedPrice, charge: Charge
) -> tuple[tuple[tuple[Decimal, str], ...], list[Count]] | None:
    """Give a count for each unit; what a bill has once, and a place not counted, are one; a period may stay open."""
    factors: list[tuple[Decimal, str]] = []
    used: list[Count] = []
    for unit in _units(ask, charge):
        own = noun_terms(unit)
        name = MEASURE.sub(" ", charge.name) if unit == "each" else unit
        count = (
            next((c for c in ask.given if period_of(c.noun) == period_of(unit)), None)
            if period_of(unit)
            else ask.counting(name) or _told_by_name(ask, charge)
        )
        if count:
            factors.append((count.value, _noun(count, unit)))
            used.append(count)
        elif not (period_of(unit) or unit == "once" or own & (PLACES | WHOLE_BILL)):
            return None
    return tuple(factors), used


def _units(ask: AskedPrice, charge: Charge) -> tuple[str, ...]:
    """Give the units of a price; a column of things that are counted ("Lathe | Machining centre") is one."""
    by_column = all(period_of(unit) for unit in charge.units) and not charge.is_once
    is_counted = (
        by_column and bool(charge.column) and charge.statement.cells and ask.counting(charge.column)
    )
    return (charge.column, *charge.units) if is_counted else charge.units


def _noun(count: Count, unit: str) -> str:
    """Give the visitor's word for what is counted, unless it may be the first of several."""
    noun = _bare(count)
    own = noun_terms(noun)
    return noun if own & (noun_terms(unit) | PLACES) or period_of(noun) else ""


def _told_by_name(ask: AskedPrice, charge: Charge) -> Count | None:
    """Give the count of what is called by two words of a charge's name ("2 self check-in terminals")."""
    own = {t for t in terms(charge.name) if not t.startswith("#")}
    return next((count for count in ask.given if len(own & count.after) > 1), None)


def _over(ask: AskedPrice, anchors: Sequence[Charge], count: Count, sheet: Sheet) -> bool:
    """Account for a count of what a price includes: nothing within it, the further price beyond."""
    able = _included(ask, anchors, count)
    if len({a.value for a in able}) != 1:
        return False
    included, places = able[0].value, _places(ask, count)
    sheet.statements.append(able[0].statement)
    sheet.counts.append(count)
    if count.value <= included:
        return True
    further = _further(ask, anchors, count)
    if further is None or (places and not ask.is_each):
        return False
    per_place = ((places.value, _bare(places)),) if places else ()
    factors = (*per_place, (count.value, _bare(count)))
    sheet.add(Step(further.amount, factors, included=included), further.statement)
    return True


def _included(ask: AskedPrice, anchors: Sequence[Charge], count: Count) -> list[Allowance]:
    """Find what the prices include of a thing: in their own rows, else in the sentences of their pages."""
    rows = [a for a in ask.allowances if any(a.statement == c.statement for c in anchors)]
    pages = {charge.fact.page for charge in anchors}
    said = [a for a in ask.allowances if a.statement.fact.page in pages and not a.statement.cells]
    return [a for a in rows or said if is_same_thing(noun_terms(a.noun), noun_terms(_bare(count)))]


def _further(ask: AskedPrice, anchors: Sequence[Charge], count: Count) -> Charge | None:
    """Find the one price of a further thing, on the page of the prices before others."""
    nouns = noun_terms(_bare(count))
    able = [c for c in ask.charges if c.part is Part.FURTHER and _is_further(c, nouns, anchors)]
    pages = {charge.fact.page for charge in anchors}
    near = [c for c in able if c.fact.page in pages] or able
    return near[0] if len({c.amount for c in near}) == 1 else None


def _bare(count: Count) -> str:
    return count.noun.strip(".,;:?!")


def _is_further(charge: Charge, nouns: frozenset[str], anchors: Sequence[Charge]) -> bool:
    if not noun_terms(charge.name) & nouns:
        return False
    return not charge.column or any(
        set(content_words(charge.column)) & set(content_words(f"{a.name} {a.column}"))
        for a in anchors
    )


def _places(ask: AskedPrice, count: Count) -> Count | None:
    return next(
        (c for c in ask.given if c is not count and (noun_terms(c.noun) | c.after) & PLACES), None
    )


def _open_period(charge: Charge, ask: AskedPrice) -> str:
    """Give the period a price is for where the visitor counts no such periods."""
    period = _period(charge)
    return "" if any(period_of(count.noun) == period for count in ask.given) else period


def _period(charge: Charge) -> str:
    return next((p for unit in charge.units if (p := period_of(unit))), "")


def _item(charge: Charge) -> str:
    """Name what is charged: the row, else the heading, else the unit."""
    name = _short(charge.name)
    if charge.statement.cells and name:
        return name
    unit = next((unit for unit in charge.units if not period_of(unit)), "")
    return _heading(charge) if charge.statement.heading else unit.capitalize() or _heading(charge)


def _heading(charge: Charge) -> str:
    heading = re.sub(r"^\d+[.)]\s*", "", charge.statement.heading)
    return heading or charge.fact.page


def _short(text: str) -> str:
    words = re.split(
        r"(?<!\d)[.;:](?=\s|$)|[;:,](?=\s)|\(|\bincl\b|\b(?:costs?|kostet|is|are|coûte|cuesta|custa|kost)\b",
        text.strip(" ,;:.-–"),
    )[0].split()
    return " ".join(words[:8])
