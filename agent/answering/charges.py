"""What facts charge, and for what: each amount with its units, its part in a price, and the words that name it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from agent.answering.counted import period_of
from agent.answering.pricing import (
    BETWEEN,
    FROM,
    MONEY,
    ONCE,
    ONE_COSTS,
    UPWARDS,
    money_in,
    number,
    sign,
    units_said,
)
from agent.answering.rows import header_currency, is_money, subject_place
from agent.answering.statements import Cell, Statement
from agent.answering.words import content_words
from agent.facts import Fact

NO_PRICE = re.compile(
    r"(?:\b(?:above|over|up to|below|under|between|until|than|from|instead of|worth|exceed\w*|ab|über|bis|unter|statt|à partir de|dès|jusqu'à|au-delà de|desde|hasta|a partir de|a partire da|até|da|vanaf|tot|boven)|(?<=\d) ?[-–]|≥|>|£|\$|€|[x×=])\s*$",
    re.IGNORECASE,
)
A_RANGE = re.compile(r"^\s*(?:[-–—]|to|bis|à|tot|=|and (?:€|£|\$))\s*(?:[€£$]|\d)", re.IGNORECASE)
MILLIONS = re.compile(r"\s*(?:million|mio|mrd|billion|bn|k\b|m\b|millones|milhões)", re.IGNORECASE)
NO_PRICE_HEADER = re.compile(
    r"excess|deposit|minimum|limit|free|value|replacement|deductible|kaution|selbstbehalt|mindest|caution|franchise|minim|fianza|borg|waarborg|drempel|cauzione",
    re.IGNORECASE,
)
FURTHER = re.compile(
    r"\b(?:further|additional|extra|each more|more|weitere\w*|zusätzliche\w*|adicional\w*|bijkomende|iedere extra|elke extra|ulterior\w+)\s+(?P<after>[^\W\d_][\w-]*)"
    r"|\b(?!(?:each|every|any|an?|per|iedere|elke)\b)(?P<before>[^\W\d_][\w-]*)\s+(?:supplémentaires?|de plus|adiciona(?:l|les|is)|in più|aggiuntiv\w)\b",
    re.IGNORECASE,
)
FIRST = re.compile(
    r"\b(?:first|erste[rsn]?|premi[eè]re?|primer[oa]?|primeir[oa]|eerste|prim[oa])\s+(?P<after>[^\W\d_][\w-]*)",
    re.IGNORECASE,
)
BEYOND = re.compile(
    r"\b(?:beyond|above the|over the|exceeding|darüber|zusätzlich\w*|über das|au-delà|más allá|acima|boven)\b",
    re.IGNORECASE,
)
LEAST = re.compile(
    r"\b(?:minimum|at least|smallest|mindestens|mindest\w+|au moins|minimale?|mínim[oa]|al menos|pelo menos|minimaal|ten minste)\b",
    re.IGNORECASE,
)
UNIT_HEADER = re.compile(
    r"^(?:unit|units|per|basis|billing unit|einheit|unité|unidad|unidade|eenheid|unità)$",
    re.IGNORECASE,
)
ONLY_PRICE = re.compile(
    r"^(?:price|prices|net price|list price|rate|fee|cost|amount|preis|prix|precio|preço|prijs|tarif|tarief|prezzo|incl|excl|ex|vat|net|[€$£]|eur|usd|gbp|chf|pln)$",
    re.IGNORECASE,
)
MONTHLY = re.compile(
    r"\b(?:monthly|monatlich\w*|mensuel\w*|mensual\w*|mensal\w*|maandelijks\w*)\b", re.IGNORECASE
)
FLAT = re.compile(r"\b(?:flat|pauschal|forfait\w*|a tanto alzado|vast)\b", re.IGNORECASE)
IN_A_CASE = re.compile(
    r"\b(?:fewer|less|more) than\b|\b(?:if|when|while|unless|under|below|wenn|falls|während|unter|si|quand|cuando|mientras|quando|als|wanneer|terwijl)\b",
    re.IGNORECASE,
)
"""What is charged only in a case that the visitor may not be in."""
UNIT_WORD = re.compile(r"[^\W\d_]{2,}")
NO_UNITS = frozenset({"per", "and", "pro", "und", "par", "et", "por", "y", "e", "en", "a", "of", "la", "le"})  # fmt: skip
NAMES = re.compile(
    r"^(?:\s*(?:a|per|/)\s*\w+)?\s*(?:on|for|in|with|bei|für|auf|pour|en|chez|op|bij|voor|no|na|para)\s+(?P<names>[A-ZÀ-Þ]\w+(?:(?:,|\s+and|\s+und|\s+et|\s+y|\s+e|\s+en)\s+[A-ZÀ-Þ]\w+)*)"
)
CLAUSE = re.compile(r"[.;:!?]\s+|,\s+(?![^,]*$)|\s[–—-]\s")


BEHIND = re.compile(
    r"^\s*(?P<clause>(?:for|to|für|nach|pour|por|para|voor|naar)\s+(?:[^,.;]|[.,](?=\d))+?)(?=,|[.;]|\s(?:and|und|et|y|e|en)\s*$|$)",
    re.IGNORECASE,
)
AFTER_THAT = re.compile(
    r"\b(?:after that|thereafter|beyond|above|over|danach|darüber|au-delà|más allá|acima|daarboven)\b",
    re.IGNORECASE,
)


ONE_ASKED = re.compile(
    r"\b(?:an?|one|eine?[nr]?|une?|una?|uma?|een)\s+(?P<unit>[^\W\d_][\w-]+)", re.IGNORECASE
)


class Part(StrEnum):
    """What part of a price a charge is."""

    WHOLE = "whole"
    FIRST = "first"
    FURTHER = "further"
    BAND = "band"
    LEAST = "least"


@dataclass(frozen=True, slots=True)
class Charge:
    """An amount for one of each of its `units`, which are as written and may be a period.

    `name` is what it is called where it stands, `column` the heading of its column or the plans it is for. A band
    holds from `low` to `high`, both counted beyond what is included.
    """

    amount: Decimal
    currency: str
    units: tuple[str, ...]
    statement: Statement
    name: str
    column: str = ""
    part: Part = Part.WHOLE
    low: Decimal | None = None
    high: Decimal | None = None
    is_once: bool = False

    @property
    def fact(self) -> Fact:
        """Give the fact that states it."""
        return self.statement.fact


def charges_of(statement: Statement) -> list[Charge]:
    """Read every amount that a statement charges; open-ended ones ("from €99") and limits are none."""
    if statement.cells:
        return list(_of_row(statement))
    said = _of_text(statement, statement.text, "")
    return [_asked_above(charge) for charge in said if not IN_A_CASE.search(charge.name)]


def _asked_above(charge: Charge) -> Charge:
    """Take the unit from the question above, where a price names none ("What does a site cost?")."""
    last = charge.statement.fact.heading.rpartition(" > ")[2]
    one = ONE_ASKED.search(last if last.endswith("?") else charge.statement.asked)
    is_bare = (
        charge.part is Part.WHOLE and not charge.name and all(period_of(u) for u in charge.units)
    )
    return replace(charge, units=(one["unit"], *charge.units)) if one and is_bare else charge


def _of_row(statement: Statement) -> Iterator[Charge]:
    cells = statement.cells
    place = subject_place(cells)
    others = [cell for number_, cell in enumerate(cells) if number_ != place]
    said = [
        cell
        for cell in others
        if is_money(cell)
        and not NO_PRICE_HEADER.search(cell.header)
        and not FLAT.search(cell.value)
    ]
    listed = _unit_cell(others)
    if listed is None:
        return
    heading = _header_units(statement.heading) or _header_units(cells[place].value)
    band = next((found for cell in cells if (found := _band(cell))), None)
    once = any(ONCE.match(cell.value) for cell in others if not is_money(cell))
    for cell in said:
        for charge in _of_cell(statement, cell, cells[place].value):
            units = listed or charge.units or _header_units(cell.header) or heading
            own = replace(charge, units=units)
            if band:
                own = replace(own, part=Part.BAND, low=band[0], high=band[1])
            yield replace(own, is_once=own.is_once or once or "once" in units)


def _of_cell(statement: Statement, cell: Cell, item: str) -> Iterator[Charge]:
    header = re.sub(r"[_(),]+", " ", cell.header).strip()
    bare = header[: _per(header)]
    column = "" if all(ONLY_PRICE.match(word) for word in bare.split()) else bare.strip()
    value = cell.value
    if not MONEY.search(value):
        value = f"{header_currency(cell.header)} {value}"
    tier = _quantity(header)
    for charge in _of_text(statement, value, item):
        if tier and charge.part is Part.WHOLE:
            low, high, unit = tier
            yield replace(charge, units=(unit, *charge.units), low=low, high=high)
            continue
        yield replace(
            charge,
            column=charge.column or column,
            is_once=charge.is_once or bool(ONCE.search(header)),
        )


def _quantity(header: str) -> tuple[Decimal, Decimal | None, str] | None:
    """Read a heading as a quantity from which, or between which, a price holds ("50-249 employees")."""
    for pattern in (BETWEEN, UPWARDS, FROM):
        if (match := pattern.search(header)) and (low := number(match["low"])) is not None:
            high = number(match["high"]) if "high" in match.groupdict() else None
            return low, high, match["unit"] or "each"
    return None


def _unit_cell(cells: Sequence[Cell]) -> tuple[str, ...] | None:
    """Read the unit that a row names in a cell of its own; None for so many at a time ("per 50 answers")."""
    value = next((cell.value for cell in cells if UNIT_HEADER.match(cell.header)), "")
    if re.search(r"\d", value):
        return None
    return tuple(word for word in UNIT_WORD.findall(value) if word.lower() not in NO_UNITS)


def _per(text: str) -> int:
    match = re.search(r"\b(?:per|pro|par|por)\b", text, re.IGNORECASE)
    return match.start() if match else len(text)


def _header_units(header: str) -> tuple[str, ...]:
    bare = header.replace("_", " ")
    if MONTHLY.search(bare):
        return ("month",)
    return tuple(units_said(f" {bare[_per(bare) :]}"))


def _band(cell: Cell) -> tuple[Decimal, Decimal | None] | None:
    """Read a range that is counted beyond an included amount."""
    if not BEYOND.search(f"{cell.header} {cell.value}") or is_money(cell):
        return None
    for pattern in (BETWEEN, UPWARDS, FROM):
        if (match := pattern.search(cell.value)) and (low := number(match["low"])) is not None:
            return low, number(match["high"]) if "high" in match.groupdict() else None
    return None


def _of_text(statement: Statement, text: str, item: str) -> Iterator[Charge]:
    found = money_in(text)
    last: Charge | None = None
    for place, match in enumerate(found):
        start = found[place - 1].end() if place else 0
        end = found[place + 1].start() if place + 1 < len(found) else len(text)
        before, after = text[start : match.start()], text[match.end() : end]
        amount = number(match["first"] or match["second"])
        rest = text[match.end() :]
        if not amount or NO_PRICE.search(before) or A_RANGE.match(rest) or MILLIONS.match(rest):
            continue
        charge = Charge(
            amount,
            sign(match["before"] or match["after"]),
            tuple(units_said(after)),
            statement,
            item,
        )
        last = _described(charge, before, after, last)
        yield last


def _described(charge: Charge, before: str, after: str, last: Charge | None) -> Charge:
    """Tell what a charge is for by the words around its amount; where none stand there, it is as the one before."""
    named = NAMES.match(after)
    column = named["names"] if named else ""
    if last and not content_words(NAMES.sub("", before)):
        return replace(
            last,
            amount=charge.amount,
            column=column,
            units=charge.units or last.units,
            is_once=last.is_once or bool(ONCE.search(re.split(r"[.;,]", after)[0])),
        )
    clause = before if charge.name else CLAUSE.split(before)[-1] or before
    if not named and (behind := BEHIND.match(after)):
        clause = behind["clause"] if last else f"{clause} {behind['clause']}"
    elif last and BEHIND.match(before):
        clause = CLAUSE.split(before)[-1] if len(CLAUSE.split(before)) > 1 else ""
    return _parted(charge, clause, before, after, column)


def _parted(charge: Charge, clause: str, before: str, after: str, column: str) -> Charge:
    known = f"{charge.name} {clause}"
    further, first = FURTHER.search(known), FIRST.search(known)
    one = ONE_COSTS.search(before)
    counted = further or first
    unit = next((u for u in counted.groups() if u), "") if counted else one["unit"] if one else ""
    own = tuple(u for u in charge.units if u != unit)
    return replace(
        charge,
        units=(unit, *own) if unit else own,
        name=" ".join(part for part in (charge.name, clause.strip(" ,;:-–")) if part),
        column=column,
        part=_part(known, is_further=bool(further), is_first=bool(first)),
        is_once=bool(ONCE.search(f"{clause} {re.split(r'[.;,]', after)[0]}")),
    )


def _part(clause: str, *, is_further: bool, is_first: bool) -> Part:
    if LEAST.search(clause):
        return Part.LEAST
    if AFTER_THAT.search(clause):
        return Part.BAND
    return Part.FURTHER if is_further else Part.FIRST if is_first else Part.WHOLE
