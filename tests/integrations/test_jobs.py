"""Jobs in PostgreSQL: shared by several processes, taken over from dead ones, given up and forgotten at last."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import psycopg
import pytest
from procrastinate.jobs import Job

from agent.conversation import ConversationId
from agent.errors import StoreUnavailableError
from integrations.clock import SystemClock
from integrations.wakeups.jobs import MOST_TRIES, BackOff, JobQueue
from integrations.wakeups.postgres import PostgresWakeups
from knowledge.postgres import PostgresServer
from tests.fakes.clock import MONDAY_TEN, FixedClock
from tests.scenarios.world import until

IDS = [ConversationId(f"c-{number}") for number in range(6)]
KIND = ConversationId.__name__


@dataclass(slots=True)
class Rows:
    """What is due, until it is advanced."""

    due: list[ConversationId] = field(default_factory=lambda: list(IDS))
    at_work: Counter[ConversationId] = field(default_factory=Counter)
    most_at_once: int = 0
    takers: set[str] = field(default_factory=set)

    async def advance(self, each: ConversationId, taker: str) -> None:
        self.at_work[each] += 1
        self.most_at_once = max(self.most_at_once, self.at_work[each])
        await asyncio.sleep(0)
        self.at_work[each] -= 1
        self.takers.add(taker)
        if each in self.due:
            self.due.remove(each)

    async def find(self, _: datetime) -> list[ConversationId]:
        return list(self.due)


def process(address: str, rows: Rows, name: str) -> PostgresWakeups[ConversationId]:
    """The wake-ups of one process."""

    async def advance(each: ConversationId) -> None:
        await rows.advance(each, name)

    queue = JobQueue(PostgresServer(address).conninfo, FixedClock())
    return PostgresWakeups(queue, ConversationId, advance, rows.find, look_every=0.01)


@pytest.fixture
async def connection(postgres_address: str) -> AsyncIterator[psycopg.AsyncConnection]:
    async with await psycopg.AsyncConnection.connect(
        postgres_address, autocommit=True
    ) as connection:
        yield connection


async def test_what_several_processes_find_is_run_by_one_of_them_at_a_time(
    postgres_address: str,
) -> None:
    rows = Rows()
    processes = [process(postgres_address, rows, name) for name in ("one", "two", "three")]
    try:
        for each in processes:
            await each.start()
        await until(lambda: not rows.due)
    finally:
        for each in processes:
            await each.stop()
    assert rows.most_at_once == 1


async def test_the_job_of_a_process_that_died_does_not_stand_in_the_way(
    postgres_address: str, connection: psycopg.AsyncConnection
) -> None:
    key = f"{KIND}:{IDS[0]}"
    await connection.execute(
        "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '9 s')"
    )
    await connection.execute(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, lock, queueing_lock, status, worker_id)"
        " SELECT 'hotline', 'advance', %s, %s, 'doing', id FROM procrastinate_workers",
        (key, key),
    )
    rows = Rows(due=[IDS[0]])
    alive = process(postgres_address, rows, "alive")
    try:
        await alive.start()
        await until(lambda: not rows.due)
    finally:
        await alive.stop()
    assert rows.takers == {"alive"}


async def test_a_job_that_was_lost_on_the_way_to_a_process_does_not_stand_in_the_way(
    postgres_address: str, connection: psycopg.AsyncConnection
) -> None:
    rows = Rows(due=[])
    queue = JobQueue(PostgresServer(postgres_address).conninfo, FixedClock(), beat_every=0.01)

    async def advance(each: ConversationId) -> None:
        await rows.advance(each, "alive")

    alive = PostgresWakeups(queue, ConversationId, advance, rows.find, look_every=0.01)
    lose = (
        "INSERT INTO procrastinate_jobs (queue_name, task_name, lock, status, worker_id)"
        " SELECT 'hotline', 'advance', %s, 'doing', id FROM procrastinate_workers RETURNING id"
    )
    try:
        await alive.start()
        lost = None
        while lost is None:
            lost = await (await connection.execute(lose, (f"{KIND}:{IDS[0]}",))).fetchone()
        rows.due.append(IDS[0])
        await until(lambda: not rows.due)
    finally:
        await alive.stop()
    assert rows.takers == {"alive"}


async def test_a_job_that_fails_beside_another_for_the_same_rows_stands_in_nobodys_way(
    postgres_address: str, connection: psycopg.AsyncConnection
) -> None:
    due, tries = [IDS[0]], list[ConversationId]()

    async def advance(each: ConversationId) -> None:
        tries.append(each)
        if len(tries) == 1:
            # Another process made a job for the same rows at the same moment.
            await connection.execute(
                "INSERT INTO procrastinate_jobs (queue_name, task_name, lock, queueing_lock, args)"
                " SELECT queue_name, task_name, lock, queueing_lock, args FROM procrastinate_jobs"
            )
            raise StoreUnavailableError("The database is away.")
        due.clear()

    async def find(_: datetime) -> list[ConversationId]:
        return list(due)

    queue = JobQueue(PostgresServer(postgres_address).conninfo, SystemClock())
    wakeups = PostgresWakeups(queue, ConversationId, advance, find, look_every=0.01)
    try:
        await wakeups.start()
        await until(lambda: not due)
    finally:
        await wakeups.stop()
    assert set(tries) == {IDS[0]}


async def test_jobs_that_were_given_up_are_forgotten_after_a_day(
    postgres_address: str, connection: psycopg.AsyncConnection
) -> None:
    await connection.execute(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, status, lock)"
        " VALUES ('hotline', 'advance', 'failed', 'old'), ('hotline', 'advance', 'failed', 'new')"
    )
    await connection.execute(
        "INSERT INTO procrastinate_events (job_id, type, at) SELECT id, 'failed',"
        " now() - CASE lock WHEN 'old' THEN interval '25 h' ELSE interval '23 h' END"
        " FROM procrastinate_jobs"
    )
    queue = JobQueue(PostgresServer(postgres_address).conninfo, FixedClock())
    await queue.start()
    try:
        await queue.prune(24)
    finally:
        await queue.stop()
    kept = await (await connection.execute("SELECT lock FROM procrastinate_jobs")).fetchall()
    assert kept == [("new",)]


def test_a_job_that_fails_is_tried_again_after_a_while_that_doubles_and_given_up_at_last() -> None:
    back_off, waits = BackOff(FixedClock()), []
    for attempts in range(MOST_TRIES):
        job = Job(
            queue="hotline", lock=None, queueing_lock=None, task_name="advance", attempts=attempts
        )
        decision = back_off.get_retry_decision(exception=RuntimeError(), job=job)
        waits.append(decision.retry_at - MONDAY_TEN if decision and decision.retry_at else None)
    assert waits[:3] == [timedelta(seconds=seconds) for seconds in (0.5, 1, 2)]
    assert waits[-2:] == [timedelta(seconds=30), None]
