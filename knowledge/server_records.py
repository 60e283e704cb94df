"""The catalogue's records on the PostgreSQL server of all processes; imported only where there is one."""

from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from typing import Final

from sqlalchemy import Connection

from agent.errors import LibraryUnavailableError, StoreUnavailableError
from knowledge.fleet_lock import FleetLock
from knowledge.library_tables import PREFIX
from knowledge.postgres import PostgresServer
from knowledge.records import Check, Duty, Tables
from knowledge.rows import Row
from knowledge.upgrading import in_a_line

CHANGING_THE_LIBRARY: Final = 7403


class ServerRecords:
    """Tables beside all else on a server."""

    is_shared = True

    def __init__(self, address: str) -> None:
        self.tables = Tables.of(Row.metadata, PREFIX)
        self._server = PostgresServer(address)
        self._engine = self._server.engine()
        self._is_migrated = False

    @contextmanager
    def opened(self) -> Iterator[Connection]:
        """Connect for one transaction."""
        if not self._is_migrated:
            self._server.migrate_now()
            self._is_migrated = True
        with self._engine.begin() as connection:
            yield connection

    def alone(self) -> AbstractAsyncContextManager[Check]:
        """Hold the lock of all processes."""
        return self._held(CHANGING_THE_LIBRARY)

    def leading(self, duty: Duty) -> AbstractAsyncContextManager[Check]:
        """Hold the lock of a duty, waiting while another process does."""
        return self._held(duty)

    @asynccontextmanager
    async def _held(self, number: int) -> AsyncIterator[Check]:
        try:
            async with FleetLock(self._server.conninfo, number).held() as holding:
                yield holding.check
        except StoreUnavailableError as error:
            raise LibraryUnavailableError(str(error)) from error

    def told(self, error: Exception) -> str:
        """Say what is the matter."""
        because = getattr(error, "orig", None) or error
        return f"The library's records on {self._server.name} cannot be used now: {in_a_line(because)}."
