"""Several processes hear of what reps do in Slack, even each of everything: it is done once."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.scenarios.slack_world import SlackWorld, a_slack_world
from tests.scenarios.world import HOT

CLAIM = "handoff.claim"


@pytest.fixture
async def slack(tmp_path: Path, postgres_address: str) -> AsyncIterator[SlackWorld]:
    path = tmp_path / "hotline.db"
    async with a_slack_world(path, address=postgres_address, replicas=2) as world:
        await world.visitor_says(HOT)
        yield world


async def joined(slack: SlackWorld) -> int:
    return sum("has joined" in message.text for message in await slack.world.messages())


async def test_a_press_that_two_processes_hear_of_claims_once(slack: SlackWorld) -> None:
    await slack.presses(slack.mia, CLAIM)
    assert await joined(slack) == 1
    assert slack.told(slack.mia) == []


async def test_words_that_two_processes_hear_of_are_said_once_and_in_order(
    slack: SlackWorld,
) -> None:
    await slack.presses(slack.mia, CLAIM)
    for number in range(5):
        await slack.replies(slack.mia, f"Number {number}")
    assert await slack.rep_words() == [f"Number {number}" for number in range(5)]


async def test_words_that_two_processes_hear_change_of_are_changed_once(slack: SlackWorld) -> None:
    await slack.presses(slack.mia, CLAIM)
    message = await slack.replies(slack.mia, "It costs 29 EUR")
    await slack.mia.edits(message, "It costs 39 EUR")
    await slack.settles()
    assert await slack.rep_words() == ["It costs 39 EUR"]


async def test_a_card_is_posted_once(slack: SlackWorld) -> None:
    await slack.presses(slack.mia, CLAIM)
    assert len(slack.cards) == 1
