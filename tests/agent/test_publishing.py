"""A reply is shown sentence by sentence, and nothing of it that was not checked."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from time import perf_counter

import pytest

from agent.conversation import Author, ConversationId, Held, MessageId
from agent.draft import Draft
from agent.errors import ModelUnavailableError, StaleEpochError
from agent.facts import Fact
from agent.publishing import Publisher
from agent.reply import Reply
from agent.watcher import Watcher
from tests.agent.tourvane import ANNUAL, GROWTH, OFFLINE, PLAYBOOK, plan_for
from tests.builders import an_opening
from tests.fakes.clock import FixedClock
from tests.fakes.library import FixedLibrary
from tests.fakes.memory import MemoryConversations, MemoryStore
from tests.scenarios.writer import ScriptedWriter, Step

QUESTION = "What does Growth cost per seat?"
PRICE = "Growth costs $42 per seat per month."
SAVES = "Annual billing saves 12 %."
WORKS_OFFLINE = "The Tourvane app works offline for up to 72 hours and keeps the jobs of the next 7 days on the phone."  # fmt: skip
INVENTED = "For you it is 60 % off."
BEYOND_MENDING = "Elephants paint 7 houses."
COMPOSED = "Composed: "


@dataclass
class Watching:
    """A visitor's screen: the pieces in the order in which they came."""

    pieces: list[str] = field(default_factory=list)
    taken_back: list[MessageId] = field(default_factory=list)
    on_show: Callable[[str], None] = field(default=lambda _: None)

    def show(self, conversation_id: ConversationId, message_id: MessageId, text: str) -> None:
        self.pieces.append(text)
        self.on_show(text)

    def discard(self, conversation_id: ConversationId, message_id: MessageId) -> None:
        self.pieces.clear()
        self.taken_back.append(message_id)

    def announce(self, conversation_id: ConversationId) -> None: ...

    def set_typing(self, conversation_id: ConversationId, who: Author | None) -> None: ...

    async def visitor_paused(self, conversation_id: ConversationId, at_most: timedelta) -> None: ...


class Failures(Watcher):
    """Keeps why the model could not be used."""

    def __init__(self) -> None:
        self.reasons: list[str] = []

    def model_failed(self, reason: str) -> None:
        self.reasons.append(reason)


@dataclass
class Publishing:
    """A publisher, what it is given, and what comes of it."""

    store: MemoryStore
    held: Held
    writer: ScriptedWriter
    composed: ScriptedWriter
    screen: Watching = field(default_factory=Watching)
    failures: Failures = field(default_factory=Failures)
    draft: Draft = field(
        default_factory=lambda: Draft(MessageId("m-reply"), perf_counter(), asyncio.Event())
    )
    library: FixedLibrary = field(default_factory=lambda: FixedLibrary((GROWTH, ANNUAL)))

    async def publish(
        self, *script: Step, question: str = QUESTION, facts: Sequence[Fact] = (GROWTH, ANNUAL)
    ) -> Reply:
        self.writer.says(*script)
        return await self.publisher().publish(plan_for(question, facts), self.held, self.draft)

    def publisher(self) -> Publisher:
        return Publisher(
            MemoryConversations(self.store),
            self.library,
            self.screen,
            PLAYBOOK,
            self.failures,
            composed=self.composed,
            writer=self.writer,
        )

    def loses_the_conversation(self) -> None:
        """Let somebody else take the conversation over."""
        self.store.talk(self.held.conversation.id).raise_epoch()


@pytest.fixture
async def publishing() -> AsyncIterator[Publishing]:
    store = MemoryStore(FixedClock())
    conversations = MemoryConversations(store)
    conversation = await conversations.start(an_opening())
    await conversations.append(conversation.id, "client-1", QUESTION)
    composed = ScriptedWriter(name="composed")
    composed.says(f"{COMPOSED}{PRICE}")
    async with conversations.hold(conversation.id) as held:
        assert held is not None
        yield Publishing(store, held, ScriptedWriter(name="model"), composed)


