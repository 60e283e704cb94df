"""Table rows written as sentences: "Pro: EUR 49 per seat, from 5 seats"."""

import re
from collections.abc import Sequence

from agent.answering.asking import MONEY_MARK
from agent.answering.statements import Cell
from agent.answering.words import terms

CODE = re.compile(r"[A-Z0-9]+(?:-[A-Z0-9]+)*$")
PLAIN_NUMBER = re.compile(r"\d+(?:[.,]\d+)?$")
GENERAL = re.compile(
    r"^(?:price|prices|cost|costs|fee|value|note|notes|remarks?|description|details?|answer|preis|prix|precio|preço|prijs|amount)$",
    re.IGNORECASE,
)
CURRENCY_OF = {"eur": "€", "euro": "€", "usd": "$", "gbp": "£", "chf": "CHF "}
MOST_CELLS = 5
MOST_OTHERS = 2


def subject_place(cells: Sequence[Cell]) -> int:
    """Find the cell that names what a row is about: the first that is neither a code nor a figure."""
    for place, cell in enumerate(cells[:3]):
        if not CODE.match(cell.value) and not PLAIN_NUMBER.match(cell.value):
            return place
    return 0


def is_money(cell: Cell) -> bool:
    """Tell whether a cell states an amount of money, by its value or its header."""
    if re.search(MONEY_MARK, cell.value):
        return True
    return bool(PLAIN_NUMBER.match(cell.value)) and header_currency(cell.header) != ""


def header_currency(header: str) -> str:
    """Give the currency that a header names ("price_eur", "Price (EUR)"), as its sign; else nothing."""
    words = re.findall(r"[a-z]+|[€$£]", header.lower())
    return next((CURRENCY_OF.get(w, w) for w in words if w in CURRENCY_OF or w in "€$£"), "")


def row_sentence(cells: Sequence[Cell], asked: frozenset[str], *, wants_amount: bool) -> str:
    """Write a row as a sentence with the cells that matter for what is asked."""
    place = subject_place(cells)
    others = [cell for number, cell in enumerate(cells) if number != place]
    chosen = (
        others
        if len(others) < MOST_CELLS
        else _chosen(others, asked - terms(cells[place].value), wants_amount)
    )
    name = cells[place].value
    if len(others) == 1:
        return f"{name}: {value_of(others[0]).rstrip('.')}."
    if not cells[place].header:
        # The columns are things of their own, as in a comparison.
        return f"{name}: {'; '.join(f'{cell.header}: {value_of(cell)}' for cell in others[:MOST_CELLS])}."
    return f"{name}: {', '.join(_said(cell) for cell in chosen)}."


def value_of(cell: Cell) -> str:
    """Give a cell's value, with the currency of its header where it has none."""
    if is_money(cell) and PLAIN_NUMBER.match(cell.value):
        return f"{header_currency(cell.header)}{cell.value}"
    return cell.value


def _chosen(cells: list[Cell], asked: frozenset[str], wants_amount: bool) -> list[Cell]:  # noqa: FBT001 - a value, not a switch
    matching = [cell for cell in cells if terms(f"{_header(cell)} {cell.value}") & asked]
    money = [cell for cell in cells if is_money(cell)] if wants_amount else []
    picked = [cell for cell in cells if cell in money or cell in matching[: MOST_OTHERS + 1]]
    return picked[: MOST_CELLS + 1] or cells[:MOST_CELLS]


def _said(cell: Cell) -> str:
    header = _header(cell)
    if not header or GENERAL.match(header):
        return value_of(cell)
    if re.search(r"^(?:yes|no)\b", cell.value, re.IGNORECASE):
        return f"{header}: {cell.value}"
    return f"{header} {value_of(cell)}"


def _header(cell: Cell) -> str:
    """Give a header as one reads it inside a sentence: no underscores, no currency, no capital."""
    words = re.sub(r"[_]+", " ", cell.header)
    if is_money(cell):
        words = re.sub(r"\(?\b(?:eur|usd|gbp|chf)\b\)?", "", words, flags=re.IGNORECASE)
    words = re.sub(r"\s+", " ", words).strip()
    is_name = bool(re.match(r"[A-Z]{2}|[A-Z]\w* [A-Z]", words))
    return words if is_name or not words else words[0].lower() + words[1:]
