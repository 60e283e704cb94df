"""A small stand-in for the composition root, so that the command line is tested without loading the parts."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from aiohttp import web

from agent.conversation import Message
from agent.errors import StoreUnavailableError
from agent.signals import (
    MessageKind,
    Readiness,
    Reading,
    Signal,
    SignalDetector,
    SignalKind,
    TextReading,
)
from integrations.doctor import Probes
from integrations.keys import Keys, ensure_keys
from integrations.settings import Settings
from integrations.unused_reports import UnusedReports
from knowledge.playbook import Pack, demo_playbook_path, load_playbook, packs
from knowledge.playbook import whole_playbook as whole
from tests.fakes.clock import MONDAY_TEN

T = TypeVar("T")
DISCLOSURE = "You are chatting with an AI assistant."


class PriceDetector:
    """Hears prices only."""

    def foresee(self, text: str, said: str) -> TextReading:
        """Keep nothing."""
        return self.read_text(text)

    def read_text(self, text: str) -> TextReading:
        if "cost" not in text:
            return TextReading(MessageKind.OTHER, Readiness.COLD, "en")
        return TextReading(
            MessageKind.SALES,
            Readiness.HOT,
            "en",
            (Signal(SignalKind.PRICING, "cost", 0.9),),
            ("Crewpine",),
        )

    def read(self, unanswered: tuple[Message, ...], before: tuple[Message, ...]) -> Reading:
        raise NotImplementedError


@dataclass(frozen=True)
class Skipped:
    file: str
    reason: str


@dataclass(frozen=True)
class Report:
    added: int
    kept: int
    removed: int
    skipped: tuple[Skipped, ...] = ()
    notes: tuple[Skipped, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    place: str
    report: Report
    failure: str = ""


async def index(
    _settings: Settings,
    places: Sequence[str],
    progress: Callable[[int, int], None],
    *,
    pages: int,
    forget: Sequence[str] = (),
) -> list[Place]:
    for done in range(1, pages + 1):
        progress(done, pages)
    report = Report(1, 0, 1, (Skipped("logo.png", "no text in it"),))
    gone = [Place(place, Report(0, 2, 3)) for place in forget]
    return [
        Place(place, report) if "://" not in place else Place(place, Report(0, 0, 0), "is down")
        for place in places
    ] + gone


async def migrate(settings: Settings) -> str:
    if settings.data_dir.name == "locked":
        raise StoreUnavailableError("The database is locked by another program.")
    return "The schema is current."


def detector(_settings: Settings) -> SignalDetector:
    return PriceDetector()


def playbook_packs() -> tuple[Pack, ...]:
    return packs()


def whole_playbook(settings: Settings) -> str:
    return whole(settings.playbook or demo_playbook_path())


def slack_manifest(public_url: str | None) -> str:
    return f"socket_mode_enabled: {str(public_url is None).lower()}\n"


def slack_manifest_json(public_url: str | None) -> str:
    return f'{{"request_url": "{public_url}"}}\n'


def probes(settings: Settings) -> Probes:
    return Probes(
        playbook=lambda: load_playbook(settings.playbook or demo_playbook_path()),
        database=gives("opens, schema current"),
        library=gives(42),
        embeddings=gives("MiniLM, on this machine"),
        tracking=gives(UnusedReports(MONDAY_TEN)),
    )


def gives(value: T) -> Callable[[], Awaitable[T]]:
    """Make a probe that finds this."""

    async def probe() -> T:
        return value

    return probe


@dataclass(slots=True)
class VisitorApi:
    """The visitor side of the HTTP API: answers each message with two pieces, and knows `rep` and `again`."""

    is_demo: bool = True
    messages: list[dict[str, object]] = field(default_factory=list)
    persona: str = ""

    def application(self) -> web.Application:
        application = web.Application()
        paths = self._demo() if self.is_demo else []
        application.add_routes(
            [
                web.get("/healthz", self._alive),
                web.get("/readyz", self._alive),
                web.post("/v1/conversations", self._open),
                web.post("/v1/conversations/c-1/messages", self._hear),
                web.get("/v1/conversations/c-1/stream", self._stream),
                *paths,
            ]
        )
        return application

    def _demo(self) -> list[web.RouteDef]:
        return [
            web.post("/demo/conversations", self._open),
            web.get("/demo/conversations/c-1/turns", self._turns),
        ]

    async def _alive(self, _request: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def _open(self, request: web.Request) -> web.Response:
        self.persona = (await request.json()).get("persona", "")
        opened = {
            "conversation_id": "c-1",
            "visitor_token": "t",
            "disclosure": DISCLOSURE,
            "greeting": None,
        }
        return web.json_response(opened, status=201)

    async def _hear(self, request: web.Request) -> web.Response:
        text = (await request.json())["text"]
        if text == "too long":
            problem = {"title": "Too long", "detail": "text: write at most 8,000 characters."}
            return web.json_response(problem, status=422, content_type="application/problem+json")
        self._say("visitor", "", text)
        return web.json_response(
            {"message_id": f"m-{len(self.messages)}", "seq": len(self.messages)}, status=202
        )

    def _say(
        self, author: str, name: str, text: str, answered: str | None = None
    ) -> dict[str, object]:
        seq = len(self.messages) + 1
        said: dict[str, object] = {
            "seq": seq, "message_id": f"m-{seq}", "author": author, "author_name": name, "text": text,
            "in_reply_to": [answered] if answered else [], "sources": [],
        }  # fmt: skip
        self.messages.append(said)
        return said

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        for event in self._events(int(request.headers["Last-Event-ID"])):
            await response.write(event)
        return response

    def _events(self, after: int) -> list[bytes]:
        asked = self.messages[-1]
        past = [_event("message", said, said["seq"]) for said in self.messages[after:]]
        if asked["text"] == "rep":
            return [b": ping\n\n", *past, _event("held_by", {"held_by": "rep"})]
        answer = self._say("agent", "Tourvane", "It costs 49 euros.", str(asked["message_id"]))
        pieces = [
            {"message_id": answer["message_id"], "text": text}
            for text in ("It costs ", "49 euros.")
        ]
        withdrawn = {"message_id": "m-0", "text": "", "discarded": True}
        again = [_event("delta", {"message_id": "m-0", "text": "Hm"}), _event("delta", withdrawn)]
        return [
            b": ping\n\n", *past, _event("held_by", {"held_by": "agent"}), _event("typing", {"typing": "agent"}),
            *(again if asked["text"] == "again" else []),
            *(_event("delta", piece) for piece in pieces), _event("message", answer, answer["seq"]),
        ]  # fmt: skip

    async def _turns(self, request: web.Request) -> web.Response:
        assert request.headers["Authorization"] == "Bearer t"
        return web.json_response({"turns": [TURN]})


TURN = {
    "turn_id": "t-1", "message_id": "m-2", "kind": "sales", "readiness": "warm", "language": "en",
    "signals": [{"kind": "pricing", "quote": "what does it cost", "confidence": 0.9}], "competitors": [],
    "score": {
        "total": 43, "temperature": "warm", "grade": "B2",
        "reasons": [
            {"points": 18, "because": "Head of Operations", "quote": None},
            {"points": 25, "because": "asked for a price", "quote": "what does it cost"},
        ],
    },
    "facts": [{"title": "Pricing: Seats", "url": "/pricing#seats", "text": "49 euros"}],
    "decision": "stay: warm", "handoff_id": None, "writer": "composed", "degraded": None,
    "refused": [{"text": "It is free.", "because": "price"}], "milliseconds": {"write": 400.0, "total": 412.4},
}  # fmt: skip


def _event(name: str, data: object, event_id: object = None) -> bytes:
    seq = f"id: {event_id}\n" if event_id else ""
    return f"event: {name}\n{seq}data: {json.dumps(data)}\n\n".encode()


async def serve(settings: Settings, on_open: Callable[[Keys], None] = lambda _: None) -> None:
    if settings.data_dir.name == "locked":
        raise StoreUnavailableError("The database is locked by another program.")
    runner = web.AppRunner(VisitorApi(is_demo=settings.is_demo).application())
    await runner.setup()
    try:
        await web.TCPSite(runner, settings.host, settings.port).start()
        on_open(ensure_keys(settings))
        await asyncio.Event().wait()
    finally:
        await runner.cleanup()
