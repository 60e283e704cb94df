"""The demo company on real server processes: one with SQLite, or some that share PostgreSQL."""

import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.load.machine import quiet
from tests.benchmarks.server import ServerProcess, serving
from tests.benchmarks.visiting import Until, visiting

WARM_UP = 5
KEY = "hk_benchmark_of_load_0123456789"
NO_MODEL = {"OPENAI_API_KEY": ""}


@dataclass(frozen=True, slots=True)
class Company:
    """Servers that answer for one company, and the processes of the database beside them."""

    servers: Sequence[ServerProcess]
    database: Sequence[int] = ()

    @property
    def addresses(self) -> list[str]:
        """Give where its servers are reached."""
        return [server.address for server in self.servers]

    @property
    def pids(self) -> list[int]:
        """Give the processes of its servers."""
        return [server.pid for server in self.servers]


async def warm(servers: Sequence[ServerProcess]) -> None:
    """Ask each server a few things, and wait until all of them have finished what they do by themselves."""
    for server in servers:
        for number in range(WARM_UP):
            async with visiting(server.address) as visit:
                await visit.ask(f"How much is Growth for {number + 3} people?", Until.WHOLE)
    await quiet([server.pid for server in servers])


@asynccontextmanager
async def on_sqlite(**settings: str) -> AsyncIterator[Company]:
    """Serve by one process with a fresh data folder."""
    with tempfile.TemporaryDirectory(prefix="hotline-load-") as folder:
        async with serving(Path(folder), **(NO_MODEL | {"HOTLINE_API_KEY": KEY} | settings)) as one:
            await warm([one])
            yield Company([one])
