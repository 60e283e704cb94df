"""What every rep desk promises, kept by Slack and by the fake."""

from abc import abstractmethod
from collections.abc import AsyncIterator
from typing import Protocol

import pytest

from agent.conversation import Author
from agent.errors import DeskRefusedError, DeskUnavailableError
from agent.handoff import DeskPostKind, HandoffState, RepDesk
from integrations.slack.connection import SlackConnection, SlackCredentials
from tests.fakes.desk import RecordingDesk
from tests.fakes.slack_twin import SlackTwin
from tests.integrations.slack.desk_builders import (
    MIA,
    a_handoff,
    a_message,
    a_playbook,
    a_post,
    claimed_by,
)


class Stage(Protocol):
    """A desk, what reps see of it, and what can go wrong with it."""

    desk: RepDesk

    @abstractmethod
    def cards(self) -> list[HandoffState]: ...
    @abstractmethod
    def thread(self) -> list[str]: ...
    @abstractmethod
    def goes_away(self) -> None: ...
    @abstractmethod
    def refuses(self) -> None: ...
    @abstractmethod
    def loses_the_answer(self) -> None: ...


class RecordingStage:
    def __init__(self) -> None:
        self.recording = RecordingDesk()
        self.desk: RepDesk = self.recording

    def cards(self) -> list[HandoffState]:
        return [handoff.state for handoff in self.recording.cards.values()]

    def thread(self) -> list[str]:
        return self.recording.relayed

    def goes_away(self) -> None:
        self.recording.is_unavailable(retry_after=7)

    def refuses(self) -> None:
        self.recording.refuses()

    def loses_the_answer(self) -> None:
        self.recording.is_lost_after_posting()


class SlackStage:
    def __init__(self, twin: SlackTwin) -> None:
        self.twin, self.channel = twin, twin.add_channel("leads")
        connection = SlackConnection(
            SlackCredentials(twin.bot_token), self.channel, twin.base_url, timeout=1
        )
        self.desk: RepDesk = connection.desk(a_playbook())

    def cards(self) -> list[HandoffState]:
        cards = [message for message in self.twin.messages(self.channel) if not message.is_reply]
        return [_state_shown(str(card.blocks)) for card in cards]

    def thread(self) -> list[str]:
        return [message.text for message in self.twin.messages(self.channel) if message.is_reply]

    def goes_away(self) -> None:
        self.twin.rate_limits(1, retry_after=7)

    def refuses(self) -> None:
        self.twin.fails_with("msg_too_long")

    def loses_the_answer(self) -> None:
        self.twin.times_out_after_posting()


def _state_shown(card: str) -> HandoffState:
    return HandoffState.CLAIMED if "Claimed by" in card else HandoffState.OPEN


@pytest.fixture(params=["recording", "slack"])
async def stage(request: pytest.FixtureRequest) -> AsyncIterator[Stage]:
    if request.param == "recording":
        yield RecordingStage()
        return
    async with SlackTwin() as twin:
        yield SlackStage(twin)


async def test_shows_a_card_and_brings_it_up_to_date(stage: Stage) -> None:
    card = await stage.desk.deliver(a_post())
    update = a_post(DeskPostKind.UPDATE, claimed_by(MIA), number=2, thread=card)
    assert await stage.desk.deliver(update) == card
    assert stage.cards() == [HandoffState.CLAIMED]


async def test_shows_what_is_said_in_order(stage: Stage) -> None:
    card = await stage.desk.deliver(a_post())
    for number, words in enumerate(["one", "two", "three"], start=2):
        message = a_message(words, seq=number)
        await stage.desk.deliver(
            a_post(DeskPostKind.RELAY, number=number, message=message, thread=card)
        )
    assert stage.thread() == ["one", "two", "three"]


async def test_each_post_has_its_own_reference(stage: Stage) -> None:
    card = await stage.desk.deliver(a_post())
    first = a_post(DeskPostKind.NUDGE, number=2, thread=card)
    second = a_post(DeskPostKind.NUDGE, number=3, thread=card)
    assert len({card, await stage.desk.deliver(first), await stage.desk.deliver(second)}) == 3


async def test_a_card_in_doubt_is_found_and_not_shown_twice(stage: Stage) -> None:
    stage.loses_the_answer()
    with pytest.raises(DeskUnavailableError):
        await stage.desk.deliver(a_post())
    reference = await stage.desk.deliver(a_post(attempts=1))
    again = await stage.desk.deliver(a_post(attempts=2))
    assert reference == again
    assert len(stage.cards()) == 1


async def test_words_in_doubt_are_found_and_not_shown_twice(stage: Stage) -> None:
    card = await stage.desk.deliver(a_post())
    message = a_message("hello", Author.AGENT)
    stage.loses_the_answer()
    with pytest.raises(DeskUnavailableError):
        await stage.desk.deliver(a_post(DeskPostKind.RELAY, number=2, message=message, thread=card))
    await stage.desk.deliver(
        a_post(DeskPostKind.RELAY, number=2, message=message, thread=card, attempts=1)
    )
    assert stage.thread() == ["hello"]


async def test_a_post_in_doubt_that_never_got_through_is_shown(stage: Stage) -> None:
    await stage.desk.deliver(a_post(attempts=3))
    assert stage.cards() == [HandoffState.OPEN]


async def test_says_when_to_try_again(stage: Stage) -> None:
    stage.goes_away()
    with pytest.raises(DeskUnavailableError) as caught:
        await stage.desk.deliver(a_post())
    assert caught.value.retry_after == 7
    assert stage.cards() == []


async def test_says_when_trying_again_is_useless(stage: Stage) -> None:
    stage.refuses()
    with pytest.raises(DeskRefusedError):
        await stage.desk.deliver(a_post())
    assert stage.cards() == []


@pytest.mark.parametrize("kind", [kind for kind in DeskPostKind if kind is not DeskPostKind.CARD])
async def test_what_belongs_to_a_card_waits_for_the_card(stage: Stage, kind: DeskPostKind) -> None:
    with pytest.raises(DeskUnavailableError):
        await stage.desk.deliver(a_post(kind, a_handoff(), message=a_message("hi"), text="hi"))
