"""The same load on each way to keep things: SQLite with one process, PostgreSQL with one and with three."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Coroutine, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from tests.benchmarks.load.company import KEY, NO_MODEL, Company, warm
from tests.benchmarks.server import ServerProcess
from tests.postgres import Postgres, running_postgres

SECRETS = {"HOTLINE_API_KEY": KEY, "HOTLINE_WRITE_KEY": f"{KEY}-write", "HOTLINE_IDENTITY_SECRET": f"{KEY}-identity"}  # fmt: skip


@asynccontextmanager
async def on_postgres(processes: int) -> AsyncIterator[Company]:
    """Serve by so many processes, each with a data folder of its own, that share one database; it keeps what it commits."""
    async with AsyncExitStack() as running:
        postgres = running.enter_context(running_postgres(is_safe=True))
        settings = NO_MODEL | SECRETS | {"HOTLINE_DATABASE_URL": postgres.make()}
        servers = [
            ServerProcess(Path(running.enter_context(_folder())), settings)
            for _ in range(processes)
        ]
        for server in servers:
            running.push_async_callback(server.stop)
        await _all(server.start() for server in servers)
        await warm(servers)
        yield Company(servers, [_postmaster(postgres)])


async def _all(tasks: Iterable[Coroutine[None, None, None]]) -> None:
    """Do all at the same time; when one fails, the others end."""
    async with asyncio.TaskGroup() as group:
        for task in tasks:
            group.create_task(task)


def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="hotline-load-")


def _postmaster(postgres: Postgres) -> int:
    return int((postgres.folder / "postmaster.pid").read_text().split()[0])
