"""Talks to a running Hotline as a visitor does, over its HTTP API, and asks what the agent saw."""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self
from uuid import uuid4

import httpx
from pydantic import BaseModel

from agent.errors import HotlineError
from integrations.personas import Persona

PATIENCE = 60.0


class ChatError(HotlineError):
    """The server did not do what was asked; the text is its own."""


class Source(BaseModel):
    """A page a reply rests on."""

    title: str
    url: str


class Said(BaseModel):
    """A message of the conversation."""

    seq: int
    message_id: str
    author: str
    author_name: str = ""
    text: str
    in_reply_to: list[str] = []
    sources: list[Source] = []


class Opened(BaseModel):
    """A conversation and what is shown before the first word."""

    conversation_id: str
    visitor_token: str
    disclosure: str = ""
    greeting: Said | None = None


class Piece(BaseModel):
    """A further piece of a reply, or its withdrawal."""

    message_id: str
    text: str = ""
    discarded: bool = False


class Reason(BaseModel):
    """Some points and why."""

    points: int
    because: str
    quote: str | None = None


class Score(BaseModel):
    """The score after a turn."""

    total: int
    temperature: str
    reasons: list[Reason] = []


class Signal(BaseModel):
    """A buying signal and its words."""

    kind: str
    quote: str


class Refused(BaseModel):
    """A sentence that was held back."""

    text: str
    because: str


class Seen(BaseModel):
    """What the agent saw and decided in one turn."""

    message_id: str | None = None
    answered: list[str] = []
    kind: str = ""
    signals: list[Signal] = []
    score: Score
    facts: list[Source] = []
    decision: str = ""
    writer: str | None = None
    degraded: str | None = None
    refused: list[Refused] = []
    milliseconds: dict[str, float] = {}


class _Seens(BaseModel):
    turns: list[Seen]


@dataclass(frozen=True, slots=True)
class RepHolds:
    """A rep has the conversation, so that the agent is silent."""


@dataclass(frozen=True, slots=True)
class Silence:
    """Nothing was answered for as long as anybody would wait."""


@dataclass(frozen=True, slots=True)
class NothingToSay:
    """The turn is over, and no reply was needed."""


Heard = Said | Piece | RepHolds | Silence | NothingToSay
LOOKS = ("held_by", "comment")  # the first event of a stream, and what keeps it open


@dataclass(slots=True)
class StreamEvent:
    """One server-sent event."""

    name: str = "message"
    data: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Give its data."""
        return "\n".join(self.data)


class Chat:
    """One conversation with a server, as a visitor."""

    def __init__(self, address: str, patience: float = PATIENCE) -> None:
        self._http = httpx.Client(base_url=address, timeout=httpx.Timeout(20, connect=5))
        self._patience = patience
        self._path = ""
        self._seen = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._http.close()

    def open(self, persona: Persona) -> Opened:
        """Begin a conversation as somebody; personas but the anonymous one exist in the demo only."""
        with _explained():
            answer = self._http.post("/demo/conversations", json={"persona": persona.value})
            if answer.status_code == httpx.codes.NOT_FOUND:
                answer = self._open_without_demo(persona)
            opened = Opened.model_validate_json(_checked(answer).content)
        self._http.headers["Authorization"] = f"Bearer {opened.visitor_token}"
        self._path = f"/v1/conversations/{opened.conversation_id}"
        self._seen = opened.greeting.seq if opened.greeting else 0
        return opened

    def say(self, text: str) -> Iterator[Heard]:
        """Send a message and give what is heard until it is answered."""
        with _explained():
            body = {"client_message_id": str(uuid4()), "text": text}
            sent = _checked(self._http.post(f"{self._path}/messages", json=body)).json()[
                "message_id"
            ]
            for heard in self._listen(sent):
                yield heard
                if _ends_turn(heard, sent):
                    return

    def last_turn(self) -> Seen | None:
        """Find what the agent saw in the last turn; None where the server does not tell visitors."""
        with _explained():
            answer = self._http.get(f"{self._path.replace('/v1', '/demo')}/turns")
            if answer.status_code == httpx.codes.NOT_FOUND:
                return None
            turns = _Seens.model_validate_json(_checked(answer).content).turns
            return turns[-1] if turns else None

    def _open_without_demo(self, persona: Persona) -> httpx.Response:
        if persona is not Persona.ANONYMOUS:
            raise ChatError(
                "Personas exist in the demo company only; this server has a playbook of its own."
            )
        visitor = {"anonymous_id": f"terminal-{uuid4()}"}
        return self._http.post("/v1/conversations", json={"visitor": visitor})

    def _listen(self, sent: str) -> Iterator[Heard]:
        until = time.monotonic() + self._patience
        while time.monotonic() < until:
            after = {"Last-Event-ID": str(self._seen)}
            with self._http.stream("GET", f"{self._path}/stream", headers=after) as stream:
                _checked(stream)
                for event in stream_events(stream.iter_lines(), until):
                    yield from self._translate(event)
                    if event.name in LOOKS and self._needed_no_reply(sent):
                        yield NothingToSay()
        yield Silence()

    def _needed_no_reply(self, sent: str) -> bool:
        turn = self.last_turn()
        return turn is not None and sent in turn.answered and turn.message_id is None

    def _translate(self, event: StreamEvent) -> Iterator[Heard]:
        match event.name:
            case "message":
                said = Said.model_validate_json(event.text)
                self._seen = max(self._seen, said.seq)
                if said.author != "visitor":
                    yield said
            case "delta":
                yield Piece.model_validate_json(event.text)
            case "held_by" if '"rep"' in event.text:
                yield RepHolds()
            case _:
                pass


def stream_events(lines: Iterable[str], until: float) -> Iterator[StreamEvent]:
    """Read server-sent events until then; a comment, which keeps the line open, is one without data."""
    event = StreamEvent()
    for line in lines:
        if time.monotonic() > until:
            return
        name, _, value = line.partition(":")
        match name:
            case "event":
                event.name = value.strip()
            case "data":
                event.data.append(value.removeprefix(" "))
            case "" if line:
                yield StreamEvent("comment")
            case "" if event.data:
                yield event
                event = StreamEvent()
            case _:
                pass


def _ends_turn(heard: Heard, sent: str) -> bool:
    return isinstance(heard, RepHolds | Silence | NothingToSay) or (
        isinstance(heard, Said) and sent in heard.in_reply_to
    )


def _checked(answer: httpx.Response) -> httpx.Response:
    if answer.is_success:
        return answer
    answer.read()
    try:
        told = str(answer.json()["detail"])
    except (ValueError, KeyError, TypeError):
        told = f"{answer.status_code} {answer.reason_phrase}"
    raise ChatError(f"The server at {answer.request.url.host} says: {told}")


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except httpx.HTTPError as error:
        raise ChatError(f"The server stopped answering ({type(error).__name__}).") from error
