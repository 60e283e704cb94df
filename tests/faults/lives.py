"""Servers that live and die: forks of a process that has everything imported, each on its own port."""

import asyncio
import json
import os
import signal
import sys
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

import aiohttp

from tests.faults.steps import CLOCK, TRAP

READY_SECONDS = 60.0


@dataclass(slots=True)
class Life:
    """One server process."""

    pid: int
    ended: asyncio.Future[int]

    @property
    def is_alive(self) -> bool:
        """Whether it has not ended yet, as far as we know."""
        return not self.ended.done()

    async def kill(self) -> None:
        """End it without a word."""
        if self.is_alive:
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
        await self.ended

    async def stop(self) -> None:
        """End it as a deployment does."""
        if self.is_alive:
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGTERM)
        await self.ended

    async def dies_within(self, seconds: float) -> bool:
        """Wait for its end; tell whether it came."""
        await asyncio.wait([self.ended], timeout=seconds)
        return not self.is_alive


@dataclass(slots=True)
class Nursery:
    """The process that everything is imported in: `async with Nursery() as nursery`."""

    _process: asyncio.subprocess.Process | None = None
    _listening: asyncio.Task[None] | None = None
    _coming: deque[asyncio.Future[Life]] = field(default_factory=deque)
    _lives: dict[int, Life] = field(default_factory=dict)

    async def __aenter__(self) -> Self:
        pipe = asyncio.subprocess.PIPE
        command = [sys.executable, "-m", "tests.faults.server"]
        self._process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe)
        assert self._process.stdout is not None
        await self._process.stdout.readline()
        self._listening = asyncio.create_task(self._listen(self._process.stdout))
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        for life in list(self._lives.values()):
            await life.kill()
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()
            await self._process.wait()
        if self._listening is not None:
            await self._listening

    async def begin(self, settings: Mapping[str, str], log: Path) -> Life:
        """Start a server with these settings."""
        assert self._process is not None
        assert self._process.stdin is not None
        coming = asyncio.get_running_loop().create_future()
        self._coming.append(coming)
        order = {"settings": dict(settings), "log": str(log)}
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        await self._process.stdin.drain()
        life: Life = await coming
        return life

    async def _listen(self, lines: asyncio.StreamReader) -> None:
        while line := await lines.readline():
            told = json.loads(line)
            if "began" in told:
                life = Life(told["began"], asyncio.get_running_loop().create_future())
                self._lives[life.pid] = life
                self._coming.popleft().set_result(life)
            elif (ended := self._lives.pop(told["ended"], None)) is not None:
                ended.ended.set_result(told["status"])


@dataclass(slots=True)
class Replica:
    """A place where one server lives after the other, on the same port."""

    nursery: Nursery
    port: int
    settings: Mapping[str, str]
    log: Path
    trap: Path
    life: Life | None = None

    @property
    def address(self) -> str:
        """Give where it is reached."""
        return f"http://127.0.0.1:{self.port}"

    def set_clock(self, seconds: float) -> None:
        """Let its machine's clock be ahead by so much, from now on."""
        Path(self.settings[CLOCK]).write_text(str(seconds), "utf-8")

    async def start(self, extra: Mapping[str, str] | None = None) -> Life:
        """Begin a new life; returns before it is ready."""
        own = {"HOTLINE_PORT": str(self.port), TRAP: str(self.trap)}
        settings = {**own, **self.settings, **(extra or {})}
        self.life = await self.nursery.begin(settings, self.log)
        return self.life

    async def ready(self, within: float = READY_SECONDS) -> bool:
        """Wait until it says that it is ready; False when it dies before, or takes too long."""
        async with aiohttp.ClientSession() as session, asyncio.timeout(within):
            while self.life is not None and self.life.is_alive:
                with suppress(aiohttp.ClientError):
                    async with session.get(f"{self.address}/readyz") as answer:
                        if answer.ok:
                            return True
                await asyncio.sleep(0.03)
        return False
