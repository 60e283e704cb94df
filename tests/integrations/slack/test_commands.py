"""The slash command, typed in Slack, over HTTP and Socket Mode."""

import json
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.conversation import ConversationId
from agent.desk_board import Card, Cards, LeadFile, LeadLine, LeadLines
from agent.handoff import CallBack
from agent.lead import Company, Lead, LeadId
from agent.scoring import Reason, ReasonGroup, Temperature
from integrations.slack import told
from integrations.slack.commands import COMMAND
from integrations.slack.listing import LocalTime
from integrations.slack.told import Told
from tests.builders import an_event
from tests.fakes.slack import limits
from tests.fakes.slack.state import Message
from tests.integrations.slack.desk_builders import (
    MIA,
    NOW,
    a_briefing,
    a_handoff,
    a_playbook,
    a_score,
    claimed_by,
)
from tests.integrations.slack.desk_room import Room

ZONE = a_playbook().hours.hours().zone
HERE = LocalTime(ZONE, NOW)
ANY = st.text(max_size=400)


async def ask(room: Room, text: str, user: str = "", channel: str = "") -> Message:
    """Type the command and give what only the asker sees."""
    line = room.twin.over_http(room.url) if room.url else room.twin.over_sockets()
    person = room.twin.person(user or room.mia, line)
    answer = await person.types(channel or room.channel, COMMAND, text)
    assert answer.is_acknowledged
    await room.settled()
    return room.twin.ephemeral_messages(channel or room.channel)[-1]


async def told_in(room: Room, text: str, user: str = "") -> str:
    """Type the command and give all words of the answer."""
    return words_of(await ask(room, text, user))


def words_of(message: Message) -> str:
    return json.dumps(message.blocks, ensure_ascii=False)


def knows(room: Room, name: str, total: int = 0, email: str = "", company: str = "") -> LeadId:
    """Let somebody be known; with a score when there is a total."""
    lead_id = LeadId(f"l-{name.lower().replace(' ', '-')}")
    lead = Lead(lead_id, name=name, email=email, company=Company(company))
    room.handoffs.store.add_lead(lead)
    return lead_id


async def has_score(room: Room, total: int, temperature: Temperature) -> None:
    """Give the visitor of the handoff this score."""
    room.handoffs.store.talk(room.conversation_id).score = a_score(temperature, total)


async def test_lists_leads_by_score(room: Room) -> None:
    await room.hand_off()
    await has_score(room, 92, Temperature.HOT)
    knows(room, "Ada Holm", company="Nordwind")

    words = await told_in(room, "leads")

    assert words.index("hot 92") < words.index("Ada Holm")
    assert "Leads by score (2)" in words


async def test_lists_only_who_is_hot(room: Room) -> None:
    await room.hand_off()
    await has_score(room, 92, Temperature.RED_HOT)
    knows(room, "Ada Holm")

    words = await told_in(room, "hot")

    assert "red-hot 92" in words
    assert "Ada Holm" not in words


async def test_says_what_to_do_when_nobody_is_hot(room: Room) -> None:
    assert "/hotline leads shows who is closest" in await told_in(room, "hot")


async def test_lists_what_i_hold_with_a_link_to_the_card(room: Room) -> None:
    card = await room.hand_off()
    await room.takeover.claim((await room.handoff()).id, MIA)

    words = await told_in(room, "mine")

    assert f"https://twin.slack.com/archives/{room.channel}/p{card.ts.replace('.', '')}" in words
    assert "Dana Ruiz" in words


async def test_what_a_colleague_holds_is_not_mine(room: Room) -> None:
    await room.hand_off()
    await room.takeover.claim((await room.handoff()).id, MIA)
    assert "You hold no conversation" in await told_in(room, "mine", room.jonas)


