"""Limits that all processes count together; each goes on alone while they cannot."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

import structlog

from agent.errors import StoreUnavailableError
from integrations.web.limits import Act, Caller, MemoryLimits

PATIENCE: Final = 0.5
ALONE_FOR: Final = 5.0
log = structlog.get_logger()


class Counts(Protocol):
    """Where several processes count."""

    async def count(self, most: Mapping[str, int]) -> float:
        """Count an act under each name, each for at most so many a minute, and give 0; else the seconds to wait.

        Raises StoreUnavailableError.
        """
        ...

    async def close(self) -> None:
        """Close it."""
        ...


@dataclass(slots=True)
class SharedLimits:
    """Counts acts with all other processes, and what stays open in this one.

    A database that is slow or gone holds nobody up: this process then counts alone for a while.
    """

    counts: Counts
    alone: MemoryLimits
    _alone_until: float = 0.0
    _late: set[asyncio.Future[float]] = field(default_factory=set)

    async def wait(self, act: Act, caller: Caller) -> float:
        """Count an act for visitor and address, unless it is one too many for either."""
        most = dict(self.alone.most(act, caller))
        if not most:
            return 0.0
        if time.monotonic() < self._alone_until:
            return await self.alone.wait(act, caller)
        seconds = await self._together(most)
        if seconds is None:
            self._go_alone()
            return await self.alone.wait(act, caller)
        return max(1.0, seconds) if seconds else 0.0

    async def _together(self, most: Mapping[str, int]) -> float | None:
        """Count with the others; None where that takes too long or fails.

        What takes too long goes on by itself: to break it off would cost a connection, when it is needed most.
        """
        counting = asyncio.ensure_future(self.counts.count(most))
        self._late.add(counting)
        counting.add_done_callback(self._late.discard)
        await asyncio.wait({counting}, timeout=PATIENCE)
        if not counting.done():
            counting.add_done_callback(_forget)
            return None
        return (
            None if isinstance(counting.exception(), StoreUnavailableError) else counting.result()
        )

    def _go_alone(self) -> None:
        now = time.monotonic()
        if now >= self._alone_until:
            log.warning("limits.counted_alone", seconds=ALONE_FOR)
        self._alone_until = now + ALONE_FOR

    def opened(self, caller: Caller) -> bool:
        """Count an open call for visitor and address, unless it is one too many for either."""
        return self.alone.opened(caller)

    def closed(self, caller: Caller) -> None:
        """Forget an open call."""
        self.alone.closed(caller)

    async def close(self) -> None:
        """Close what counts together."""
        for counting in self._late:
            counting.cancel()
        await asyncio.gather(*self._late, return_exceptions=True)
        await self.counts.close()


def _forget(counting: "asyncio.Future[float]") -> None:
    """Take note of how it ended, which nobody needs any more."""
    if not counting.cancelled():
        counting.exception()
