"""The home tab: what it shows, when it is brought up to date, what its buttons do."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.desk_board import Card, Cards, LeadLine, LeadLines
from agent.handoff import HandoffState
from agent.lead import Company, Lead, LeadId
from agent.scoring import Temperature
from integrations.slack import blocks, homes
from integrations.slack.home_view import Home, home_view
from integrations.slack.pauses import PAUSE
from tests.fakes.slack import limits
from tests.fakes.slack.person import Person
from tests.integrations.slack.desk_builders import (
    MIA,
    NOW,
    a_briefing,
    a_handoff,
    a_playbook,
    a_score,
)
from tests.integrations.slack.desk_room import Room, a_room


@pytest.fixture
async def room(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Room]:
    monkeypatch.setattr(homes, "REFRESH_AFTER", 0.0)
    async with a_room() as room:
        yield room


def person(room: Room, user: str = "") -> Person:
    line = room.twin.over_http(room.url) if room.url else room.twin.over_sockets()
    return room.twin.person(user or room.mia, line)


async def opens_home(room: Room, user: str = "") -> str:
    """Open the home tab and give all its words."""
    await person(room, user).opens_home()
    await room.settled()
    return shown(room, user)


def shown(room: Room, user: str = "") -> str:
    return json.dumps(room.twin.home(user or room.mia).view, ensure_ascii=False)


def published(room: Room) -> int:
    return sum(call.method == "views.publish" for call in room.twin.calls)


async def test_says_what_to_do_while_nothing_is_there(room: Room) -> None:
    words = await opens_home(room)
    assert "Nothing waits." in words
    assert "You hold no conversation." in words
    assert "Nobody is hot right now." in words
    assert "No lead was claimed in the last seven days." in words
    assert "You: at work until" in words


async def test_shows_what_waits_with_a_link_and_a_claim_button(room: Room) -> None:
    await room.hand_off()
    words = await opens_home(room)
    assert "Waiting for a rep (1)" in words
    assert f"/archives/{room.channel}/" in words
    assert blocks.CLAIM in words


async def test_claims_from_the_home_tab_and_shows_it_as_mine(room: Room) -> None:
    await room.hand_off()
    await opens_home(room)

    await person(room).presses(room.twin.home(room.mia), blocks.CLAIM)
    await room.settled()
    await room.deliver()
    await room.homes_settled()

    assert (await room.handoff()).claimed_by == MIA
    assert "Waiting for a rep (0)" in shown(room)
    assert "You hold (1)" in shown(room)


async def test_the_loser_of_a_race_is_told_by_direct_message(room: Room) -> None:
    await room.hand_off()
    await opens_home(room, room.jonas)
    await room.takeover.claim((await room.handoff()).id, MIA)

    await person(room, room.jonas).presses(room.twin.home(room.jonas), blocks.CLAIM)
    await room.settled()

    assert "Mia was faster" in room.twin.messages(room.jonas)[-1].text


async def test_shows_a_new_handoff_without_being_opened_again(room: Room) -> None:
    await opens_home(room)
    await room.hand_off()
    await room.homes_settled()
    assert "Waiting for a rep (1)" in shown(room)


async def test_publishes_nothing_when_nothing_changed_for_the_viewer(room: Room) -> None:
    await room.hand_off()
    await opens_home(room)
    before = published(room)
    room.connection._note_change()
    await room.homes_settled()
    assert published(room) == before


async def test_many_changes_are_shown_at_once(room: Room) -> None:
    await opens_home(room)
    before = published(room)
    now = room.handoffs.store.clock.now()
    await room.rep_states.pause(MIA, now + timedelta(hours=1))
    for _ in range(3):
        room.connection._note_change()
    await room.homes_settled()
    assert published(room) == before + 1


async def test_who_never_opened_it_gets_no_home_tab(room: Room) -> None:
    await room.hand_off()
    await room.homes_settled()
    assert published(room) == 0


async def test_the_messages_tab_is_left_alone(room: Room) -> None:
    await person(room).opens_home(tab="messages")
    await room.settled()
    assert published(room) == 0


async def test_shows_how_fast_claims_are(room: Room) -> None:
    await room.hand_off()
    room.handoffs.store.clock.advance(timedelta(minutes=3))  # type: ignore[attr-defined]
    await room.takeover.claim((await room.handoff()).id, MIA)
    assert "Half of all claims came within 3 min in the last seven days; today: 3 min." in await opens_home(room)  # fmt: skip


async def test_shows_who_is_hot(room: Room) -> None:
    await room.hand_off()
    room.handoffs.store.talk(room.conversation_id).score = a_score(Temperature.HOT, 81)
    assert "hot 81" in await opens_home(room)


async def test_pauses_and_ends_the_pause(room: Room) -> None:
    await opens_home(room)

    await person(room).presses(room.twin.home(room.mia), f"{PAUSE}:30m")
    await room.settled()
    assert "You take nothing new until" in shown(room)
    assert MIA in await room.rep_states.paused(room.handoffs.store.clock.now())

    await person(room).presses(room.twin.home(room.mia), f"{PAUSE}:off")
    await room.settled()
    assert "You take nothing new until" not in shown(room)
    assert await room.rep_states.paused(room.handoffs.store.clock.now()) == {}


async def test_a_stranger_learns_who_must_add_them(room: Room) -> None:
    words = await opens_home(room, room.stranger)
    assert room.stranger in words
    assert blocks.CLAIM not in words


async def test_works_through_socket_mode(socket_room: Room) -> None:
    assert "Nothing waits." in await opens_home(socket_room)


async def test_tells_by_direct_message_when_it_cannot_be_shown(room: Room) -> None:
    room.breaks_the_board()
    await person(room).opens_home()
    await room.settled()
    assert "could not be brought up to date" in room.twin.messages(room.mia)[-1].text


async def test_a_claimed_handoff_stays_claimed_when_slack_refuses_the_home_tab(room: Room) -> None:
    await room.hand_off()
    await opens_home(room)
    room.twin.fails_with("internal_error", "views.publish")
    await room.takeover.claim((await room.handoff()).id, MIA)
    await room.deliver()
    await room.homes_settled()
    assert (await room.handoff()).state is HandoffState.CLAIMED


@settings(deadline=None, max_examples=30)
@given(st.text(max_size=400))
def test_never_exceeds_what_slack_takes_whatever_leads_are_called(text: str) -> None:
    briefing = replace(a_briefing(), who=text, company=text, quote=text)
    card = Card(a_handoff(briefing), "C1:1.5", waits=True)
    lead = Lead(LeadId("l-1"), text, text, company=Company(text))
    cards = Cards((card,) * 10, 10_000)
    hot = LeadLines((LeadLine(lead, 100, Temperature.HOT, NOW),) * 10, 10_000)
    rep = a_playbook().reps[0]
    home = Home(rep, cards, cards, hot, None, timedelta(1), NOW, "https://x.slack.com/", NOW)
    assert limits.check_home(home_view(home, a_playbook()))