async def test_lists_what_i_hold_without_links_while_slack_does_not_tell_its_address(
    room: Room,
) -> None:
    await room.hand_off()
    await room.takeover.claim((await room.handoff()).id, MIA)
    room.twin.fails_with("internal_error", "auth.test")
    assert "Dana Ruiz" in await told_in(room, "mine")


async def test_shows_one_lead_with_reasons_acts_and_card(room: Room) -> None:
    await room.hand_off()
    lead_id = (await room.handoff()).lead_id
    reason = Reason(20, "asked for a price", ReasonGroup.INTENT, None, "what is it?", None, NOW)
    score = replace(a_score(), reasons=(reason,))
    room.handoffs.store.talk(room.conversation_id).score = score
    room.handoffs.store.add_events([an_event("Pricing Viewed", lead_id=lead_id)])

    words = await told_in(room, f"lead {lead_id}")

    assert "92 = intent 55 + engagement 19 + fit 18, grade A1" in words
    assert "asked for a price “what is it?”" in words
    assert "Pricing Viewed" in words
    assert "/archives/" in words


@pytest.mark.parametrize("asked", ["lead ada", "lead Nordw", "lead <mailto:ada@x.example|ada@x.example>"])  # fmt: skip
async def test_finds_a_lead_by_what_a_rep_types(room: Room, asked: str) -> None:
    knows(room, "Ada Holm", email="ada@x.example", company="Nordwind")
    assert "Ada Holm" in (await ask(room, asked)).text


async def test_asks_which_of_two_is_meant(room: Room) -> None:
    knows(room, "Ada Holm", email="ada@x.example")
    knows(room, "Ada Stern", email="stern@x.example")
    words = await told_in(room, "lead ada")
    assert "2 leads are called so" in words
    assert "stern@x.example" in words


async def test_says_when_nobody_is_known_under_a_name(room: Room) -> None:
    assert "Nobody is known as “Berta”" in await told_in(room, "lead Berta")


async def test_pauses_and_says_until_when_in_my_own_zone(room: Room) -> None:
    words = await told_in(room, "pause 30m")
    now = room.handoffs.store.clock.now()
    assert f"{(now + timedelta(minutes=30)).astimezone(ZONE):%H:%M}" in words
    assert await room.rep_states.paused(now) == {MIA: now + timedelta(minutes=30)}


async def test_ends_a_pause(room: Room) -> None:
    await ask(room, "pause 30m")
    assert "You take new leads again" in await told_in(room, "pause off")
    assert await room.rep_states.paused(room.handoffs.store.clock.now()) == {}


async def test_does_not_pause_when_it_does_not_understand(room: Room) -> None:
    assert "That is no time to pause" in await told_in(room, "pause forever")
    assert await room.rep_states.paused(room.handoffs.store.clock.now()) == {}


async def test_tells_hours_and_my_pause(room: Room) -> None:
    await ask(room, "pause 30m")
    words = await told_in(room, "hours")
    assert "You: at work until" in words
    assert "Sales: open until" in words
    assert "You take nothing new until" in words


@pytest.mark.parametrize("typed", ["", "help", "HELP"])
async def test_says_what_can_be_asked(room: Room, typed: str) -> None:
    words = await told_in(room, typed)
    assert all(f"/hotline {command}" in words for command in told.COMMANDS)


async def test_says_what_is_possible_instead_of_a_wrong_word(room: Room) -> None:
    words = await told_in(room, "leeds *now*")
    assert "“leeds” is nothing I know" in words
    assert "/hotline leads" in words


async def test_a_stranger_learns_who_must_add_them(room: Room) -> None:
    words = await told_in(room, "leads", room.stranger)
    assert room.stranger in words
    assert "playbook" in words


async def test_answers_where_hotline_is_not_a_member(room: Room) -> None:
    elsewhere = room.twin.add_channel("elsewhere", is_member=False)
    assert "/hotline leads" in words_of(await ask(room, "help", channel=elsewhere))


