"""The HTTP API over stores in memory, with a client and a real server to call it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI

from agent.attachments import AttachmentRules
from agent.conversation import Amendment, ConversationId, Message, MessageId, RepId
from agent.criteria import Criterion
from agent.duty import Duty
from agent.engagement import EngagementEventId
from agent.errors import UnknownLeadError
from agent.greeting import KnownReader
from agent.handoff import Handoff, HandoffId, Outcome
from agent.lead import LeadId
from agent.occurrences import PatternKind
from agent.partings import Parting
from agent.patterns import Pattern
from agent.playbook import Playbook
from agent.qualification import Evidence, Qualification
from agent.scoring import Temperature
from agent.signals import MessageKind, Readiness, Reading, Signal, SignalKind, TextReading
from agent.takeover import Takeover
from integrations.web.api import create_api
from integrations.web.audience import LiveAudience
from integrations.web.door import DeskDoor
from integrations.web.post_room import PostRoom
from integrations.web.services import (
    DeskServices,
    LeadLine,
    LeadPage,
    LeadRecord,
    Persona,
    SitePage,
    TimelineEntry,
    WebServices,
    WidgetServices,
)
from integrations.web.tokens import VisitorTokens
from knowledge.documents.mail import mail_text
from knowledge.playbook import demo_playbook_path, load_playbook
from tests.builders import (
    a_handoff,
    a_lead,
    a_reply,
    a_score,
    a_turn,
    a_visitor,
    an_opening,
)
from tests.fakes.clock import MONDAY_TEN, FixedClock
from tests.fakes.memory import MemoryConversations, MemoryHandoffs, MemoryHistories, MemoryStore
from tests.fakes.memory_attachments import MemoryAttachments
from tests.fakes.memory_desk_board import MemoryDeskBoard
from tests.fakes.memory_inbox import MemoryInbox
from tests.fakes.memory_partings import MemoryPartings
from tests.fakes.recorded_tracking import RecordedTracking

API_KEY = "hk_test_0123456789"
IDENTITY_SECRET = "an-identity-secret-of-enough-length"
SERVER = {"Authorization": f"Bearer {API_KEY}"}
SHOP = "https://shop.example"


@cache
def demo_playbook() -> Playbook:
    return load_playbook(demo_playbook_path())


@dataclass(slots=True)
class UsedInMemory:
    """Remembers used sign-in links in a set."""

    keys: set[str] = field(default_factory=set)

    async def first_time(self, key: str) -> bool:
        is_new = key not in self.keys
        self.keys.add(key)
        return is_new


@dataclass(slots=True)
class ScriptedDrafter:
    """Drafts the same for everybody, and remembers for which conversations."""

    asked: list[ConversationId] = field(default_factory=list)

    async def draft(self, conversation_id: ConversationId) -> str:
        self.asked.append(conversation_id)
        return "Growth costs $42 a technician."


class PriceDetector:
    """Hears a price wherever the word stands."""

    def foresee(self, text: str, said: str) -> TextReading:
        """Keep nothing."""
        return self.read_text(text)

    def read_text(self, text: str) -> TextReading:
        if "price" not in text:
            return TextReading(MessageKind.OTHER, Readiness.COLD, "en")
        signals = (Signal(SignalKind.PRICING, "price", 0.9),)
        return TextReading(MessageKind.SALES, Readiness.HOT, "en", signals, ("Crewpine",))

    def read(self, unanswered: tuple[Message, ...], before: tuple[Message, ...]) -> Reading:
        return Reading(MessageKind.OTHER, Readiness.COLD, "en")


@dataclass(slots=True)
class Strangers:
    """Knows of browsers what it was told, of others nothing."""

    browsers: dict[str, KnownReader] = field(default_factory=dict)

    async def known(self, anonymous_id: str, now: datetime) -> KnownReader:
        return self.browsers.get(anonymous_id, KnownReader())


def a_surge() -> Pattern:
    return Pattern(
        "pricing_surge",
        PatternKind.BURST,
        MONDAY_TEN,
        "Pricing surge: Pricing Viewed 3 times, within 24 hours",
        events=tuple(EngagementEventId(f"e-{n}") for n in (1, 2, 3)),
        people=(LeadId("l-ada"),),
    )


@dataclass(slots=True)
class OneLead:
    """Knows Ada and nobody else."""

    outcomes: list[tuple[str, Outcome, float | None, datetime]] = field(default_factory=list)

    async def get(self, reference: str, cursor: str | None = None) -> LeadRecord:
        if reference not in ("l-ada", "user_id:u-ada", "email:ada@nordwind.example"):
            raise UnknownLeadError(reference)
        evidence = Evidence("approved", "the budget is approved", MessageId("m-1"), MONDAY_TEN)
        before = Evidence("20,000 EUR", "20k", MessageId("m-0"), MONDAY_TEN - timedelta(days=1))
        denied = Evidence(
            "not me", "not me", MessageId("m-2"), MONDAY_TEN, is_negative=True, earlier=(before,)
        )
        return LeadRecord(
            lead=a_lead(),
            score=a_score(),
            qualification=Qualification({Criterion.BUDGET: evidence, Criterion.AUTHORITY: denied}),
            patterns=(a_surge(),),
            handoffs=(a_handoff(),),
            timeline=(TimelineEntry(MONDAY_TEN, "engagement_event", "Pricing Viewed", "Pricing"),),
        )

    async def list(
        self, temperature: Temperature | None, cursor: str | None, limit: int
    ) -> LeadPage:
        line = LeadLine(a_lead(), 72, Temperature.HOT, MONDAY_TEN)
        return LeadPage((line,) if temperature in (None, Temperature.HOT) else (), None)

    async def record_outcome(
        self, reference: str, outcome: Outcome, value: float | None, at: datetime
    ) -> LeadId:
        record = await self.get(reference)
        self.outcomes.append((record.lead.id, outcome, value, at))
        return record.lead.id


def hot_persona(now: datetime) -> Any:
    return an_opening(visitor=a_visitor(anonymous_id=f"demo-{now.timestamp()}", name="Dana Weiss"))


def sleepless_persona(now: datetime) -> Any:
    return an_opening(visitor=a_visitor(anonymous_id="demo-late"), rehearsal=timedelta(hours=12))


PERSONAS = (
    Persona("hot", "A hot lead", "Asked for a quote.", hot_persona),
    Persona("after_hours", "After hours", "Writes at night.", sleepless_persona),
)
SITE = {
    "/": SitePage("Shop", "<title>Shop</title><h1>What we sell</h1>"),
    "/pricing": SitePage("Pricing & plans", "<title>Pricing</title><p>It costs $29.</p>"),
}


async def everything_works() -> Mapping[str, str]:
    return {"database": "ok", "library": "ok"}


@dataclass(slots=True)
class World:
    """One installation under test."""

    clock: FixedClock
    store: MemoryStore
    conversations: MemoryConversations
    services: WebServices
    app: FastAPI
    client: httpx.AsyncClient
    woken: list[ConversationId]
    leads: OneLead
    files: MemoryAttachments
    read: list[tuple[ConversationId, int]]

    async def open(self, anonymous_id: str = "a-1", **body: Any) -> "Talker":
        """Open a conversation as somebody."""
        visitor = {"anonymous_id": anonymous_id}
        response = await self.client.post("/v1/conversations", json={"visitor": visitor, **body})
        assert response.status_code == 201, response.text
        return Talker(self, response.json()["conversation_id"], response.json()["visitor_token"])

    async def answer(
        self, conversation_id: str, text: str = "It is 29 EUR.", message_id: str = "m-reply"
    ) -> Message:
        """Let the agent reply to everything that waits."""
        async with self.conversations.hold(ConversationId(conversation_id)) as held:
            assert held is not None
            reply = a_reply(text, message_id=MessageId(message_id))
            answered = tuple(message.id for message in held.unanswered)
            turn = a_turn(reply=reply, answered=answered)
            message = await self.conversations.record_turn(held, turn)
            assert message is not None
        self.services.audience.announce(ConversationId(conversation_id))
        return message

    async def hand_off(self, conversation_id: str, handoff_id: str = "h-1") -> Handoff:
        """Let the agent pass a conversation to reps."""
        handoff = a_handoff(
            id=HandoffId(handoff_id), conversation_id=ConversationId(conversation_id)
        )
        async with self.conversations.hold(handoff.conversation_id) as held:
            assert held is not None
            opened = await self.services.takeover.handoffs.open(held, handoff)
        self.services.audience.announce(handoff.conversation_id)
        return opened

    async def rep_says(self, talker: "Talker", text: str, words_id: str = "w-1") -> None:
        """Let Mia say something, who holds the conversation."""
        handoff = await self.services.takeover.handoffs.latest(
            ConversationId(talker.conversation_id)
        )
        handoff = handoff or await self.hand_off(talker.conversation_id)
        await self.services.takeover.claim(handoff.id, RepId("mia"))
        await self.services.takeover.speak(handoff.id, RepId("mia"), text, words_id)

    async def amend(self, talker: "Talker", text: str | None, words_id: str = "w-1") -> None:
        """Let Mia change or take back what she said."""
        talk = ConversationId(talker.conversation_id)
        self.clock.advance(timedelta(seconds=1))
        await self.conversations.amend([talk], words_id, Amendment(text, self.clock.now()))
        self.services.audience.announce(talk)


@dataclass(slots=True)
class Talker:
    """A visitor with a token."""

    world: World
    conversation_id: str
    token: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    @property
    def url(self) -> str:
        return f"/v1/conversations/{self.conversation_id}"

    async def say(self, text: str = "What is the price?", message_id: str = "1") -> httpx.Response:
        body = {"client_message_id": message_id, "text": text}
        return await self.world.client.post(f"{self.url}/messages", json=body, headers=self.headers)

    async def read(self, **params: float) -> httpx.Response:
        return await self.world.client.get(
            f"{self.url}/messages", params=params, headers=self.headers
        )


@asynccontextmanager
async def a_world(**changes: Any) -> AsyncIterator[World]:
    """Build an installation; `changes` are fields of its services."""
    clock = FixedClock()
    store = MemoryStore(clock)
    conversations, handoffs = MemoryConversations(store), MemoryHandoffs(store)
    audience, leads = LiveAudience(), OneLead()
    woken: list[ConversationId] = []
    files = MemoryAttachments(store, AttachmentRules(largest=1_000_000))
    read: list[tuple[ConversationId, int]] = []
    playbook: Playbook = changes.get("playbook") or demo_playbook()
    services = WebServices(
        conversations=conversations,
        handoffs=handoffs,
        histories=MemoryHistories(store),
        takeover=Takeover(handoffs, conversations, audience, playbook, clock, woken.append),
        audience=audience,
        playbook=playbook,
        clock=clock,
        detector=PriceDetector(),
        leads=leads,
        wake=woken.append,
        readiness=everything_works,
        render_metrics=lambda: (b"up 1\n", "text/plain; version=0.0.4; charset=utf-8"),
        tokens=VisitorTokens("a signing secret", clock),
        desk=DeskServices(
            door=DeskDoor.make("a signing secret", clock, UsedInMemory()),
            feedback=handoffs,
            board=MemoryDeskBoard(store),
            drafter=ScriptedDrafter(),
        ),
        widget=WidgetServices(
            tracking=RecordedTracking(),
            passers_by=Strangers(),
            duty=Duty(playbook),
            note_calls=lambda _result, _count: None,
        ),
        api_key=API_KEY,
        personas=PERSONAS,
        site=SITE,
        public_url="http://hotline.test",
        attachments=files,
        parting=Parting(MemoryPartings(store), handoffs, audience, woken.append),
        file_rules=files.rules,
        note_read=lambda talk, seq: read.append((talk, seq)),
        post_room=PostRoom(MemoryInbox(store), mail_text),
    )
    services = replace(services, **changes)
    app = create_api(services)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://hotline.test") as client:
        yield World(clock, store, conversations, services, app, client, woken, leads, files, read)


@asynccontextmanager
async def served(world: World) -> AsyncIterator[httpx.AsyncClient]:
    """Serve an installation on a port of this machine, for what a real connection is needed for."""
    config = uvicorn.Config(
        world.app,
        host="127.0.0.1",
        port=0,
        log_config=None,
        lifespan="off",
        timeout_graceful_shutdown=5,
    )
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    try:
        await until(lambda: server.started)
        port = server.servers[0].sockets[0].getsockname()[1]
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=10) as client:
            yield client
    finally:
        world.services.audience.close()
        server.should_exit = True
        await task


async def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds, five seconds at most."""
    for _ in range(500):
        if holds():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("This never came to hold.")


def problem_of(response: httpx.Response) -> dict[str, Any]:
    """Give the problem a response carries, after seeing that it is one."""
    assert response.headers["content-type"] == "application/problem+json", response.text
    problem: dict[str, Any] = response.json()
    assert problem["status"] == response.status_code
    assert problem["title"]
    assert len(problem["detail"]) > 15
    return problem
