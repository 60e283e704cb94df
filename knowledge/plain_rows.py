"""Rows as plain values that every database gives and takes alike: what copies and back-ups are made of."""

import base64
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from hashlib import blake2b
from itertools import islice
from typing import Any, Final, TypeAlias, TypeVar

from pydantic_core import to_json
from sqlalchemy import Boolean, Column, Connection, Date, DateTime, LargeBinary, MetaData, Table
from sqlalchemy import inspect as look_at

from knowledge.columns import storable

Plain: TypeAlias = str | int | float | bool | None
Item = TypeVar("Item")
AT_ONCE: Final = 2_000
_CHECKED_TO: Final = 2**128
# What an installation says of itself, and nobody would miss; the jobs of the queue are made again from what is due.
PASSING: Final = frozenset(
    {"alembic_version", "replicas", "shared_counts", "library_state", "compatibility"}
)
QUEUE: Final = "procrastinate"


class Kind(StrEnum):
    """How a column's values are told."""

    PLAIN = "plain"
    FLAG = "flag"
    INSTANT = "instant"
    DAY = "day"
    BYTES = "bytes"


@dataclass(frozen=True, slots=True)
class Shape:
    """A table: its name, its columns, and how each is told."""

    name: str
    columns: tuple[str, ...]
    kinds: tuple[Kind, ...]


@dataclass(frozen=True, slots=True)
class Tally:
    """How many rows there are, and a sum over what they say, in whatever order."""

    rows: int = 0
    checksum: int = 0

    def and_these(self, lines: Sequence[bytes]) -> "Tally":
        """Add rows."""
        added = sum(int.from_bytes(blake2b(line, digest_size=16).digest()) for line in lines)
        return Tally(self.rows + len(lines), (self.checksum + added) % _CHECKED_TO)


def shapes(connection: Connection) -> list[Shape]:
    """Give the tables in an order in which they can be filled."""
    return [_shape(table) for table in tables_of(connection).sorted_tables]


def tables_of(connection: Connection) -> MetaData:
    """Read which tables there are, but for those that only pass."""
    found = MetaData()
    ours = [
        name
        for name in look_at(connection).get_table_names()
        if name not in PASSING and not name.startswith(QUEUE)
    ]
    found.reflect(connection, only=ours)
    return found


def read_rows(connection: Connection, shape: Shape) -> Iterator[list[Plain]]:
    """Read a table, a few rows at a time."""
    tell = _TELLERS[connection.dialect.name]
    tellers = [tell.get(kind) for kind in shape.kinds]
    columns = ", ".join(f'"{name}"' for name in shape.columns)
    found = connection.exec_driver_sql(
        f'SELECT {columns} FROM "{shape.name}"',  # noqa: S608 - names of our own tables
        execution_options={"stream_results": True, "yield_per": AT_ONCE},
    )
    for row in found:
        yield [
            value if value is None or teller is None else teller(value)
            for value, teller in zip(row, tellers, strict=True)
        ]


def count_rows(connection: Connection, shape: Shape) -> int:
    """Count the rows of a table."""
    return int(connection.exec_driver_sql(f'SELECT count(*) FROM "{shape.name}"').scalar_one())  # noqa: S608


def as_line(row: Sequence[Plain]) -> bytes:
    """Write a row as JSON, the same on every database."""
    try:
        line = to_json(row, inf_nan_mode="constants")
    except ValueError:
        line = b""
    if not line or b"\\u0000" in line:
        return to_json([storable(v) if isinstance(v, str) else v for v in row], inf_nan_mode="constants")  # fmt: skip
    return line


def in_batches(items: Iterable[Item]) -> Iterator[list[Item]]:
    """Give the items a few thousand at a time."""
    left = iter(items)
    while batch := list(islice(left, AT_ONCE)):
        yield batch


def _shape(table: Table) -> Shape:
    columns = tuple(table.columns)
    return Shape(table.name, tuple(c.name for c in columns), tuple(map(_kind, columns)))


def _kind(column: Column[Any]) -> Kind:
    kinds: Mapping[type, Kind] = {
        DateTime: Kind.INSTANT,
        Date: Kind.DAY,
        Boolean: Kind.FLAG,
        LargeBinary: Kind.BYTES,
    }
    return next((kind for of, kind in kinds.items() if isinstance(column.type, of)), Kind.PLAIN)


def _instant(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="microseconds")


def _day(value: date) -> str:
    return value.isoformat()


def _sqlites_instant(value: str) -> str:
    return f"{value[:10]}T{value[11:19]}.{value[20:26]:0<6}+00:00"


def _bytes(value: bytes) -> str:
    return base64.b64encode(value).decode("ascii")


_TELLERS: Final[Mapping[str, Mapping[Kind, Callable[[Any], Plain]]]] = {
    "sqlite": {Kind.INSTANT: _sqlites_instant, Kind.FLAG: bool, Kind.BYTES: _bytes},
    "postgresql": {Kind.INSTANT: _instant, Kind.DAY: _day, Kind.BYTES: _bytes},
}
