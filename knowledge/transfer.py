"""Everything from one database into another, whatever they run on: whole, checked, in little memory."""

import base64
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Final, Protocol

from pydantic_core import from_json
from sqlalchemy import Connection, Engine, text
from sqlalchemy import inspect as look_at

from agent.errors import HotlineError
from knowledge.plain_rows import (
    PASSING,
    Kind,
    Plain,
    Shape,
    Tally,
    as_line,
    count_rows,
    in_batches,
    read_rows,
    shapes,
)
from knowledge.upgrading import in_a_line

Progress = Callable[[str, int, int], None]
"""Hears of a table, how many rows of it are done, and how many there are."""
KEYS: Final = "shared_keys"


class TransferError(HotlineError):
    """What was copied is not what was there, or cannot be copied; nothing was changed."""


class Place(Protocol):
    """What a database runs on."""

    @property
    def name(self) -> str:
        """Name it for people."""
        ...

    def engine(self, *, only_reads: bool = False) -> Engine:
        """Give what long work uses."""
        ...


@contextmanager
def one_moment(place: Place) -> Iterator[Connection]:
    """Look at one moment of a database, while others go on with it."""
    with place.engine(only_reads=True).begin() as connection:
        yield connection


def is_empty(connection: Connection) -> bool:
    """Tell whether nothing was kept yet, but for keys."""
    return not any(
        connection.exec_driver_sql(f'SELECT EXISTS (SELECT 1 FROM "{shape.name}")').scalar()  # noqa: S608
        for shape in shapes(connection)
        if shape.name != KEYS
    )


def lines_of(connection: Connection, shape: Shape, progress: Progress) -> Iterator[list[bytes]]:
    """Give a table's rows as lines of JSON, a few thousand at a time."""
    done, total = 0, count_rows(connection, shape)
    for batch in in_batches(map(as_line, read_rows(connection, shape))):
        done += len(batch)
        progress(shape.name, done, total)
        yield batch


def copy(
    source: Connection,
    target: Connection,
    progress: Progress,
    *,
    without: Collection[str] = PASSING,
    under: str = "",
) -> dict[str, Tally]:
    """Copy all tables into empty ones (`under` begins their names there); gives what was read. Raises TransferError."""
    read: dict[str, Tally] = {}
    with filling(target) as fill:
        for shape in shapes(source):
            there = replace(shape, name=f"{under}{shape.name}")
            if there.name not in without:
                read[there.name] = fill(there, lines_of(source, shape, progress))
    return read


Fill = Callable[[Shape, Iterable[list[bytes]]], Tally]


@contextmanager
def filling(target: Connection) -> Iterator[Fill]:
    """Fill tables in an order that keys allow, but for a table's keys to itself; counts and numbers go on after it."""
    known = {shape.name: shape for shape in shapes(target)}
    _let_rows_point_ahead(target, known)

    def fill(shape: Shape, lines: Iterable[list[bytes]]) -> Tally:
        mine = known.get(shape.name)
        if mine is None or not set(shape.columns) <= set(mine.columns):
            raise TransferError(f"There is no place for the table {shape.name} as it was.")
        kinds = dict(zip(mine.columns, mine.kinds, strict=True))
        into = Shape(shape.name, shape.columns, tuple(kinds[name] for name in shape.columns))
        return _WRITERS[target.dialect.name](target, into, lines)

    yield fill
    _must_point_somewhere(target, known)
    _go_on_counting(target, known)


def must_be(target: Connection, expected: Mapping[str, Tally], progress: Progress) -> None:
    """Read everything back; raises TransferError where anything differs."""
    there = {shape.name: shape for shape in shapes(target)}
    for name, tally in expected.items():
        found = Tally()
        for lines in lines_of(target, there[name], progress):
            found = found.and_these(lines)
        if found != tally:
            raise TransferError(
                f"The table {name} has {found.rows:,} rows where {tally.rows:,} were read, or they say something else."
            )


