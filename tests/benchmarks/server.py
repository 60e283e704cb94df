"""A real server process for a benchmark, on a free port and a fresh data folder."""

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from tests.benchmarks.visiting import Until, visiting

READY_SECONDS = 120
MOST_WARM_UP = 60
ENOUGH_QUICK = 5


@asynccontextmanager
async def served(folder: Path, **settings: str) -> AsyncIterator[str]:
    """Serve the demo company and give its address; ends the process afterwards."""
    port = _free_port()
    environment = os.environ | {
        "HOTLINE_PORT": str(port),
        "HOTLINE_DATA_DIR": str(folder),
        "HOTLINE_LOG_LEVEL": "error",
        "HOTLINE_RATE_LIMITS": "off",
        **settings,
    }
    command = [str(Path(sys.executable).with_name("hotline")), "serve"]
    process = await asyncio.create_subprocess_exec(
        *command, env=environment, stdout=asyncio.subprocess.DEVNULL
    )
    try:
        address = f"http://127.0.0.1:{port}"
        await _ready(address, process)
        yield address
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


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


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
