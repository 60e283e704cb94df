"""A bug in the middle of a turn: the visitor is told the truth after a few tries, and a rep is called."""

from dataclasses import replace

import pytest

from agent.conversation import Author, ConversationId, Holder
from agent.facts import NOTHING_MORE, Findings, Wanted
from agent.handoff import DeskPostKind
from agent.last_resort import TRIES
from agent.watcher import Watcher
from prompts.phrases import phrases
from tests.contracts.stores import Stores
from tests.scenarios.world import PRICE_QUESTION, World, a_world


class ForgottenCaseError(Exception):
    """What nobody foresaw."""


async def breaks(question: str, limit: int = 6, wanted: Wanted = NOTHING_MORE) -> Findings:
    raise ForgottenCaseError(question)


async def asked_of_what_breaks(world: World, tries: int, text: str = PRICE_QUESTION) -> None:
    """Ask, with a library that fails as no library is expected to, and let it be tried so often."""
    world.library.find = breaks  # type: ignore[method-assign]
    await world.stores.conversations.append(world.id, f"client {text}", text)
    for _ in range(tries):
        with pytest.raises(ForgottenCaseError):
            await world.watch.advance(world.id)


async def test_after_some_tries_the_visitor_is_told_and_a_rep_is_called(stores: Stores) -> None:
    async with a_world(stores=stores) as world:
        await world.visitor_arrives()
        await asked_of_what_breaks(world, TRIES - 1)
        await world.watch.advance(world.id)
        assert await world.replies() == [phrases("en").fill("failed_passed_on")]
        assert "failed" in (await world.handoff()).reason
        assert world.count(DeskPostKind.CARD) == 1


async def test_it_is_said_once(stores: Stores) -> None:
    async with a_world(stores=stores) as world:
        await world.visitor_arrives()
        await asked_of_what_breaks(world, TRIES - 1)
        await world.watch.advance(world.id)
        await world.settles()
        assert len(await world.replies()) == 1


class Noting(Watcher):
    """Notes where nothing waits for a reply any more."""

    def __init__(self) -> None:
        self.responded_in: list[ConversationId] = []

    def responded(self, conversation_id: ConversationId) -> None:
        self.responded_in.append(conversation_id)


async def test_words_wait_until_they_are_answered_even_by_the_last_resort() -> None:
    async with a_world() as world:
        noting = Noting()
        path = replace(world.watch.first_response, watcher=noting)
        world.watch = replace(world.watch, first_response=path)
        await world.visitor_arrives()
        await asked_of_what_breaks(world, TRIES - 1)
        assert noting.responded_in == []
        await world.watch.advance(world.id)
        assert noting.responded_in == [world.id]


async def test_what_works_at_the_second_try_is_answered_as_ever() -> None:
    async with a_world() as world:
        find = world.library.find
        await world.visitor_arrives()
        await asked_of_what_breaks(world, 1)
        world.library.find = find  # type: ignore[method-assign]
        await world.watch.advance(world.id)
        assert "$42" in (await world.replies())[0]


async def test_in_the_visitors_language() -> None:
    async with a_world() as world:
        await world.visitor_arrives()
        await asked_of_what_breaks(world, TRIES - 1, "Was kostet Growth pro Platz und Monat?")
        await world.watch.advance(world.id)
        assert await world.replies() == [phrases("de").fill("failed_passed_on")]


async def test_while_a_rep_is_called_already_no_other_is(stores: Stores) -> None:
    async with a_world(stores=stores) as world:
        await world.visitor_arrives()
        await world.visitor_says("I would like to talk to a person.")
        await asked_of_what_breaks(world, TRIES - 1)
        await world.watch.advance(world.id)
        assert len(await world.handoffs()) == 1
        assert (await world.messages())[-1].author is Author.AGENT
        assert await world.holder() is Holder.AGENT