async def test_answers_through_socket_mode(socket_room: Room) -> None:
    assert "/hotline leads" in words_of(await ask(socket_room, "help"))


async def test_tells_by_direct_message_when_the_answer_cannot_be_found(room: Room) -> None:
    room.breaks_the_board()
    person = room.twin.person(room.mia, room.twin.over_http(room.url))
    assert (await person.types(room.channel, COMMAND, "hot")).is_acknowledged
    await room.settled()
    assert "That did not work just now" in room.twin.messages(room.mia)[-1].text


def a_line(text: str) -> LeadLine:
    company = Company(text, text, text, 10**9, text, text)
    lead = Lead(LeadId("l-1"), text, text, text, text, text, company, owner=text)
    return LeadLine(lead, 100, Temperature.RED_HOT, NOW)


def a_card(text: str) -> Card:
    briefing = replace(a_briefing(), who=text, company=text)
    handoff = claimed_by(MIA, a_handoff(briefing, conversation_id=ConversationId("c-1")))
    return Card(handoff, "C1:1.5", waits=True)


def a_file(text: str) -> LeadFile:
    reason = Reason(-20, text, ReasonGroup.INTENT, None, text, None, NOW)
    score = replace(a_score(), reasons=(reason,) * 200)
    acts = tuple(an_event(text, title=text) for _ in range(8))
    return LeadFile(a_line(text).lead, score, acts, a_card(text))


def is_accepted(answer: Told) -> bool:
    limits.check_text(answer.text, limits.POST_TEXT)
    return bool(limits.check_message_blocks(list(answer.blocks)))


@settings(deadline=None, max_examples=30)
@given(ANY)
def test_never_exceeds_what_slack_takes_whatever_leads_are_called(text: str) -> None:
    found = LeadLines(tuple(a_line(text) for _ in range(10)), 10_000)
    assert is_accepted(told.leads(found, "Leads by score", HERE))
    assert is_accepted(told.which(found, COMMAND, HERE))
    cards = Cards(tuple(a_card(text) for _ in range(10)), 10_000)
    assert is_accepted(told.cards(cards, "You hold", "https://x.slack.com/", a_playbook(), HERE))
    assert is_accepted(told.lead(a_file(text), "https://x.slack.com/", a_playbook(), HERE))
    assert is_accepted(told.help_text(COMMAND, wrong=text))


def test_says_how_many_are_not_shown() -> None:
    found = LeadLines(tuple(a_line("Ada") for _ in range(10)), 10_000)
    answer = json.dumps(told.leads(found, "Leads by score", HERE).blocks)
    assert "9,990 more are not shown." in answer


def test_shows_mark_up_of_strangers_as_typed() -> None:
    answer = told.leads(LeadLines((a_line("<!channel> *x*"),), 1), "Leads", HERE)
    assert "<!channel>" not in answer.text
    assert "mrkdwn" not in json.dumps(answer.blocks)


def test_gives_the_day_of_what_was_not_today() -> None:
    line = replace(a_line("Ada"), since=NOW - timedelta(days=1))
    today, yesterday = (
        json.dumps(told.leads(LeadLines((each,), 1), "Leads", HERE).blocks)
        for each in (a_line("Ada"), line)
    )
    assert "since 14:32" in today
    assert "since Tue 10 Feb 14:32" in yesterday


@pytest.mark.parametrize(("done_at", "is_told"), [(None, True), (NOW, False)])
def test_tells_of_a_call_that_is_still_to_be_made(done_at: datetime | None, is_told: bool) -> None:  # noqa: FBT001
    call = CallBack(NOW + timedelta(hours=2), MIA, "", done_at=done_at)
    card = Card(replace(a_handoff(), call_back=call), "C1:1.5", waits=False)
    answer = told.cards(Cards((card,), 1), "You hold", "", a_playbook(), HERE)
    assert ("a call was promised for 16:32" in json.dumps(answer.blocks)) is is_told