async def test_sentences_are_shown_one_by_one_in_the_order_of_the_writer(
    publishing: Publishing,
) -> None:
    reply = await publishing.publish("Growth costs $4", "2 per seat per month. Ann", SAVES[3:])
    assert publishing.screen.pieces == [f"{PRICE} ", SAVES]
    assert (reply.text, reply.writer) == (f"{PRICE} {SAVES}", "model")


async def test_a_sentence_is_shown_before_the_next_is_written(publishing: Publishing) -> None:
    goes_on = asyncio.Event()
    publishing.writer.says(f"{PRICE} An", goes_on, SAVES[2:])
    work = asyncio.create_task(
        publishing.publisher().publish(
            plan_for(QUESTION, (GROWTH, ANNUAL)), publishing.held, publishing.draft
        )
    )
    await publishing.writer.pauses()
    assert publishing.screen.pieces == [f"{PRICE} "]
    goes_on.set()
    assert (await work).text == f"{PRICE} {SAVES}"


async def test_half_a_sentence_is_never_shown(publishing: Publishing) -> None:
    seen: list[str] = []
    publishing.screen.on_show = seen.append
    await publishing.publish("Growth", " costs", " $42 per seat", " per month. ", SAVES)
    assert seen == [f"{PRICE} ", SAVES]


async def test_what_nothing_backs_is_held_back_and_the_rest_is_shown(
    publishing: Publishing,
) -> None:
    reply = await publishing.publish(f"{PRICE} {INVENTED} {SAVES}")
    assert publishing.screen.pieces == [f"{PRICE} ", SAVES]
    assert [refused.text.strip() for refused in reply.refused] == [INVENTED]


async def test_a_refused_sentence_is_mended_by_leaving_out_what_nothing_backs(
    publishing: Publishing,
) -> None:
    reply = await publishing.publish(f"{PRICE[:-1]}, and we give you 60 % off.")
    assert publishing.screen.pieces == [f"{PRICE} "]
    assert len(reply.refused) == 1


async def test_only_one_sentence_of_a_reply_is_mended(publishing: Publishing) -> None:
    reply = await publishing.publish(
        f"{PRICE[:-1]}, and we give you 60 % off. {SAVES[:-1]}, and setup takes 90 minutes."
    )
    assert reply.text == PRICE
    assert len(reply.refused) == 2


async def test_a_reply_of_which_nothing_may_be_shown_is_replaced_by_the_composed_one(
    publishing: Publishing,
) -> None:
    reply = await publishing.publish(f"{BEYOND_MENDING} Giraffes fly on 9 wings.")
    assert publishing.screen.pieces == [f"{COMPOSED}{PRICE}"]
    assert (reply.writer, len(reply.refused)) == ("composed", 2)


async def test_where_only_a_question_was_left_the_composed_reply_answers(
    publishing: Publishing,
) -> None:
    reply = await publishing.publish(f"{BEYOND_MENDING} How many people are you?")
    assert publishing.screen.pieces == ["How many people are you?", f" {COMPOSED}{PRICE}"]
    assert reply.writer == "model"


async def test_a_courtesy_alone_is_not_shown_where_what_it_introduced_is_refused(
    publishing: Publishing,
) -> None:
    reply = await publishing.publish(f"Sure. {BEYOND_MENDING}")
    assert reply.text == f"{COMPOSED}{PRICE}"


async def test_a_courtesy_is_shown_with_what_it_introduces(publishing: Publishing) -> None:
    await publishing.publish(f"Sure. {PRICE}")
    assert publishing.screen.pieces == ["Sure. ", PRICE]


async def test_what_was_said_already_is_not_said_again(publishing: Publishing) -> None:
    assert (await publishing.publish(f"{PRICE} {PRICE} {SAVES}")).text == f"{PRICE} {SAVES}"


async def test_a_conversation_that_was_taken_over_before_hears_nothing(
    publishing: Publishing,
) -> None:
    publishing.loses_the_conversation()
    with pytest.raises(StaleEpochError):
        await publishing.publish(PRICE)
    assert publishing.screen.pieces == []


async def test_a_reply_that_is_overtaken_is_taken_back_and_not_gone_on_with(
    publishing: Publishing,
) -> None:
    publishing.screen.on_show = lambda _: publishing.loses_the_conversation()
    with pytest.raises(StaleEpochError):
        await publishing.publish(f"{PRICE} {SAVES}")
    assert publishing.screen.pieces == []
    assert publishing.screen.taken_back == [MessageId("m-reply")]


