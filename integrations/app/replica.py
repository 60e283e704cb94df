"""The process as one of those that serve: it says that it lives, and takes over from those that do not.

It watches its clock, too: where that is set back, what was due before is due still.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from importlib.metadata import version
from time import monotonic
from typing import TYPE_CHECKING, Final

import structlog

from agent.clock import Clock
from agent.errors import HotlineError
from integrations.clock import FollowingClock, SystemClock
from integrations.wakeups.looking import end
from knowledge.database import Database
from knowledge.takeover import bring_forward, take_over, take_over_all

if TYPE_CHECKING:
    from knowledge.heartbeat import Heartbeat

log = structlog.get_logger()
BEAT_EVERY: Final = 2.0
MOST_SKEW: Final = timedelta(seconds=5)
MEND: Final = "set this machine's clock by NTP"
LEASES_AND_RETRIES: Final = timedelta(minutes=5)


@asynccontextmanager
async def serving(database: Database, address: str | None) -> AsyncIterator[Clock]:
    """Be one of the processes that serve, or the only one where there is no address; gives the clock they share.

    Raises StoreUnavailableError.
    """
    serve = _one_of_many(database, address) if address else _the_only_one(database)
    async with serve as clock:
        yield clock


async def skew_told(address: str | None, clock: Clock) -> str:
    """Say how far a clock, this machine's, is from the database's, where that is worth saying; raises StoreUnavailableError."""
    if address is None:
        return ""
    from knowledge.heartbeat import time_of
    from knowledge.postgres import PostgresServer

    ahead = clock.now() - await time_of(PostgresServer(address).conninfo)
    if abs(ahead) <= MOST_SKEW:
        return ""
    seconds, side = round(abs(ahead).total_seconds()), "ahead of" if ahead > timedelta() else "behind"  # fmt: skip
    return f" This machine's clock is {seconds} s {side} the database's, which is followed: {MEND}."


@asynccontextmanager
async def _the_only_one(database: Database) -> AsyncIterator[Clock]:
    clock = SystemClock()
    _tell(await take_over_all(database, clock), ())
    watching = _ClockWatch(database, clock, FollowingClock(clock.now(), monotonic()))
    async with _repeated(watching.look):
        yield clock


@asynccontextmanager
async def _one_of_many(database: Database, address: str) -> AsyncIterator[Clock]:
    from knowledge.heartbeat import Heartbeat
    from knowledge.postgres import PostgresServer

    heart = Heartbeat(PostgresServer(address).conninfo, database.replica, version("hotline"))
    first = await heart.beat()
    clock = FollowingClock(first.at, first.felt_at)
    if abs(clock.skew()) > MOST_SKEW:
        log.warning("clock.skewed", seconds=round(clock.skew().total_seconds()), mend=MEND)
    # Connections of its own: where the others are all taken, those that wait are waiting for this, too.
    aside = Database(database.place)
    beating = _Beating(aside, heart, clock)
    try:
        async with _repeated(beating.beat), _repeated(beating.act):
            yield clock
    finally:
        await heart.leave()
        await aside.close()


@asynccontextmanager
async def _repeated(look: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
    repeating = asyncio.create_task(_repeat(look), name="heartbeat")
    try:
        yield
    finally:
        await end(repeating)


async def _repeat(look: Callable[[], Awaitable[None]]) -> None:
    """Look until cancelled; while the database is away nobody can tell who lives, and nobody is taken over."""
    while True:
        try:
            await look()
        except HotlineError as error:
            log.warning("replica.unheard", reason=str(error))
        except Exception:
            log.exception("replica.unheard")
        await asyncio.sleep(BEAT_EVERY)


@dataclass(frozen=True, slots=True)
class _ClockWatch:
    """Compares this machine's clock with the time that has passed."""

    database: Database
    clock: SystemClock
    passed: FollowingClock

    async def look(self) -> None:
        jumped = self.passed.follow(self.clock.now(), monotonic())
        await _note_jump(self.database, self.clock, jumped)


@dataclass(slots=True)
class _Beating:
    """Two loops: what a beat tells may take long to act upon, and whoever does not beat meanwhile looks dead."""

    database: Database
    heart: "Heartbeat"
    clock: FollowingClock
    dead: Sequence[str] = ()
    jumped: timedelta = timedelta()
    has_news: asyncio.Event = field(default_factory=asyncio.Event)

    async def beat(self) -> None:
        beat = await self.heart.beat()
        self.jumped = max(self.jumped, self.clock.follow(beat.at, beat.felt_at), key=abs)
        self.dead = beat.dead
        if self.dead or abs(self.jumped) > MOST_SKEW:
            self.has_news.set()

    async def act(self) -> None:
        await self.has_news.wait()
        self.has_news.clear()
        jumped, self.jumped = self.jumped, timedelta()
        await _note_jump(self.database, self.clock, jumped)
        if dead := self.dead:
            _tell(await take_over(self.database, self.clock, dead), dead)


async def _note_jump(database: Database, clock: Clock, jumped: timedelta) -> None:
    """Make due what was due before the clock was set back; a jump forwards does no harm."""
    if abs(jumped) <= MOST_SKEW:
        return
    log.warning("clock.jumped", seconds=round(jumped.total_seconds()))
    if jumped < timedelta():
        await bring_forward(database, clock, clock.now() - jumped + LEASES_AND_RETRIES)


def _tell(freed: Sequence[str], gone: Sequence[str]) -> None:
    if freed or gone:
        log.warning("replica.taken_over", gone=list(gone), conversations=len(freed))
