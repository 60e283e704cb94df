import asyncio
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace

import pytest

from agent.answering.searching import Search
from agent.conversation import Author, Conversation, ConversationId, Held, Holder, Message
from agent.facts import NOTHING_MORE, Findings, Wanted
from agent.finding import find_facts
from agent.foresight import MOST_AT_ONCE, Foreseer, Foresight, Foresights
from agent.signals import Reading, TextReading
from tests.agent.tourvane import DETECTOR
from tests.builders import a_fact, a_held, an_opening
from tests.fakes.clock import FixedClock
from tests.fakes.library import FixedLibrary
from tests.fakes.memory import MemoryConversations, MemoryStore

ASKED = "What does the Team plan cost? Does it work offline?"


class Spy(FixedLibrary):
    """Keeps all that is sought, with what is wanted besides."""

    def __init__(self) -> None:
        super().__init__([a_fact()])
        self.sought: list[tuple[str, int, Wanted]] = []

    async def find(self, question: str, limit: int = 6, wanted: Wanted = NOTHING_MORE) -> Findings:
        self.sought.append((question, limit, wanted))
        return await super().find(question, limit, wanted)


@dataclass
class Reader:
    searches: list[tuple[str, str]] = field(default_factory=list)

    async def chances(self, search: Search) -> Sequence[float]:
        self.searches.append((search.text, search.context))
        return [0.5 for _ in search.candidates]


@dataclass
class Detector:
    """Reads by phrases, and keeps what was foreseen."""

    foreseen: list[tuple[str, str]] = field(default_factory=list)

    def read_text(self, text: str) -> TextReading:
        return DETECTOR.read_text(text)

    def read(self, unanswered: tuple[Message, ...], before: tuple[Message, ...]) -> Reading:
        return DETECTOR.read(unanswered, before)

    def foresee(self, text: str, said: str) -> TextReading:
        self.foreseen.append((text, said))
        return self.read_text(text)


@dataclass
class World:
    store: MemoryStore = field(default_factory=lambda: MemoryStore(FixedClock()))
    detector: Detector = field(default_factory=Detector)
    library: Spy = field(default_factory=Spy)
    reader: Reader = field(default_factory=Reader)

    @property
    def conversations(self) -> MemoryConversations:
        return MemoryConversations(self.store)

    async def talk(self) -> Conversation:
        return await self.conversations.start(an_opening())

    async def look(self, conversation: Conversation, text: str = ASKED) -> Foresight:
        foreseer = Foreseer(self.conversations, self.detector, self.library, self.reader)
        with Foresights().begin(conversation.id) as foresight:
            await foreseer.look(conversation, text, foresight)
        return foresight


@pytest.fixture
def world() -> World:
    return World()


async def test_the_turn_seeks_and_reads_nothing_that_was_not_foreseen(world: World) -> None:
    talk = await world.talk()
    await world.look(talk)
    foreseen, read = {*world.library.sought}, {*world.reader.searches}
    message, _ = await world.conversations.append(talk.id, "m-1", ASKED)
    held = a_held(conversation=talk, unanswered=(message,))
    await _found(world, held)
    asked = [each for each in world.library.sought if each[0] in ASKED]
    assert len(asked) == 6
    assert {*asked} == foreseen
    assert {*world.reader.searches} == read


async def _found(world: World, held: Held) -> None:
    reading = DETECTOR.read(held.unanswered, held.before)
    await find_facts(held, reading, "", world.library, world.reader)


async def test_words_are_read_as_the_answer_to_what_our_side_said_last(world: World) -> None:
    talk = await world.talk()
    await world.conversations.append(talk.id, "m-1", "Hello there")
    world.store.say(world.store.talk(talk.id), Author.AGENT, "Hotline", "How many are you?")
    await world.look(await world.conversations.get(talk.id), "40")
    assert world.detector.foreseen == [("40", "How many are you?")]


async def test_a_question_may_point_back_to_the_visitors_words_before(world: World) -> None:
    talk = await world.talk()
    await world.conversations.append(talk.id, "m-1", "We use the Team plan.")
    await world.look(await world.conversations.get(talk.id), "How much a seat?")
    assert ("How much a seat?", "We use the Team plan.") in world.reader.searches


async def test_nothing_is_made_of_words_to_a_rep(world: World) -> None:
    foresight = await world.look(replace(await world.talk(), holder=Holder.REP))
    assert (world.detector.foreseen, world.library.sought) == ([], [])
    assert foresight.has_found.is_set()


async def test_a_library_that_is_down_keeps_nobody_waiting(world: World) -> None:
    world.library.is_down = True
    foresight = await world.look(await world.talk())
    assert foresight.has_read.is_set()
    assert foresight.has_found.is_set()


async def test_a_turn_waits_for_what_is_being_made_of_its_words() -> None:
    foresights, talk = Foresights(), ConversationId("c-1")
    with foresights.begin(talk) as foresight:
        reading = asyncio.create_task(foresights.read(talk))
        finding = asyncio.create_task(foresights.found(talk))
        await asyncio.sleep(0)
        assert not reading.done()
        foresight.has_read.set()
        await reading
        assert not finding.done()
    await finding


async def test_a_turn_waits_for_no_other_conversation_and_for_nothing_that_has_ended() -> None:
    foresights = Foresights()
    with foresights.begin(ConversationId("c-1")):
        await foresights.found(ConversationId("c-2"))
    await foresights.found(ConversationId("c-1"))
    assert not foresights.going_on


async def test_who_writes_twice_at_once_is_waited_for_as_long_as_the_second_look_takes() -> None:
    foresights, talk = Foresights(), ConversationId("c-1")
    first, second = foresights.begin(talk), foresights.begin(talk)
    first.__enter__()
    with second:
        first.__exit__(None, None, None)
        assert talk in foresights.going_on


async def test_where_very_many_write_at_once_there_are_enough_looks_ahead() -> None:
    foresights, going_on = Foresights(), ExitStack()
    with going_on:
        for number in range(MOST_AT_ONCE):
            assert not foresights.are_enough
            going_on.enter_context(foresights.begin(ConversationId(f"c-{number}")))
        assert foresights.are_enough
    assert not foresights.are_enough


async def test_a_look_ahead_that_is_stuck_does_not_hold_the_turn_up() -> None:
    foresights, talk = Foresights(longest=0.0), ConversationId("c-1")
    with foresights.begin(talk):
        await foresights.read(talk)
        await foresights.found(talk)
        assert talk in foresights.going_on
