"""The two ways from Slack to an app, HTTP and Socket Mode, with retries and mix-ups on demand."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import urlencode

import aiohttp

from tests.fakes.slack.delivery import FORM, Delivery, deliver, signed_headers
from tests.fakes.slack.payloads import event_callback
from tests.fakes.slack.sockets import Sockets
from tests.fakes.slack.state import Json, Workspace

RETRIES = 3


@dataclass(frozen=True, slots=True)
class Answer:
    """How an app acknowledged: the status, what it carried, at which attempt (0 is the first)."""

    status: int
    payload: Json = field(default_factory=dict)
    text: str = ""
    attempt: int = 0

    @property
    def is_acknowledged(self) -> bool:
        """Whether the app took it."""
        return 200 <= self.status < 300

    @property
    def errors(self) -> dict[str, str]:
        """What the app said of the inputs of a modal, by block id."""
        wrong = self.payload.get("response_action") == "errors"
        return dict(self.payload["errors"]) if wrong else {}


class Carrier(Protocol):
    """Brings one thing to the app, once."""

    async def bring(self, kind: str, payload: Json, attempt: int, reason: str) -> Answer:
        """Give how the app acknowledged; a status of 0 when it did not."""
        ...


@dataclass(slots=True)
class HttpCarrier:
    """Posts to the app, signed."""

    url: str
    secret: Callable[[], str]
    within: float

    async def bring(self, kind: str, payload: Json, attempt: int, reason: str) -> Answer:
        """Post it in the form of its kind."""
        body, content_type = _encoded(kind, payload)
        headers = signed_headers(self.secret(), body, content_type)
        if attempt:
            headers |= {"X-Slack-Retry-Num": str(attempt), "X-Slack-Retry-Reason": reason}
        try:
            return _read(await deliver(self.url, body, headers, self.within), attempt)
        except TimeoutError:
            return Answer(0, text="http_timeout", attempt=attempt)
        except aiohttp.ClientError:
            return Answer(0, text="connection_failed", attempt=attempt)


@dataclass(slots=True)
class SocketCarrier:
    """Sends through the open websocket."""

    sockets: Sockets

    async def bring(self, kind: str, payload: Json, attempt: int, reason: str) -> Answer:
        """Send it in an envelope of its kind."""
        more: Json = {"accepts_response_payload": kind != "events_api"}
        if kind == "events_api":
            more |= {"retry_attempt": attempt, "retry_reason": reason}
        try:
            answered = await self.sockets.send(kind, payload, **more) or {}
        except TimeoutError:
            return Answer(0, text="timeout", attempt=attempt)
        return Answer(200, answered, str(answered.get("text") or ""), attempt)


@dataclass(slots=True)
class Line:
    """Tells the app what happens; events again if they are not acknowledged, all else once."""

    workspace: Workspace
    carrier: Carrier
    copies: int = 1
    is_holding: bool = False
    pause: Callable[[int], Awaitable[None]] | None = None
    held: list[Json] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)

    async def event(self, event: Json) -> Answer:
        """Send an event, as many times as told, or keep it back while holding."""
        callback = event_callback(event, self.workspace.new_id("Ev"))
        if self.is_holding:
            self.held.append(callback)
            return Answer(0, text="held back")
        for _ in range(self.copies - 1):
            await self._insist(callback)
        return await self._insist(callback)

    async def interaction(self, payload: Json) -> Answer:
        """Send a click, a shortcut or a modal."""
        return await self.carrier.bring("interactive", payload, 0, "")

    async def command(self, typed: Json) -> Answer:
        """Send a slash command."""
        return await self.carrier.bring("slash_commands", typed, 0, "")

    async def release(self, *order: int) -> list[Answer]:
        """Send what was held back, in this order of places; a place may be named twice."""
        held, self.held, self.is_holding = self.held, [], False
        places = order or range(len(held))
        return [await self._insist(held[place]) for place in places]

    async def _insist(self, callback: Json) -> Answer:
        answer = await self.carrier.bring("events_api", callback, 0, "")
        for attempt in range(1, RETRIES + 1):
            if answer.is_acknowledged or answer.payload.get("no_retry"):
                break
            if self.pause is not None:
                await self.pause(attempt)
            reason = answer.text if not answer.status else "http_error"
            answer = await self.carrier.bring("events_api", callback, attempt, reason)
        self.answers.append(answer)
        return answer


def _encoded(kind: str, payload: Json) -> tuple[str, str]:
    match kind:
        case "events_api":
            return json.dumps(payload), "application/json"
        case "interactive":
            return urlencode({"payload": json.dumps(payload)}), FORM
        case _:
            return urlencode(payload), FORM


def _read(delivery: Delivery, attempt: int) -> Answer:
    if delivery.is_last:
        return Answer(delivery.status, {"no_retry": True}, delivery.body, attempt)
    try:
        payload = json.loads(delivery.body)
    except ValueError:
        return Answer(delivery.status, {}, delivery.body, attempt)
    if not isinstance(payload, dict):
        return Answer(delivery.status, {}, delivery.body, attempt)
    return Answer(delivery.status, payload, str(payload.get("text") or ""), attempt)
