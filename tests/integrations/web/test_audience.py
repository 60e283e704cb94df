"""The live audience in one process."""

import asyncio
from datetime import timedelta

from agent.conversation import Author, ConversationId, MessageId
from integrations.web import audience as module
from integrations.web import watchers
from integrations.web.audience import LiveAudience
from integrations.web.watchers import Changed, Discarded, Shown, Typing

TALK, REPLY = ConversationId("c-1"), MessageId("m-1")
SOON = 0.01


async def test_a_slow_reader_gets_everything_in_one_piece() -> None:
    audience = LiveAudience()
    async with audience.subscribe(TALK) as watcher:
        for _ in range(10_000):
            audience.show(TALK, REPLY, "x")
            audience.announce(TALK)
        assert await watcher.next(SOON) == [Changed(), Shown(REPLY, "x" * 10_000)]
        assert await watcher.next(SOON) == []


async def test_each_reader_gets_what_it_has_not_seen() -> None:
    audience = LiveAudience()
    async with audience.subscribe(TALK) as early:
        audience.show(TALK, REPLY, "It ")
        assert await early.next(SOON) == [Shown(REPLY, "It ")]
        async with audience.subscribe(TALK) as late:
            audience.show(TALK, REPLY, "is")
            assert await early.next(SOON) == [Shown(REPLY, "is")]
            assert await late.next(SOON) == [Shown(REPLY, "It is")]


async def test_only_those_who_saw_a_draft_hear_that_it_is_gone() -> None:
    audience = LiveAudience()
    async with audience.subscribe(TALK) as saw, audience.subscribe(TALK) as slept:
        audience.show(TALK, REPLY, "It")
        await saw.next(SOON)
        audience.discard(TALK, REPLY)
        assert await saw.next(SOON) == [Discarded(REPLY)]
        assert await slept.next(SOON) == []


async def test_a_settled_draft_is_not_shown_again() -> None:
    audience = LiveAudience()
    audience.show(TALK, REPLY, "It is 29 EUR.")
    audience.settle(TALK, REPLY)
    async with audience.subscribe(TALK) as watcher:
        assert await watcher.next(SOON) == []


async def test_typing_is_told_once() -> None:
    audience = LiveAudience()
    async with audience.subscribe(TALK) as watcher:
        audience.set_typing(TALK, Author.REP)
        audience.set_typing(TALK, Author.REP)
        assert await watcher.next(SOON) == [Typing(Author.REP)]
        audience.set_typing(TALK, None)
        assert await watcher.next(SOON) == [Typing(None)]


async def test_a_conversation_nobody_watches_costs_nothing() -> None:
    audience = LiveAudience()
    for number in range(5_000):
        talk = ConversationId(f"c-{number}")
        audience.announce(talk)
        audience.show(talk, REPLY, "It")
        audience.discard(talk, REPLY)
        audience.set_typing(talk, Author.AGENT)
        audience.set_typing(talk, None)
        async with audience.subscribe(talk):
            pass
    assert audience._rooms == {}


async def test_what_is_left_half_done_is_bounded() -> None:
    audience = LiveAudience()
    for number in range(3_000):
        audience.show(ConversationId(f"c-{number}"), REPLY, "It")
        audience.visitor_typing(ConversationId(f"c-{number}"))
    assert len(audience._rooms) == module.MOST_UNWATCHED


async def test_a_desk_that_sleeps_reads_everything_again() -> None:
    audience = LiveAudience()
    async with audience.subscribe_to_all() as desk:
        for number in range(5_000):
            audience.announce(ConversationId(f"c-{number}"))
        changed = await desk.next(SOON)
        assert changed[0] is None
        assert len(changed) <= watchers.MOST_CHANGES + 1


async def test_waits_no_longer_than_it_may_for_a_visitor() -> None:
    audience = LiveAudience()
    audience.visitor_typing(TALK)
    async with asyncio.timeout(1):
        await audience.visitor_paused(TALK, timedelta(seconds=0.05))


async def test_waits_not_at_all_for_a_quiet_visitor() -> None:
    async with asyncio.timeout(0.5):
        await LiveAudience().visitor_paused(TALK, timedelta(seconds=20))


async def test_a_visitor_who_goes_on_typing_is_waited_for() -> None:
    audience = LiveAudience()
    module_lasts, pauses = module.TYPING_LASTS, []
    audience.visitor_typing(TALK)
    waiting = asyncio.create_task(audience.visitor_paused(TALK, timedelta(seconds=20)))
    for _ in range(3):
        await asyncio.sleep(SOON)
        audience.visitor_typing(TALK)
        pauses.append(waiting.done())
    audience.visitor_wrote(TALK)
    await asyncio.wait_for(waiting, module_lasts)
    assert pauses == [False, False, False]
