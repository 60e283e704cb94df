"""Where the catalogue's records lie: in a SQLite file of their own, or on a server."""

import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import (
    AbstractAsyncContextManager,
    AbstractContextManager,
    asynccontextmanager,
    contextmanager,
)
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Final, Protocol

from sqlalchemy import Connection, MetaData, NullPool, Table, create_engine

from knowledge.library_tables import of_a_file

PATIENCE_SECONDS: Final = 10
Check = Callable[[], Awaitable[None]]


class Duty(IntEnum):
    """What one of all processes does for the library; each number is that of its lock."""

    WATCH_FOLDERS = 7404
    REFETCH_SITES = 7405


@dataclass(frozen=True, slots=True)
class Tables:
    """The catalogue's tables, as they are called in one place."""

    sources: Table
    documents: Table
    posted: Table
    contradictions: Table
    fetched: Table
    state: Table

    @classmethod
    def of(cls, metadata: MetaData, prefix: str = "") -> "Tables":
        """Give them by their names."""
        return cls(*(metadata.tables[f"{prefix}{name}"] for name in cls.__slots__))


class Records(Protocol):
    """A place of the catalogue's tables."""

    @property
    def is_shared(self) -> bool:
        """Tell whether other processes use them, too."""
        ...

    @property
    def tables(self) -> Tables:
        """Give the tables."""
        ...

    def opened(self) -> AbstractContextManager[Connection]:
        """Open them for one transaction."""
        ...

    def alone(self) -> AbstractAsyncContextManager[Check]:
        """Keep all others from changing the library; gives what raises when that is no longer sure."""
        ...

    def leading(self, duty: Duty) -> AbstractAsyncContextManager[Check]:
        """Have a duty that one process has at a time."""
        ...

    def told(self, error: Exception) -> str:
        """Say what is the matter, and what to do."""
        ...


class FileRecords:
    """A file of one process."""

    is_shared = False

    def __init__(self, path: Path) -> None:
        self._path = path
        self._metadata = of_a_file()
        self.tables = Tables.of(self._metadata)
        self._engine = create_engine("sqlite://", creator=self._connect, poolclass=NullPool)

    @contextmanager
    def opened(self) -> Iterator[Connection]:
        """Open the file for one transaction, making what is missing."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._engine.begin() as connection:
            self._metadata.create_all(connection)
            yield connection

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[Check]:
        """Lock nothing: one process has the data folder."""
        yield _sure

    @asynccontextmanager
    async def leading(self, duty: Duty) -> AsyncIterator[Check]:  # noqa: ARG002
        """Have every duty: one process has the data folder."""
        yield _sure

    def told(self, error: Exception) -> str:
        """Say what is the matter, and what to do."""
        because = getattr(error, "orig", None) or error
        return (
            f"{self._path} cannot be used ({because}); delete it and index again if it is damaged."
        )

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self._path, timeout=PATIENCE_SECONDS)


async def _sure() -> None:
    """Nobody else can have come in between."""
