"""Windows that buttons open, told as stories: nothing is done before they are sent off."""

import asyncio
from dataclasses import replace
from typing import Any

from agent.conversation import Author
from agent.errors import StoreUnavailableError
from agent.handoff import CallBack, Change, Handoff, HandoffState
from agent.outcome import NotHotReason, Outcome
from integrations.slack import answers, buttons, more
from integrations.slack.buttons import Choice
from tests.fakes.slack.lines import Answer, Line
from tests.fakes.slack.state import Json, View
from tests.integrations.slack.desk_builders import JONAS, MIA
from tests.integrations.slack.desk_room import Room


def words_of(view: View) -> str:
    return str(view.view["blocks"])


def drafted(view: View) -> str:
    return str(view.view["blocks"][-1]["element"]["initial_value"])


async def test_a_draft_is_shown_to_the_holder_alone_and_sent_as_changed(room: Room) -> None:
    await room.claimed()
    await room.says("What does it cost?")

    view = await room.opens(room.mia, buttons.DRAFT)
    assert view.user == room.mia
    assert drafted(view) == "Pro is $49 a seat."
    assert "What does it cost?" in words_of(view)
    assert await room.said(Author.REP) == []

    await room.submits(room.mia, view, words="Pro is $49 a seat, Dana.")
    await room.deliver()
    assert await room.said(Author.REP) == ["Pro is $49 a seat, Dana."]
    told = [message.text for message in room.twin.messages(room.channel)]
    assert told.count("Pro is $49 a seat, Dana.") == 1


async def test_a_draft_sent_twice_is_said_once(room: Room) -> None:
    await room.claimed()
    await room.says("What does it cost?")
    view = await room.opens(room.mia, buttons.DRAFT)

    for _ in range(3):
        await room.submits(room.mia, view)

    assert await room.said(Author.REP) == ["Pro is $49 a seat."]


async def test_a_draft_that_was_cancelled_leaves_nothing(room: Room) -> None:
    await room.claimed()
    await room.says("What does it cost?")
    view = await room.opens(room.mia, buttons.DRAFT)

    await room.twin.person(room.mia, room.line).closes(view)

    assert await room.said(Author.REP) == []


async def test_a_draft_goes_through_socket_mode_too(socket_room: Room) -> None:
    room = socket_room
    await room.hand_off("What does it cost?")
    await room.twin.person(room.mia, room.line).presses(room.card, buttons.CLAIM)
    await room.settled()
    await room.deliver()

    await room.submits(room.mia, await room.opens(room.mia, buttons.DRAFT))

    assert await room.said(Author.REP) == ["Pro is $49 a seat."]


async def test_who_does_not_hold_it_reads_why_there_is_no_draft(room: Room) -> None:
    await room.claimed()
    await room.says("What does it cost?")

    view = await room.opens(room.jonas, buttons.DRAFT)

    assert "Only Mia can do this, who holds the conversation." in words_of(view)
    assert "submit" not in view.view


async def test_a_draft_that_comes_too_late_is_not_said_and_not_lost(room: Room) -> None:
    await room.claimed()
    await room.says("What does it cost?")
    view = await room.opens(room.mia, buttons.DRAFT)
    await room.takeover.give_back((await room.handoff()).id, MIA)

    await room.submits(room.mia, view)

    assert await room.said(Author.REP) == []
    assert room.told == [(room.mia, answers.words_not_sent(answers.ENDED, "Pro is $49 a seat."))]


async def test_an_empty_reply_is_refused_beside_its_field(room: Room) -> None:
    await room.claimed()
    await room.says("What does it cost?")
    view = await room.opens(room.mia, buttons.DRAFT)

    answer = await room.submits(room.mia, view, words="   ")

    assert answer.payload["errors"] == {"words": "Write what to say, or press Cancel."}
    assert await room.said(Author.REP) == []


async def test_where_nothing_was_written_there_is_nothing_to_draft(room: Room) -> None:
    await room.claimed()
    view = await room.opens(room.mia, buttons.DRAFT)
    assert answers.NOTHING_TO_ANSWER in words_of(view)
    assert "initial_value" not in words_of(view)


