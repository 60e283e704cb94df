"""A process says that it lives, by a connection of its own: what waits for locks or connections must not look dead."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Final, LiteralString

import psycopg
from psycopg import AsyncConnection

from agent.errors import StoreUnavailableError

DEAD_AFTER: Final = timedelta(seconds=8)
_BEAT: Final[LiteralString] = """
    WITH mine AS (
        INSERT INTO replicas (id, version, started_at, seen_at)
        VALUES (%(me)s, %(version)s, clock_timestamp(), clock_timestamp())
        ON CONFLICT (id) DO UPDATE SET seen_at = clock_timestamp()
    )
    SELECT clock_timestamp(), array(
        SELECT id FROM replicas WHERE seen_at < clock_timestamp() - %(dead_after)s AND id <> %(me)s
    )
"""
_LEAVE: Final[LiteralString] = "DELETE FROM replicas WHERE id = %(me)s"


@dataclass(frozen=True, slots=True)
class Beat:
    """The database's time at an instant of this process, and the processes that have not been seen for a while."""

    at: datetime
    felt_at: float
    dead: Sequence[str]


async def time_of(conninfo: str) -> datetime:
    """Give the time by a server's clock; raises StoreUnavailableError."""
    try:
        async with await AsyncConnection.connect(conninfo, autocommit=True) as connection:
            row = await (await connection.execute("SELECT clock_timestamp()")).fetchone()
    except psycopg.Error as error:
        raise StoreUnavailableError(f"The database cannot be reached now: {error}") from error
    if row is None:
        raise StoreUnavailableError("The database gave no time.")
    at: datetime = row[0]
    return at


class Heartbeat:
    """Says that a process lives, and hears which others do not."""

    def __init__(self, conninfo: str, replica: str, version: str) -> None:
        self._conninfo = conninfo
        self._me = {"me": replica, "version": version, "dead_after": DEAD_AFTER}
        self._connection: AsyncConnection | None = None

    async def beat(self) -> Beat:
        """Say that this process lives; raises StoreUnavailableError."""
        try:
            connection = await self._connected()
            asked_at = monotonic()
            row = await (await connection.execute(_BEAT, self._me)).fetchone()
        except psycopg.Error as error:
            await self._disconnect()
            raise StoreUnavailableError(f"The database cannot be reached now: {error}") from error
        if row is None:
            raise StoreUnavailableError("The database gave no time.")
        return Beat(row[0], (asked_at + monotonic()) / 2, tuple(row[1]))

    async def leave(self) -> None:
        """Say that this process is gone; where that cannot be said, others will notice."""
        try:
            await (await self._connected()).execute(_LEAVE, self._me)
        except psycopg.Error:
            pass
        finally:
            await self._disconnect()

    async def _connected(self) -> AsyncConnection:
        if self._connection is None or self._connection.closed:
            self._connection = await AsyncConnection.connect(self._conninfo, autocommit=True)
        return self._connection

    async def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()
