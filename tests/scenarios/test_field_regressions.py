"""What users of other products suffered from, case by case: between visitor, agent and time.

The numbers are those of the list of cases that this product is measured by. Cases 6 to 9, 12 and 13 stand in
test_field_regressions_in_slack.py, as do 2 and 4 once more, and case 15 in
test_field_regressions_by_mail.py.
"""

import asyncio
import re
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import pytest

from agent.business_hours import BusinessHours, Interval
from agent.conversation import Author, ConversationId
from agent.handoff import DeskPostKind, HandoffState, Outcome
from tests.contracts.stores import Stores, in_memory
from tests.fakes.clock import FixedClock
from tests.integrations.web.world import Talker
from tests.integrations.web.world import a_world as a_site
from tests.scenarios.world import (
    HOT,
    MIA,
    OFFLINE,
    OFFLINE_QUESTION,
    PRICE,
    PRICE_QUESTION,
    WANTS_PERSON,
    World,
    a_world,
)

BERLIN = ZoneInfo("Europe/Berlin")
HOUR = timedelta(hours=1)
OFFICE = BusinessHours(BERLIN, {day: (Interval(time(9), time(17)),) for day in range(5)})
PROMISE = "Mia will answer right here, usually within 5 minutes"
SATURDAY_NIGHT = datetime(2026, 3, 7, 22, 40, tzinfo=UTC)
STATIC = Path(__file__).parents[2] / "integrations" / "web" / "static"


def berlin(*at: int) -> datetime:
    return datetime(*at, tzinfo=BERLIN)  # type: ignore[arg-type,misc]


# Between visitor and agent


async def test_case_01_two_messages_inside_the_models_latency_get_one_reply_to_both(
    stores: Stores,
) -> None:
    async with a_world(stores=stores, model=True) as world:
        world.writer.says_once(asyncio.Event(), "never said")
        world.writer.says(f"{PRICE} {OFFLINE}")
        await world.visitor_arrives()
        first = await world.visitor_writes(PRICE_QUESTION)
        await world.writer.pauses()
        second = await world.visitor_writes(OFFLINE_QUESTION)
        await world.settles()
        (reply,) = [m for m in await world.messages() if m.author is Author.AGENT]
        assert reply.in_reply_to == (first.id, second.id)


async def test_case_02_a_claim_while_the_model_writes_discards_the_reply(stores: Stores) -> None:
    async with a_world(stores=stores, model=True) as world:
        go_on = asyncio.Event()
        await world.visitor_arrives()
        await world.visitor_says(HOT)
        world.writer.says_once(go_on, PRICE)
        await world.visitor_writes(PRICE_QUESTION)
        await world.writer.pauses()
        await world.rep_claims()
        go_on.set()
        await world.settles()
        assert all(PRICE not in line for line in await world.log())


async def test_case_03_a_handoff_is_told_once(stores: Stores) -> None:
    async with a_world(stores=stores) as world:
        await world.visitor_arrives()
        await world.visitor_says(HOT)
        (told,) = (await world.log())[1:]
        assert told.count(PROMISE) == 1


async def test_case_03_a_handoff_that_the_model_tells_is_not_told_again(stores: Stores) -> None:
    async with a_world(stores=stores, model=True) as world:
        world.writer.says(f"Thanks for the details. {PROMISE}.")
        await world.visitor_arrives()
        await world.visitor_says(HOT)
        (told,) = (await world.log())[1:]
        assert told.count(PROMISE) == 1


async def test_case_03_a_handoff_that_the_model_keeps_to_itself_is_told_all_the_same(
    stores: Stores,
) -> None:
    async with a_world(stores=stores, model=True) as world:
        world.writer.says("Thanks for the details.")
        await world.visitor_arrives()
        await world.visitor_says(HOT)
        (told,) = (await world.log())[1:]
        assert told.startswith("agent: Thanks for the details. ")
        assert told.count(PROMISE) == 1


async def test_case_04_after_a_close_the_next_message_opens_no_second_handoff(
    stores: Stores,
) -> None:
    async with a_world(stores=stores) as world:
        await world.visitor_arrives()
        await world.visitor_says(HOT)
        await world.rep_claims()
        await world.takeover.close((await world.handoff()).id, MIA, Outcome.MEETING_BOOKED)
        await world.visitor_says("One more thing: " + OFFLINE_QUESTION)
        assert [each.state for each in await world.handoffs()] == [HandoffState.CLOSED]
        assert OFFLINE in (await world.replies())[-1]


