"""The database file: one writer, a few readers, and transactions that mean what they say."""

import sqlite3
from asyncio import to_thread
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Self

from sqlalchemy import Connection, create_engine, event, text
from sqlalchemy import exc as sql_errors
from sqlalchemy.engine import Engine
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)
from sqlalchemy.pool import ConnectionPoolEntry, NullPool

from agent.errors import StoreUnavailableError
from knowledge.inline_sqlite import TAKES_THE_LOCK, connect

SCHEMA = "0009"
"""The newest revision in `migrations/versions`; written here so that start-up need not load Alembic."""

_READERS = 4
_BUSY_MILLISECONDS = 5_000
_WRONG_SQL = (
    sql_errors.IntegrityError,
    sql_errors.ProgrammingError,
    sql_errors.DataError,
    sql_errors.NotSupportedError,
)


class Database:
    """An open database; `write()` and `read()` give a session that lives as long as one transaction."""

    def __init__(self, writer: AsyncEngine, reader: AsyncEngine) -> None:
        self._engines = (writer, reader)
        # Flushed by hand: each statement costs four trips to the driver's thread.
        self._writing = async_sessionmaker(writer, expire_on_commit=False, autoflush=False)
        self._reading = async_sessionmaker(reader, expire_on_commit=False)

    @classmethod
    async def open(cls, path: Path) -> Self:
        """Open the file, making it or bringing it up to date first; raises StoreUnavailableError."""
        await to_thread(migrate, path)
        return cls(
            _engine(path, connections=1, begin=TAKES_THE_LOCK),
            _engine(path, _READERS, begin="BEGIN"),
        )

    async def close(self) -> None:
        """Close all connections."""
        for engine in self._engines:
            await engine.dispose()

    async def ping(self) -> None:
        """Read something; raises StoreUnavailableError when the database is not there."""
        async with self.read() as session:
            await session.execute(text("SELECT 1"))

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        """Give a session that alone may write; commits at the end, and leaves nothing behind on errors."""
        with _explained():
            async with self._writing.begin() as session:
                yield session

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """Give a session that sees one moment of the database and never waits for the writer."""
        with _explained():
            async with self._reading() as session:
                yield session


def migrate(path: Path) -> None:
    """Bring the file to today's schema; quick when it is there. Raises StoreUnavailableError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        version = _version(path)
    except (OSError, sqlite3.Error) as error:
        raise StoreUnavailableError(f"The database {path} cannot be opened: {error}.") from error
    if version is not None and version > SCHEMA:
        raise StoreUnavailableError(
            f"The database {path} was written by a newer Hotline (schema {version}; this one knows {SCHEMA}). "
            "Install that version again, or choose another data folder."
        )
    if version != SCHEMA:
        with _explained():
            _upgrade(path)


def _version(path: Path) -> str | None:
    with closing(sqlite3.connect(path, timeout=_BUSY_MILLISECONDS / 1_000)) as connection:
        tables = (
            "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'alembic_version'"
        )
        if not connection.execute(tables).fetchone()[0]:
            return None
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        return str(row[0]) if row else None


def _upgrade(path: Path) -> None:
    # Alembic takes a quarter of a second to import, and is needed once a release.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "knowledge:migrations")
    # The driver would begin transactions late and deferred, so that read-then-write loses updates.
    engine = create_engine(
        f"sqlite:///{path}", poolclass=NullPool, connect_args={"isolation_level": None}
    )
    _speak_sqlite(engine, begin=TAKES_THE_LOCK)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _engine(path: Path, connections: int, begin: str) -> AsyncEngine:
    engine = create_async_engine(
        f"sqlite+aiosqlite:///{path}",
        pool_size=connections,
        max_overflow=0,
        async_creator=partial(connect, path, _BUSY_MILLISECONDS),
    )
    _speak_sqlite(engine.sync_engine, begin)
    return engine


def _speak_sqlite(engine: Engine, begin: str) -> None:
    @event.listens_for(engine, "connect")
    def set_up(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        # The writer must not wait in the event loop: its connection waits for the lock in a thread.
        waits = 0 if engine.dialect.is_async and begin == TAKES_THE_LOCK else _BUSY_MILLISECONDS
        cursor.execute(f"PRAGMA busy_timeout = {_BUSY_MILLISECONDS}")
        cursor.execute("PRAGMA journal_mode = WAL")
        # NORMAL would not survive a power cut: an acknowledged message could be gone.
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute(f"PRAGMA busy_timeout = {waits}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin_transaction(connection: Connection) -> None:
        connection.exec_driver_sql(begin)


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except _WRONG_SQL:
        raise
    except sql_errors.DBAPIError as error:
        raise StoreUnavailableError(f"The database cannot take this now: {error.orig}.") from error
    except sql_errors.TimeoutError as error:
        raise StoreUnavailableError("The database is too busy to take this now.") from error
