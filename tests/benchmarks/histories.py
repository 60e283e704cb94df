"""Whether a recall stays as quick as histories grow: the same lead's, among few and many, with few and many events.

The files are filled by plain SQL; the recalls take turns, so that whatever else the machine does meets all alike.
"""

import sqlite3
import tempfile
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from statistics import median

from rich.table import Table

from agent.acts import known_acts
from agent.lead import LeadId
from knowledge.database import Database
from knowledge.history import SqlHistories
from knowledge.playbook import demo_playbook_path, load_playbook

RECALLS = 200
WARM_UP = 20
EVENTS = (10, 1_000, 100_000)
LEADS = (1_000, 1_000_000)
COMPANIES = 100
"""Of a million leads ten thousand are colleagues."""
START = datetime(2026, 1, 1, tzinfo=UTC)
PLAYBOOK = load_playbook(demo_playbook_path())
ACTS = known_acts(PLAYBOOK)
WHO = LeadId("l-0")
ADD_LEAD = (
    "INSERT INTO leads (id, name, email, phone, title, role, company, company_key, time_zone, owner, score_total, "
    "temperature, created_at, home, last_act_at) VALUES (?, '', '', '', '', '', '{}', ?, '', '', 0, 'cold', ?, ?, ?)"
)
ADD_EVENT = (
    "INSERT INTO engagement_events (id, lead_id, name, at, title, url, properties, came_by) "
    "VALUES (?, ?, ?, ?, 'Guide', '', '{}', ?)"
)


async def measure_recall() -> Table:
    """Measure both curves and give the table."""
    table = Table("histories", "p50 ms", "to the first", title="One recall, by what is known")
    with tempfile.TemporaryDirectory() as folder:
        for counts, what in ((EVENTS, "events of the lead"), (LEADS, "leads")):
            files = [await _filled(Path(folder) / f"{what[:6]}{n}.db", n, what) for n in counts]
            times = await _in_turns(files)
            for count, taken in zip(counts, times, strict=True):
                ratio = median(taken) / median(times[0])
                table.add_row(f"{count:,} {what}", f"{median(taken):.2f}", f"{ratio:.2f}")
    return table


async def _filled(path: Path, count: int, what: str) -> Path:
    await (await Database.open(path)).close()
    leads, events = (1_000, count) if what.startswith("events") else (count, 1_000)
    with sqlite3.connect(path) as rows:
        rows.execute("PRAGMA synchronous = OFF")
        for some in _batches(_leads(leads)):
            rows.executemany(ADD_LEAD, some)
        for some in _batches(_events(leads, events)):
            rows.executemany(ADD_EVENT, some)
    rows.close()
    return path


def _leads(count: int) -> Iterator[tuple[str, str, str, str, str]]:
    for number in range(count):
        company, at = f"c{number % COMPANIES}.example", _at(number)
        yield f"l-{number}", company, at, f"user_id:u-{number}", at


def _events(leads: int, of_one: int) -> Iterator[tuple[str, str, str, str, str]]:
    """Give a number of events to one lead, of acts in turn, and one to each other."""
    for number in range(of_one):
        yield f"e-{number}", WHO, ACTS[number % len(ACTS)], _at(number), f"user_id:{WHO}"
    for number in range(1, leads):
        yield f"o-{number}", f"l-{number}", "Page Viewed", _at(number), f"user_id:u-{number}"


def _at(number: int) -> str:
    return f"{START + timedelta(seconds=number * 7):%Y-%m-%d %H:%M:%S.%f}"


def _batches(rows: Iterable[tuple[str, ...]]) -> Iterator[list[tuple[str, ...]]]:
    waiting = iter(rows)
    while some := list(islice(waiting, 10_000)):
        yield some


async def _in_turns(files: list[Path]) -> list[list[float]]:
    databases = [await Database.open(path) for path in files]
    histories = [SqlHistories(database, ACTS) for database in databases]
    times: list[list[float]] = [[] for _ in files]
    for _ in range(RECALLS + WARM_UP):
        for taken, history in zip(times, histories, strict=True):
            started = time.perf_counter()
            await history.of_lead(WHO)
            taken.append(1000 * (time.perf_counter() - started))
    for database in databases:
        await database.close()
    return [taken[WARM_UP:] for taken in times]