def _into_sqlite(target: Connection, shape: Shape, lines: Iterable[list[bytes]]) -> Tally:
    marks = ", ".join("?" * len(shape.columns))
    names = ", ".join(f'"{name}"' for name in shape.columns)
    insert = f'INSERT INTO "{shape.name}" ({names}) VALUES ({marks})'  # noqa: S608
    tally = Tally()
    for batch in lines:
        tally = tally.and_these(batch)
        rows = [tuple(_values(line, shape, _FOR_SQLITE)) for line in batch]
        target.exec_driver_sql(insert, rows)
    return tally


def _into_postgres(target: Connection, shape: Shape, lines: Iterable[list[bytes]]) -> Tally:
    # The driver takes a tenth of a second to import.
    from psycopg import Error

    try:
        return _copy_in(target, shape, lines)
    except Error as error:
        raise TransferError(
            f"The database does not take {shape.name}: {in_a_line(error)}."
        ) from error


def _copy_in(target: Connection, shape: Shape, lines: Iterable[list[bytes]]) -> Tally:
    names = ", ".join(f'"{name}"' for name in shape.columns)
    tally, driver = Tally(), target.connection.driver_connection
    if driver is None:
        raise TransferError("The connection is gone.")
    with driver.cursor() as cursor, cursor.copy(f'COPY "{shape.name}" ({names}) FROM STDIN') as out:
        for batch in lines:
            tally = tally.and_these(batch)
            for line in batch:
                out.write_row(list(_values(line, shape, _FOR_POSTGRES)))
    return tally


def _values(
    line: bytes, shape: Shape, makers: Mapping[Kind, Callable[[Any], Any]]
) -> Iterator[Any]:
    row: list[Plain] = from_json(line)
    for value, kind in zip(row, shape.kinds, strict=True):
        make = makers.get(kind)
        yield value if value is None or make is None else make(value)


def _let_rows_point_ahead(target: Connection, known: Iterable[str]) -> None:
    """Check a lead's key to another lead only at the end."""
    if target.dialect.name == "sqlite":
        target.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        return
    for table, key in _keys_to_themselves(target, known):
        target.execute(text(f'ALTER TABLE "{table}" ALTER CONSTRAINT "{key}" DEFERRABLE INITIALLY DEFERRED'))  # fmt: skip


def _must_point_somewhere(target: Connection, known: Iterable[str]) -> None:
    if target.dialect.name == "sqlite":
        if broken := target.exec_driver_sql("PRAGMA foreign_key_check").first():
            raise TransferError(f"A row of {broken[0]} belongs to one of {broken[2]} that is not there.")  # fmt: skip
        return
    target.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    for table, key in _keys_to_themselves(target, known):
        target.execute(text(f'ALTER TABLE "{table}" ALTER CONSTRAINT "{key}" NOT DEFERRABLE'))


def _keys_to_themselves(target: Connection, known: Iterable[str]) -> Iterator[tuple[str, str]]:
    for table in known:
        for key in look_at(target).get_foreign_keys(table):
            if key["referred_table"] == table:
                yield table, str(key["name"])


def _go_on_counting(target: Connection, known: Mapping[str, Shape]) -> None:
    """Let PostgreSQL number new rows after those that came; SQLite does so by itself."""
    if target.dialect.name == "sqlite":
        return
    for name, shape in known.items():
        for column in shape.columns:
            where = {"table": f'"{name}"', "column": column}
            sequence = target.scalar(text("SELECT pg_get_serial_sequence(:table, :column)"), where)
            if sequence:
                highest = f'SELECT setval(:sequence, coalesce(max("{column}"), 1), max("{column}") IS NOT NULL) FROM "{name}"'  # noqa: S608
                target.execute(text(highest), {"sequence": sequence})


def _sqlites_instant(value: str) -> str:
    return f"{value[:10]} {value[11:26]}"


_FOR_SQLITE: Final[Mapping[Kind, Callable[[Any], Any]]] = {
    Kind.INSTANT: _sqlites_instant,
    Kind.BYTES: base64.b64decode,
}
_FOR_POSTGRES: Final[Mapping[Kind, Callable[[Any], Any]]] = {Kind.BYTES: base64.b64decode}
_WRITERS: Final = {"sqlite": _into_sqlite, "postgresql": _into_postgres}
