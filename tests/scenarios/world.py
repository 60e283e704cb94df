"""A whole agent around one conversation: real rules, a clock that stands still, a desk that remembers."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

from agent.conversation import (
    Author,
    Conversation,
    ConversationId,
    Held,
    Holder,
    Message,
    MessageId,
    RepId,
)
from agent.engagement import EngagementEvent
from agent.facts import Fact, FactId, Library
from agent.first_response import FirstResponse
from agent.handoff import DeskPostKind, Handoff, RepDesk
from agent.playbook import Playbook
from agent.second_look import SecondLook
from agent.second_reading import SecondReader
from agent.signals import SignalDetector
from agent.takeover import Takeover
from agent.turn import Turn
from agent.watch import Watch
from integrations.wakeups.embedded import EmbeddedWakeups
from integrations.web.audience import LiveAudience
from knowledge.database import Database
from knowledge.playbook import demo_playbook_path, load_playbook
from tests.audited import must_be_sound
from tests.builders import a_visitor, an_opening
from tests.contracts.stores import Stores, in_memory, in_sql
from tests.fakes.clock import FixedClock
from tests.fakes.desk import RecordingDesk
from tests.fakes.library import FixedLibrary
from tests.fakes.phrase_detector import PhraseDetector
from tests.scenarios.writer import ScriptedWriter

MIA, JONAS = RepId("mia"), RepId("jonas")
NOWHERE = ConversationId("")
PRICE_QUESTION = "How much is Growth per seat?"
PRICE = "Growth costs $42 per seat per month."
OFFLINE_QUESTION = "Does it work offline?"
OFFLINE = "The technician app works offline for 72 hours."
HOT = "We need a quote for 40 technicians by April, our budget is approved."
WANTS_PERSON = "I would like to talk to a person."
FACTS = (
    Fact(FactId("f-price"), "Pricing", "Price of Growth", PRICE, "/pricing#growth"),
    Fact(FactId("f-offline"), "Product", "Work offline", OFFLINE, "/product#offline"),
)
SOON = {
    "first_sentence_seconds": 0.15,
    "whole_reply_seconds": 0.3,
    "typing_hold_seconds": 0.05,
}
PATIENT = {"first_sentence_seconds": 5.0, "whole_reply_seconds": 5.0, "typing_hold_seconds": 0.05}


@cache
def demo_playbook() -> Playbook:
    return load_playbook(demo_playbook_path())


@dataclass(slots=True)
class Screen:
    """What the visitor sees before it is in the log; real typing, real holds."""

    live: LiveAudience = field(default_factory=LiveAudience)
    drafts: dict[MessageId, str] = field(default_factory=dict)
    discarded: list[str] = field(default_factory=list)
    on_show: Callable[[str], None] = field(default=lambda _: None)

    def show(self, conversation_id: ConversationId, message_id: MessageId, text: str) -> None:
        self.drafts[message_id] = self.drafts.get(message_id, "") + text
        self.on_show(text)

    def discard(self, conversation_id: ConversationId, message_id: MessageId) -> None:
        if message_id in self.drafts:
            self.discarded.append(self.drafts.pop(message_id))

    def announce(self, conversation_id: ConversationId) -> None:
        self.live.announce(conversation_id)

    def set_typing(self, conversation_id: ConversationId, who: Author | None) -> None:
        self.live.set_typing(conversation_id, who)

    async def visitor_paused(self, conversation_id: ConversationId, at_most: timedelta) -> None:
        await self.live.visitor_paused(conversation_id, at_most)


@dataclass(slots=True)
class Looks:
    """Second looks, each in a task of its own, as the composition root begins them."""

    second_look: SecondLook | None = None
    begun: list[asyncio.Task[None]] = field(default_factory=list)

    def begin(self, held: Held, turn: Turn) -> None:
        if self.second_look:
            self.begun.append(asyncio.create_task(self.second_look.look(held, turn)))

    async def stop(self) -> None:
        for look in self.begun:
            look.cancel()
        await asyncio.gather(*self.begun, return_exceptions=True)


@dataclass(frozen=True, slots=True)
class OtherCompany:
    """A company to play: its rules, its pages, and what reads its visitors' words (the phrase detector, if nothing)."""

    playbook: Playbook
    library: Library
    detector: SignalDetector | None = None