async def test_one_press_offers_the_visitor_a_time_to_book(room: Room) -> None:
    await room.claimed()

    view = await room.opens(room.mia, buttons.BOOK)
    await room.submits(room.mia, view)

    url = room.playbook.company.booking_url
    assert await room.said(Author.REP) == [f"If you would rather pick a time yourself: {url}"]


async def test_passing_on_calls_a_colleague_and_tells_the_visitor(room: Room) -> None:
    await room.claimed()

    view = await room.opens(room.mia, Choice.TRANSFER)
    assert "Mia" not in str(view.view["blocks"][0])
    await room.submits(room.mia, view, to=JONAS, note="Speaks German.")
    await room.deliver()

    handoff = await room.handoff()
    assert (handoff.state, handoff.routed_to) == (HandoffState.OPEN, (JONAS,))
    assert (await room.said(Author.SYSTEM))[-1] == (
        "Mia has asked Jonas to take over here. Until then the AI assistant answers."
    )
    assert room.card.find_element(buttons.CLAIM) is not None
    told = room.twin.messages(room.channel)[-1]
    assert told.thread_ts == room.card.ts
    assert "Mia passes this on to Jonas. “Speaks German.”" in told.text


async def test_passing_on_to_a_team_elsewhere_moves_the_card_there(room: Room) -> None:
    old = await room.hand_off()

    view = await room.opens(room.mia, Choice.TRANSFER)
    await room.submits(room.mia, view, to="emea")
    await room.deliver()

    assert (await room.handoff()).team == "emea"
    assert [block["type"] for block in old.blocks] == ["rich_text"]
    assert "passed on to EMEA" in old.text
    told = next(
        m for m in room.twin.messages(room.channel) if m.thread_ts == old.ts and m is not old
    )
    assert "Mia passes this on to EMEA." in told.text
    (moved,) = room.twin.messages(room.emea)
    assert moved.find_element(buttons.CLAIM) is not None
    await room.says("Hello?")
    assert [m.text for m in room.twin.messages(room.emea)[1:]] == ["Hello?"]


async def test_only_the_holder_passes_a_claimed_one_on(room: Room) -> None:
    await room.claimed()
    view = await room.opens(room.jonas, Choice.TRANSFER)
    assert "Only Mia can do this" in words_of(view)


async def test_closing_keeps_outcome_worth_and_note(room: Room) -> None:
    await room.claimed()

    view = await room.opens(room.mia, Choice.CLOSE)
    await room.submits(room.mia, view, outcome="meeting_booked", value="12000", note="Tuesday")

    handoff = await room.handoff()
    assert (handoff.state, handoff.outcome) == (HandoffState.CLOSED, Outcome.MEETING_BOOKED)
    (said,) = room.handoffs.store.feedback
    assert (said.rep_id, said.value, said.note) == (MIA, 12_000.0, "Tuesday")


async def test_not_hot_keeps_the_reason(room: Room) -> None:
    await room.hand_off()

    view = await room.opens(room.jonas, Choice.NOT_HOT)
    await room.submits(room.jonas, view, reason="no_buyer", note="A student.")
    await room.deliver()

    assert (await room.handoff()).outcome is Outcome.NOT_HOT
    (said,) = room.handoffs.store.feedback
    assert (said.rep_id, said.reason) == (JONAS, NotHotReason.NO_BUYER)
    assert "not hot, no buyer (student, applicant, vendor, press): A student." in str(
        room.card.blocks
    )


async def test_closing_for_another_is_refused_even_from_a_window_opened_before(room: Room) -> None:
    await room.hand_off()
    view = await room.opens(room.jonas, Choice.NOT_HOT)
    await room.click(room.mia, buttons.CLAIM)

    await room.submits(room.jonas, view, reason="spam")

    assert (await room.handoff()).claimed_by == MIA
    assert room.told == [(room.jonas, "Only Mia can do this, who holds the conversation.")]


async def test_snoozing_holds_reminders_back(room: Room) -> None:
    await room.hand_off()
    now = room.handoffs.store.clock.now()

    await room.chooses(room.mia, Choice.SNOOZE_15)
    until = (await room.handoff()).snoozed_until
    assert until is not None
    assert (until - now).total_seconds() == 15 * 60

    await room.chooses(room.mia, Choice.SNOOZE_OPENING)
    assert (await room.handoff()).snoozed_until == room.playbook.hours.hours().next_open_at(
        room.playbook.hours.hours().closes_at(now) or now
    )


