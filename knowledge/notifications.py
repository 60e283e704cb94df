"""Short notes from process to process through PostgreSQL: quick, in order, and lost when nobody listens."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Final, Self

import psycopg
import structlog
from psycopg import AsyncConnection, sql
from sqlalchemy import exc as sql_errors
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from agent.errors import StoreUnavailableError
from knowledge.postgres import PostgresServer

CHANNEL: Final = "hotline"
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 5.0
SILENCE: Final = 10.0
ANSWERS_WITHIN: Final = 5.0
_NOTIFY: Final = text("SELECT pg_notify(:channel, note) FROM unnest(CAST(:notes AS text[])) note")
log = structlog.get_logger()


class PostgresNotes:
    """Sends notes to all processes on one database, this one too, and hears them on a connection of its own."""

    def __init__(self, conninfo: str, engine: AsyncEngine) -> None:
        self._conninfo = conninfo
        self._engine = engine

    @classmethod
    def at(cls, address: str) -> Self:
        """Make it for the address of a server; nothing is connected yet."""
        server = PostgresServer(address)
        return cls(server.conninfo, server.aside())

    async def send(self, notes: Sequence[str]) -> None:
        """Send notes of at most 8,000 bytes each; raises StoreUnavailableError."""
        try:
            async with self._engine.connect() as connection:
                await connection.execute(_NOTIFY, {"channel": CHANNEL, "notes": list(notes)})
        except (sql_errors.DBAPIError, sql_errors.TimeoutError) as error:
            raise StoreUnavailableError("The other processes cannot be told now.") from error

    async def listen(self, heard: Callable[[str], None], began: Callable[[], None]) -> None:
        """Hear notes until cancelled; `began` is called whenever some may have been missed before."""
        pause = FIRST_PAUSE

        def begin() -> None:
            nonlocal pause
            pause = FIRST_PAUSE
            began()

        while True:
            try:
                await self._listen_once(heard, begin)
            except (psycopg.Error, TimeoutError) as error:
                log.warning("notifications.lost", reason=str(error), again_after=pause)
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    async def close(self) -> None:
        """Close what sends."""
        await self._engine.dispose()

    async def _listen_once(self, heard: Callable[[str], None], began: Callable[[], None]) -> None:
        async with await AsyncConnection.connect(self._conninfo, autocommit=True) as connection:
            await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(CHANNEL)))
            began()
            while True:
                async for note in connection.notifies(timeout=SILENCE):
                    heard(note.payload)
                async with asyncio.timeout(ANSWERS_WITHIN):
                    await connection.execute("SELECT 1")
