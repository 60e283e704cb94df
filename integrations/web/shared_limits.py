"""Limits that all processes count together; each goes on alone while they cannot."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Protocol

import structlog

from agent.errors import StoreUnavailableError
from integrations.web.limits import Act, Caller, MemoryLimits

PATIENCE: Final = 0.25
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

    async def wait(self, act: Act, caller: Caller) -> float:
        """Count an act for visitor and address, unless it is one too many for either."""
        most = dict(self.alone.most(act, caller))
        if not most:
            return 0.0
        if time.monotonic() < self._alone_until:
            return await self.alone.wait(act, caller)
        try:
            async with asyncio.timeout(PATIENCE):
                seconds = await self.counts.count(most)
        except (TimeoutError, StoreUnavailableError):
            self._alone_until = time.monotonic() + ALONE_FOR
            log.warning("limits.counted_alone", seconds=ALONE_FOR)
            return await self.alone.wait(act, caller)
        return max(1.0, seconds) if seconds else 0.0

    def opened(self, caller: Caller) -> bool:
        """Count an open call for visitor and address, unless it is one too many for either."""
        return self.alone.opened(caller)

    def closed(self, caller: Caller) -> None:
        """Forget an open call."""
        self.alone.closed(caller)

    async def close(self) -> None:
        """Close what counts together."""
        await self.counts.close()
