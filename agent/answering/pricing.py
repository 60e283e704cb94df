"""Prices as facts state them: in sentences, in list items and in the rows of price tables.

Read in English, German, French, Spanish, Portuguese and Dutch; what cannot be read for certain is no price line.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from agent.answering.places import plain
from agent.answering.rows import header_currency, is_money, subject_place
from agent.answering.statements import MOST_KEPT, Cell, Statement
from agent.answering.words import content_words, terms
from agent.facts import Fact

NUMBER = r"\d{1,3}(?:[.,\u00a0\u202f ]\d{3})+(?:[.,]\d{1,2})?|\d+(?:[.,]\d+)?"
SIGN = r"€|\$|£|¥|\b(?:EUR|USD|GBP|CHF|DKK|SEK|PLN)\b"
MONEY = re.compile(
    rf"(?P<before>{SIGN})\s?(?P<first>{NUMBER})|(?P<second>{NUMBER})\s?(?P<after>{SIGN}|\b(?:euros?|dollars?)\b)",
    re.IGNORECASE,
)
PER = re.compile(
    r"^\s*(?:,-)?\s*(?:plus VAT |netto |net |zzgl\. MwSt\. |HT )?(?:(?:and|und|et|y|e|en)\s+)?(?:per|pro|par|por|je|/|each(?=\s+(?!per\b|an?\b|to\b|in\b|on\b|for\b|and\b|way\b))|an?\b|la|le|al|ao|à la|once (?:for|per) each)\s*(?P<unit>[^\W\d_][\w-]*)(?P<rest>.*)$",
    re.IGNORECASE | re.DOTALL,
)
AND_PERIOD = re.compile(
    r"^\s*(?:(?:and|und|et|y|e|en)|im|au|monthly|each)\s+(?P<unit>month|monat|mois|mes|mês|maand|year|jahr|an|año|ano|jaar|week|woche|semaine|semana|day|tag|jour|día|dia|dag|hour|stunde|heure|hora|uur)\b(?P<rest>.*)$",
    re.IGNORECASE | re.DOTALL,
)
EACH = re.compile(
    r"^\s*(?:each|apiece|a piece|je stück|pièce|cada un[oa]|per stuk|al pezzo)\b", re.IGNORECASE
)
ONE_COSTS = re.compile(
    r"\b(?:an?|one|each|every|eine?|jede[rs]?|une?|chaque|una?|cada|uma?|een|elke?)\s+(?P<unit>[^\W\d_][\w-]*)(?P<more>[^.;:\d]{0,60}?)\s(?:costs?|adds|is|kostet|coûte|cuesta|vale|custa|kost)\s*(?:only |nur )?$",
    re.IGNORECASE,
)
ADDED = re.compile(
    r"\b(?:on top|extra|additional(?:ly)?|in addition|zusätzlich|zuzüglich|aufschlag|en plus|en supplément|adicional|suplemento|a mais|bovenop|toeslag)\b",
    re.IGNORECASE,
)
ONCE = re.compile(
    r"\b(?:once|one-?off|one-?time|set-?up|start-?up|activation|einmalig\w*|einrichtung\w*|unique|mise en service|única?|alta|ativação|eenmalig\w*|opstart\w*)\b",
    re.IGNORECASE,
)
FROM = re.compile(
    rf"(?:\bfrom|\bab|\bà partir de|\bdès|\bdesde|\ba partir de|\bvanaf|≥|>=)\s*(?P<low>{NUMBER})\s*(?P<unit>[^\W\d_][\w-]*)?",
    re.IGNORECASE,
)
BETWEEN = re.compile(
    rf"(?P<low>{NUMBER})\s*(?:[-–—]|to|bis|à|a|tot|até)\s*(?P<high>{NUMBER})\s*(?P<unit>[^\W\d_][\w-]*)?",
    re.IGNORECASE,
)
UPWARDS = re.compile(
    rf"(?P<low>{NUMBER})\s*(?:\+|or more|and more|oder mehr|et plus|o más|ou mais|of meer)\s*(?P<unit>[^\W\d_][\w-]*)?",
    re.IGNORECASE,
)
WHOLE = re.compile(
    r"\b(?:full|whole|complete|per|price|ganze|volle|pal[ée]t complet|entière|completo|volle?)?[ _]*(?P<unit>pallet|palette|pal[ée]|palete|container|carton|truck|load)\b",
    re.IGNORECASE,
)
PACK = re.compile(
    r"^(?:(?P<many>pieces|units|items|stück|pièces|unités|piezas|unidades|peças|stuks)[ _]*(?:per|on a|in a|pro|par|por|je|op een|/)[ _]*(?P<holder>\w+)|(?P<pack>\w+)(?:[ _]of|[ _]size|größe)?)$",
    re.IGNORECASE,
)
PERIODS: Mapping[str, str] = {
    "month": "month", "monat": "month", "mois": "month", "mes": "month", "mês": "month", "maand": "month", "mo": "month",
    "year": "year", "jahr": "year", "an": "year", "año": "year", "ano": "year", "jaar": "year",
    "week": "week", "woche": "week", "semaine": "week", "semana": "week",
    "day": "day", "tag": "day", "jour": "day", "día": "day", "dia": "day", "dag": "day",
    "hour": "hour", "stunde": "hour", "heure": "hour", "hora": "hour", "uur": "hour",
}  # fmt: skip
SIGNS = {
    "eur": "€",
    "euro": "€",
    "euros": "€",
    "usd": "$",
    "dollar": "$",
    "dollars": "$",
    "gbp": "£",
}


@dataclass(frozen=True, slots=True)
class PriceLine:
    """One price: an amount for one of each of its `units` (as written; none: for the whole thing, once).

    It holds from `low` to `high` pieces, both included, None without limit; `label` is the tier as written.
    `is_added` when it comes on top of another price, `is_once` for a fee that quantity does not touch,
    `is_whole` for the price of a full pallet, container or the like.
    """

    amount: Decimal
    currency: str
    units: tuple[str, ...]
    statement: Statement
    item: str = ""
    low: Decimal | None = None
    high: Decimal | None = None
    label: str = ""
    is_added: bool = False
    is_once: bool = False
    is_whole: bool = False

    @property
    def fact(self) -> Fact:
        """Give the fact that states it."""
        return self.statement.fact


@dataclass(frozen=True, slots=True)
class PriceRow:
    """A row of a price table: its item, its price lines from the smallest quantity on, and what a pack holds."""

    item: str
    lines: tuple[PriceLine, ...]
    packs: Mapping[str, Decimal]
    statement: Statement


def number(text: str) -> Decimal | None:
    """Read a figure however its thousands and decimals are parted; None when it cannot be told."""
    digits = re.sub(r"[\s\u00a0\u202f]", "", text)
    last = re.search(r"[.,](\d+)$", digits)
    whole, cents = (digits[: last.start()], last[1]) if last else (digits, "")
    grouped = re.fullmatch(r"[1-9]\d{0,2}(?:[.,]\d{3})+", digits)
    if grouped:
        whole, cents = digits, ""
    try:
        return Decimal(f"{re.sub(r'[.,]', '', whole)}.{cents or 0}")
    except InvalidOperation:
        return None


def sign(currency: str) -> str:
    """Give a currency's sign where it has one."""
    return SIGNS.get(currency.lower(), currency)


