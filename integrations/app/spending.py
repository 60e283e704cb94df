"""What models use is kept after each call, and what other processes use is looked up every few seconds."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Protocol

import structlog

from agent.errors import StoreUnavailableError
from agent.spending import Spending, Spent

log = structlog.get_logger()
LOOK_SECONDS: Final = 3.0
PAUSE_SECONDS: Final = 1.0


class Totals(Protocol):
    """Where totals are kept, by the date of a day and by conversations."""

    async def add(self, used: dict[str, Spent], today: date) -> dict[str, Spent]:
        """Add to totals and give them; raises StoreUnavailableError."""
        ...

    async def totals(self, of: list[str]) -> dict[str, Spent]:
        """Give totals; raises StoreUnavailableError."""
        ...

    async def forget_old(self, today: date) -> None:
        """Forget what was long ago; raises StoreUnavailableError."""
        ...


@dataclass(frozen=True, slots=True)
class Bookkeeping:
    """Carries what was counted to where it is kept, and back what others count; alone nobody else is asked."""

    spending: Spending
    kept: Totals
    today: Callable[[], date]
    is_shared: bool = False
    _counted: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        """Keep until cancelled; begins with what was used before."""
        self.spending.on_count = self._counted.set
        with suppress(StoreUnavailableError):
            await self.kept.forget_old(self.today())
        while True:
            try:
                await self.settle()
            except StoreUnavailableError as error:
                log.warning("spending.not_kept", reason=str(error))
                await asyncio.sleep(PAUSE_SECONDS)
                continue
            with suppress(TimeoutError):
                await asyncio.wait_for(
                    self._counted.wait(), LOOK_SECONDS if self.is_shared else None
                )

    async def settle(self) -> None:
        """Keep what was counted and learn the totals; raises StoreUnavailableError."""
        self._counted.clear()
        used = self.spending.take_unsaved()
        try:
            totals = await self.kept.add(used, self.today()) if used else {}
        except BaseException:
            self.spending.give_back(used)
            raise
        if (today := self.today().isoformat()) not in totals:
            totals |= await self.kept.totals([today])
        self.spending.learn(totals)

    async def stop(self) -> None:
        """Keep what is left."""
        with suppress(StoreUnavailableError):
            await self.settle()
