"""A conversation as it happens, by server-sent events that resume without loss or repeat.

Messages come from the log and carry their seq as the event id; the audience only says when to look. A message that
was edited or taken back after it was sent comes again as `message_changed`, without an id: it moves nothing on.
FastAPI adds a comment every 15 seconds.
"""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, assert_never

import structlog
from fastapi import APIRouter, Depends, Header, Query
from fastapi.sse import EventSourceResponse, ServerSentEvent

from agent.conversation import Conversation, ConversationId, Holder, Message, MessageId, RepId
from agent.errors import StoreUnavailableError
from integrations.web.audience import Changed, Discarded, Shown, Typing, Update, Watcher
from integrations.web.auth import Own
from integrations.web.explain import explain_message, explain_rep
from integrations.web.limiting import OpenStream
from integrations.web.problems import refuses
from integrations.web.reading import HIGHEST_SEQ, PAGE, rows_after
from integrations.web.services import Services, WebServices
from integrations.web.shapes import MessageShape

LOOK_AGAIN = 15.0
SETTLED_KEPT = 100

Version = tuple[datetime | None, datetime | None]

router = APIRouter(tags=["visitor"])
log = structlog.get_logger()

LastEventId = Annotated[str | None, Header(description="the id of the last event that arrived")]
AfterOrNone = Annotated[
    int | None, Query(ge=0, le=HIGHEST_SEQ, description="instead of Last-Event-ID")
]


def resume_from(last_event_id: LastEventId = None, after: AfterOrNone = None) -> int:
    """Give the seq after which to go on; the header wins, as it is the newer one on a reconnect."""
    if last_event_id and last_event_id.isascii() and last_event_id.isdigit():
        return min(int(last_event_id[:17]), HIGHEST_SEQ)
    return after or 0


@router.get(
    "/v1/conversations/{conversation_id}/stream",
    response_class=EventSourceResponse,
    summary="Watch a conversation: message, message_changed, delta, typing, held_by, ended",
    responses=refuses(401, 404, 422, 429, 503),
    dependencies=[OpenStream],
)
async def stream_conversation(
    conversation: Own, services: Services, after: Annotated[int, Depends(resume_from)]
) -> AsyncIterator[ServerSentEvent]:
    """`message` is a row of the log (id: its seq); `delta` is a piece of a reply that is being written.

    `message_changed` is a message that came before, as it reads now; whoever resumes gets all of these once.
    `ended` says that the visitor has ended the conversation, perhaps in another tab.
    A delta with `"discarded": true` takes the pieces of that message_id back.
    """
    with services.open_stream():
        async with services.audience.subscribe(conversation.id) as watcher:
            async for event in _View(services, conversation.id, after).follow(watcher):
                yield event


class _View:
    """What one stream has shown so far."""

    def __init__(self, services: WebServices, conversation_id: ConversationId, after: int) -> None:
        self._services = services
        self._conversation_id = conversation_id
        self._after = after
        self._held_by: tuple[Holder, RepId | None] | None = None
        self._revision = 0
        self._told_end = False
        self._versions: dict[MessageId, Version] = {}
        self._settled: list[MessageId] = []

    async def follow(self, watcher: Watcher) -> AsyncIterator[ServerSentEvent]:
        """Give what is there, then what comes, until the server stops; now and then look unasked."""
        updates: list[Update] = [Changed()]
        while not self._services.audience.is_closing:
            try:
                async for event in self._translate_all(updates):
                    yield event
            except StoreUnavailableError as error:
                # Ending is safe: the client comes back with the id of the last message it got.
                log.warning(
                    "stream.ended", conversation_id=self._conversation_id, because=str(error)
                )
                return
            updates = await watcher.next(LOOK_AGAIN) or [Changed()]

    async def _translate_all(self, updates: list[Update]) -> AsyncIterator[ServerSentEvent]:
        for update in updates:
            async for event in self._translate(update):
                yield event

    async def _translate(self, update: Update) -> AsyncIterator[ServerSentEvent]:
        match update:
            case Changed():
                async for event in self._read():
                    yield event
            case Discarded(message_id):
                yield _event("delta", {"message_id": message_id, "text": "", "discarded": True})
            case Shown(message_id, text):
                if message_id not in self._settled:
                    yield _event("delta", {"message_id": message_id, "text": text})
            case Typing(who):
                yield _event("typing", {"typing": who})
            case _:
                assert_never(update)

    async def _read(self) -> AsyncIterator[ServerSentEvent]:
        """Give the rows that are new, and the holder if it is another one now."""
        rows: list[Message] | None = None
        while rows is None or len(rows) == PAGE:
            rows = await rows_after(self._services, self._conversation_id, self._after)
            for row in rows:
                yield self._message(row)
        conversation = await self._services.conversations.get(self._conversation_id)
        if conversation.amended != self._revision:
            self._revision = conversation.amended
            for row in await self._changed():
                yield ServerSentEvent(event="message_changed", data=self._explained(row))
        if (conversation.holder, conversation.rep_id) != self._held_by:
            self._held_by = conversation.holder, conversation.rep_id
            yield ServerSentEvent(event="held_by", data=self._holder(conversation))
        if conversation.ended_at is not None and not self._told_end:
            self._told_end = True
            yield _event("ended", {"ended_at": _instant(conversation.ended_at)})

    def _holder(self, conversation: Conversation) -> dict[str, object]:
        rep = explain_rep(conversation, self._services.playbook)
        held_by: dict[str, object] = {"held_by": conversation.holder}
        return held_by if rep is None else {**held_by, "rep": rep.model_dump()}

    async def _changed(self) -> list[Message]:
        """Give what reads otherwise now than when it was sent."""
        amended = await self._services.conversations.amended(self._conversation_id)
        return [
            row
            for row in amended
            if row.seq <= self._after and self._versions.get(row.id) != _version(row)
        ]

    def _message(self, row: Message) -> ServerSentEvent:
        self._after = row.seq
        self._settled = [*self._settled[-SETTLED_KEPT:], row.id]
        return ServerSentEvent(event="message", id=str(row.seq), data=self._explained(row))

    def _explained(self, row: Message) -> MessageShape:
        if row.edited_at or row.deleted_at:
            self._versions[row.id] = _version(row)
        return explain_message(row, self._services.playbook)


def _instant(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def _version(row: Message) -> Version:
    return row.edited_at, row.deleted_at


def _event(name: str, data: dict[str, object]) -> ServerSentEvent:
    return ServerSentEvent(event=name, data=data)
