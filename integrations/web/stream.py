"""A conversation as it happens, by server-sent events that resume without loss or repeat.

Messages come from the log and carry their seq as the event id; the audience only says when to look. A message that
was edited or taken back after it was sent comes again as `message_changed`, without an id: it moves nothing on.
A comment every 15 seconds keeps an idle stream open. Thousands are idle at once, so each has two small tasks and
nothing between them and the socket.
"""

import asyncio
import json
import random
from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import datetime
from typing import Annotated, assert_never

import structlog
from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.sse import KEEPALIVE_COMMENT, format_sse_event
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from agent.conversation import Conversation, ConversationId, Holder, Message, MessageId, RepId
from agent.errors import StoreUnavailableError
from integrations.web.auth import Own
from integrations.web.explain import explain_message, explain_rep
from integrations.web.limiting import count_open
from integrations.web.limits import Caller
from integrations.web.middleware import LASTING
from integrations.web.problems import Documented, refuses
from integrations.web.reading import HIGHEST_SEQ, rows_after
from integrations.web.services import Services, WebServices
from integrations.web.shapes import MessageShape
from integrations.web.watchers import Changed, Discarded, Shown, Typing, Update, Watcher

SILENCE = 15.0
LOOK_AGAIN = 4  # silences after which the log is read unasked
COME_BACK = 100, 1_000  # milliseconds
SETTLED_KEPT = 100

EVENTS: Documented = {
    200: {
        "description": "Events, until either end leaves.",
        "content": {"text/event-stream": {"schema": {"type": "string"}}},
    }
}
Version = tuple[datetime | None, datetime | None]

router = APIRouter(tags=["visitor"])
log = structlog.get_logger()

LastEventId = Annotated[str | None, Header(description="the id of the last event that arrived")]
AfterOrNone = Annotated[
    int | None, Query(ge=0, le=HIGHEST_SEQ, description="instead of Last-Event-ID")
]


async def resume_from(last_event_id: LastEventId = None, after: AfterOrNone = None) -> int:
    """Give the seq after which to go on; the header wins, as it is the newer one on a reconnect."""
    if last_event_id and last_event_id.isascii() and last_event_id.isdigit():
        return min(int(last_event_id[:17]), HIGHEST_SEQ)
    return after or 0


@router.get(
    "/v1/conversations/{conversation_id}/stream",
    response_class=Response,
    summary="Watch a conversation: message, message_changed, delta, typing, held_by, ended",
    responses=refuses(401, 404, 422, 429, 503) | EVENTS,
)
async def stream_conversation(
    request: Request,
    conversation: Own,
    services: Services,
    after: Annotated[int, Depends(resume_from)],
) -> Response:
    """`message` is a row of the log (id: its seq); `delta` is a piece of a reply that is being written.

    `message_changed` is a message that came before, as it reads now; whoever resumes gets all of these once.
    `ended` says that the visitor has ended the conversation, perhaps in another tab.
    A delta with `"discarded": true` takes the pieces of that message_id back.
    """
    caller = count_open(request, conversation, services)
    return _Stream(services, caller, _View(services, conversation.id, after))


class _Stream(Response):
    """One reader's connection, until they leave or the server stops."""

    media_type = "text/event-stream"

    def __init__(self, services: WebServices, caller: Caller, view: "_View") -> None:
        super().__init__(headers={"Cache-Control": "no-cache", "X-Accel-Buffering": "no"})
        del self.headers["Content-Length"]
        self._services = services
        self._caller = caller
        self._view = view

    async def __call__(self, scope: Scope, _receive: Receive, _send: Send) -> None:
        """Begin once the endpoint is left."""
        scope[LASTING] = self._last

    async def _last(self, receive: Receive, send: Send) -> None:
        """Send events as they come."""
        try:
            with self._services.open_stream():
                await self._watch(receive, send)
        finally:
            self._services.limits.closed(self._caller)

    async def _watch(self, receive: Receive, send: Send) -> None:
        async with self._services.audience.subscribe(self._view.conversation_id) as watcher:
            leaving = asyncio.create_task(_leave(receive, watcher))
            try:
                await self._send_all(self._view.follow(watcher), send)
            finally:
                leaving.cancel()

    async def _send_all(self, events: AsyncIterator[bytes], send: Send) -> None:
        headers = self.raw_headers
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        async for event in events:
            await send({"type": "http.response.body", "body": event, "more_body": True})
        await send({"type": "http.response.body", "body": b""})


async def _leave(receive: Receive, watcher: Watcher) -> None:
    """Wait until the reader has gone, and wake what waits for news to tell them."""
    while (await receive())["type"] != "http.disconnect":
        pass
    watcher.leave()