async def test_an_ended_one_is_taken_again_by_who_wants_it(room: Room) -> None:
    await room.claimed()
    await room.chooses(room.mia, Choice.GIVE_BACK)
    await room.deliver()

    await room.click(room.jonas, buttons.TAKE_AGAIN)
    await room.deliver()

    assert (await room.handoff()).claimed_by == JONAS
    assert (await room.said(Author.SYSTEM))[-1] == "Jonas has joined the conversation."
    assert "Claimed by Jonas" in str(room.card.blocks)


async def test_more_shows_all_and_notes_who_looked(room: Room) -> None:
    await room.hand_off("We need 200 seats.")

    view = await room.opens(room.jonas, buttons.MORE)
    assert "= 92" in words_of(view)
    await room.turns(room.jonas, view, f"{more.TURN}.talk")
    assert "We need 200 seats." in words_of(view)
    await room.turns(room.jonas, view, f"{more.TURN}.log")
    assert "Jonas: read all of it" in words_of(view)


async def test_a_stranger_reads_nothing(room: Room) -> None:
    await room.hand_off("We need 200 seats.")
    view = await room.opens(room.stranger, buttons.MORE)
    assert "Hotline does not know you as a rep" in words_of(view)
    assert "200 seats" not in words_of(view)


async def test_a_window_opens_before_anything_is_looked_up(room: Room) -> None:
    await room.hand_off()
    before = len(room.twin.calls)
    await room.opens(room.jonas, buttons.MORE)
    assert [call.method for call in room.twin.calls[before:]] == [
        "views.open",
        "users.info",
        "views.update",
    ]


async def test_a_window_that_slack_no_longer_opens_says_so(room: Room) -> None:
    await room.hand_off()
    room.twin.fails_with("expired_trigger_id", "views.open", times=1)
    await room.twin.person(room.mia, room.line).presses(room.card, buttons.MORE)
    await room.settled()
    assert room.told == [(room.mia, answers.TOO_LATE)]


async def test_trouble_behind_a_window_is_said_in_it(room: Room) -> None:
    await room.hand_off()

    async def down(*_: object) -> None:
        raise StoreUnavailableError("locked")

    room.handoffs.log = down  # type: ignore[method-assign, assignment]
    view = await room.opens(room.mia, buttons.MORE)
    assert answers.NOT_NOW in words_of(view)


async def test_slack_is_answered_before_anything_is_done(room: Room) -> None:
    await room.hand_off()
    change, open_door = room.handoffs.change, asyncio.Event()

    async def slow(*arguments: Any) -> Handoff:
        await open_door.wait()
        return await change(*arguments)

    room.handoffs.change = slow  # type: ignore[method-assign, assignment]
    answer = await room.twin.person(room.mia, room.line).presses(room.card, buttons.CLAIM)
    assert answer.is_acknowledged
    assert (await room.handoff()).state is HandoffState.OPEN

    open_door.set()
    await room.settled()
    assert (await room.handoff()).claimed_by == MIA


async def test_the_call_that_was_promised_is_ticked_off(room: Room) -> None:
    await room.hand_off()
    now, handoff = room.handoffs.store.clock.now(), await room.handoff()
    promised = replace(handoff, call_back=CallBack(now, MIA, "+49 40 1234"))
    await room.handoffs.change(handoff.id, lambda _: promised, Change("promised"))
    await room.deliver()

    await room.click(room.mia, buttons.CALLED)
    await room.deliver()

    call_back = (await room.handoff()).call_back
    assert call_back is not None
    assert call_back.done_at == now
    assert room.card.find_element(buttons.CALLED) is None


async def test_a_press_delivered_twice_opens_one_window(room: Room) -> None:
    await room.hand_off()
    telling = TwiceTold(room.twin.workspace, room.line.carrier)
    await room.twin.person(room.mia, telling).presses(room.card, buttons.MORE)
    await room.settled()
    assert len(room.twin.views) == 1


class TwiceTold(Line):
    """Tells of a press twice."""

    async def interaction(self, payload: Json) -> Answer:
        await self.carrier.bring("interactive", payload, 0, "")
        return await self.carrier.bring("interactive", payload, 1, "http_timeout")
