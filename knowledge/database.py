"""The database, whatever it runs on: sessions that live as long as one transaction."""

import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, Protocol, Self, TypeVar

import structlog
from sqlalchemy import exc as sql_errors
from sqlalchemy import text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, async_sessionmaker

from agent.errors import StoreUnavailableError
from knowledge.ids import new_id
from knowledge.prepared import Changes, Rows
from knowledge.rows import Row
from knowledge.sqlite_file import SqliteFile
from knowledge.upgrading import SCHEMA, in_a_line

__all__ = ["SCHEMA", "Database"]

_WRONG_SQL = (
    sql_errors.IntegrityError,
    sql_errors.ProgrammingError,
    sql_errors.DataError,
    sql_errors.NotSupportedError,
    sqlite3.IntegrityError,
    sqlite3.ProgrammingError,
    sqlite3.DataError,
    sqlite3.NotSupportedError,
)
log = structlog.get_logger()
Upsert = sqlite.Insert | postgresql.Insert
Found = TypeVar("Found")


class Place(Protocol):
    """What a database runs on."""

    @property
    def name(self) -> str:
        """Name it for people."""
        ...

    async def migrate(self) -> None:
        """Bring it to today's schema; raises StoreUnavailableError."""
        ...

    def writer(self) -> AsyncEngine:
        """Give what writes."""
        ...

    def reader(self) -> AsyncEngine:
        """Give what reads."""
        ...

    async def look(self, reader: AsyncEngine, work: Callable[[Rows], Found]) -> Found:
        """Read one moment by prepared statements."""
        ...

    async def change(
        self, writer: AsyncEngine, work: Callable[[Changes], Found], talk: str | None
    ) -> Found:
        """Write by prepared statements, as `lock` allows."""
        ...

    async def change_in_passing(
        self, writer: AsyncEngine, work: Callable[[Changes], Found], talk: str | None
    ) -> Found:
        """Do the same, and wait for no disk where that can be done."""
        ...

    async def lock(self, session: AsyncSession | AsyncConnection, talk: str | None) -> None:
        """Keep other writers away until the transaction ends."""
        ...

    def close(self) -> None:
        """Let go of what is not the engines'."""
        ...


class Database:
    """An open database; `write()` and `read()` give a session that lives as long as one transaction."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.replica = new_id("r")
        """The name of this process among those that share the database."""
        self._engines = place.writer(), place.reader()
        # Flushed by hand: a statement less is a way to the database less.
        self._writing = async_sessionmaker(
            self._engines[0], expire_on_commit=False, autoflush=False
        )
        self._reading = async_sessionmaker(self._engines[1], expire_on_commit=False)

    @classmethod
    async def open(cls, where: Path | str) -> Self:
        """Open a file or a server's address, making it or bringing it up to date; raises StoreUnavailableError."""
        place = place_of(where)
        with explained():
            await place.migrate()
        return cls(place)

    @property
    def is_shared(self) -> bool:
        """Tell whether other processes may work on it beside this one."""
        return self._engines[0].dialect.name == "postgresql"

    async def close(self) -> None:
        """Close all connections."""
        for engine in self._engines:
            await engine.dispose()
        self.place.close()

    async def ping(self) -> None:
        """Read something; raises StoreUnavailableError when the database is not there."""
        async with self.read() as session:
            await session.execute(text("SELECT 1"))

    @asynccontextmanager
    async def write(self, talk: str | None = None) -> AsyncIterator[AsyncSession]:
        """Give a session that writes alone; commits at the end, and leaves nothing behind on errors.

        Where all that it reads and writes belongs to the lead of one conversation (`talk`, its id), it may write
        beside others on a database that can do that. An id of no conversation stands for itself.
        """
        with explained():
            async with self._writing.begin() as session:
                await self.place.lock(session, talk)
                yield session

    async def lock(self, session: AsyncSession, lead_id: str) -> None:
        """Let a transaction that was begun for a key write what belongs to a lead, too."""
        await self.place.lock(session, lead_id)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """Give a session that sees one moment of the database and never waits for the writer."""
        with explained():
            async with self._reading() as session:
                yield session

    async def look(self, work: Callable[[Rows], Found]) -> Found:
        """Read one moment by prepared statements: what is read often, without a session's cost."""
        with explained():
            return await self.place.look(self._engines[1], work)

    async def change(self, work: Callable[[Changes], Found], talk: str | None = None) -> Found:
        """Read and write by prepared statements in one transaction; `talk` as for `write`."""
        with explained():
            return await self.place.change(self._engines[0], work, talk)

    async def change_in_passing(
        self, work: Callable[[Changes], Found], talk: str | None = None
    ) -> Found:
        """Change what a power cut may take back and no reader must see at once, without a way to the disk of its own.

        Nothing that is written later reaches the disk without it.
        """
        with explained():
            return await self.place.change_in_passing(self._engines[0], work, talk)

    def insert(self, row: type[Row]) -> Any:
        """Begin an INSERT that knows ON CONFLICT, as this database spells it."""
        return postgresql.insert(row) if self.is_shared else sqlite.insert(row)


def place_of(where: Path | str) -> Place:
    """Say what runs at a path or an address."""
    if isinstance(where, Path):
        return SqliteFile(where)
    # The driver takes a tenth of a second to import.
    from knowledge.postgres import PostgresServer

    return PostgresServer(where)


@contextmanager
def explained() -> Iterator[None]:
    """Turn what a database cannot do now into a sentence: StoreUnavailableError."""
    try:
        yield
    except _WRONG_SQL:
        raise
    except sql_errors.DBAPIError as error:
        raise _unavailable(error.orig) from error
    except sqlite3.DatabaseError as error:
        raise _unavailable(error) from error
    except sql_errors.TimeoutError as error:
        log.warning("store.busy", reason=in_a_line(error))
        raise StoreUnavailableError("The database is too busy to take this now.") from error


def _unavailable(error: BaseException | None) -> StoreUnavailableError:
    because = in_a_line(error)
    log.warning("store.unavailable", reason=because)
    return StoreUnavailableError(f"The database cannot take this now: {because}.")
