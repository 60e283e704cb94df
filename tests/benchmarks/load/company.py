"""The demo company on real server processes: one with SQLite, or some that share PostgreSQL."""

import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.load.machine import quiet
from tests.benchmarks.server import ServerProcess, serving, settled

QUICK = 250.0  # milliseconds to a first sentence, once everything is loaded
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


@asynccontextmanager
async def on_sqlite(quick: float = QUICK, **settings: str) -> AsyncIterator[Company]:
    """Serve by one process with a fresh data folder."""
    with tempfile.TemporaryDirectory(prefix="hotline-load-") as folder:
        async with serving(Path(folder), **(NO_MODEL | {"HOTLINE_API_KEY": KEY} | settings)) as one:
            await settled(one.address, quick)
            await quiet([one.pid])
            yield Company([one])
