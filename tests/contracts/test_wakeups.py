"""Wake-ups, embedded and by jobs in PostgreSQL: once, again after failures, and never lost."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from time import perf_counter

import pytest

from agent.conversation import ConversationId
from integrations.wakeups import runs
from integrations.wakeups.embedded import EmbeddedWakeups
from integrations.wakeups.jobs import JobQueue
from integrations.wakeups.looking import Wakeups
from integrations.wakeups.postgres import PostgresWakeups
from knowledge.postgres import PostgresServer
from tests.fakes.clock import FixedClock
from tests.scenarios.world import until

ONE, OTHER = ConversationId("c-1"), ConversationId("c-2")
A_WHILE, AN_HOUR = 30.0, 3_600.0


@dataclass(slots=True)
class Work:
    """What is advanced, and what goes wrong with it."""

    done: list[ConversationId] = field(default_factory=list)
    begun: list[ConversationId] = field(default_factory=list)
    rows: list[ConversationId] = field(default_factory=list)
    failures: dict[ConversationId, int] = field(default_factory=dict)
    may_go_on: asyncio.Event = field(default_factory=asyncio.Event)
    looks_fail: int = 0

    async def advance(self, conversation_id: ConversationId) -> None:
        self.begun.append(conversation_id)
        await self.may_go_on.wait()
        if self.failures.get(conversation_id, 0):
            self.failures[conversation_id] -= 1
            raise RuntimeError("The desk fell over.")
        self.done.append(conversation_id)
        if conversation_id in self.rows:
            self.rows.remove(conversation_id)

    async def due(self, now: datetime) -> list[ConversationId]:
        if self.looks_fail:
            self.looks_fail -= 1
            raise RuntimeError("The database fell over.")
        return list(self.rows)


Make = Callable[[Work], Wakeups[ConversationId]]
Open = Callable[..., AbstractAsyncContextManager[Wakeups[ConversationId]]]


@pytest.fixture(params=["embedded", "postgresql"])
def make(request: pytest.FixtureRequest) -> Make:
    """What makes wake-ups that look every hundredth of a second."""
    if request.param == "embedded":
        return lambda work: EmbeddedWakeups(work.advance, work.due, FixedClock(), look_every=0.01)
    server = PostgresServer(str(request.getfixturevalue("postgres_address")))

    def by_jobs(work: Work) -> Wakeups[ConversationId]:
        queue = JobQueue(server.conninfo, FixedClock())
        return PostgresWakeups(queue, ConversationId, work.advance, work.due, look_every=0.01)

    return by_jobs


@pytest.fixture
def wakeups(make: Make) -> Open:
    """Opens wake-ups for some work; `is_held` lets the work begin and not end."""

    @asynccontextmanager
    async def opened(
        work: Work, *, is_held: bool = False
    ) -> AsyncIterator[Wakeups[ConversationId]]:
        if not is_held:
            work.may_go_on.set()
        running = make(work)
        try:
            yield running
        finally:
            work.may_go_on.set()
            await running.stop()

    return opened


async def test_one_wake_up_is_one_run(wakeups: Open) -> None:
    work = Work()
    async with wakeups(work) as running:
        running.wake(ONE)
        await running.idle()
        assert work.done == [ONE]


async def test_wake_ups_during_a_run_become_one_more_run(wakeups: Open) -> None:
    work = Work()
    async with wakeups(work, is_held=True) as running:
        running.wake(ONE)
        await until(lambda: work.begun == [ONE])
        for _ in range(5):
            running.wake(ONE)
        work.may_go_on.set()
        await running.idle()
        assert work.done == [ONE, ONE]


async def test_one_conversation_is_never_advanced_twice_at_a_time(wakeups: Open) -> None:
    work = Work()
    async with wakeups(work, is_held=True) as running:
        for _ in range(3):
            running.wake(ONE)
            await asyncio.sleep(0)
        assert work.begun == [ONE]


async def test_several_conversations_are_advanced_side_by_side(wakeups: Open) -> None:
    work = Work()
    async with wakeups(work, is_held=True) as running:
        running.wake(ONE)
        running.wake(OTHER)
        await until(lambda: len(work.begun) == 2)


async def test_what_failed_is_tried_again_after_a_while(wakeups: Open) -> None:
    work = Work(failures={ONE: 1})
    async with wakeups(work) as running:
        started = perf_counter()
        running.wake(ONE)
        await running.idle()
        assert work.done == [ONE]
        assert perf_counter() - started >= runs.FIRST_RETRY * 0.9


async def test_new_words_need_not_wait_for_the_next_try(
    wakeups: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "FIRST_RETRY", AN_HOUR)
    work = Work(failures={ONE: 1})
    async with wakeups(work) as running:
        running.wake(ONE)
        await until(lambda: work.failures[ONE] == 0)
        await asyncio.sleep(0)
        running.wake(ONE)
        await running.idle()
        assert work.done[0] == ONE


async def test_the_failure_of_one_does_not_stop_the_others(wakeups: Open) -> None:
    work = Work(failures={ONE: 1_000})
    async with wakeups(work) as running:
        running.wake(ONE)
        running.wake(OTHER)
        await until(lambda: work.done == [OTHER])


async def test_rows_that_an_earlier_process_left_are_taken_up(wakeups: Open) -> None:
    work = Work(rows=[ONE, OTHER])
    async with wakeups(work) as running:
        await running.start()
        await until(lambda: sorted(work.done) == [ONE, OTHER])


async def test_rows_that_become_due_are_found_without_a_wake_up(wakeups: Open) -> None:
    work = Work()
    async with wakeups(work) as running:
        await running.start()
        await asyncio.sleep(0.02)
        work.rows.append(ONE)
        await until(lambda: work.done == [ONE])


async def test_a_look_that_failed_is_repeated(wakeups: Open) -> None:
    work = Work(rows=[ONE], looks_fail=2)
    async with wakeups(work) as running:
        await running.start()
        await until(lambda: work.done == [ONE])


async def test_stopping_waits_for_what_is_running(wakeups: Open) -> None:
    work = Work()
    async with wakeups(work, is_held=True) as running:
        running.wake(ONE)
        await until(lambda: work.begun == [ONE])
        stopping = asyncio.create_task(running.stop())
        await asyncio.sleep(0.01)
        assert not stopping.done()
        work.may_go_on.set()
        await stopping
        assert work.done == [ONE]


async def test_nothing_new_is_taken_up_after_the_stop(wakeups: Open) -> None:
    work = Work()
    async with wakeups(work) as running:
        await running.stop()
        running.wake(ONE)
        await asyncio.sleep(0.01)
        assert work.begun == []


async def test_stopping_does_not_wait_for_the_next_try(
    wakeups: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "FIRST_RETRY", AN_HOUR)
    monkeypatch.setattr(runs, "DRAIN_SECONDS", AN_HOUR)
    work = Work(failures={ONE: 1_000})
    async with wakeups(work) as running:
        running.wake(ONE)
        await until(lambda: work.failures[ONE] < 1_000)
        await asyncio.wait_for(running.stop(), A_WHILE)
        assert not running.is_busy
