"""Processes that are gone: what they held is free, what they had begun is due, what they would say is out of date."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from agent.conversation import Conversation
from agent.errors import StaleEpochError
from knowledge.conversations import SqlConversations
from knowledge.database import Database
from knowledge.heartbeat import Heartbeat
from knowledge.postgres import PostgresServer
from knowledge.takeover import take_over, take_over_all
from tests.builders import an_opening
from tests.contracts.stores import turn_of
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