@lru_cache(maxsize=MOST_KEPT)
def money_in(text: str) -> tuple[re.Match[str], ...]:
    """Find the amounts of money in what a fact says."""
    return tuple(MONEY.finditer(text))


def prices_said(statement: Statement) -> list[PriceLine]:
    """Read the prices of a sentence or list item, each with its units, tier and kind."""
    text = statement.text
    found = money_in(text)
    lines = []
    for place, match in enumerate(found):
        end = found[place + 1].start() if place + 1 < len(found) else len(text)
        start = found[place - 1].end() if place else 0
        if line := _line(statement, match, text[start : match.start()], text[match.end() : end]):
            lines.append(line)
    return lines


def _line(statement: Statement, match: re.Match[str], before: str, after: str) -> PriceLine | None:
    amount = number(match["first"] or match["second"])
    if amount is None:
        return None
    units = tuple(units_said(after)) or _one(before)
    tier = FROM.search(after)
    around = f"{before} {after}" if not units else before
    return PriceLine(
        amount=amount,
        currency=sign(match["before"] or match["after"]),
        units=units,
        statement=statement,
        item=before.strip(" ,;:-–"),
        low=number(tier["low"]) if tier and _same(tier["unit"], units) else None,
        label=tier[0].strip() if tier and _same(tier["unit"], units) else "",
        is_added=bool(ADDED.search(after)),
        is_once=not units and bool(ONCE.search(around)),
    )