@dataclass(frozen=True, slots=True)
class Acts:
    """Keeps acts in the stores under test."""

    stores: Stores

    async def record(self, events: Sequence[EngagementEvent]) -> int:
        await self.stores.add_events(events)
        return len(events)


@dataclass(slots=True)
class World:
    """One agent, one desk, one visitor."""

    clock: FixedClock
    stores: Stores
    desk: RecordingDesk
    library: FixedLibrary
    writer: ScriptedWriter
    screen: Screen
    watch: Watch
    takeover: Takeover
    wakeups: EmbeddedWakeups[ConversationId]
    looks: Looks
    id: ConversationId = NOWHERE
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    # What people do

    async def visitor_arrives(self, **visitor: Any) -> None:
        """Open the conversation that all else is about."""
        opening = an_opening(visitor=a_visitor(**visitor))
        self.id = (await self.stores.conversations.start(opening)).id

    async def visitor_writes(self, text: str, client_id: str = "") -> Message:
        """Send a message, as the widget does, and do not wait for what comes of it."""
        client_id = client_id or f"client-{next(self.numbers)}"
        message, is_new = await self.stores.conversations.append(self.id, client_id, text)
        if is_new:
            self.screen.live.visitor_wrote(self.id)
            self.wake(self.id)
        return message

    async def visitor_says(self, text: str, client_id: str = "") -> None:
        """Send a message and let everything that is due be done."""
        await self.visitor_writes(text, client_id)
        await self.settles()

    def visitor_types(self) -> None:
        """Press a key in the widget."""
        self.screen.live.visitor_typing(self.id)

    async def rep_claims(self, rep: RepId = MIA) -> Handoff:
        """Press Claim on the card."""
        return await self.takeover.claim((await self.handoff()).id, rep)

    async def rep_says(self, text: str, rep: RepId = MIA) -> None:
        """Write in the card's thread."""
        words_id = f"words-{next(self.numbers)}"
        await self.takeover.speak((await self.handoff()).id, rep, text, words_id)
        await self.settles()

    async def rep_gives_back(self, rep: RepId = MIA) -> None:
        """Press Give back on the card."""
        await self.takeover.give_back((await self.handoff()).id, rep)
        await self.settles()

    # What time does

    def wake(self, conversation_id: ConversationId) -> None:
        """Wake the agent as the composition root does: an unshown draft is dropped."""
        self.watch.first_response.interrupt(conversation_id)
        self.wakeups.wake(conversation_id)

    async def settles(self) -> None:
        """Do all that is due now, until nothing is."""
        async with asyncio.timeout(60):
            while True:
                for conversation_id in await self.stores.conversations.due(self.clock.now()):
                    self.wakeups.wake(conversation_id)
                if not self.wakeups.is_busy:
                    return
                await self.wakeups.idle()

    async def looks_again(self) -> None:
        """Let all second looks end, and what they make due be done."""
        await asyncio.gather(*self.looks.begun)
        await self.settles()

    async def passes(self, **time: float) -> None:
        """Let time pass, and do what it makes due."""
        self.clock.advance(timedelta(**time))
        await self.settles()

    # What can be seen

    async def log(self) -> list[str]:
        """Give the conversation as the visitor reads it."""
        return [f"{_who(message)}: {message.text}" for message in await self.messages()]

    async def messages(self) -> list[Message]:
        return await self.stores.conversations.messages(self.id, 0)

    async def replies(self) -> list[str]:
        """Give what the agent said."""
        return [m.text for m in await self.messages() if m.author is Author.AGENT]

    async def last_reply(self) -> Message:
        return [m for m in await self.messages() if m.author is Author.AGENT][-1]

    async def turns(self) -> list[Turn]:
        return await self.stores.conversations.turns(self.id)

    async def conversation(self) -> Conversation:
        return await self.stores.conversations.get(self.id)

    async def holder(self) -> Holder:
        return (await self.conversation()).holder

    async def handoff(self) -> Handoff:
        """Give the newest handoff, which must be there."""
        handoff = await self.stores.handoffs.latest(self.id)
        assert handoff is not None
        return handoff

    async def handoffs(self) -> list[Handoff]:
        return await self.stores.handoffs.find(None, 10, None)

    @property
    def card(self) -> Handoff:
        """Give the card as it stands at the desk now."""
        (card,) = self.desk.cards.values()
        return card

    def count(self, kind: DeskPostKind) -> int:
        return len(self.desk.of_kind(kind))


