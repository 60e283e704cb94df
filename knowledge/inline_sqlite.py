"""SQLite spoken to from the event loop's own thread, with the waiting parts in another.

The usual driver (aiosqlite) crosses threads four times a statement, which costs more than the statement: a recall
of nine queries took 8.6 ms that way and 6.4 ms this way. Reads of a WAL database never wait, so they run
in place, and so does what is quick to write: on a quick disk the way to a thread and back takes longer than a
commit. What waits, for another process's write lock or for a slow disk, runs in a thread.

Only the part of aiosqlite's interface is here that SQLAlchemy's adapter uses.
"""

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any, ParamSpec, Self, TypeVar

TAKES_THE_LOCK = "BEGIN IMMEDIATE"
PATIENCE = 5_000
"""Milliseconds for which another process's lock is waited for."""
# A commit that took longer (seconds) would be felt by other visitors' streams; so many then go to a thread.
SLOW_COMMIT = 0.004
WARY_FOR = 50
STATEMENTS_KEPT = 256
P = ParamSpec("P")
T = TypeVar("T")


class InlineCursor:
    """A cursor whose methods are awaitable and mostly do not wait."""

    def __init__(self, connection: "InlineConnection", cursor: sqlite3.Cursor) -> None:
        self._connection = connection
        self._cursor = cursor

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    @property
    def description(self) -> Any:
        """Describe the columns of the result."""
        return self._cursor.description

    @property
    def rowcount(self) -> int:
        """Count the rows that a statement changed."""
        return self._cursor.rowcount

    @property
    def lastrowid(self) -> int | None:
        """Give the row id of the last insert."""
        return self._cursor.lastrowid

    @property
    def arraysize(self) -> int:
        """Give how many rows `fetchmany` takes."""
        return self._cursor.arraysize

    @arraysize.setter
    def arraysize(self, size: int) -> None:
        self._cursor.arraysize = size

    async def execute(self, statement: str, parameters: Sequence[Any] = ()) -> Self:
        """Run a statement; what takes the write lock may have to wait for it."""
        if statement == TAKES_THE_LOCK:
            await self._connection.begin()
        else:
            self._cursor.execute(statement, parameters)
        return self

    async def executemany(self, statement: str, rows: Iterable[Sequence[Any]]) -> Self:
        """Run a statement once a row."""
        self._cursor.executemany(statement, rows)
        return self

    async def fetchall(self) -> list[Any]:
        """Give all rows that are left."""
        return self._cursor.fetchall()

    async def fetchone(self) -> Any:
        """Give the next row."""
        return self._cursor.fetchone()

    async def fetchmany(self, size: int | None = None) -> list[Any]:
        """Give the next rows."""
        return self._cursor.fetchmany(size or self._cursor.arraysize)

    async def close(self) -> None:
        """Close the cursor."""
        self._cursor.close()


class InlineConnection:
    """A connection used by one task at a time, as a pool sees to."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection: sqlite3.Connection | None = connection
        self._busy = threading.Lock()
        self._in_thread = 0

    def cursor(self) -> InlineCursor:
        """Make a cursor."""
        return InlineCursor(self, self.opened.cursor())

    @property
    def opened(self) -> sqlite3.Connection:
        """Give the driver's own connection."""
        if self._connection is None:
            raise sqlite3.ProgrammingError("the connection is closed")
        return self._connection

    @property
    def in_transaction(self) -> bool:
        """Tell whether something was begun and not ended."""
        return self.opened.in_transaction

    def run(self, statement: str) -> None:
        """Run a statement that gives nothing, in place."""
        self.opened.execute(statement)

    async def begin(self) -> None:
        """Take the write lock; where another process has it, wait for it in a thread."""
        try:
            self.run(TAKES_THE_LOCK)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise
            await self.wait_for(self._wait_for_the_lock)

    def _wait_for_the_lock(self) -> None:
        self.run(f"PRAGMA busy_timeout = {PATIENCE}")
        try:
            self.run(TAKES_THE_LOCK)
        finally:
            self.run("PRAGMA busy_timeout = 0")

    async def create_function(self, name: str, count: int, function: Any, **options: Any) -> None:
        """Give SQL a function of Python's."""
        self.opened.create_function(name, count, function, **options)

    async def commit(self) -> None:
        """Write to disk: in place while the disk is quick, in a thread for a while once it was not."""
        if not self.opened.in_transaction:
            return
        if self._in_thread:
            self._in_thread -= 1
            await self.wait_for(self.opened.commit)
            return
        started = perf_counter()
        with self._busy:
            self.opened.commit()
        if perf_counter() - started > SLOW_COMMIT:
            self._in_thread = WARY_FOR

    async def rollback(self) -> None:
        """Undo what was not committed."""
        self.undo()

    def undo(self) -> None:
        """Do so in place."""
        with self._busy:
            self.opened.rollback()

    async def close(self) -> None:
        """Close, after what still runs in a thread."""
        if (connection := self._connection) is not None:
            self._connection = None
            await asyncio.to_thread(self._close, connection)

    def stop(self) -> None:
        """Close at once, when nobody can wait any more."""
        if (connection := self._connection) is not None:
            self._connection = None
            self._close(connection)

    async def wait_for(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do in a thread what may wait; a cancellation does not tear it apart."""

        def locked() -> T:
            with self._busy:
                return work(*args, **kwargs)

        return await asyncio.shield(asyncio.get_running_loop().run_in_executor(None, locked))

    def _close(self, connection: sqlite3.Connection) -> None:
        with self._busy:
            connection.close()


def set_up(connection: sqlite3.Connection, waits: int) -> None:
    """Make a connection write safely; it waits so many milliseconds for another process's lock."""
    connection.execute(f"PRAGMA busy_timeout = {PATIENCE}")
    connection.execute("PRAGMA journal_mode = WAL")
    # NORMAL would not survive a power cut: an acknowledged message could be gone.
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    # Most builds of SQLite leave deleted words where they stood, so that nobody could be erased.
    connection.execute("PRAGMA secure_delete = ON")
    connection.execute(f"PRAGMA busy_timeout = {waits}")


async def connect(path: Path) -> InlineConnection:
    """Open the file to read it."""
    return await asyncio.to_thread(_connect, path, PATIENCE)


async def connect_to_write(path: Path) -> InlineConnection:
    """Open the file to write to it: the lock must not be waited for in the event loop."""
    return await asyncio.to_thread(_connect, path, 0)


def _connect(path: Path, waits: int) -> InlineConnection:
    """Open the file; transactions are begun by SQL, not by the driver."""
    connection = sqlite3.connect(
        path,
        timeout=0,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=STATEMENTS_KEPT,
    )
    set_up(connection, waits)
    return InlineConnection(connection)
