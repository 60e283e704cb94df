"""Statements that are always the same: compiled once, and read into values without a session.

A session makes every row an object that it keeps watch over, which costs twenty times as much as SQLite needs to find
the row. What is only read, and read several times a turn, need not be watched over.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from sqlite3 import Connection as SqliteConnection
from typing import TYPE_CHECKING, Any, Final, Generic, Protocol, TypeVar

from sqlalchemy import ClauseElement, Connection, Delete, Insert, Select, Update, insert
from sqlalchemy.dialects.sqlite.pysqlite import dialect as sqlite_dialect
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.sql.compiler import SQLCompiler

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Value = TypeVar("Value")
Found = TypeVar("Found")
Translate = Callable[[Any], Any]
_NEVER_FIXED: Final = object()


class Prepared(Generic[Value]):
    """A SELECT and what becomes of each of its rows."""

    def __init__(self, statement: Select[*tuple[Any, ...]], make: Callable[..., Value]) -> None:
        self.statement = statement
        self.make = make

    @cached_property
    def on_sqlite(self) -> "Compiled[Value]":
        """Give what SQLite's driver takes."""
        return compile_for_sqlite(self)


class PreparedChange:
    """An UPDATE, INSERT or DELETE; `columns` are those that the values given to it are for, if it names none itself."""

    def __init__(
        self, statement: Update | Insert | Delete, columns: Sequence[str] | None = None
    ) -> None:
        self.statement = statement
        self._columns = columns

    @cached_property
    def on_sqlite(self) -> "Worded":
        """Give what SQLite's driver takes."""
        return word_for_sqlite(self.statement, self._columns)


class Rows(Protocol):
    """One moment of the database, to be read by prepared statements."""

    def all(self, asked: Prepared[Value], **values: object) -> list[Value]:
        """Give all rows, as values."""
        ...

    def first(self, asked: Prepared[Value], **values: object) -> Value | None:
        """Give the first row, as a value."""
        ...


class Changes(Rows, Protocol):
    """A transaction that alone may write, read and changed by prepared statements."""

    def run(self, change: PreparedChange, **values: object) -> int:
        """Change rows; gives how many."""
        ...


def columns_for(kind: "type[DataclassInstance]", row: type[object]) -> list[Any]:
    """Give the columns that carry the fields of a value, in their order."""
    return [getattr(row, field.name) for field in fields(kind)]


def insertion(
    row: type[DeclarativeBase], *columns: str, of: "type[DataclassInstance] | None" = None
) -> PreparedChange:
    """Prepare the INSERT of a row by these columns, and by those that carry the fields of a value."""
    named = tuple(field.name for field in fields(of)) if of else ()
    table = row.metadata.tables[row.__tablename__]
    return PreparedChange(insert(table), (*named, *columns))


@dataclass(frozen=True, slots=True)
class Worded:
    """A statement in SQLite's words, and what stands at each `?`."""

    sql: str
    names: Sequence[tuple[str, Translate | None, object]]

    def bound(self, values: Mapping[str, object]) -> list[object]:
        """Give what stands at each `?`, in order."""
        return [
            (write(values[name]) if write else values[name]) if name in values else fixed
            for name, write, fixed in self.names
        ]


@dataclass(frozen=True, slots=True)
class Compiled(Generic[Value]):
    """The same of a SELECT, and how each column is read."""

    words: Worded
    columns: Sequence[Translate | None]
    make: Callable[..., Value]

    def read(self, row: Sequence[object]) -> Value:
        """Make the value of a row."""
        return self.make(
            *[read(cell) if read else cell for read, cell in zip(self.columns, row, strict=True)]
        )


def compile_for_sqlite(asked: Prepared[Value]) -> Compiled[Value]:
    """Compile a SELECT."""
    dialect = sqlite_dialect()
    reads = [
        column.type.dialect_impl(dialect).result_processor(dialect, None)
        for column in asked.statement.selected_columns
    ]
    return Compiled(word_for_sqlite(asked.statement), tuple(reads), asked.make)


def word_for_sqlite(statement: ClauseElement, columns: Sequence[str] | None = None) -> Worded:
    """Compile a statement whose values are strings, numbers, choices, instants and whole values."""
    dialect = sqlite_dialect()
    compiled = statement.compile(dialect=dialect, column_keys=columns)
    if not isinstance(compiled, SQLCompiler):
        raise TypeError(f"{statement} is no statement that reads or changes rows.")
    if compiled.insert_prefetch:
        raise ValueError(f"{statement} leaves out what only a session would fill in.")
    if "POSTCOMPILE" in compiled.string:
        raise ValueError(
            "Prepared statements know no IN with a list: it is compiled anew each time."
        )
    writes = {
        name: bind.type.dialect_impl(dialect).bind_processor(dialect)
        for name, bind in compiled.binds.items()
    }
    fixed, names = compiled.params | dict.fromkeys(columns or (), _NEVER_FIXED), []
    for name in compiled.positiontup or ():
        write, given = writes.get(name), fixed.get(name)
        if write and given is not None and given is not _NEVER_FIXED:
            given = write(given)
        names.append((name, write, given))
    return Worded(compiled.string, tuple(names))


class SqliteRows:
    """Rows of a SQLite file."""

    def __init__(self, connection: SqliteConnection) -> None:
        self._connection = connection

    def all(self, asked: Prepared[Value], **values: object) -> list[Value]:
        """Give all rows, as values."""
        compiled = asked.on_sqlite
        words = compiled.words
        rows = self._connection.execute(words.sql, words.bound(values)).fetchall()
        return [compiled.read(row) for row in rows]

    def first(self, asked: Prepared[Value], **values: object) -> Value | None:
        """Give the first row, as a value."""
        compiled = asked.on_sqlite
        words = compiled.words
        row = self._connection.execute(words.sql, words.bound(values)).fetchone()
        return None if row is None else compiled.read(row)

    def run(self, change: PreparedChange, **values: object) -> int:
        """Change rows; gives how many."""
        words = change.on_sqlite
        return self._connection.execute(words.sql, words.bound(values)).rowcount


class ServerRows:
    """Rows of any database, by way of SQLAlchemy's connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def all(self, asked: Prepared[Value], **values: object) -> list[Value]:
        """Give all rows, as values."""
        return [asked.make(*row) for row in self._connection.execute(asked.statement, values)]

    def first(self, asked: Prepared[Value], **values: object) -> Value | None:
        """Give the first row, as a value."""
        row = self._connection.execute(asked.statement, values).first()
        return None if row is None else asked.make(*row)

    def run(self, change: PreparedChange, **values: object) -> int:
        """Change rows; gives how many."""
        return self._connection.execute(change.statement, values).rowcount


async def within(session: AsyncSession, work: Callable[[Changes], Found]) -> Found:
    """Work by prepared statements in a session's transaction; rows that it has read already it does not read anew."""
    await session.flush()
    connection = await session.connection()
    return await connection.run_sync(lambda rows: work(ServerRows(rows)))


async def look_through(reader: AsyncEngine, work: Callable[[Rows], Found]) -> Found:
    """Read one moment of a database server."""
    async with reader.connect() as connection:
        return await connection.run_sync(lambda rows: work(ServerRows(rows)))
