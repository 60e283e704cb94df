"""Sums made of several charges: a base with what it includes and what goes beyond, first and further, bands."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from agent.answering.adjusting import VAT_ASKED
from agent.answering.asked_price import PLACES, WHOLE_BILL, AskedPrice, noun_terms, units_of
from agent.answering.charges import Charge, Part
from agent.answering.counted import Count, amounts, period_of
from agent.answering.explained import Worked
from agent.answering.statements import Statement
from agent.answering.steps import Step, Sum
from agent.answering.words import content_words, terms

CLEAR = 1.15
BY_CONCEPT = 0.6
ONLY_THOSE = re.compile(
    r"\bonly\b|\bon top\b|\bextra\b|\bbeyond\b|\boverage\b|\bnur\b|zusätzlich|seulement|supplément|\bsolo\b|\bsó\b|\balleen\b|(?:would|do|will|for|are) the \w+",
    re.IGNORECASE,
)
MEASURE = re.compile(r"\d[\d.,]*\s?[^\W\d_]+")
ONCE_ASKED = terms("set-up setup one-off once einrichtung einmalig installation start-up")
JOINED = re.compile(r"\b(?:plus|and|with|mit|und|avec|et|con|y|com|met|en)\b|\+|&", re.IGNORECASE)


@dataclass
class Sheet:
    """A sum while it is put together."""

    steps: list[Step] = field(default_factory=list)
    statements: list[Statement] = field(default_factory=list)
    counts: list[Count] = field(default_factory=list)

    def add(self, step: Step, statement: Statement, *counts: Count) -> None:
        """Add a step with what it rests on and the counts that it uses."""
        self.steps.append(step)
        self.statements += [statement]
        self.counts += counts

    def worked(self, item: str, currency: str, per: str = "") -> Worked:
        """Give the sum."""
        facts = tuple(dict.fromkeys(s.fact for s in self.statements))
        found = Sum(item, currency, tuple(self.steps), facts, per)
        return Worked(found, tuple(self.statements), tuple(self.counts))


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
            noun = count.noun.strip(".,;:?!")
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
            yield from _banded(ask, own, count, pool)


def _pool(
    ask: AskedPrice, band: Charge, count: Count
) -> tuple[Decimal, tuple[Count, ...], Statement] | None:
    """Give the included amount, for all places together."""
    nouns = noun_terms(count.noun)
    able = [
        a
        for a in ask.allowances
        if noun_terms(a.noun) & nouns and a.statement.fact.page == band.fact.page
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
    ask: AskedPrice,
    bands: Sequence[Charge],
    count: Count,
    pool: tuple[Decimal, tuple[Count, ...], Statement],
) -> Iterator[Worked]:
    included, places, statement = pool
    noun, sheet = count.noun.strip(".,;:?!"), Sheet()
    beyond = count.value - included
    if len(bands) == 1 or all(c.low is None for c in bands):
        if len(bands) != 1:
            return
        step = Step(bands[0].amount, ((count.value, noun),), included=included)
        sheet.add(step, bands[0].statement, count, *places)
    else:
        for band in sorted(bands, key=lambda c: c.low or Decimal(0)):
            low = (band.low or Decimal(1)) - 1
            within = min(beyond, band.high or beyond) - low
            if within > 0:
                label = "" if beyond <= (bands[0].high or beyond) else _short(band.name)
                step = Step(band.amount, ((within, noun),), label)
                if not label:
                    step = Step(band.amount, ((count.value, noun),), included=included)
                sheet.add(step, band.statement, *(count, *places)[: 9 if not sheet.counts else 0])
    sheet.statements.append(statement)
    yield sheet.worked(_heading(bands[0]), bands[0].currency, _period(bands[0]))


def named_together(ask: AskedPrice) -> Iterator[Worked]:
    """Add what is named, each times the counts of its units, with what goes beyond its included amounts."""
    anchors = _anchors(ask)
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
    noun = count.noun.strip(".,;:?!")
    own = noun_terms(noun)
    return noun if own & (noun_terms(unit) | PLACES) or period_of(noun) else ""


def _told_by_name(ask: AskedPrice, charge: Charge) -> Count | None:
    """Give the count of what is called by two words of a charge's name ("2 self check-in terminals")."""
    own = {t for t in terms(charge.name) if not t.startswith("#")}
    return next((count for count in ask.given if len(own & count.after) > 1), None)


