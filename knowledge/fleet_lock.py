"""A lock that one of all processes on a PostgreSQL server holds; it ends with its connection, however that ends."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import psycopg
from psycopg import AsyncConnection

from agent.errors import StoreUnavailableError
from knowledge.upgrading import in_a_line


@dataclass(frozen=True, slots=True)
class Holding:
    """That the lock is held."""

    connection: AsyncConnection

    async def check(self) -> None:
        """Raise StoreUnavailableError when it is no longer."""
        try:
            await self.connection.execute("SELECT 1")
        except psycopg.Error as error:
            raise StoreUnavailableError(
                f"The lock of all processes was lost: {in_a_line(error)}."
            ) from error


@dataclass(frozen=True, slots=True)
class FleetLock:
    """A lock by its number, on the server at an address as libpq takes it."""

    conninfo: str
    number: int

    @asynccontextmanager
    async def held(self) -> AsyncIterator[Holding]:
        """Hold it, waiting while another process does; raises StoreUnavailableError."""
        try:
            connection = await AsyncConnection.connect(self.conninfo, autocommit=True)
        except psycopg.Error as error:
            raise _unavailable(error) from error
        async with connection:
            try:
                await connection.execute("SELECT pg_advisory_lock(%s)", (self.number,))
            except psycopg.Error as error:
                raise _unavailable(error) from error
            yield Holding(connection)


def _unavailable(error: psycopg.Error) -> StoreUnavailableError:
    return StoreUnavailableError(
        f"The lock of all processes cannot be had now: {in_a_line(error)}."
    )