@pytest.mark.parametrize("words", ["Can we start in May?", PRICE_QUESTION])
async def test_case_04_a_question_after_the_give_back_calls_no_rep_again(
    stores: Stores, words: str
) -> None:
    async with a_world(stores=stores) as world:
        await world.visitor_arrives()
        await world.visitor_says(HOT)
        await world.rep_claims()
        await world.passes(minutes=5)
        await world.rep_gives_back()
        await world.passes(minutes=5)
        await world.visitor_says(words)
        assert [each.state for each in await world.handoffs()] == [HandoffState.GIVEN_BACK]


async def test_case_04_what_was_said_to_the_rep_calls_no_rep_again(stores: Stores) -> None:
    async with a_world(stores=stores) as world:
        await world.visitor_arrives()
        await world.visitor_says(HOT)
        await world.rep_claims()
        await world.passes(minutes=1)
        await world.visitor_says(PRICE_QUESTION)
        await world.passes(minutes=1)
        await world.rep_gives_back()
        assert PRICE in (await world.replies())[-1]
        assert len(await world.handoffs()) == 1


async def test_case_04_who_asks_for_a_person_after_the_give_back_gets_one(stores: Stores) -> None:
    async with a_world(stores=stores) as world:
        await world.visitor_arrives()
        await world.visitor_says(HOT)
        await world.rep_claims()
        await world.passes(minutes=5)
        await world.rep_gives_back()
        await world.visitor_says(WANTS_PERSON)
        assert (await world.handoff()).state is HandoffState.OPEN
        assert len(await world.handoffs()) == 2


async def test_case_04_what_the_model_reads_says_that_the_human_stretch_has_ended(
    stores: Stores,
) -> None:
    async with a_world(stores=stores, model=True) as world:
        await world.visitor_arrives()
        await world.visitor_says(HOT)
        await world.rep_claims()
        await world.rep_says("I will send the quote today.")
        await world.rep_gives_back()
        await world.visitor_says(OFFLINE_QUESTION)
        plan = world.writer.plans[-1]
        assert plan.was_returned
        said = [message.text for message in plan.before]
        assert "I will send the quote today." in said
        assert any("handed the conversation back" in text for text in said)


async def test_case_05_given_back_the_agent_answers_the_next_message(stores: Stores) -> None:
    async with a_world(stores=stores) as world:
        await world.visitor_arrives()
        await world.visitor_says(HOT)
        await world.rep_claims()
        await world.rep_says("Mia here, I give you back to the assistant.")
        await world.rep_gives_back()
        await world.visitor_says(OFFLINE_QUESTION)
        last = (await world.messages())[-1]
        assert last.author is Author.AGENT
        assert OFFLINE in last.text


# Between people and time


def test_case_10_an_hour_from_friday_half_past_four_ends_on_monday_half_past_nine() -> None:
    assert OFFICE.add(berlin(2026, 3, 6, 16, 30), HOUR) == berlin(2026, 3, 9, 9, 30)


def test_case_10_a_lunch_break_does_not_count() -> None:
    split = (Interval(time(9), time(12)), Interval(time(13), time(17)))
    hours = BusinessHours(BERLIN, dict.fromkeys(range(5), split))
    assert hours.add(berlin(2026, 3, 6, 11, 30), HOUR) == berlin(2026, 3, 6, 13, 30)


def test_case_10_a_holiday_does_not_count() -> None:
    hours = OFFICE.without([date(2026, 3, 9)])
    assert hours.add(berlin(2026, 3, 6, 16, 30), HOUR) == berlin(2026, 3, 10, 9, 30)


def test_case_10_the_night_of_the_clock_change_is_as_long_as_it_is() -> None:
    night = BusinessHours(BERLIN, {6: (Interval(time(1), time(5)),)})
    forward, back = berlin(2026, 3, 29, 1, 30), berlin(2026, 10, 25, 1, 30)
    assert night.add(forward, HOUR) == berlin(2026, 3, 29, 3, 30)
    second_half_past_two = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert night.add(back, 2 * HOUR) == second_half_past_two