def units_said(after: str) -> Iterator[str]:
    """Give the units an amount is for, as in "per colour per design", "per site and month" or "each"."""
    rest = after
    if (found := EACH.match(rest)) and not PER.match(rest):
        yield "each"
        rest = rest[found.end() :]
    while match := PER.match(rest) or AND_PERIOD.match(rest):
        yield match["unit"]
        rest = match["rest"]


def _one(before: str) -> tuple[str, ...]:
    """Give the unit of "One pallet costs ..."."""
    match = ONE_COSTS.search(before)
    return (match["unit"],) if match else ()


def _same(unit: str | None, units: tuple[str, ...]) -> bool:
    return unit is not None and any(alike(unit, each) for each in units)


def alike(one: str, other: str) -> bool:
    """Tell whether two words name the same unit, in any of the languages."""
    return bool(terms(plain(one)) & terms(plain(other)))


def price_row(statement: Statement) -> PriceRow | None:
    """Read a table row as prices by quantity; None when it states no amount of money."""
    cells = statement.cells
    if not cells:
        return None
    place = subject_place(cells)
    item, others = (
        cells[place].value,
        [cell for number_, cell in enumerate(cells) if number_ != place],
    )
    packs = _packs(others)
    lines = [
        line
        for cell in others
        if is_money(cell) and (line := _cell_line(statement, item, cell, packs))
    ]
    lines.sort(key=lambda line: line.low or Decimal(0))
    return PriceRow(item, tuple(lines), packs, statement) if lines else None


def _packs(cells: list[Cell]) -> dict[str, Decimal]:
    """Read how many pieces a pack holds: `Bundle of: 25`, `Pieces on a pallet: 2,400`."""
    packs: dict[str, Decimal] = {}
    for cell in cells:
        header = PACK.match(cell.header)
        value = re.match(rf"({NUMBER})(?:\s+[^\W\d_]+)?$", cell.value)
        if header and value and not is_money(cell) and (count := number(value[1])):
            packs[plain(header["holder"] or header["pack"])] = count
    return packs


def _cell_line(
    statement: Statement, item: str, cell: Cell, packs: Mapping[str, Decimal]
) -> PriceLine | None:
    match = MONEY.search(cell.value)
    amount = number((match["first"] or match["second"]) if match else cell.value)
    if amount is None:
        return None
    currency = sign(match["before"] or match["after"]) if match else header_currency(cell.header)
    after = cell.value[match.end() :] if match else ""
    header = cell.header.replace("_", " ")
    low, high, is_tier = _tier(header, packs)
    units = tuple(units_said(after)) or tuple(
        units_said(" " + header[header.lower().find("per ") :] if "per " in header.lower() else "")
    )
    return PriceLine(
        amount=amount,
        currency=currency,
        units=() if is_tier else units,
        statement=statement,
        item=item,
        low=low,
        high=high,
        label=re.sub(r"\b(?:price|eur|usd|gbp)\b", "", header).strip() if is_tier else "",
        is_whole=is_tier and not re.search(r"\d", header),
        is_added=bool(ADDED.search(cell.value)),
    )


def _tier(header: str, packs: Mapping[str, Decimal]) -> tuple[Decimal | None, Decimal | None, bool]:
    """Read a header as a range of pieces; whether it is one at all comes third."""
    for pattern in (BETWEEN, UPWARDS, FROM):
        if match := pattern.search(header):
            times = _times(match["unit"], packs)
            low, high = (
                number(match["low"]),
                number(match["high"]) if "high" in match.groupdict() else None,
            )
            if times is None or low is None:
                return None, None, False
            # Ten to 39 bundles ends below the fortieth.
            last = (high + 1) * times - 1 if high is not None else None
            return low * times, last, True
    if (match := WHOLE.search(header)) and (times := _times(match["unit"], packs, is_needed=True)):
        return times, None, True
    return None, None, False


def _times(
    unit: str | None, packs: Mapping[str, Decimal], *, is_needed: bool = False
) -> Decimal | None:
    """Give how many pieces one of a tier's units has; a unit that is no pack counts as a piece."""
    for pack, count in packs.items():
        if unit and alike(unit, pack):
            return count
    return (
        None
        if is_needed or (unit and terms(unit) & terms("bundle pallet box carton pack case"))
        else Decimal(1)
    )


def words_of(line: PriceLine) -> tuple[str, ...]:
    """Give the words that tell what a price line is for."""
    return content_words(f"{line.item} {line.statement.fact.heading}")
