"""The charges that a question names, and what each place pays in any case."""

import re
from collections.abc import Iterable, Sequence

from agent.answering.adjusting import VAT_ASKED
from agent.answering.asked_price import PLACES, AskedPrice, noun_terms, units_of
from agent.answering.charges import Charge, Part
from agent.answering.counted import amounts, period_of
from agent.answering.words import terms

CLEAR = 1.15
BY_CONCEPT = 0.6
MOST_CHARGES = 4
ONCE_ASKED = terms("set-up setup one-off once einrichtung einmalig installation start-up")
JOINED = re.compile(r"\b(?:plus|and|with|mit|und|avec|et|con|y|com|met|en)\b|\+|&", re.IGNORECASE)


def anchors_of(ask: AskedPrice) -> list[Charge]:
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
    is_one = len({c.amount for c in near}) == 1
    return near[0] if near and (is_one or _are_named_apart(ask, near, left)) else None


def _are_named_apart(
    ask: AskedPrice, near: Sequence[Charge], left: dict[str, frozenset[str]]
) -> bool:
    """Tell whether charges are each named by words of their own ("shifts and payroll")."""
    named = [
        frozenset(word for word, asked in left.items() if asked & ask.own_terms(charge))
        for charge in near
    ]
    return all(not one & other for place, one in enumerate(named) for other in named[place + 1 :])


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
    return any(t[0].isalpha() for t in terms(charge.name) - plainly)


def _needs_base(ask: AskedPrice, chosen: Sequence[Charge], base: Charge) -> bool:
    """Tell whether the price of a place belongs to the sum: it is asked for itself, or by what it includes."""
    if not chosen:
        return any(t & PLACES for t in ask.words.values()) or _includes_counted(ask, base)
    same = all(units_of(c) == units_of(base) for c in chosen)
    return same and (_includes_counted(ask, base) or bool(JOINED.search(ask.text)))


def _includes_counted(ask: AskedPrice, base: Charge) -> bool:
    own = [a for a in ask.allowances if a.statement.fact.page == base.fact.page]
    return any(noun_terms(c.noun) & noun_terms(a.noun) for c in ask.given for a in own)
