"""Processes that are gone: what they held is free, what they had begun is due, what they would say is out of date."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from agent.conversation import Conversation, ConversationId
from agent.errors import StaleEpochError
from knowledge import takeover
from knowledge.conversations import SqlConversations
from knowledge.database import Database
from knowledge.heartbeat import Heartbeat
from knowledge.postgres import PostgresServer
from knowledge.service_tables import ReplicaRow
from knowledge.takeover import bring_forward, take_over, take_over_all
from tests.builders import an_opening
from tests.contracts.stores import in_sql, open_handoff, say, start, turn_of
from tests.fakes.clock import FixedClock

CLOCK = FixedClock()


@pytest.fixture
async def dead(postgres_address: str) -> AsyncIterator[Database]:
    """The database as a process has it that will die."""
    database = await Database.open(postgres_address)
    yield database
    await database.close()


@pytest.fixture
async def alive(postgres_address: str) -> AsyncIterator[Database]:
    """The same database as another process has it."""
    database = await Database.open(postgres_address)
    yield database
    await database.close()


async def _talk(database: Database) -> tuple[SqlConversations, Conversation]:
    """A conversation in which the visitor waits."""
    conversations = SqlConversations(database, CLOCK)
    conversation = await conversations.start(an_opening())
    await conversations.append(conversation.id, "client-1", "Hello")
    return conversations, conversation


async def test_what_a_dead_process_had_begun_is_due_at_once(
    dead: Database, alive: Database
) -> None:
    conversations, talk = await _talk(dead)
    async with conversations.hold(talk.id):
        assert await conversations.due(CLOCK.now()) == []
        assert await take_over(alive, CLOCK, [dead.replica]) == [talk.id]
        assert await conversations.due(CLOCK.now()) == [talk.id]


async def test_what_others_hold_is_left_to_them(dead: Database, alive: Database) -> None:
    conversations, talk = await _talk(alive)
    async with conversations.hold(talk.id) as held:
        assert held is not None
        assert await take_over(alive, CLOCK, [dead.replica]) == []
        await conversations.record_turn(held, turn_of(held))


async def test_a_process_that_only_hung_publishes_nothing_more(
    dead: Database, alive: Database
) -> None:
    conversations, talk = await _talk(dead)
    async with conversations.hold(talk.id) as held:
        assert held is not None
        await conversations.begin_showing(held)
        await take_over(alive, CLOCK, [dead.replica])

        assert not await conversations.is_current(held)
        with pytest.raises(StaleEpochError):
            await conversations.begin_showing(held)
        with pytest.raises(StaleEpochError):
            await conversations.record_turn(held, turn_of(held))


async def test_of_two_that_take_over_one_frees(dead: Database, alive: Database) -> None:
    conversations, talk = await _talk(dead)
    async with conversations.hold(talk.id):
        assert await take_over(alive, CLOCK, [dead.replica]) == [talk.id]
        assert await take_over(dead, CLOCK, [dead.replica]) == []


async def test_a_process_that_dies_while_it_takes_over_leaves_less_to_the_next(
    alive: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with alive.write() as session:
        for gone in ("r-1", "r-2"):
            session.add(
                ReplicaRow(id=gone, version="1", started_at=CLOCK.now(), seen_at=CLOCK.now())
            )
    freed = list[object]()

    async def dies_at_the_second(*of: object) -> list[ConversationId]:
        if freed:
            raise asyncio.CancelledError
        freed.append(of)
        return []

    monkeypatch.setattr(takeover, "_free", dies_at_the_second)
    with pytest.raises(asyncio.CancelledError):
        await take_over(alive, CLOCK, ["r-1", "r-2"])
    async with alive.read() as session:
        assert await session.scalar(select(func.count()).select_from(ReplicaRow)) == 1


async def test_the_only_process_frees_all_when_it_starts(tmp_path: Path) -> None:
    database = await Database.open(tmp_path / "hotline.db")
    conversations, talk = await _talk(database)
    async with conversations.hold(talk.id):
        assert await take_over_all(database, CLOCK) == [talk.id]
        assert await conversations.due(CLOCK.now()) == [talk.id]
    await database.close()


async def test_a_lease_that_nobody_here_knows_of_does_not_stand_in_the_way(dead: Database) -> None:
    conversations, talk = await _talk(dead)
    async with (
        conversations.hold(talk.id) as lost,
        SqlConversations(dead, CLOCK).hold(talk.id) as held,
    ):
        assert lost is not None
        assert held is not None
        with pytest.raises(StaleEpochError):
            await conversations.begin_showing(lost)


async def test_who_was_not_seen_for_a_while_is_dead_to_the_others(
    postgres_address: str, alive: Database
) -> None:
    conninfo = PostgresServer(postgres_address).conninfo
    one, other = Heartbeat(conninfo, "r-one", "1"), Heartbeat(conninfo, "r-other", "1")
    try:
        await one.beat()
        assert (await other.beat()).dead == ()
        async with alive.write() as session:
            connection = await session.connection()
            await connection.exec_driver_sql(
                "UPDATE replicas SET seen_at = seen_at - interval '9 s' WHERE id = 'r-one'"
            )
        assert (await other.beat()).dead == ("r-one",)
        await one.beat()
        assert (await other.beat()).dead == ()
    finally:
        await one.leave()
        await other.leave()


async def test_who_leaves_is_not_missed(postgres_address: str) -> None:
    conninfo = PostgresServer(postgres_address).conninfo
    one, other = Heartbeat(conninfo, "r-one", "1"), Heartbeat(conninfo, "r-other", "1")
    await one.beat()
    await one.leave()
    try:
        assert (await other.beat()).dead == ()
    finally:
        await other.leave()


async def test_an_attempt_at_the_desk_that_was_cut_short_is_made_again_at_the_start(
    tmp_path: Path,
) -> None:
    database = await Database.open(tmp_path / "hotline.db")
    stores = in_sql(database, CLOCK)
    talk = await start(stores)
    await open_handoff(stores, talk)
    (card,) = await stores.handoffs.due_posts(talk.id, CLOCK.now())
    await stores.handoffs.mark_attempted(card.id, CLOCK.now())

    await take_over_all(database, CLOCK)

    (again,) = await stores.handoffs.due_posts(talk.id, CLOCK.now())
    assert again.is_in_doubt
    assert await stores.conversations.due(CLOCK.now()) == [talk.id]
    await database.close()


async def test_words_that_came_before_the_clock_was_set_back_are_due_at_the_start(
    tmp_path: Path,
) -> None:
    database = await Database.open(tmp_path / "hotline.db")
    clock = FixedClock()
    conversations = SqlConversations(database, clock)
    talk = await conversations.start(an_opening())
    await conversations.append(talk.id, "client-1", "Hello")
    clock.advance(timedelta(hours=-3))
    assert await conversations.due(clock.now()) == []

    await take_over_all(database, clock)

    assert await conversations.due(clock.now()) == [talk.id]
    await database.close()


async def test_timers_that_lie_ahead_stay_where_they_are(tmp_path: Path) -> None:
    database = await Database.open(tmp_path / "hotline.db")
    conversations, talk = await _talk(database)
    async with conversations.hold(talk.id) as held:
        assert held is not None
        await conversations.record_turn(held, turn_of(held))
    await conversations.set_due(talk.id, CLOCK.now() + timedelta(minutes=10))

    await take_over_all(database, CLOCK)

    assert await conversations.due(CLOCK.now() + timedelta(minutes=9)) == []
    assert await conversations.due(CLOCK.now() + timedelta(minutes=10)) == [talk.id]
    await database.close()


async def test_what_was_due_before_the_clock_was_set_back_is_due_still(alive: Database) -> None:
    clock = FixedClock()
    stores = in_sql(alive, clock)
    talk = await start(stores)
    await open_handoff(stores, talk)
    await say(stores, talk, "Hello")
    clock.advance(timedelta(hours=-3))
    assert await stores.conversations.due(clock.now()) == []

    await bring_forward(alive, clock, clock.now() + timedelta(hours=3))

    assert await stores.conversations.due(clock.now()) == [talk.id]
    assert len(await stores.handoffs.due_posts(talk.id, clock.now())) == 2
