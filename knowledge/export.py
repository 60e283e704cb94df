"""Everything held on a person as one JSON: each table's rows, as they stand at one moment."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from sqlalchemy import Column, ColumnElement, Table, Text, select, type_coerce
from sqlalchemy.ext.asyncio import AsyncSession

from agent.clock import Clock
from knowledge.columns import Json
from knowledge.database import Database
from knowledge.desk_tables import AttachmentRow
from knowledge.persons import find_lead, person_of
from knowledge.removal import plan_of
from knowledge.shared_tables import AttachmentPartRow

FORMAT: Final = "hotline-lead-1"
IN_JSON: Final = {"told", "headers"}
"""Columns that hold JSON as text."""


class Sink(Protocol):
    """What bytes can be written to."""

    def write(self, piece: bytes, /) -> int:
        """Take a piece."""
        ...


class SqlExport:
    """Writes down what is held on people."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def write(self, reference: str, out: Sink) -> list[tuple[str, str, str]]:
        """Write one JSON of everything held on a lead; gives its files: conversation, id, name. Raises UnknownLeadError."""
        async with self._database.read() as session:
            lead_id = await find_lead(session, reference)
            person = await person_of(session, {lead_id})
            head = {"format": FORMAT, "exported_at": self._clock.now(), "lead_id": lead_id}
            _put(out, b"{" + _dump(head)[1:-1])
            for row, where in plan_of(person):
                if row is not AttachmentPartRow:
                    table = row.__table__
                    assert isinstance(table, Table)  # noqa: S101  every row has one
                    await _write_table(session, table, where, out)
            _put(out, b"}\n")
            columns = (AttachmentRow.conversation_id, AttachmentRow.id, AttachmentRow.name)
            theirs = select(*columns).where(AttachmentRow.conversation_id.in_(person.conversations))
            return [(talk, file, name) for talk, file, name in await session.execute(theirs)]


async def _write_table(
    session: AsyncSession, table: Table, which: ColumnElement[bool], out: Sink
) -> None:
    query = select(*map(_plain, table.columns)).where(which)
    _put(out, f",{json.dumps(table.name)}:[".encode())
    in_json = {c.name for c in table.columns if isinstance(c.type, Json)} | IN_JSON
    between = b""
    async for row in await session.stream(query):
        told = {
            name: _read(value) if name in in_json else value for name, value in row._mapping.items()
        }
        _put(out, between + _dump(told))
        between = b",\n"
    _put(out, b"]")


def _plain(column: Column[Any]) -> ColumnElement[Any]:
    """Read a value that is kept as JSON as its text: old shapes are given as they are."""
    is_json = isinstance(column.type, Json)
    return type_coerce(column, Text).label(column.name) if is_json else column


def _read(value: str | None) -> object:
    try:
        return json.loads(value) if value else value
    except ValueError:
        return value


def _dump(value: Mapping[str, object]) -> bytes:
    return json.dumps(value, ensure_ascii=False, default=_told).encode()


def _told(value: object) -> object:
    match value:
        case datetime():
            return value.isoformat()
        case timedelta():
            return value.total_seconds()
        case _:
            return str(value)


def _put(out: Sink, piece: bytes) -> None:
    out.write(piece)
