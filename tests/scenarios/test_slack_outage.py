"""Slack is down for an hour in the middle of the afternoon's hottest talk: all of it arrives afterwards, in order, once."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from integrations.slack.connection import SlackConnection, SlackCredentials
from tests.contracts.stores import Stores
from tests.fakes.slack.state import Message
from tests.fakes.slack_twin import SlackTwin
from tests.scenarios.world import (
    HOT,
    OFFLINE_QUESTION,
    PRICE_QUESTION,
    World,
    a_world,
    demo_playbook,
)


@dataclass(frozen=True, slots=True)
class Room:
    """A world whose desk is a channel of the twin."""

    world: World
    twin: SlackTwin
    channel: str

    def cards(self) -> list[Message]:
        return [m for m in self.twin.messages(self.channel) if not m.is_reply]

    def thread(self) -> list[str]:
        """What stands in the card's thread that somebody said, in order."""
        replies = [m for m in self.twin.messages(self.channel) if m.is_reply]
        return [m.text for m in sorted(replies, key=lambda m: float(m.ts)) if m.username]


@pytest.fixture
async def room(stores: Stores) -> AsyncIterator[Room]:
    async with SlackTwin() as twin:
        channel = twin.add_channel("hot-leads")
        connection = SlackConnection(SlackCredentials(twin.bot_token), channel, twin.base_url)
        async with a_world(stores=stores, line=connection.desk(demo_playbook())) as world:
            yield Room(world, twin, channel)


async def talk_for_an_hour(world: World) -> None:
    """The visitor asks, the rep finds the lead at the built-in desk and answers."""
    for minute in range(10):
        await world.visitor_says(f"{PRICE_QUESTION} (question {minute})")
        await world.passes(minutes=1)
    await world.rep_claims()
    for minute in range(10):
        await world.visitor_says(f"{OFFLINE_QUESTION} (question {minute} to Mia)")
        await world.rep_says(f"Yes, it does (answer {minute}).")
        await world.passes(minutes=4)


async def spoken_since_the_card(world: World) -> list[str]:
    """What visitor, agent and rep said after the handoff, as the visitor reads it."""
    said = await world.messages()
    opened_by = next(i for i, m in enumerate(said) if m.text == HOT)
    return [m.text for m in said[opened_by + 1 :] if m.author.value != "system"]


async def test_after_an_hour_without_slack_everything_arrives_in_order_and_once(room: Room) -> None:
    world = room.world
    await world.visitor_arrives()
    await world.visitor_says(HOT)
    await room.twin.mishaps.goes_down()
    await talk_for_an_hour(world)
    thread_before = len(room.thread())
    await room.twin.mishaps.comes_back()
    for _ in range(5):
        await world.passes(minutes=2)
    assert thread_before < 3
    assert len(room.cards()) == 1
    assert room.thread() == await spoken_since_the_card(world)


async def test_a_card_that_was_due_while_slack_was_down_arrives_before_its_talk(room: Room) -> None:
    world = room.world
    await room.twin.mishaps.goes_down()
    await world.visitor_arrives()
    await world.visitor_says(HOT)
    await talk_for_an_hour(world)
    assert room.cards() == []
    await room.twin.mishaps.comes_back()
    for _ in range(5):
        await world.passes(minutes=2)
    (card,) = room.cards()
    assert "Claimed by Mia Hartung" in str(card.blocks)
    assert room.thread() == await spoken_since_the_card(world)
    assert float(card.ts) < min(float(m.ts) for m in room.twin.messages(room.channel) if m.is_reply)