class _View:
    """What one stream has shown so far."""

    def __init__(self, services: WebServices, conversation_id: ConversationId, after: int) -> None:
        self._services = services
        self.conversation_id = conversation_id
        self._after = after
        self._held_by: tuple[Holder, RepId | None] | None = None
        self._revision = 0
        self._silences = 0
        self._told_end = False
        self._versions: dict[MessageId, Version] = {}
        self._settled: list[MessageId] = []

    async def follow(self, watcher: Watcher) -> AsyncIterator[bytes]:
        """Give what is there, then what comes, until an end stops; now and then look unasked."""
        updates: list[Update] = [Changed(), *await watcher.next(SILENCE)]
        while not (self._services.audience.is_closing or watcher.has_left):
            try:
                async for events in self._translate_all(updates):
                    yield events
            except StoreUnavailableError as error:
                # Ending is safe: the client comes back with the id of the last message it got.
                log.warning(
                    "stream.ended", conversation_id=self.conversation_id, because=str(error)
                )
                return
            updates = await watcher.next(SILENCE)
            if not updates:
                yield KEEPALIVE_COMMENT
                updates = self._unasked()
        if self._services.audience.is_closing:
            yield come_back()

    def _unasked(self) -> list[Update]:
        """Every few silences, look as if told to: a row may have come from another process."""
        self._silences = (self._silences + 1) % LOOK_AGAIN
        return [] if self._silences else [Changed()]

    async def _translate_all(self, updates: list[Update]) -> AsyncIterator[bytes]:
        """Give the events of all updates in one piece; a long log comes page by page."""
        events: list[bytes] = []
        if Changed() in updates:
            conversation = await self._services.conversations.get(self.conversation_id)
            while self._after < conversation.last_seq and (page := await self._page()):
                if events:
                    yield b"".join(events)
                events = page
            events += [event async for event in self._changes(conversation)]
        events += [event for update in updates for event in self._translate(update)]
        if events:
            yield b"".join(events)

    def _translate(self, update: Update) -> Iterator[bytes]:
        match update:
            case Changed():
                pass
            case Discarded(message_id):
                if message_id not in self._settled:
                    yield _event("delta", {"message_id": message_id, "text": "", "discarded": True})
            case Shown(message_id, text):
                if message_id not in self._settled:
                    yield _event("delta", {"message_id": message_id, "text": text})
            case Typing(who):
                yield _event("typing", {"typing": who})
            case _:
                assert_never(update)

    async def _page(self) -> list[bytes]:
        """Read rows that are new."""
        rows = await rows_after(self._services, self.conversation_id, self._after)
        return [self._message(row) for row in rows]

    async def _changes(self, conversation: Conversation) -> AsyncIterator[bytes]:
        """Give what reads otherwise now, the holder if it is another one, and the end."""
        if conversation.amended != self._revision:
            self._revision = conversation.amended
            for row in await self._changed():
                yield _event("message_changed", self._explained(row))
        if (conversation.holder, conversation.rep_id) != self._held_by:
            self._held_by = conversation.holder, conversation.rep_id
            yield _event("held_by", self._holder(conversation))
        if conversation.ended_at is not None and not self._told_end:
            self._told_end = True
            yield _event("ended", {"ended_at": _instant(conversation.ended_at)})

    def _holder(self, conversation: Conversation) -> dict[str, object]:
        rep = explain_rep(conversation, self._services.playbook)
        held_by: dict[str, object] = {"held_by": conversation.holder}
        return held_by if rep is None else {**held_by, "rep": rep.model_dump()}

    async def _changed(self) -> list[Message]:
        """Give what reads otherwise now than when it was sent."""
        amended = await self._services.conversations.amended(self.conversation_id)
        return [
            row
            for row in amended
            if row.seq <= self._after and self._versions.get(row.id) != _version(row)
        ]

    def _message(self, row: Message) -> bytes:
        self._after = row.seq
        self._settled = [*self._settled[-SETTLED_KEPT:], row.id]
        return _event("message", self._explained(row), row.seq)

    def _explained(self, row: Message) -> MessageShape:
        if row.edited_at or row.deleted_at:
            self._versions[row.id] = _version(row)
        return explain_message(row, self._services.playbook)


def come_back() -> bytes:
    """Tell an EventSource to come back soon, and not all of them at once: another process takes them."""
    return f"retry: {random.randint(*COME_BACK)}\n\n".encode()  # noqa: S311


def _instant(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def _version(row: Message) -> Version:
    return row.edited_at, row.deleted_at


def _event(name: str, data: MessageShape | Mapping[str, object], seq: int | None = None) -> bytes:
    text = data.model_dump_json() if isinstance(data, MessageShape) else json.dumps(data)
    return format_sse_event(event=name, data_str=text, id=None if seq is None else str(seq))
