"""What the Slack wire remembers, in SQL: events, threads, and cards that were deleted."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from agent.conversation import Conversation
from agent.handoff import Change, DeskPostKind, HandoffId, close
from knowledge.database import Database
from knowledge.slack_threads import SqlSeenEvents, SqlThreads
from tests.contracts.stores import Stores, in_sql, open_handoff, say, start
from tests.fakes.clock import MONDAY_TEN, FixedClock


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = await Database.open(tmp_path / "hotline.db")
    yield database
    await database.close()


async def with_card(stores: Stores) -> Conversation:
    """Hand a conversation off whose card stands in Slack."""
    talk = await start(stores)
    await say(stores, talk, "hello")
    await open_handoff(stores, talk)
    await post_all(stores, talk, "C1:1.0")
    return talk


async def post_all(stores: Stores, talk: Conversation, reference: str) -> list[DeskPostKind]:
    """Show all that is due, the card under this reference."""
    posted: list[DeskPostKind] = []
    now = stores.clock.now()
    while due := await stores.handoffs.due_posts(talk.id, now):
        await stores.handoffs.mark_attempted(due[0].id, now)
        is_card = due[0].kind is DeskPostKind.CARD
        await stores.handoffs.mark_posted(due[0].id, reference if is_card else "C1:9.0", now)
        posted.append(due[0].kind)
    return posted


async def test_an_event_is_known_once_it_was_seen(database: Database) -> None:
    seen = SqlSeenEvents(database, FixedClock())
    assert not await seen.is_known("message:C1:1.0")
    assert await seen.first_time("message:C1:1.0")
    assert await seen.is_known("message:C1:1.0")
    assert not await seen.first_time("message:C1:1.0")


async def test_a_deleted_card_is_due_again_before_all_else(database: Database) -> None:
    stores = in_sql(database, FixedClock())
    threads = SqlThreads(database, stores.clock)
    talk = await with_card(stores)
    await say(stores, talk, "are you there?")
    assert await threads.card_deleted("C1", "1.0") == talk.id
    first = (await stores.handoffs.due_posts(talk.id, stores.clock.now()))[0]
    assert (first.kind, first.thread, first.is_in_doubt) == (DeskPostKind.CARD, None, False)
    assert talk.id in await stores.conversations.due(stores.clock.now())
    assert await post_all(stores, talk, "C1:2.0") == [DeskPostKind.CARD, DeskPostKind.RELAY]


async def test_both_threads_of_a_card_are_understood(database: Database) -> None:
    stores = in_sql(database, FixedClock())
    threads = SqlThreads(database, stores.clock)
    talk = await with_card(stores)
    await threads.card_deleted("C1", "1.0")
    await post_all(stores, talk, "C1:2.0")
    assert await threads.handoff_of("C1", "1.0") == "h-1"
    assert await threads.handoff_of("C1", "2.0") == "h-1"


async def test_a_card_that_is_deleted_twice_stays_away(database: Database) -> None:
    stores = in_sql(database, FixedClock())
    threads = SqlThreads(database, stores.clock)
    talk = await with_card(stores)
    await threads.card_deleted("C1", "1.0")
    assert await threads.card_deleted("C1", "1.0") is None
    await post_all(stores, talk, "C1:2.0")
    assert await threads.card_deleted("C1", "2.0") is None


async def test_the_card_of_what_has_ended_is_not_posted_again(database: Database) -> None:
    stores = in_sql(database, FixedClock())
    threads = SqlThreads(database, stores.clock)
    talk = await with_card(stores)
    await stores.handoffs.change(
        HandoffId("h-1"), lambda handoff: close(handoff, None, "", MONDAY_TEN), Change("closed")
    )
    await post_all(stores, talk, "C1:1.0")
    assert await threads.card_deleted("C1", "1.0") is None


async def test_what_is_no_card_may_be_deleted(database: Database) -> None:
    stores = in_sql(database, FixedClock())
    await with_card(stores)
    assert await SqlThreads(database, stores.clock).card_deleted("C1", "9.0") is None


async def test_the_old_card_of_what_was_passed_to_another_channel_may_be_deleted(
    database: Database,
) -> None:
    stores = in_sql(database, FixedClock())
    threads = SqlThreads(database, stores.clock)
    talk = await with_card(stores)
    moved = Change("transferred", posts=(DeskPostKind.CARD,))
    await stores.handoffs.change(HandoffId("h-1"), lambda h: replace(h, note="moved"), moved)
    assert await post_all(stores, talk, "C2:1.0") == [DeskPostKind.CARD]
    assert await threads.card_deleted("C1", "1.0") is None
    assert await threads.card_deleted("C2", "1.0") == talk.id