def _over(ask: AskedPrice, anchors: Sequence[Charge], count: Count, sheet: Sheet) -> bool:
    """Account for a count of what a price includes: nothing within it, the further price beyond."""
    nouns = noun_terms(count.noun.strip(".,;:?!"))
    pages = {charge.fact.page for charge in anchors}
    rows = [a for a in ask.allowances if any(a.statement == c.statement for c in anchors)]
    near = rows or [
        a for a in ask.allowances if a.statement.fact.page in pages and not a.statement.cells
    ]
    able = [a for a in near if noun_terms(a.noun) & nouns]
    if len({a.value for a in able}) != 1:
        return False
    included, places = able[0].value, _places(ask, count)
    if count.value > included and places and places.value > 1 and not ask.is_each:
        return False
    sheet.statements.append(able[0].statement)
    sheet.counts.append(count)
    if count.value <= included:
        return True
    able_further = [
        c for c in ask.charges if c.part is Part.FURTHER and _is_further(c, nouns, anchors)
    ]
    further = [c for c in able_further if c.fact.page in pages] or able_further
    if len({c.amount for c in further}) != 1:
        return False
    noun = count.noun.strip(".,;:?!")
    per_place = (
        ((places.value, places.noun.strip(".,;:?!")),) if places and places.value > 1 else ()
    )
    step = Step(further[0].amount, (*per_place, (count.value, noun)), included=included)
    sheet.add(step, further[0].statement)
    return True


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


def _anchors(ask: AskedPrice) -> list[Charge]:
    """Find the charges that the question names; none where two fit alike."""
    wants_once = any(asked & ONCE_ASKED for asked in ask.words.values())
    whole = [
        c
        for c in ask.charges
        if c.part is Part.WHOLE
        and (not c.is_once or wants_once or _is_apiece(c) or VAT_ASKED.search(ask.text))
    ]
    included = frozenset(
        t for a in ask.allowances for t in noun_terms(a.noun) if not t.startswith("#")
    )
    counted = frozenset(t for c in ask.given for t in noun_terms(c.noun)) & included
    left = {w: t for w, t in ask.words.items() if not t & (PLACES | counted)}
    chosen: list[Charge] = []
    while (left or not chosen) and len(chosen) < 4:
        best = _best(ask, [c for c in whole if not _is_same(c, chosen)], left)
        if best is None:
            break
        own = ask.own_terms(best) | noun_terms(" ".join(best.units))
        own -= frozenset() if best.statement.cells else terms(best.column)
        chosen.append(best)
        left = {w: t for w, t in left.items() if not t & own}
    base = _base(ask, whole)
    if base and not _is_same(base, chosen) and _needs_base(ask, chosen, base):
        chosen.insert(0, base)
    return chosen


def _is_same(charge: Charge, chosen: Sequence[Charge]) -> bool:
    """Tell whether a charge is chosen already, there or on another page."""
    return any(
        c.statement == charge.statement
        or (c.amount == charge.amount and units_of(c) == units_of(charge))
        for c in chosen
    )


def _is_apiece(charge: Charge) -> bool:
    return any(unit != "once" and not period_of(unit) for unit in charge.units)


