"""One sum worked out from price lines: by a table's tiers, or by the units of a price."""

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from agent.answering.charges import FURTHER
from agent.answering.counted import Count, period_of
from agent.answering.explained import OF_ANY_PRICE, Worked
from agent.answering.pricing import (
    NUMBER,
    PriceLine,
    PriceRow,
    alike,
    number,
    price_row,
    prices_said,
)
from agent.answering.searching import Search
from agent.answering.shares import PERIOD_TERMS
from agent.answering.statements import Statement
from agent.answering.steps import Step, Sum
from agent.answering.words import content_words, terms, terms_of
from agent.estimate import YEARLY
from agent.facts import Fact

BY_PIECE = re.compile(r"\b(?:pieces?|stücke?|pièces?|piezas?|peças?|stuks?)\b", re.IGNORECASE)
ANY_PIECE = terms("pieces units items stuck unidades stuks")
CLEAR = 1.15
MONTHS = Decimal(12)
ANNUAL = r"(?:annual|yearly|jährlich|annuel|anual|jaarlijks)\w*"
ANNUAL_DISCOUNT = re.compile(
    rf"\b{ANNUAL}[^.;]{{0,40}}?\b(?:save|less|discount|off|cheaper|spar|rabatt|günstiger|remise|réduction|économ|descuento|ahorr|desconto|poupa|korting|bespa)\w*[^.;\d]{{0,20}}(?P<a>{NUMBER})\s?(?:%|percent)"
    rf"|(?P<b>{NUMBER})\s?(?:%|percent)[^.;\d]{{0,40}}?\b{ANNUAL}",
    re.IGNORECASE,
)


def of_row(search: Search, given: Sequence[Count], is_net: bool) -> Worked | None:  # noqa: FBT001 - a value
    """Multiply the quantity by its tier's price in the one table row that the question names."""
    rows = [
        row
        for s in search.candidates
        if (row := price_row(s)) and any(line.low for line in row.lines)
    ]
    row = _clearest(rows, search)
    if row is None:
        return None
    for count in given:
        pieces = _pieces(count, row)
        line = _tier(row, pieces) if pieces else None
        if line and pieces:
            step = Step(line.amount, ((pieces, ""),), line.label)
            found = Sum(row.item, line.currency, (step,), (line.fact,), is_net=is_net)
            return Worked(found, (row.statement,), (count,))
    return None


def _clearest(rows: Sequence[PriceRow], search: Search) -> PriceRow | None:
    """Find the one row that the question names; several rows of the same item count as the fullest of them."""
    everyone = [_own_terms(row) for row in rows]
    scored = [(_named(row, everyone, search), row) for row in rows]
    best = max((score for score, _ in scored), default=0.0)
    near = [row for score, row in scored if score * CLEAR >= best and score > 0]
    if not near or best <= 0 or any(not _same_item(near[0], row) for row in near):
        return None
    return max(near, key=lambda row: len(row.lines))


def _own_terms(row: PriceRow) -> frozenset[str]:
    return terms(" ".join(cell.value for cell in row.statement.cells[:2]))


def _named(row: PriceRow, everyone: Sequence[frozenset[str]], search: Search) -> float:
    """Weigh how well a row's own words are those of the question; words that all rows share say nothing."""
    own, score = _own_terms(row), 0.0
    for asked in search.words.values():
        if shared := asked & own:
            rarity = 1 - sum(bool(asked & each) for each in everyone) / (len(everyone) + 1)
            score += rarity * (1.0 if any(not t.startswith("#") for t in shared) else 0.6)
    return score


def _same_item(one: PriceRow, other: PriceRow) -> bool:
    mine, theirs = (frozenset(content_words(row.item)) for row in (one, other))
    return len(mine & theirs) >= 0.6 * min(len(mine), len(theirs))


def _pieces(count: Count, row: PriceRow) -> Decimal | None:
    """Turn a count into pieces of a row's item: by its packs, by its own noun, or by "pieces"."""
    is_by_piece = any(
        BY_PIECE.search(f"{cell.header.replace('_', ' ')} {cell.value}")
        for cell in row.statement.cells
    )
    for pack, size in row.packs.items():
        if count.noun and alike(count.noun, pack):
            return count.value * size if is_by_piece else None
    if row.packs and not is_by_piece:
        return None
    item = terms(row.item) | ANY_PIECE
    is_counted = bool(count.after & item) and not period_of(count.noun)
    return count.value if is_counted and count.value == int(count.value) else None


def _tier(row: PriceRow, pieces: Decimal) -> PriceLine | None:
    """Find the tier of a quantity; none where only the first and the full pallet's are given, and it lies between."""
    tiers = [line for line in row.lines if line.low is not None and line.low <= pieces]
    fitting = [line for line in tiers if line.high is None or pieces <= line.high]
    best = max(fitting, key=lambda line: line.low or 0, default=None)
    if best is None or best.low is None or best.high is not None:
        return best
    above = [line for line in row.lines if line.low is not None and line.low > best.low]
    is_gap = bool(above) and all(line.is_whole for line in above) and pieces >= 2 * best.low
    return None if is_gap else best


