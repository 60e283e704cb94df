"""A flood is refused at the door; what was let in is answered, and what was refused comes again."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from agent.conversation import ConversationId
from integrations.web.waiting import FORGOTTEN, LONGEST, WaitingRoom
from tests.integrations.web.world import Talker, World, a_world, problem_of


@dataclass
class Seconds:
    """A clock that stands still."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Full:
    """An installation with room for two, who both wait."""

    world: World
    room: WaitingRoom
    waiting: list[Talker]
    refused: list[None]


@pytest.fixture
async def full() -> AsyncIterator[Full]:
    room, refused = WaitingRoom(2), list[None]()
    changes = {"waiting_room": room, "note_refused": lambda: refused.append(None)}
    async with a_world(**changes) as world:
        waiting = [await world.open(f"a-{number}") for number in range(2)]
        for talker in waiting:
            assert (await talker.say()).status_code == 202
        yield Full(world, room, waiting, refused)


async def test_new_words_are_refused_with_the_time_to_come_again(full: Full) -> None:
    eve = await full.world.open("eve")
    refused = await eve.say()
    problem = problem_of(refused)
    assert (problem["status"], refused.headers["retry-after"]) == (503, "1")
    assert "not saved" in problem["detail"]
    assert len(full.refused) == 1


async def test_refused_words_are_not_kept(full: Full) -> None:
    eve = await full.world.open("eve")
    await eve.say()
    assert (await eve.read()).json()["messages"] == []
    assert ConversationId(eve.conversation_id) not in full.world.woken


async def test_a_wish_for_a_person_is_refused_too(full: Full) -> None:
    eve = await full.world.open("eve")
    answer = await full.world.client.post(f"{eve.url}/human", headers=eve.headers)
    assert problem_of(answer)["status"] == 503


async def test_refused_words_are_accepted_once_somebody_was_answered(full: Full) -> None:
    eve = await full.world.open("eve")
    await eve.say("What is the price?", "e-1")
    full.room.leave(ConversationId(full.waiting[0].conversation_id))
    assert (await eve.say("What is the price?", "e-1")).json()["seq"] == 1


async def test_more_words_of_somebody_who_waits_are_accepted(full: Full) -> None:
    assert (await full.waiting[0].say("And for 40 people?", "2")).status_code == 202


async def test_words_that_were_accepted_are_accepted_again_in_a_flood(full: Full) -> None:
    first, other = full.waiting[0], await full.world.open("other")
    full.room.leave(ConversationId(first.conversation_id))
    assert (await other.say()).status_code == 202
    assert (await first.say()).json()["seq"] == 1
    assert full.refused == []


async def test_words_to_a_rep_are_never_refused(full: Full) -> None:
    ada = await full.world.open("ada")
    await full.world.rep_says(ada, "Hello, this is Mia.")
    assert (await ada.say("Hello Mia", "m-1")).status_code == 202


async def test_a_conversation_may_be_opened_and_read_in_a_flood(full: Full) -> None:
    eve = await full.world.open("eve")
    assert (await eve.read()).status_code == 200


async def test_no_more_get_in_when_many_come_at_the_same_moment() -> None:
    async with a_world(waiting_room=WaitingRoom(3)) as world:
        talkers = [await world.open(f"a-{number}") for number in range(9)]
        answers = await asyncio.gather(*(talker.say() for talker in talkers))
    assert sorted(answer.status_code for answer in answers) == [202] * 3 + [503] * 6


async def test_words_that_cannot_be_saved_keep_no_place() -> None:
    room = WaitingRoom(1)
    async with a_world(waiting_room=room) as world:
        ada = await world.open()
        await world.client.post(f"{ada.url}/end", headers=ada.headers)
        assert (await ada.say()).status_code == 409
    assert room.count == 0


async def test_openapi_says_what_a_refusal_is(full: Full) -> None:
    described = (await full.world.client.get("/openapi.json")).json()
    path = described["paths"]["/v1/conversations/{conversation_id}/messages"]
    refusal = path["post"]["responses"]["503"]
    assert refusal["headers"]["Retry-After"]["schema"] == {"type": "integer"}
    assert "application/problem+json" in refusal["content"]


def test_the_wait_is_as_long_as_replies_take() -> None:
    seconds = Seconds()
    room = WaitingRoom(1, seconds)
    for number in range(100):
        room.enter(ConversationId(f"c-{number}"))
        seconds.now += 4.2
        room.leave(ConversationId(f"c-{number}"))
    assert room.seconds == 5


def test_nobody_is_asked_to_wait_for_minutes() -> None:
    seconds = Seconds()
    room = WaitingRoom(1, seconds)
    for number in range(100):
        room.enter(ConversationId(f"c-{number}"))
        seconds.now += 1_000
        room.leave(ConversationId(f"c-{number}"))
    assert room.seconds == LONGEST


def test_whoever_waits_for_what_is_down_keeps_nobody_out() -> None:
    seconds = Seconds()
    room = WaitingRoom(1, seconds)
    room.enter(ConversationId("c-1"))
    assert room.is_full_for(ConversationId("c-2"))
    seconds.now = FORGOTTEN + 1
    assert not room.is_full_for(ConversationId("c-2"))


def test_whoever_comes_twice_leaves_once() -> None:
    room = WaitingRoom(1)
    for _ in range(2):
        room.enter(ConversationId("c-1"))
    room.leave(ConversationId("c-1"))
    assert room.count == 0