async def test_case_10_nobody_is_reminded_of_what_was_resolved(stores: Stores) -> None:
    async with a_world(stores=stores) as world:
        await world.visitor_arrives()
        await world.visitor_says(HOT)
        await world.takeover.close((await world.handoff()).id, MIA, Outcome.NOT_HOT)
        await world.settles()
        for _ in range(4):
            await world.passes(minutes=10)
        reminders = {DeskPostKind.NUDGE, DeskPostKind.BACKUP, DeskPostKind.ESCALATE}
        assert not reminders & {post.kind for post in world.desk.posts}


async def test_case_10_a_closing_thanks_starts_no_new_clock(stores: Stores) -> None:
    async with a_world(stores=stores) as world:
        await world.visitor_arrives()
        await world.visitor_says(HOT)
        await world.rep_claims()
        await world.takeover.close((await world.handoff()).id, MIA, Outcome.MEETING_BOOKED)
        await world.visitor_says("Thanks, bye!")
        for _ in range(4):
            await world.passes(minutes=10)
        assert len(await world.handoffs()) == 1
        assert world.count(DeskPostKind.NUDGE) == 0


async def hot_at_night(world: World) -> str:
    await world.visitor_arrives()
    await world.visitor_says(HOT)
    (reply,) = await world.replies()
    return reply


async def test_case_11_when_nobody_is_there_the_visitor_is_told_when_somebody_is() -> None:
    async with a_world(stores=in_memory(FixedClock(SATURDAY_NIGHT))) as world:
        reply = await hot_at_night(world)
        assert "Monday at 09:00 (Berlin time)" in reply
        assert not re.search(r"within \d+ minutes", reply)


async def test_case_11_the_lead_waits_in_the_queue_and_the_promise_has_a_timer() -> None:
    async with a_world(stores=in_memory(FixedClock(SATURDAY_NIGHT))) as world:
        await hot_at_night(world)
        assert (await world.handoff()).state is HandoffState.OPEN
        await world.passes(hours=33)
        assert world.count(DeskPostKind.NUDGE) == 0
        await world.passes(minutes=25)
        assert world.count(DeskPostKind.NUDGE) == 1


# Between widget and server


@pytest.mark.parametrize("away", [timedelta(seconds=1), timedelta(hours=1)])
async def test_case_14_who_comes_back_reads_on_without_a_gap_or_a_repeat(away: timedelta) -> None:
    async with a_site() as site:
        ada = await site.open()
        await ada.say("What is the price?", "1")
        await site.answer(ada.conversation_id, "29 EUR.", "m-1")
        seen = _seqs(await ada.read(after=0))

        talk = ConversationId(ada.conversation_id)
        for number in range(2, 300):
            await site.conversations.append(talk, str(number), f"Question {number}")
        site.clock.advance(away)

        missed = await _read_on(ada, seen[-1])
        assert [*seen, *missed] == list(range(1, 301))


async def test_case_14_a_message_sent_again_after_a_broken_line_is_kept_once() -> None:
    async with a_site() as site:
        ada = await site.open()
        first, again = [(await ada.say("Are you there?", "same")).json() for _ in range(2)]
        assert first == again
        assert _seqs(await ada.read(after=0)) == [1]


async def test_case_16_nobody_gets_a_cookie_before_or_while_they_talk() -> None:
    async with a_site(is_demo=True) as site:
        ada = await site.open()
        await ada.say()
        for path in ("/", "/pricing", "/static/demo.js", ada.url + "/messages"):
            answer = await site.client.get(path, headers=ada.headers)
            assert (answer.status_code, answer.headers.get_list("set-cookie")) == (200, [])
        assert not site.client.cookies


def test_case_16_no_script_sets_a_cookie_or_keeps_anything_before_somebody_acts() -> None:
    kept = [path.name for path in STATIC.glob("*.js") if "document.cookie" in path.read_text()]
    assert kept == []


async def test_case_16_who_comes_back_with_their_token_is_not_greeted_again() -> None:
    async with a_site() as site:
        ada = await site.open()
        body = {"visitor": {"anonymous_id": "a-1"}}
        again = await site.client.post("/v1/conversations", json=body, headers=ada.headers)
        assert again.json()["conversation_id"] == ada.conversation_id
        assert again.json()["greeting"] is None


def _seqs(answer: httpx.Response) -> list[int]:
    return [message["seq"] for message in answer.json()["messages"]]


async def _read_on(ada: Talker, after: int) -> list[int]:
    found: list[int] = []
    while page := _seqs(await ada.read(after=found[-1] if found else after)):
        found += page
    return found
