"""The database as a file: one writer, a few readers, and transactions that mean what they say."""

import sqlite3
from asyncio import to_thread
from collections.abc import Awaitable, Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, create_engine, event
from sqlalchemy.engine import Engine
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.pool import NullPool
from sqlalchemy.util import await_only

from agent.errors import StoreUnavailableError
from knowledge.inline_sqlite import (
    PATIENCE,
    STATEMENTS_KEPT,
    TAKES_THE_LOCK,
    InlineConnection,
    connect,
    set_up,
)
from knowledge.prepared import Changes, Rows, SqliteRows
from knowledge.shared_writer import SharedFile, SharedWriter
from knowledge.upgrading import Written, must_not_be_newer, upgrade

_READERS = 4
_WRITERS = 64
Found = TypeVar("Found")


class SqliteFile:
    """A SQLite file and the two ways to it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = SharedFile(path)
        self._looking: sqlite3.Connection | None = None

    @property
    def name(self) -> str:
        """Name it for people."""
        return str(self.path)

    async def migrate(self) -> None:
        """Make the file or bring it to today's schema; raises StoreUnavailableError."""
        await to_thread(self.migrate_now)

    def writer(self) -> AsyncEngine:
        """Give what writes: one connection that many share, whose transactions take the lock when they begin."""
        return self._pool(_WRITERS, TAKES_THE_LOCK, self._file.connect)

    def reader(self) -> AsyncEngine:
        """Give what reads and never waits for the writer."""
        return self._pool(_READERS, "BEGIN", partial(connect, self.path))

    async def look(self, reader: AsyncEngine, work: Callable[[Rows], Found]) -> Found:  # noqa: ARG002
        """Read one moment, in place: a WAL database is never waited for, and there is nothing to await."""
        connection = self._looking = self._looking or self._open()
        connection.execute("BEGIN")
        try:
            return work(SqliteRows(connection))
        finally:
            connection.rollback()

    async def change(
        self,
        writer: AsyncEngine,  # noqa: ARG002
        work: Callable[[Changes], Found],
        talk: str | None,  # noqa: ARG002
    ) -> Found:
        """Write by prepared statements, in place but for the way to the disk."""
        shared = await self._file.opened()
        found = await _worked(shared, work)
        await shared.commit()
        return found

    async def change_in_passing(
        self,
        writer: AsyncEngine,  # noqa: ARG002
        work: Callable[[Changes], Found],
        talk: str | None,  # noqa: ARG002
    ) -> Found:
        """Write, and leave the way to the disk to whoever comes next."""
        shared = await self._file.opened()
        found = await _worked(shared, work)
        shared.leave()
        return found

    async def lock(self, session: AsyncSession | AsyncConnection, talk: str | None) -> None:
        """Lock nothing: there is one writer at a time anyway."""

    def close(self) -> None:
        """Close what reads and writes in place."""
        self._file.close()
        if self._looking is not None:
            self._looking.close()
            self._looking = None

    def migrate_now(self) -> None:
        """Do the same, and wait for it."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            written = self._written()
        except (OSError, sqlite3.Error) as error:
            raise StoreUnavailableError(
                f"The database {self.path} cannot be opened: {error}."
            ) from error
        if must_not_be_newer(written, self.name, "another data folder"):
            upgrade(self.engine(), self.name)

    def engine(self, *, only_reads: bool = False) -> Engine:
        """Give what long work uses from a thread of its own: it writes alone, or reads one moment beside the writer."""
        # The driver would begin transactions late and deferred, so that read-then-write loses updates.
        engine = create_engine(
            f"sqlite:///{self.path}", poolclass=NullPool, connect_args={"isolation_level": None}
        )
        event.listen(engine, "connect", lambda opened, _: set_up(opened, PATIENCE))
        _begin_with("BEGIN" if only_reads else TAKES_THE_LOCK, engine)
        return engine

    def _written(self) -> Written | None:
        with closing(sqlite3.connect(self.path, timeout=PATIENCE / 1_000)) as connection:
            schema = _only(connection, "alembic_version", "version_num")
            return Written(schema, _only(connection, "compatibility", "oldest")) if schema else None

    def _open(self) -> sqlite3.Connection:
        return sqlite3.connect(
            self.path,
            timeout=PATIENCE / 1_000,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=STATEMENTS_KEPT,
        )

    def _pool(
        self, connections: int, begin: str, creator: Callable[[], Awaitable[InlineConnection]]
    ) -> AsyncEngine:
        engine = create_async_engine(
            f"sqlite+aiosqlite:///{self.path}",
            pool_size=connections,
            max_overflow=0,
            async_creator=creator,
        )
        _begin_in_place(begin, engine.sync_engine)
        return engine


async def _worked(shared: SharedWriter, work: Callable[[Changes], Found]) -> Found:
    await shared.begin()
    try:
        return work(SqliteRows(shared.connection.opened))
    except BaseException:
        shared.undo()
        raise


def plain_engine(path: Path) -> Engine:
    """Give what reads and writes a small file of another kind, each time in one transaction."""
    engine = create_engine(
        f"sqlite:///{path}", poolclass=NullPool, connect_args={"isolation_level": None}
    )
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    return engine


def _begin_in_place(begin: str, engine: Engine) -> None:
    """Begin without the way through SQLAlchemy that a statement of its own would take."""

    @event.listens_for(engine, "begin")
    def begin_transaction(connection: Connection) -> None:
        opened = connection.connection.driver_connection
        if not isinstance(opened, InlineConnection):
            raise TypeError("This connection is not one of ours.")
        if begin == TAKES_THE_LOCK:
            await_only(opened.begin())
        else:
            opened.run(begin)


def _begin_with(begin: str, engine: Engine) -> None:
    @event.listens_for(engine, "begin")
    def begin_transaction(connection: Connection) -> None:
        connection.exec_driver_sql(begin)


def _only(connection: sqlite3.Connection, table: str, column: str) -> str | None:
    """Give what the only row of a table says, if there are both."""
    tables = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = ?"
    if not connection.execute(tables, (table,)).fetchone()[0]:
        return None
    row = connection.execute(f"SELECT {column} FROM {table}").fetchone()  # noqa: S608 - our own names
    return str(row[0]) if row else None
