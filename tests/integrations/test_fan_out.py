"""Audiences of several processes are one, over a real PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

import psycopg
import pytest

from agent.conversation import Author, ConversationId, MessageId
from agent.errors import StoreUnavailableError
from integrations.app.fan_out import FanOut
from integrations.web.audience import LiveAudience
from integrations.web.news import Outbox
from integrations.web.watchers import (
    Changed,
    Discarded,
    Shown,
    Typing,
    Update,
    Watcher,
)
from knowledge.notifications import PostgresNotes

TALK, REPLY, NEXT = ConversationId("c-1"), MessageId("m-1"), MessageId("m-2")
LONG = 10.0


@asynccontextmanager
async def a_replica(
    address: str, on_words: Callable[[ConversationId], None] = lambda _: None
) -> AsyncIterator[LiveAudience]:
    outbox = Outbox()
    audience = LiveAudience(outbox.tell)
    fan_out = FanOut(PostgresNotes.at(address), outbox, audience, on_words)
    fan_out.start()
    try:
        yield audience
    finally:
        await fan_out.stop()


@pytest.fixture
async def two(postgres_address: str) -> AsyncIterator[tuple[LiveAudience, LiveAudience]]:
    async with a_replica(postgres_address) as one, a_replica(postgres_address) as other:
        await hear_each_other(one, other)
        yield one, other


async def hear_each_other(*audiences: LiveAudience) -> None:
    """Return once all listen: what is sent before is lost, and that is allowed."""
    for teller in audiences:
        for listener in audiences:
            async with listener.subscribe(ConversationId("probe")) as watcher:
                await until_typing(teller, watcher)
        teller.set_typing(ConversationId("probe"), None)


async def until_typing(teller: LiveAudience, watcher: Watcher) -> None:
    async with asyncio.timeout(LONG):
        while Typing(Author.REP) not in await watcher.next(0.05):
            teller.set_typing(ConversationId("probe"), Author.REP)


async def heard(watcher: Watcher, last: Update) -> list[Update]:
    """Give what a watcher hears until a last thing."""
    updates: list[Update] = []
    async with asyncio.timeout(LONG):
        while last not in updates:
            updates += await watcher.next(LONG)
    return updates


Two = tuple[LiveAudience, LiveAudience]


async def test_a_reply_is_seen_elsewhere_as_it_is_written(two: Two) -> None:
    here, there = two
    async with there.subscribe(TALK) as watcher:
        here.show(TALK, REPLY, "It ")
        assert await heard(watcher, Shown(REPLY, "It ")) == [Shown(REPLY, "It ")]
        here.show(TALK, REPLY, "is")
        assert await heard(watcher, Shown(REPLY, "is")) == [Shown(REPLY, "is")]


async def test_whoever_comes_late_elsewhere_gets_what_was_shown_so_far(two: Two) -> None:
    here, there = two
    async with there.subscribe(TALK) as early:
        here.show(TALK, REPLY, "It is ")
        await heard(early, Shown(REPLY, "It is "))
        async with there.subscribe(TALK) as late:
            assert await heard(late, Shown(REPLY, "It is ")) == [Shown(REPLY, "It is ")]


async def test_a_draft_that_is_taken_back_is_taken_back_elsewhere(two: Two) -> None:
    here, there = two
    async with there.subscribe(TALK) as watcher:
        here.show(TALK, REPLY, "It")
        await heard(watcher, Shown(REPLY, "It"))
        here.discard(TALK, REPLY)
        here.show(TALK, NEXT, "No")
        assert await heard(watcher, Shown(NEXT, "No")) == [Discarded(REPLY), Shown(NEXT, "No")]


async def test_changes_of_rows_reach_desks_elsewhere(two: Two) -> None:
    here, there = two
    async with there.subscribe_to_all() as desk, asyncio.timeout(LONG):
        here.announce(TALK)
        assert await desk.next(LONG) == [TALK]


async def test_what_happens_here_is_not_heard_twice(two: Two) -> None:
    here, there = two
    async with here.subscribe(TALK) as own, there.subscribe(TALK) as watcher:
        here.announce(TALK)
        await heard(watcher, Changed())
        there.set_typing(TALK, Author.REP)
        assert await heard(own, Typing(Author.REP)) == [Changed(), Typing(Author.REP)]


async def test_a_finished_reply_leaves_no_draft_elsewhere(two: Two) -> None:
    here, there = two
    async with there.subscribe(TALK) as watcher:
        here.set_typing(TALK, Author.AGENT)
        here.show(TALK, REPLY, "It is.")
        await heard(watcher, Shown(REPLY, "It is."))
        here.set_typing(TALK, None)
        await heard(watcher, Typing(None))
    async with there.subscribe(TALK) as late:
        assert await late.next(0) == []


async def test_a_visitor_who_types_elsewhere_is_waited_for_here(two: Two) -> None:
    here, there = two
    async with there.subscribe(TALK) as probe:
        here.visitor_typing(TALK)
        here.announce(TALK)
        await heard(probe, Changed())
        there_waits = asyncio.create_task(there._pause(TALK))
        await asyncio.sleep(0)
        assert not there_waits.done()
        here.visitor_wrote(TALK)
        await asyncio.wait_for(there_waits, LONG)


async def test_words_that_arrive_elsewhere_interrupt_what_is_begun_here(
    postgres_address: str,
) -> None:
    interrupted: asyncio.Queue[ConversationId] = asyncio.Queue()
    async with (
        a_replica(postgres_address) as there,
        a_replica(postgres_address, interrupted.put_nowait) as here,
    ):
        await hear_each_other(there, here)
        there.visitor_wrote(TALK)
        assert await asyncio.wait_for(interrupted.get(), LONG) == TALK


async def test_after_a_cut_connection_everybody_looks_again(
    two: Two, postgres_address: str
) -> None:
    _, there = two
    async with there.subscribe(TALK) as watcher, there.subscribe_to_all() as desk:
        cut_all(postgres_address)
        assert await heard(watcher, Changed()) == [Changed()]
        assert None in await desk.next(LONG)


async def test_a_draft_whose_connection_was_cut_is_never_shown_in_part(
    two: Two, postgres_address: str
) -> None:
    here, there = two
    async with there.subscribe(TALK) as watcher:
        here.show(TALK, REPLY, "It")
        await heard(watcher, Shown(REPLY, "It"))
        cut_all(postgres_address)
        assert Discarded(REPLY) in await heard(watcher, Discarded(REPLY))
        await hear_each_other(here, there)
        here.show(TALK, REPLY, " is")
        assert Shown(REPLY, "It is") in await heard(watcher, Shown(REPLY, "It is"))


def cut_all(address: str) -> None:
    """Cut every other connection to this database."""
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


async def test_whoever_falls_silent_amid_a_reply_is_waited_for_no_longer() -> None:
    audience = LiveAudience()
    async with audience.subscribe(TALK) as watcher:
        audience.hear(TALK, Typing(Author.AGENT))
        audience.hear(TALK, Shown(REPLY, "It"))
        await watcher.next(0)
        audience.doubt()
        assert await watcher.next(0) == [Discarded(REPLY), Typing(None)]


async def test_what_is_written_here_is_never_doubted() -> None:
    audience = LiveAudience()
    async with audience.subscribe(TALK) as watcher:
        audience.show(TALK, REPLY, "It")
        audience.doubt()
        assert await watcher.next(0) == [Shown(REPLY, "It")]


class BrokenNotes:
    """A database that takes no notes for a while."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.is_broken = True

    async def send(self, notes: Sequence[str]) -> None:
        if self.is_broken:
            raise StoreUnavailableError("gone")
        self.sent += notes

    async def listen(self, heard: Callable[[str], None], began: Callable[[], None]) -> None:
        began()

    async def close(self) -> None: ...


async def test_what_could_not_be_told_is_told_as_missed() -> None:
    outbox, notes = Outbox(), BrokenNotes()
    fan_out = FanOut(notes, outbox, LiveAudience(outbox.tell))
    outbox.tell(TALK, Changed())
    assert not await fan_out._send()
    notes.is_broken = False
    await fan_out.stop()
    assert ['"missed":true' in note for note in notes.sent] == [True]


async def test_a_note_of_which_parts_were_missed_has_all_read_again() -> None:
    audience = LiveAudience()
    fan_out = FanOut(BrokenNotes(), Outbox(), audience)
    async with audience.subscribe(TALK) as watcher:
        await watcher.next(0)
        fan_out.hear('{"sender": "b", "missed": true}')
        assert await heard(watcher, Changed()) == [Changed()]


async def test_a_note_that_cannot_be_read_has_all_read_again() -> None:
    audience = LiveAudience()
    fan_out = FanOut(BrokenNotes(), Outbox(), audience)
    async with audience.subscribe(TALK) as watcher:
        await watcher.next(0)
        fan_out.hear("no note")
        assert await heard(watcher, Changed()) == [Changed()]
