"""A real server process for a benchmark, on a free port and a fresh data folder."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests.benchmarks.visiting import Until, visiting

READY_SECONDS = 120
STOP_SECONDS = 20
MOST_WARM_UP = 60
ENOUGH_QUICK = 5


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class ServerProcess:
    """One server on one port; it can be ended and started again on what it has kept."""

    folder: Path
    settings: Mapping[str, str]
    port: int = field(default_factory=_free_port)
    process: asyncio.subprocess.Process | None = None
    command: Sequence[str] = (str(Path(sys.executable).with_name("hotline")), "serve")

    @property
    def address(self) -> str:
        """Give where it is reached."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        """Give the running process's id."""
        if self.process is None:
            raise RuntimeError("the server is not running")
        return self.process.pid

    async def start(self) -> None:
        """Start it and wait until it is ready."""
        environment = os.environ | {
            "HOTLINE_PORT": str(self.port),
            "HOTLINE_DATA_DIR": str(self.folder),
            "HOTLINE_LOG_LEVEL": "error",
            "HOTLINE_RATE_LIMITS": "off",
            **self.settings,
        }
        self.process = await asyncio.create_subprocess_exec(
            *self.command, env=environment, stdout=asyncio.subprocess.DEVNULL
        )
        await _ready(self.address, self.process)

    def tell(self, number: signal.Signals) -> None:
        """Send it a signal."""
        os.kill(self.pid, number)

    async def stop(self) -> None:
        """End it as a deployment does, and wait until it has; at last it is killed."""
        if self.process is None:
            return
        if self.process.returncode is None:
            self.process.terminate()
        try:
            await asyncio.wait_for(self.process.wait(), STOP_SECONDS)
        except TimeoutError:
            self.process.kill()
            await self.process.wait()
        self.process = None


@asynccontextmanager
async def serving(folder: Path, **settings: str) -> AsyncIterator[ServerProcess]:
    """Serve the demo company by a process that can be looked at; ends it afterwards."""
    server = ServerProcess(folder, settings)
    try:
        await server.start()
        yield server
    finally:
        await server.stop()


@asynccontextmanager
async def served(folder: Path, **settings: str) -> AsyncIterator[str]:
    """Serve the demo company and give its address; ends the process afterwards."""
    async with serving(folder, **settings) as server:
        yield server.address


async def settled(address: str, quick: float) -> None:
    """Wait until a fresh server has loaded all: until first sentences come within `quick` milliseconds."""
    in_a_row = 0
    for number in range(MOST_WARM_UP):
        async with visiting(address) as visit:
            heard = await visit.ask(
                f"How much is Growth for {number + 3} people?", Until.FIRST_SENTENCE
            )
        in_a_row = in_a_row + 1 if heard.milliseconds < quick else 0
        if in_a_row == ENOUGH_QUICK:
            return


async def _ready(address: str, process: asyncio.subprocess.Process) -> None:
    async with httpx.AsyncClient() as client:
        for _ in range(READY_SECONDS * 10):
            if process.returncode is not None:
                raise RuntimeError(f"the server ended with status {process.returncode}")
            try:
                if (await client.get(f"{address}/readyz")).is_success:
                    return
            except httpx.HTTPError:
                pass
            await asyncio.sleep(0.1)
    raise TimeoutError(f"{address} was not ready within {READY_SECONDS} seconds")