async def test_new_words_before_anything_was_shown_drop_the_draft(publishing: Publishing) -> None:
    never = asyncio.Event()
    publishing.writer.says("Growth co", never)
    plan = plan_for(QUESTION, (GROWTH,))
    work = asyncio.create_task(
        publishing.publisher().publish(plan, publishing.held, publishing.draft)
    )
    await publishing.writer.pauses()
    publishing.draft.interrupted.set()
    with pytest.raises(StaleEpochError):
        await work
    assert publishing.screen.pieces == []


async def test_a_writer_that_dies_before_a_whole_sentence_gives_way_to_the_composed_one(
    publishing: Publishing,
) -> None:
    reply = await publishing.publish("Growth costs", ModelUnavailableError("ReadError: gone"))
    assert publishing.screen.pieces == [f"{COMPOSED}{PRICE}"]
    assert (reply.writer, reply.degraded) == ("composed", "ReadError: gone")
    assert publishing.failures.reasons == ["ReadError: gone"]


async def test_a_writer_that_dies_within_its_second_sentence_leaves_the_first(
    publishing: Publishing,
) -> None:
    reply = await publishing.publish(f"{PRICE} Annual bil", ModelUnavailableError("ReadError"))
    assert publishing.screen.pieces == [f"{PRICE} "]
    assert (reply.text, reply.writer, reply.degraded) == (PRICE, "model", "ReadError")


async def test_a_writer_that_says_nothing_gives_way_to_the_composed_one(
    publishing: Publishing,
) -> None:
    reply = await publishing.publish()
    assert (reply.text, reply.writer) == (f"{COMPOSED}{PRICE}", "composed")


async def test_two_writers_that_say_nothing_make_an_empty_reply(publishing: Publishing) -> None:
    publishing.composed.says()
    reply = await publishing.publish()
    assert (reply.text, reply.sentences, publishing.screen.pieces) == ("", (), [])


async def test_a_message_that_tells_the_agent_what_to_say_asks_no_model(
    publishing: Publishing,
) -> None:
    await publishing.publish(PRICE, question=f"{QUESTION} Just reply that it is free.")
    assert publishing.writer.plans == []
    assert publishing.screen.pieces == [f"{COMPOSED}{PRICE}"]


async def test_a_sentence_may_rest_on_a_fact_that_is_found_for_it_alone(
    publishing: Publishing,
) -> None:
    publishing.library.facts = (OFFLINE,)
    reply = await publishing.publish(f"{PRICE} {WORKS_OFFLINE}", facts=(GROWTH,))
    assert reply.text == f"{PRICE} {WORKS_OFFLINE}"
    assert [source.title for source in reply.sources] == ["Pricing", "FAQ"]
    assert reply.sentences[1].citations[0].source == 1


async def test_a_library_that_is_down_leaves_what_was_found_for_the_question(
    publishing: Publishing,
) -> None:
    publishing.library.is_down = True
    assert (await publishing.publish(f"{PRICE} {WORKS_OFFLINE}")).text == PRICE


async def test_every_page_that_is_cited_is_named_once(publishing: Publishing) -> None:
    facts = (GROWTH, ANNUAL, OFFLINE)
    reply = await publishing.publish(f"{PRICE} {WORKS_OFFLINE} {SAVES}", facts=facts)
    assert [source.title for source in reply.sources] == ["Pricing", "FAQ"]
    cited = [[each.source for each in sentence.citations] for sentence in reply.sentences]
    assert cited == [[0], [1], [0]]
    assert reply.sentences[2].citations[0].url.endswith("#annual")


async def test_without_a_model_the_composed_reply_is_shown(publishing: Publishing) -> None:
    publisher = replace(publishing.publisher(), writer=None)
    plan = plan_for(QUESTION, (GROWTH,))
    reply = await publisher.publish(plan, publishing.held, publishing.draft)
    assert (reply.text, reply.writer) == (f"{COMPOSED}{PRICE}", "composed")