def _best(
    ask: AskedPrice, charges: Sequence[Charge], left: dict[str, frozenset[str]]
) -> Charge | None:
    scored = [(score, c) for c in charges if (score := _score(ask, c, charges, left)) > 0]
    best = max((score for score, _ in scored), default=0.0)
    near = [c for score, c in scored if score * CLEAR >= best]
    if len({c.statement.text for c in near}) == 1:
        # Of two prices of one line, a counted thing has its own.
        near = [c for c in near if _is_apiece(c) and not _is_by_place(c)] or near
    return near[0] if len({c.amount for c in near}) == 1 else None


def _is_by_place(charge: Charge) -> bool:
    return any(noun_terms(unit) & PLACES for unit in charge.units)


def _score(
    ask: AskedPrice, charge: Charge, everyone: Sequence[Charge], left: dict[str, frozenset[str]]
) -> float:
    """Weigh how well a charge's own words are those of the question; words that many share say little."""
    own, score = ask.own_terms(charge), 2.0 * (charge.amount in amounts(ask.text))
    units = noun_terms(" ".join(u for u in charge.units if not period_of(u))) - PLACES
    is_only_unit = not ask.name_terms(charge) and _is_for_named(ask, charge)
    for asked in left.values():
        if asked & units:
            score += 1.0 if is_only_unit else 0.01
        elif shared := asked & own:
            statements = {c.statement.text for c in everyone if asked & ask.own_terms(c)}
            is_exact = any(not t.startswith("#") for t in shared)
            score += (1.0 if is_exact else BY_CONCEPT) / len(statements)
    is_unit_said = any(asked & units for asked in left.values())
    return (
        score * (2.0 if is_unit_said else 1.1 if units_of(charge) else 1.0) if score > 0.1 else 0.0
    )


def _is_for_named(ask: AskedPrice, charge: Charge) -> bool:
    """Tell whether a price for some plans only is for one that the question names."""
    plans = terms(charge.column)
    return not plans or any(asked & plans for asked in ask.words.values())


def _base(ask: AskedPrice, whole: Sequence[Charge]) -> Charge | None:
    """Find what each place pays in any case: a price by the place whose name says no more."""
    included = [noun_terms(a.noun) for a in ask.allowances]
    bases = [
        c
        for c in whole
        if any(noun_terms(u) & PLACES for u in c.units) and not _says_more(c, included)
    ]
    return bases[0] if len({c.amount for c in bases}) == 1 else None


def _says_more(charge: Charge, included: Iterable[frozenset[str]]) -> bool:
    """Tell whether a charge's name has more than a place, a fee, and what that includes."""
    plainly = terms("fee price incl including included with").union(PLACES, *included)
    return any(not t[0].isdigit() for t in terms(charge.name) - plainly)


def _needs_base(ask: AskedPrice, chosen: Sequence[Charge], base: Charge) -> bool:
    """Tell whether the price of a place belongs to the sum: it is asked for itself, or by what it includes."""
    if not chosen:
        return any(t & PLACES for t in ask.words.values()) or _includes_counted(ask, base)
    same = all(units_of(c) == units_of(base) for c in chosen)
    return same and (_includes_counted(ask, base) or bool(JOINED.search(ask.text)))


def _includes_counted(ask: AskedPrice, base: Charge) -> bool:
    own = [a for a in ask.allowances if a.statement.fact.page == base.fact.page]
    return any(noun_terms(c.noun) & noun_terms(a.noun) for c in ask.given for a in own)


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
    return charge.statement.heading and _heading(charge) or unit.capitalize() or _heading(charge)


def _heading(charge: Charge) -> str:
    heading = re.sub(r"^\d+[.)]\s*", "", charge.statement.heading)
    return heading or charge.fact.page


def _short(text: str) -> str:
    words = re.split(
        r"(?<!\d)[.;:](?=\s|$)|[;:,](?=\s)|\(|\bincl\b|\b(?:costs?|kostet|is|are|coûte|cuesta|custa|kost)\b",
        text.strip(" ,;:.-–"),
    )[0].split()
    return " ".join(words[:8])
