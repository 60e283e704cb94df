"""What prices include: so many of a thing, in sentences, in the names of articles and in columns."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from agent.answering.pricing import NUMBER, number, units_said
from agent.answering.rows import is_money
from agent.answering.statements import Cell, Statement

UP_TO = re.compile(
    rf"(?:up to|incl\.|including|includes|with|bis zu|inkl\.|mit|jusqu'à|avec|hasta|con|até|com|tot|met)\s+(?:up to\s+|bis zu\s+)?(?P<n>{NUMBER})\s+(?P<noun>(?:[^\W\d_][\w-]*\s?){{1,2}})",
    re.IGNORECASE,
)
IN_IT = re.compile(
    rf"(?P<n>{NUMBER})\s+(?P<noun>[^\W\d_][\w-]*)\s+(?P<per>(?:(?:per|je|pro|par|por|a|and|und)\s+\w+\s+)*)(?:are |is |sind |ist |sont |están |estão |zijn )?(?:included|inbegriffen|enthalten|inclus\w*|incluid\w*|incluíd\w*|inbegrepen)",
    re.IGNORECASE,
)
INCLUDED = re.compile(
    r"\b(?:includ|inclus|incluid|incluíd|inbegr|enthalten|inkl)\w*", re.IGNORECASE
)
ONLY_NUMBER = re.compile(
    rf"(?:up to |bis zu |jusqu'à |hasta |até |tot )?(?P<n>{NUMBER})$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Allowance:
    """So many of a thing that a price includes; `per` is the unit that each has so many, where it is said."""

    value: Decimal
    noun: str
    per: str
    statement: Statement


def allowances(statement: Statement) -> Iterator[Allowance]:
    """Read what a price includes, in sentences and in columns headed "Seats included"."""
    if statement.cells:
        for cell in statement.cells:
            yield from _of_cell(cell, statement)
        return
    yield from _up_to(statement.text, statement)
    for match in IN_IT.finditer(statement.text):
        if value := number(match["n"]):
            per = " ".join(units_said(f" {match['per']}"))
            yield Allowance(value, match["noun"], per, statement)


def _up_to(text: str, statement: Statement) -> Iterator[Allowance]:
    for match in UP_TO.finditer(text):
        if value := number(match["n"]):
            yield Allowance(value, match["noun"].strip(), "", statement)


def _of_cell(cell: Cell, statement: Statement) -> Iterator[Allowance]:
    yield from _up_to(cell.value, statement)
    if not INCLUDED.search(cell.header) or is_money(cell):
        return
    found = ONLY_NUMBER.match(cell.value)
    if found and (value := number(found["n"])):
        noun = INCLUDED.sub(" ", cell.header.replace("_", " ")).strip()
        yield Allowance(value, noun, "", statement)
