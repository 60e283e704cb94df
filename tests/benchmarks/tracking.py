"""How many reports a second go to disk: single calls that arrive at once, and batches, at synchronous=FULL.

The people come back again and again, as they do: of a hundred reports two identify somebody, half are pages of a
browser, the rest acts of users. Processor time says what one core could do were nobody else using it.
"""

import asyncio
import random
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from rich.table import Table

from agent.tracking import CallKind, TrackingCall
from integrations.clock import SystemClock
from knowledge.database import Database
from knowledge.playbook import demo_playbook_path, load_playbook
from knowledge.tracking import SqlTracking

REPORTS = 6_000
PEOPLE = 1_000
AT_ONCE = 200
BATCH = 100


async def measure_tracking() -> Table:
    """Measure and give the table."""
    table = Table(
        "reports", "a second", "by processor time", "p50 ms", "p99 ms", title="Reports taken in"
    )
    with tempfile.TemporaryDirectory() as folder:
        database = await Database.open(Path(folder) / "hotline.db")
        tracking = SqlTracking(database, SystemClock(), load_playbook(demo_playbook_path()))
        singles = [[report] for report in _reports(1)]
        await _row(table, f"people new, {AT_ONCE} calls at once", tracking, singles)
        singles = [[report] for report in _reports(2)]
        await _row(table, f"people known, {AT_ONCE} calls at once", tracking, singles)
        reports = _reports(3)
        batches = [reports[n : n + BATCH] for n in range(0, REPORTS, BATCH)]
        await _row(table, f"people known, batches of {BATCH}", tracking, batches)
        await database.close()
    return table


async def _row(
    table: Table, name: str, tracking: SqlTracking, batches: Sequence[Sequence[TrackingCall]]
) -> None:
    gate, times = asyncio.Semaphore(AT_ONCE), list[float]()

    async def send(batch: Sequence[TrackingCall]) -> None:
        async with gate:
            times.append(await _timed(lambda: tracking.take_in(batch)))

    wall, processor = time.perf_counter(), time.process_time()
    await asyncio.gather(*map(send, batches))
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    times.sort()
    table.add_row(
        name,
        f"{REPORTS / wall:,.0f}",
        f"{REPORTS / processor:,.0f}",
        f"{times[len(times) // 2]:.0f}",
        f"{times[len(times) * 99 // 100]:.0f}",
    )


async def _timed(act: Callable[[], Awaitable[object]]) -> float:
    started = time.perf_counter()
    await act()
    return 1000 * (time.perf_counter() - started)


def _reports(seed: int) -> list[TrackingCall]:
    chance, now = random.Random(seed), SystemClock().now()  # noqa: S311 - the same each time
    return [_report(f"{seed}-{n}", chance, now) for n in range(REPORTS)]


def _report(report_id: str, chance: random.Random, now: datetime) -> TrackingCall:
    at = now - timedelta(seconds=chance.randrange(86_400))
    person, kind = chance.randrange(PEOPLE), chance.random()
    user, browser = f"u-{person}", f"a-{person}"
    if kind < 0.02:
        traits = {"email": f"p{person}@c{person % 100}.example", "name": f"Person {person}"}
        return TrackingCall(
            report_id, CallKind.IDENTIFY, at, now, user_id=user, anonymous_id=browser, traits=traits
        )
    if kind < 0.52:
        return TrackingCall(
            report_id,
            CallKind.PAGE,
            at,
            now,
            anonymous_id=browser,
            title="Pricing",
            url="https://tourvane.example/pricing",
        )
    known_as = "" if kind < 0.7 else browser
    name = "Content Downloaded"
    return TrackingCall(
        report_id, CallKind.TRACK, at, now, user_id=user, anonymous_id=known_as, name=name
    )
