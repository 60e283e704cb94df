"""What visitors are told of people, and what keeps it: nobody at the desk, nobody who comes, a call-back."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent.conversation import Author
from agent.handoff import CallBack, DeskPostKind, HandoffState, Outcome
from tests.builders import an_opening
from tests.contracts.stores import in_memory
from tests.fakes.clock import FixedClock, TickingClock
from tests.scenarios.world import (
    HOT,
    JONAS,
    MIA,
    OFFLINE_QUESTION,
    WANTS_PERSON,
    World,
    a_world,
    demo_playbook,
    photograph,
    sql_stores,
)

SATURDAY_NIGHT = datetime(2026, 3, 7, 22, 40, tzinfo=UTC)
MONDAY_NINE = datetime(2026, 3, 9, 8, 0, tzinfo=UTC)
BEFORE_THE_CLOCKS_CHANGE = datetime(2026, 3, 27, 20, 0, tzinfo=UTC)  # a Friday; Sunday has 23 hours
BEFORE_EASTER = datetime(2026, 4, 2, 20, 0, tzinfo=UTC)  # Friday and Monday are holidays
NOBODY_CAME = "I am sorry, nobody has been able to join you yet."


async def hot(world: World) -> None:
    await world.visitor_arrives()
    await world.visitor_says(HOT)


async def hot_at(at: datetime, world: World) -> CallBack:
    world.clock.at = at
    await hot(world)
    promised = (await world.handoff()).call_back
    assert promised is not None
    return promised


async def told(world: World) -> list[str]:
    return [m.text for m in await world.messages() if m.author is Author.SYSTEM]


async def test_at_night_a_call_back_is_promised_at_the_reps_next_opening_and_recorded() -> None:
    async with a_world() as world:
        promised = await hot_at(SATURDAY_NIGHT, world)
        assert (promised.at, promised.rep_id, promised.contact) == (MONDAY_NINE, MIA, "")
        reply = (await world.replies())[0]
        assert "Mia will get back to you on Monday at 09:00 (Berlin time), here in the chat." in reply  # fmt: skip


async def test_while_somebody_is_at_the_desk_no_call_back_is_promised() -> None:
    async with a_world(stores=in_memory(TickingClock())) as world:
        await hot(world)
        assert (await world.handoff()).call_back is None


async def test_reps_find_the_promise_in_the_thread_and_on_the_card() -> None:
    async with a_world() as world:
        promised = await hot_at(SATURDAY_NIGHT, world)
        assert world.count(DeskPostKind.CALL_BACK) == 1
        assert world.card.call_back == promised


@pytest.mark.parametrize(
    ("at", "opening"),
    [
        (BEFORE_THE_CLOCKS_CHANGE, datetime(2026, 3, 30, 7, 0, tzinfo=UTC)),
        (BEFORE_EASTER, datetime(2026, 4, 7, 7, 0, tzinfo=UTC)),
    ],
)
async def test_a_promise_knows_of_summer_time_and_holidays(at: datetime, opening: datetime) -> None:
    async with a_world() as world:
        assert (await hot_at(at, world)).at == opening
        assert "at 09:00 (Berlin time)" in (await world.replies())[0]


async def test_the_time_and_the_number_that_a_visitor_names_are_taken() -> None:
    async with a_world() as world:
        await hot_at(SATURDAY_NIGHT, world)
        await world.visitor_says("Please call me on Tuesday at 10:30, +49 30 1234567.")
        promised = (await world.handoff()).call_back
        assert promised is not None
        assert promised.at == datetime(2026, 3, 10, 9, 30, tzinfo=UTC)
        assert promised.contact == "+49 30 1234567"
        assert "Mia will get back to you on Tuesday at 10:30 (Berlin time), by phone at +49 30 1234567." in (await world.replies())[-1]  # fmt: skip


async def test_until_the_time_that_was_asked_for_nobody_is_reminded_and_no_minutes_are_promised() -> None:  # fmt: skip
    async with a_world() as world:
        await hot_at(SATURDAY_NIGHT, world)
        await world.visitor_says("Please call me on Tuesday at 10:30.")
        world.clock.at = MONDAY_NINE + timedelta(hours=2)
        await world.visitor_says(WANTS_PERSON)
        reply = (await world.replies())[-1]
        assert "Mia will get back to you on Tuesday at 10:30 (Berlin time)" in reply
        assert "closed" not in reply
        assert "minutes" not in reply
        assert world.count(DeskPostKind.NUDGE) == 0


async def test_a_time_at_which_nobody_works_is_not_promised() -> None:
    async with a_world() as world:
        promised = await hot_at(SATURDAY_NIGHT, world)
        await world.visitor_says("Call me tomorrow at 10 please.")
        assert (await world.handoff()).call_back == promised


async def test_a_german_visitor_is_told_in_german() -> None:
    async with a_world() as world:
        world.clock.at = SATURDAY_NIGHT
        await world.visitor_arrives()
        await world.visitor_says("Ich möchte bitte mit einem Menschen sprechen.")
        assert "meldet sich am Montag um 09:00 Uhr (Ortszeit Berlin) bei Ihnen, hier im Chat." in (await world.replies())[0]  # fmt: skip


async def test_a_rehearsal_promises_by_the_clock_it_plays_at_and_keeps_it_by_the_real_one() -> None:
    async with a_world() as world:
        now = world.clock.now()
        opening = an_opening(rehearsal=SATURDAY_NIGHT - now)
        world.id = (await world.stores.conversations.start(opening)).id
        await world.visitor_says(HOT)
        assert "on Monday at 09:00 (Berlin time)" in (await world.replies())[0]
        promised = (await world.handoff()).call_back
        assert promised is not None
        assert promised.at == now + (MONDAY_NINE - SATURDAY_NIGHT)


async def test_red_hot_at_night_pages_whoever_is_on_call_once() -> None:
    async with a_world() as world:
        await hot_at(SATURDAY_NIGHT, world)
        await world.passes(hours=3)
        assert world.count(DeskPostKind.PAGE) == 1
        assert (await world.handoff()).paged_at == SATURDAY_NIGHT


async def test_red_hot_by_day_pages_nobody_before_the_desk_closes() -> None:
    async with a_world() as world:
        await hot(world)
        await world.passes(hours=5)
        assert world.count(DeskPostKind.PAGE) == 0
        await world.passes(hours=1)
        assert world.count(DeskPostKind.PAGE) == 1


async def test_a_call_back_that_does_not_happen_is_noticed_once() -> None:
    async with a_world() as world:
        await hot_at(SATURDAY_NIGHT, world)
        world.clock.at = MONDAY_NINE
        await world.passes(minutes=59)
        assert world.count(DeskPostKind.CALL_BACK_DUE) == 0
        await world.passes(minutes=1)
        await world.passes(hours=24)
        assert world.count(DeskPostKind.CALL_BACK_DUE) == 1
        promised = (await world.handoff()).call_back
        assert promised is not None
        assert promised.missed_at == MONDAY_NINE + timedelta(hours=1)


async def test_a_rep_who_claims_and_writes_keeps_the_promise() -> None:
    async with a_world() as world:
        await hot_at(SATURDAY_NIGHT, world)
        world.clock.at = MONDAY_NINE
        await world.rep_claims()
        await world.rep_says("Good morning, this is Mia.")
        await world.passes(hours=3)
        assert world.count(DeskPostKind.CALL_BACK_DUE) == 0
        promised = (await world.handoff()).call_back
        assert promised is not None
        assert promised.done_at == MONDAY_NINE


async def test_a_rep_who_claims_and_says_nothing_does_not_keep_it() -> None:
    async with a_world() as world:
        await hot_at(SATURDAY_NIGHT, world)
        world.clock.at = MONDAY_NINE
        await world.rep_claims()
        await world.passes(hours=2)
        assert world.count(DeskPostKind.CALL_BACK_DUE) == 1


async def test_what_is_closed_is_not_asked_for_any_more() -> None:
    async with a_world() as world:
        await hot_at(SATURDAY_NIGHT, world)
        await world.takeover.close((await world.handoff()).id, MIA, Outcome.LOST)
        await world.passes(hours=48)
        assert world.count(DeskPostKind.CALL_BACK_DUE) == world.count(DeskPostKind.NUDGE) == 0


async def test_a_visitor_for_whom_nobody_came_is_told_the_truth_once_with_a_promise_that_is_kept() -> None:  # fmt: skip
    async with a_world() as world:
        await hot(world)  # 11:00 in Berlin
        await world.passes(minutes=14)
        assert await told(world) == []
        for _ in range(60):
            await world.passes(minutes=1)
        [truth] = await told(world)
        assert truth.startswith(NOBODY_CAME)
        assert "Mia will get back to you on Monday at 12:15 (Berlin time), here in the chat." in truth  # fmt: skip
        assert str(demo_playbook().company.booking_url) in truth
        promised = (await world.handoff()).call_back
        assert promised is not None
        assert promised.at == datetime(2026, 3, 2, 11, 15, tzinfo=UTC)
        assert world.desk.relayed[-1] == truth


async def test_when_the_desk_closes_before_anybody_came_the_visitor_is_told_at_once() -> None:
    async with a_world() as world:
        await world.passes(hours=5, minutes=58)
        await hot(world)
        await world.passes(minutes=2)
        [truth] = await told(world)
        assert "Mia will get back to you on Tuesday at 09:00 (Berlin time)" in truth


async def test_a_claim_spares_the_visitor_the_apology() -> None:
    async with a_world() as world:
        await hot(world)
        await world.passes(minutes=12)
        await world.rep_claims()
        await world.passes(minutes=20)
        assert not any(NOBODY_CAME in text for text in await told(world))


async def test_a_backup_rep_is_called_and_expected_from_then_on() -> None:
    async with a_world() as world:
        await hot(world)
        await only_mia_is_expected(world)
        await world.passes(minutes=5)
        assert (await world.handoff()).routed_to == (MIA, JONAS)
        assert world.count(DeskPostKind.BACKUP) == 1


async def test_without_anybody_else_no_backup_is_called() -> None:
    async with a_world() as world:
        await hot(world)
        await world.passes(minutes=9)
        assert world.count(DeskPostKind.BACKUP) == 0
        assert (await world.handoff()).backup_at is not None


async def test_a_rep_who_lets_the_visitor_wait_is_reminded_before_the_agent_steps_in() -> None:
    async with a_world() as world:
        await hot(world)
        await world.rep_claims()
        await world.visitor_says(OFFLINE_QUESTION)
        await world.passes(minutes=5)
        assert world.count(DeskPostKind.SILENT_REP) == 1
        assert (await world.handoff()).state is HandoffState.CLAIMED
        await world.passes(minutes=10)
        assert (await told(world))[-1] == "Mia cannot answer at the moment, so the AI assistant goes on here."  # fmt: skip
        assert world.count(DeskPostKind.SILENT_REP) == 2


async def test_a_visitor_who_says_nothing_at_night_hears_nothing_of_closing_time() -> None:
    async with a_world() as world:
        await hot(world)
        await world.rep_claims()
        await world.rep_says("Send me your list and I will look at it.")
        said = await world.log()
        await world.passes(hours=14)
        assert await world.log() == said


async def test_a_restart_between_any_two_steps_neither_loses_nor_doubles_one(tmp_path: Path) -> None:  # fmt: skip
    path, seen = tmp_path / "hotline.db", list[DeskPostKind]()
    clock = FixedClock()
    async with sql_stores(path, clock) as stores, a_world(stores=stores) as world:
        await hot(world)
        conversation = world.id
    for generation in range(16):
        copy = photograph(path, tmp_path / f"{generation}.db")
        async with sql_stores(copy, clock) as stores, a_world(stores=stores) as world:
            world.id, path = conversation, copy
            await world.passes(minutes=1)
            seen += [post.kind for post in world.desk.posts]
    reminders = {kind: seen.count(kind) for kind in (DeskPostKind.NUDGE, DeskPostKind.ESCALATE, DeskPostKind.CALL_BACK)}  # fmt: skip
    assert set(reminders.values()) == {1}


async def test_a_day_that_jumps_by_takes_each_step_once_and_tells_the_visitor_once() -> None:
    async with a_world(stores=in_memory(FixedClock())) as world:
        await hot(world)
        await world.passes(days=1)
        await world.passes(days=-1)
        await world.passes(days=2)
        kinds = (DeskPostKind.NUDGE, DeskPostKind.ESCALATE, DeskPostKind.CALL_BACK)
        assert [world.count(kind) for kind in kinds] == [1, 1, 1]
        assert len(await told(world)) == 1


async def only_mia_is_expected(world: World) -> None:
    """Let the rule have named Mia alone."""
    from agent.handoff import Change

    handoff = await world.handoff()
    change = Change("routed", posts=())
    await world.stores.handoffs.change(handoff.id, lambda h: replace(h, routed_to=(MIA,)), change)