def of_units(search: Search, given: Sequence[Count], is_net: bool) -> Worked | None:  # noqa: FBT001 - a value
    """Multiply a price by the visitor's count of each of its units, and add what comes once."""
    lines = [
        line for s in search.candidates for line in _all_lines(s) if not FURTHER.search(line.item)
    ]
    priced = [(line, _factors(line, given)) for line in lines if line.units and not line.is_added]
    able = [(line, factors) for line, factors in priced if factors]
    if not able:
        return None
    able = [pair for pair in able if _is_named(pair[0], search)]
    if not able:
        return None
    scored = [
        (
            search.gain(line.statement, {}, frozenset()) + line.statement.found.relevance / 4,
            line,
            factors,
        )
        for line, factors in able
    ]
    best = max(score for score, _, _ in scored)
    near = [(line, factors) for score, line, factors in scored if score * CLEAR >= best]
    line, factors = _in_tier(near)
    if line is None or any(
        each.statement != line.statement and each.amount != line.amount for each, _ in near
    ):
        return None
    used = tuple(count for count in given if any(count.counts(unit) for unit in line.units))
    return _added_up(line, factors, search, is_net, used)


def _is_named(line: PriceLine, search: Search) -> bool:
    """Tell whether the question says a word of what is priced, or of its heading, beside the units."""
    units = frozenset(term for unit in line.units for term in terms(unit)) | PERIOD_TERMS
    item = (
        _short(line.item)
        if line.statement.cells
        else f"{line.statement.text} {line.statement.heading}"
    )
    own = [term for word in content_words(item) for term in terms_of(word)]
    named = frozenset(own) - units - OF_ANY_PRICE
    if not line.statement.cells and not named:
        return True
    return any(asked & named for asked in search.words.values())


def _all_lines(statement: Statement) -> list[PriceLine]:
    if not statement.cells:
        return prices_said(statement)
    row = price_row(statement)
    return [line for line in row.lines if line.low is None] if row else []


def _in_tier(
    near: Sequence[tuple[PriceLine, tuple[tuple[Decimal, str], ...]]],
) -> tuple[PriceLine | None, tuple[tuple[Decimal, str], ...]]:
    """Choose the tier that the count has reached, among lines for the same thing."""
    fitting = [
        (line, factors) for line, factors in near if line.low is None or line.low <= factors[0][0]
    ]
    return max(fitting, key=lambda pair: pair[0].low or Decimal(0), default=(None, ()))


def _factors(line: PriceLine, given: Sequence[Count]) -> tuple[tuple[Decimal, str], ...]:
    """Give a count for each unit; a last period without one stays open ("a month")."""
    factors: list[tuple[Decimal, str]] = []
    for unit in line.units:
        found = next((count for count in given if count.counts(unit)), None)
        if found is None and period_of(unit) and factors and unit == line.units[-1]:
            continue
        if found is None:
            return ()
        factors.append((found.value, found.noun.strip(".,;:?!")))
    return tuple(factors)


def _added_up(
    line: PriceLine,
    factors: tuple[tuple[Decimal, str], ...],
    search: Search,
    is_net: bool,  # noqa: FBT001 - a value
    used: tuple[Count, ...],
) -> Worked:
    steps = [Step(line.amount, factors, line.label)]
    facts, told = [line.fact], [line.statement]
    for other in (each for s in search.candidates for each in _all_lines(s)):
        if other.currency == line.currency and _comes_on_top(other, line, search):
            steps.append(Step(other.amount, (), _short(other.item)))
            facts += [other.fact] if other.fact not in facts else []
            told.append(other.statement)
    period = period_of(line.units[-1]) if len(factors) < len(line.units) else ""
    if period == "month" and YEARLY.search(search.text):
        steps[0] = replace(steps[0], factors=(*factors, (MONTHS, "")))
        steps += _annual_discount(steps[0].total, search, facts)
        period = "year"
    found = Sum(_item(line), line.currency, tuple(steps), tuple(facts), period, is_net)
    return Worked(found, tuple(told), used)


def _item(line: PriceLine) -> str:
    """Name what is counted: what stands before its price, unless that is a figure itself; else the heading."""
    short = _short(line.item)
    is_telling = bool(short) and not any(letter.isdigit() for letter in short)
    return short if is_telling else line.statement.heading or line.fact.page


def _annual_discount(total: Decimal, search: Search, facts: list[Fact]) -> list[Step]:
    """Take off what paying by the year saves, where a fact says so in one figure."""
    found = {
        m["a"] or m["b"]: s.fact for s in search.candidates if (m := ANNUAL_DISCOUNT.search(s.text))
    }
    if len(found) != 1:
        return []
    (share, fact), *_ = found.items()
    percent = number(share)
    if percent is None:
        return []
    facts += [fact] if fact not in facts else []
    return [Step(-percent, ((total, ""),), is_share=True)]


def _comes_on_top(other: PriceLine, line: PriceLine, search: Search) -> bool:
    """Tell whether a fee belongs to the sum: a set-up in the same passage, or an extra the visitor names."""
    if other.fact.id != line.fact.id:
        return False
    if other.is_once and _same_line(other, line):
        return True
    own = [
        word for word in content_words(other.item) if not any(alike(word, u) for u in other.units)
    ]
    return other.is_added and any(
        terms_of(w) & a and stem_shared(w, a) for w in own for a in search.words.values()
    )


def stem_shared(word: str, asked: frozenset[str]) -> bool:
    """Tell whether a word itself is asked for, not only something of its sort."""
    return bool({t for t in terms_of(word) if not t.startswith("#")} & asked)


def _same_line(one: PriceLine, other: PriceLine) -> bool:
    paragraphs = one.fact.text.split("\n")
    return any(one.statement.text in each and other.statement.text in each for each in paragraphs)


def _short(text: str) -> str:
    """Keep of a label what names the thing: its first words."""
    words = re.split(r"[.;:,]|\b(?:costs?|kostet|is)\b", text.strip(" ,;:-–"))[0].split()
    return " ".join(words[:8])
