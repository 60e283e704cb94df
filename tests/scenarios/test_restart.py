"""The process dies at a bad moment: the next one finishes what was begun, exactly once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from agent.conversation import ConversationId
from agent.handoff import DeskPostKind
from tests.fakes.clock import FixedClock
from tests.fakes.desk import RecordingDesk
from tests.scenarios.world import (
    HOT,
    PRICE,
    PRICE_QUESTION,
    World,
    a_world,
    photograph,
    sql_stores,
)

LEASE_IS_OVER = timedelta(seconds=61)


@asynccontextmanager
async def restarted(
    crash: Path, conversation_id: ConversationId, desk: RecordingDesk | None = None
) -> AsyncIterator[World]:
    """A new process over what the crash left, a minute later; it is told nothing."""
    clock = FixedClock()
    clock.advance(LEASE_IS_OVER)
    async with sql_stores(crash, clock) as stores, a_world(stores=stores, desk=desk) as world:
        world.id = conversation_id
        await world.wakeups.start()
        await world.settles()
        yield world


async def test_words_that_nobody_looked_at_are_answered(tmp_path: Path) -> None:
    before, crash = tmp_path / "before.db", tmp_path / "crash.db"
    async with sql_stores(before) as stores, a_world(stores=stores) as world:
        await world.visitor_arrives()
        await stores.conversations.append(world.id, "client-1", PRICE_QUESTION)
        photograph(before, crash)
    async with restarted(crash, world.id) as after:
        assert PRICE in (await after.replies())[0]


async def test_a_reply_in_the_making_is_written_again_once(tmp_path: Path) -> None:
    before, crash = tmp_path / "before.db", tmp_path / "crash.db"
    async with sql_stores(before) as stores, a_world(stores=stores, model=True) as world:
        go_on = asyncio.Event()
        world.writer.says(go_on, PRICE)
        await world.visitor_arrives()
        await world.visitor_writes(PRICE_QUESTION)
        await world.writer.pauses()
        photograph(before, crash)
        go_on.set()
    async with restarted(crash, world.id) as after:
        assert len(await after.replies()) == 1


async def test_a_reply_of_which_half_was_shown_is_written_again_once(tmp_path: Path) -> None:
    before, crash = tmp_path / "before.db", tmp_path / "crash.db"
    async with sql_stores(before) as stores, a_world(stores=stores, model=True) as world:
        go_on = asyncio.Event()
        world.writer.says(f"{PRICE} And", go_on, " more.")
        await world.visitor_arrives()
        await world.visitor_writes(PRICE_QUESTION)
        await world.writer.pauses()
        photograph(before, crash)
        go_on.set()
    async with restarted(crash, world.id) as after:
        assert len(await after.replies()) == 1


async def test_a_dead_process_holds_a_conversation_for_a_minute_only(tmp_path: Path) -> None:
    before, crash = tmp_path / "before.db", tmp_path / "crash.db"
    async with sql_stores(before) as stores, a_world(stores=stores, model=True) as world:
        go_on = asyncio.Event()
        world.writer.says(go_on, PRICE)
        await world.visitor_arrives()
        await world.visitor_writes(PRICE_QUESTION)
        await world.writer.pauses()
        photograph(before, crash)
        go_on.set()
    async with sql_stores(crash) as stores, a_world(stores=stores) as after:
        after.id = world.id
        await after.settles()
        assert await after.replies() == []
        await after.passes(seconds=61)
        assert len(await after.replies()) == 1


async def test_a_handoff_that_no_desk_saw_reaches_it_once(tmp_path: Path) -> None:
    before, crash = tmp_path / "before.db", tmp_path / "crash.db"
    async with sql_stores(before) as stores, a_world(stores=stores, cards_at_once=False) as world:
        await world.visitor_arrives()
        await world.stores.conversations.append(world.id, "client-1", HOT)
        await world.watch.first_response.respond(world.id)
        photograph(before, crash)
    async with restarted(crash, world.id) as after:
        assert after.count(DeskPostKind.CARD) == 1
        assert len(await after.replies()) == 1


async def test_a_card_that_got_through_before_the_crash_is_not_posted_again(tmp_path: Path) -> None:
    before, crash = tmp_path / "before.db", tmp_path / "crash.db"
    async with sql_stores(before) as stores, a_world(stores=stores, cards_at_once=False) as world:
        await world.visitor_arrives()
        await world.stores.conversations.append(world.id, "client-1", HOT)
        await world.watch.first_response.respond(world.id)
        card, *_ = await stores.handoffs.due_posts(world.id, world.clock.now())
        await stores.handoffs.mark_attempted(card.id, world.clock.now())
        await world.desk.deliver(card)
        photograph(before, crash)
    async with restarted(crash, world.id, world.desk) as after:
        assert after.count(DeskPostKind.CARD) == 1
        assert len(after.desk.relayed) == len(set(after.desk.relayed)) == 1


async def test_timers_of_an_earlier_process_still_go_off(tmp_path: Path) -> None:
    path = tmp_path / "hotline.db"
    async with sql_stores(path) as stores, a_world(stores=stores) as world:
        await world.visitor_arrives()
        await world.visitor_says(HOT)
    clock = FixedClock()
    clock.advance(timedelta(minutes=3))
    async with sql_stores(path, clock) as stores, a_world(stores=stores, desk=world.desk) as after:
        after.id = world.id
        await after.settles()
        assert after.count(DeskPostKind.NUDGE) == 1


async def test_a_claimed_conversation_is_still_the_reps_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "hotline.db"
    async with sql_stores(path) as stores, a_world(stores=stores) as world:
        await world.visitor_arrives()
        await world.visitor_says(HOT)
        await world.rep_claims()
        await world.settles()
    async with sql_stores(path) as stores, a_world(stores=stores, desk=world.desk) as after:
        after.id = world.id
        await after.visitor_says(PRICE_QUESTION, client_id="after the restart")
        assert len(await after.replies()) == 1
        assert after.desk.relayed[-1] == PRICE_QUESTION
