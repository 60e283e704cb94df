"""Troubles other than a kill: each begins, lasts a while in which visitors and reps go on, and ends."""

import asyncio
import os
import resource
import signal
from collections.abc import Awaitable, Callable
from datetime import timedelta

from tests.faults.workplace import Workplace

LASTS = 5.0
HOURS = timedelta(hours=3).total_seconds()
SKEW = 120.0
FLOOD = "Growth costs $42 per seat per month. " * 20_000


async def model_hangs(place: Workplace) -> None:
    """The model takes every call and never answers."""
    place.model.hangs()
    await asyncio.sleep(LASTS)
    place.model.behaves()


async def model_floods(place: Workplace) -> None:
    """The model answers with three quarters of a megabyte, as fast as it can."""
    pace, place.model.tokens_per_second = place.model.tokens_per_second, 1e9
    place.model.says(FLOOD)
    await asyncio.sleep(LASTS)
    place.model.says(place.model.text)
    place.model.tokens_per_second = pace


async def model_resets(place: Workplace) -> None:
    """The model drops the connection in the middle of a sentence."""
    place.model.resets_after(9)
    await asyncio.sleep(LASTS)
    place.model.behaves()


async def model_stalls(place: Workplace) -> None:
    """The model says a sentence and a half, and then nothing more."""
    place.model.stalls_after(14)
    await asyncio.sleep(LASTS)
    place.model.behaves()


async def model_sends_half_a_line(place: Workplace) -> None:
    """The model's stream breaks off within a line of JSON."""
    place.model.sends_rubbish()
    await asyncio.sleep(LASTS)
    place.model.behaves()


async def model_fails(place: Workplace) -> None:
    """The model answers 500, and 429."""
    for status in (500, 429):
        place.model.fails_with(status, retry_after=1)
        await asyncio.sleep(LASTS / 2)
    place.model.behaves()


async def slack_answers_429(place: Workplace) -> None:
    """Slack takes nothing for a second, again and again."""
    place.twin.rate_limits(30, retry_after=1)
    await asyncio.sleep(LASTS)
    place.twin.recovers()


async def slack_answers_500(place: Workplace) -> None:
    """Slack answers with an error page."""
    place.twin.answers_500(30)
    await asyncio.sleep(LASTS)
    place.twin.recovers()


async def slack_hangs_up_after_posting(place: Workplace) -> None:
    """Slack takes posts and drops the connection before it says so."""
    place.twin.mishaps.loses_answers(12)
    await asyncio.sleep(LASTS)
    place.twin.recovers()


async def slack_times_out_after_posting(place: Workplace) -> None:
    """Slack takes posts and never says so."""
    place.twin.times_out_after_posting(4)
    await asyncio.sleep(2 * LASTS)
    place.twin.recovers()


async def slack_tells_twice_and_out_of_order(place: Workplace) -> None:
    """Slack tells everything twice, and later again, in any order."""
    place.desk.copies = 2
    await asyncio.sleep(LASTS)
    place.desk.copies = 1
    await place.desk.tell_again(place.dice)


async def clock_jumps_forwards(place: Workplace) -> None:
    """The clock is three hours ahead from one moment to the next."""
    place.set_clock(HOURS)
    await asyncio.sleep(LASTS)


async def clock_jumps_backwards(place: Workplace) -> None:
    """The clock goes back by three hours."""
    place.set_clock(-HOURS)
    await asyncio.sleep(LASTS)


async def disk_fills(place: Workplace) -> None:
    """No file may grow any more: every write of the store fails where it stands."""
    for limit in (0, 4096):
        for pid in place.pids():
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
        await asyncio.sleep(LASTS / 2)
    for pid in place.pids():
        unlimited = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, unlimited)


async def process_freezes(place: Workplace) -> None:
    """A server stands still for a while, as when a lid is closed, and goes on as if nothing had been."""
    pid = place.pids()[0]
    os.kill(pid, signal.SIGSTOP)
    await asyncio.sleep(2 * LASTS)
    os.kill(pid, signal.SIGCONT)


async def servers_restart(place: Workplace) -> None:
    """Each server is stopped as a deployment stops it, and started again."""
    for replica in place.replicas:
        if replica.life is not None:
            await replica.life.stop()
        await replica.start()
        await replica.ready()


async def clocks_differ(place: Workplace) -> None:
    """One machine's clock is two minutes ahead, another's two behind: from one moment to the next, and at a start."""
    for replica, seconds in zip(place.replicas, (SKEW, -SKEW, 0.0), strict=True):
        replica.set_clock(seconds)
    await asyncio.sleep(LASTS)
    await servers_restart(place)
    await asyncio.sleep(LASTS)


async def a_replica_dies(place: Workplace) -> None:
    """One of several is killed in the middle of its work and does not come back; the others answer for it."""
    life = place.replicas[0].life
    assert life is not None
    await life.kill()
    await asyncio.sleep(LASTS)


async def database_crashes(place: Workplace) -> None:
    """The database server dies and comes back, twice."""
    for _ in range(2):
        assert place.database is not None
        await place.database.restart()
        await asyncio.sleep(LASTS / 2)


async def database_cuts_connections(place: Workplace) -> None:
    """Every connection to the database is cut, again and again."""
    for _ in range(8):
        assert place.database is not None
        await place.database.cut()
        await asyncio.sleep(LASTS / 8)


Trouble = Callable[[Workplace], Awaitable[None]]
ANYWHERE: tuple[Trouble, ...] = (
    model_hangs,
    model_floods,
    model_resets,
    model_stalls,
    model_sends_half_a_line,
    model_fails,
    slack_answers_429,
    slack_answers_500,
    slack_hangs_up_after_posting,
    slack_times_out_after_posting,
    slack_tells_twice_and_out_of_order,
    clock_jumps_forwards,
    clock_jumps_backwards,
    process_freezes,
    servers_restart,
)
ON_SQLITE: tuple[Trouble, ...] = (*ANYWHERE, disk_fills)
ON_POSTGRES: tuple[Trouble, ...] = (
    *ANYWHERE,
    a_replica_dies,
    clocks_differ,
    database_crashes,
    database_cuts_connections,
)
