"""The process as one of those that serve: it says that it lives, and takes over from those that do not."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from importlib.metadata import version
from typing import TYPE_CHECKING, Final

import structlog

from agent.clock import Clock
from agent.errors import HotlineError
from integrations.clock import FollowingClock, SystemClock
from knowledge.database import Database
from knowledge.takeover import take_over, take_over_all

if TYPE_CHECKING:
    from knowledge.heartbeat import Heartbeat

log = structlog.get_logger()
BEAT_EVERY: Final = 2.0
MOST_SKEW: Final = timedelta(seconds=5)


@asynccontextmanager
async def serving(database: Database, address: str | None) -> AsyncIterator[Clock]:
    """Be one of the processes that serve, or the only one where there is no address; gives the clock they share.

    Raises StoreUnavailableError.
    """
    if address is None:
        clock = SystemClock()
        _tell(await take_over_all(database, clock), ())
        yield clock
        return
    async with _one_of_many(database, address) as shared:
        yield shared


@asynccontextmanager
async def _one_of_many(database: Database, address: str) -> AsyncIterator[Clock]:
    from knowledge.heartbeat import Heartbeat
    from knowledge.postgres import PostgresServer

    heart = Heartbeat(PostgresServer(address).conninfo, database.replica, version("hotline"))
    first = await heart.beat()
    clock = FollowingClock(first.at, first.felt_at)
    if abs(clock.skew()) > MOST_SKEW:
        log.warning(
            "clock.skewed",
            seconds=round(clock.skew().total_seconds()),
            mend="the database's clock is followed; set this machine's clock by NTP",
        )
    beating = asyncio.create_task(_Beating(database, heart, clock).run(), name="heartbeat")
    try:
        yield clock
    finally:
        beating.cancel()
        await asyncio.gather(beating, return_exceptions=True)
        await heart.leave()


@dataclass(frozen=True, slots=True)
class _Beating:
    database: Database
    heart: "Heartbeat"
    clock: FollowingClock

    async def run(self) -> None:
        """Beat until cancelled; while the database is away nobody can tell who lives, and nobody is taken over."""
        while True:
            try:
                await self._beat()
            except HotlineError as error:
                log.warning("replica.unheard", reason=str(error))
            except Exception:
                log.exception("replica.unheard")
            await asyncio.sleep(BEAT_EVERY)

    async def _beat(self) -> None:
        beat = await self.heart.beat()
        jumped = self.clock.follow(beat.at, beat.felt_at)
        if abs(jumped) > MOST_SKEW:
            log.warning("clock.jumped", seconds=round(jumped.total_seconds()))
        if beat.dead:
            _tell(await take_over(self.database, self.clock, beat.dead), beat.dead)


def _tell(freed: Sequence[str], gone: Sequence[str]) -> None:
    if freed or gone:
        log.warning("replica.taken_over", gone=list(gone), conversations=len(freed))
