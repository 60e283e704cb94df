"""Whether a recall and a score stay as quick as histories grow: few and many events, among few and many leads.

The files are filled by plain SQL; the recalls take turns, so that whatever else the machine does meets all alike.
"""

import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice
from pathlib import Path
from statistics import median

from rich.table import Table

from agent.acts import known_acts
from agent.lead import LeadId
from agent.scoring import score_lead
from integrations.clock import SystemClock
from knowledge.database import Database
from knowledge.history import SqlHistories
from knowledge.playbook import demo_playbook_path, load_playbook

RECALLS = 200
WARM_UP = 20
EVENTS = (10, 1_000, 100_000)
LEADS = (1_000, 100_000, 1_000_000)
COMPANIES = 100
"""Of a million leads ten thousand are colleagues."""
NEWEST = SystemClock().now() - timedelta(hours=1)
PLAYBOOK = load_playbook(demo_playbook_path())
ACTS = known_acts(PLAYBOOK)
WHO = LeadId("l-0")
USER_ID = "user-0"
ADD_LEAD = (
    "INSERT INTO leads (id, name, email, phone, title, role, company, company_key, time_zone, owner, score_total, "
    "temperature, created_at, home, last_act_at) VALUES (?, '', '', '', '', '', '{}', ?, '', '', 0, 'cold', ?, ?, ?)"
)
ADD_IDENTITY = "INSERT INTO identities (kind, value, lead_id) VALUES ('user_id', ?, ?)"
ADD_EVENT = (
    "INSERT INTO engagement_events (id, lead_id, name, at, title, url, properties, came_by) "
    "VALUES (?, ?, ?, ?, 'Guide', '', '{}', ?)"
)


@dataclass(frozen=True, slots=True)
class Filled:
    """A database of one lead's events, among others'."""

    path: Path
    size: str


@dataclass(frozen=True, slots=True)
class Times:
    """How long it took to recall and to score, in milliseconds."""

    recall: list[float] = field(default_factory=list)
    score: list[float] = field(default_factory=list)


async def fill(folder: Path) -> list[list[Filled]]:
    """Fill one database a size: a curve of events of the lead, and one of leads."""
    events = [
        await fill_one(folder, 1_000, count, f"{count:,} events of the lead") for count in EVENTS
    ]
    leads = [await fill_one(folder, count, 1_000, f"{count:,} leads") for count in LEADS]
    return [events, leads]


async def measure_recall(curves: Sequence[Sequence[Filled]]) -> Table:
    """Measure both curves and give the table."""
    table = Table("histories", "recall, p50 ms", "to the first", "score, p50 ms", title="One recall and score, by what is known")  # fmt: skip
    for curve in curves:
        times = await _in_turns(curve)
        for filled, taken in zip(curve, times, strict=True):
            recall, score = median(taken.recall), median(taken.score)
            ratio = f"{recall / median(times[0].recall):.2f}"
            table.add_row(filled.size, f"{recall:.2f}", ratio, f"{score:.2f}")
    return table


async def fill_one(folder: Path, leads: int, events: int, size: str) -> Filled:
    """Fill one database."""
    path = folder / size / "hotline.db"
    await (await Database.open(path)).close()
    with sqlite3.connect(path) as rows:
        rows.execute("PRAGMA synchronous = OFF")
        for some in _batches(_leads(leads)):
            rows.executemany(ADD_LEAD, some)
            rows.executemany(
                ADD_IDENTITY, ((home.partition(":")[2], who) for who, _, _, home, _ in some)
            )
        for some in _batches(_events(leads, events)):
            rows.executemany(ADD_EVENT, some)
    rows.close()
    return Filled(path, size)


def _leads(count: int) -> Iterator[tuple[str, str, str, str, str]]:
    for number in range(count):
        company, at = f"c{number % COMPANIES}.example", _at(number)
        yield f"l-{number}", company, at, f"user_id:user-{number}", at


def _events(leads: int, of_one: int) -> Iterator[tuple[str, str, str, str, str]]:
    """Give a number of events to one lead, of acts in turn, and one to each other."""
    for number in range(of_one):
        yield f"e-{number}", WHO, ACTS[number % len(ACTS)], _at(number), f"user_id:{WHO}"
    for number in range(1, leads):
        yield f"o-{number}", f"l-{number}", "Page Viewed", _at(number), f"user_id:user-{number}"


def _at(number: int) -> str:
    return f"{NEWEST - timedelta(seconds=number * 7):%Y-%m-%d %H:%M:%S.%f}"


def _batches(rows: Iterable[tuple[str, ...]]) -> Iterator[list[tuple[str, ...]]]:
    waiting = iter(rows)
    while some := list(islice(waiting, 10_000)):
        yield some


async def _in_turns(curve: Sequence[Filled]) -> list[Times]:
    databases = [await Database.open(filled.path) for filled in curve]
    histories = [SqlHistories(database, ACTS) for database in databases]
    times = [Times() for _ in curve]
    for _ in range(RECALLS + WARM_UP):
        for taken, history in zip(times, histories, strict=True):
            started = time.perf_counter()
            known = await history.of_lead(WHO)
            recalled = time.perf_counter()
            score_lead(known, None, PLAYBOOK, NEWEST)
            taken.recall.append(1000 * (recalled - started))
            taken.score.append(1000 * (time.perf_counter() - recalled))
    for database in databases:
        await database.close()
    return [Times(taken.recall[WARM_UP:], taken.score[WARM_UP:]) for taken in times]
