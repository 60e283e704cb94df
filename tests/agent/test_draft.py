"""A reply in the making."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from agent.conversation import MessageId, Sentence
from agent.draft import Draft, next_piece
from agent.errors import ModelUnavailableError, StaleEpochError


def a_draft(*shown: str) -> Draft:
    sentences = [Sentence(text) for text in shown]
    return Draft(MessageId("m-1"), 0.0, asyncio.Event(), sentences)


async def slowly(*pieces: str) -> AsyncIterator[str]:
    for piece in pieces:
        for _ in range(5):
            await asyncio.sleep(0)
        yield piece


async def never() -> AsyncIterator[str]:
    await asyncio.Event().wait()
    yield ""


async def test_new_words_drop_a_draft_of_which_nothing_was_shown() -> None:
    draft = a_draft()
    draft.interrupted.set()
    with pytest.raises(StaleEpochError):
        await next_piece(never(), draft, seconds=60)


async def test_new_words_leave_a_draft_that_is_being_shown_alone() -> None:
    draft = a_draft("It is 29 EUR.")
    draft.interrupted.set()
    assert await next_piece(slowly("Anything else?"), draft, seconds=60) == "Anything else?"


@pytest.mark.parametrize("shown", [(), ("It is 29 EUR.",)])
async def test_a_writer_that_stops_in_the_middle_is_given_up(shown: tuple[str, ...]) -> None:
    with pytest.raises(ModelUnavailableError):
        await next_piece(never(), a_draft(*shown), seconds=0)