def _paced(playbook: Playbook, pace: dict[str, float]) -> Playbook:
    rules = playbook.replies.model_copy(update=pace)
    return playbook.model_copy(update={"replies": rules})


@asynccontextmanager
async def a_world(  # noqa: PLR0915 - joins all parts
    *,
    stores: Stores | None = None,
    model: bool = False,
    replies: dict[str, float] | None = None,
    desk: RecordingDesk | None = None,
    cards_at_once: bool = True,
    reader: SecondReader | None = None,
    company: OtherCompany | None = None,
    line: RepDesk | None = None,
) -> AsyncIterator[World]:
    """Build an agent over these stores; `model` gives it a scripted writer beside the composed one.

    Without `cards_at_once` a card waits for the watch to come round. With a `reader`, messages are read twice. A
    `company` takes the place of the demo's, a `line` stands between the agent and the desk.
    """
    stores = stores or in_memory(FixedClock())
    library, writer, screen = FixedLibrary(FACTS), ScriptedWriter(), Screen()
    company = company or OtherCompany(demo_playbook(), library)
    playbook = _paced(company.playbook, replies or PATIENT)
    desk, numbers, looks = desk or RecordingDesk(), count(1), Looks()
    deliveries: list[asyncio.Task[datetime | None]] = []

    def deliver(held: ConversationId) -> None:
        if cards_at_once:
            deliveries.append(asyncio.create_task(watch.deliver(held)))

    def look_at(conversation_id: ConversationId) -> None:
        wakeups.wake(conversation_id)

    first_response = FirstResponse(
        conversations=stores.conversations,
        handoffs=stores.handoffs,
        histories=stores.histories,
        library=company.library,
        detector=company.detector or PhraseDetector(playbook.competitors),
        audience=screen,
        playbook=playbook,
        clock=stores.clock,
        new_id=lambda prefix: f"{prefix}-{id(screen)}-{next(numbers)}",
        writer=writer if model else None,
        engagement=Acts(stores),
        on_handoff=deliver,
        on_turn=looks.begin,
        gaps=stores.gaps,
    )
    looks.second_look = SecondLook(first_response, reader, stores.readings) if reader else None
    watch = Watch(
        first_response,
        stores.conversations,
        stores.handoffs,
        line or desk,
        screen,
        playbook,
        stores.clock,
        look_at,
    )
    wakeups = EmbeddedWakeups(
        watch.advance, stores.conversations.due, stores.clock, look_every=3600
    )
    takeover = Takeover(
        stores.handoffs, stores.conversations, screen, playbook, stores.clock, lambda _: None
    )
    world = World(
        stores.clock, stores, desk, library, writer, screen, watch, takeover, wakeups, looks
    )
    world.takeover = replace(takeover, wake=world.wake)
    try:
        yield world
    finally:
        await wakeups.stop()
        await asyncio.gather(*deliveries)
        await looks.stop()


@asynccontextmanager
async def sql_stores(path: Path, clock: FixedClock | None = None) -> AsyncIterator[Stores]:
    """Open real stores on a database file."""
    database, clock = await Database.open(path), clock or FixedClock()
    try:
        yield in_sql(database, clock)
        await must_be_sound(database, clock.now())
    finally:
        await database.close()


async def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds, five seconds at most."""
    for _ in range(2_500):
        if holds():
            return
        await asyncio.sleep(0.002)
    raise AssertionError("This never came to hold.")


def photograph(path: Path, copy: Path) -> Path:
    """Copy the database as it stands on disk at this instant: what a crash would leave behind."""
    with closing(sqlite3.connect(path)) as now, closing(sqlite3.connect(copy)) as then:
        now.backup(then)
    return copy


def _who(message: Message) -> str:
    return message.author_name if message.author is Author.REP else message.author.value
