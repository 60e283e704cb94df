"""Where the server is watched from outside: its writes, its calls of Slack, what it shows, what it acknowledges.

Nothing in the product knows of this. A life that is told to die at a step dies there by SIGKILL, with whatever is
half done.
"""

import asyncio
import re
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from types import FrameType
from typing import Any

from fastapi import FastAPI
from jwt import api_jwt
from procrastinate import utils
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from agent.conversation import ConversationId, MessageId
from integrations import clock
from integrations.app import hotline
from integrations.web.api import create_api as plain_api
from integrations.web.audience import LiveAudience
from knowledge.database import Database
from knowledge.ledgers import Ledgers
from knowledge.prepared import Changes
from tests.faults.steps import Steps

SENT_AFTER = 0.01  # what was shown has left the process by then
ID = re.compile(r"/[a-z]+-[0-9a-z]{20,}")


def put(owner: object, name: str, stand_in: object) -> None:
    """Put something in the place of what is there under this name, which must be there."""
    if not hasattr(owner, name):
        raise LookupError(f"{owner} has no {name} any more: the seam has moved.")
    setattr(owner, name, stand_in)


def watch_all(steps: Steps) -> None:
    """Watch every seam of this process."""
    watch_writes(steps)
    watch_slack(steps)
    watch_shows(steps)
    watch_acknowledgements(steps)


def watch_writes(steps: Steps) -> None:
    """Name each transaction by the method that asked for it: before it, within it when all is written, after it."""
    plain = Database.write

    @asynccontextmanager
    async def watched(
        writing: AbstractAsyncContextManager[AsyncSession], name: str
    ) -> AsyncIterator[AsyncSession]:
        steps.reached(f"before write {name}")
        async with writing as session:
            yield session
            steps.reached(f"within write {name}")
        steps.reached(f"after write {name}")

    def write(database: Database, *talk: str) -> AbstractAsyncContextManager[AsyncSession]:
        return watched(plain(database, *talk), _who_asks())

    put(Database, "write", write)
    for name in ("change", "change_in_passing"):
        put(Database, name, _watched_change(getattr(Database, name), steps))


def _watched_change(
    plain: Callable[..., Awaitable[object]], steps: Steps
) -> Callable[..., Awaitable[object]]:
    """Name a change by prepared statements like any other transaction."""

    def change(
        database: Database, work: Callable[[Changes], object], *talk: str
    ) -> Awaitable[object]:
        name = _who_asks()

        def watched_work(rows: Changes) -> object:
            found = work(rows)
            steps.reached(f"within write {name}")
            return found

        async def watched() -> object:
            steps.reached(f"before write {name}")
            found = await plain(database, watched_work, *talk)
            steps.reached(f"after write {name}")
            return found

        return watched()

    return change


def _who_asks() -> str:
    """Name the method that asked for a transaction; a ledger's is asked for by somebody else."""
    asks: FrameType | None = sys._getframe(2)
    while asks and asks.f_code is Ledgers.write.__code__:
        asks = asks.f_back
    return asks.f_code.co_qualname if asks else ""


def watch_slack(steps: Steps) -> None:
    """Name each call of Slack's Web API by its method."""
    plain = AsyncWebClient.api_call

    async def api_call(client: AsyncWebClient, api_method: str, **arguments: Any) -> Any:
        steps.reached(f"before slack {api_method}")
        answer = await plain(client, api_method, **arguments)
        steps.reached(f"after slack {api_method}")
        return answer

    put(AsyncWebClient, "api_call", api_call)


def watch_shows(steps: Steps) -> None:
    """Name what a visitor sees of a reply that is being written."""
    plain_show, plain_discard, begun = LiveAudience.show, LiveAudience.discard, set[str]()

    def show(
        audience: LiveAudience, conversation_id: ConversationId, message_id: MessageId, text: str
    ) -> None:
        which = "further" if message_id in begun else "first"
        begun.add(message_id)
        steps.reached(f"before showing the {which} sentence")
        plain_show(audience, conversation_id, message_id, text)
        after = f"after showing the {which} sentence"
        asyncio.get_running_loop().call_later(SENT_AFTER, steps.reached, after)

    def discard(
        audience: LiveAudience, conversation_id: ConversationId, message_id: MessageId
    ) -> None:
        steps.reached("before discarding a draft")
        plain_discard(audience, conversation_id, message_id)
        asyncio.get_running_loop().call_later(SENT_AFTER, steps.reached, "after discarding a draft")

    put(LiveAudience, "show", show)
    put(LiveAudience, "discard", discard)


def watch_acknowledgements(steps: Steps) -> None:
    """Name each answer to what changes something, by its route."""

    def create_api(*arguments: Any) -> FastAPI:
        api = plain_api(*arguments)
        api.add_middleware(_Acknowledgements, steps=steps)
        return api

    put(hotline, "create_api", create_api)


class _Acknowledgements:
    """Sees each answer go out."""

    def __init__(self, app: ASGIApp, steps: Steps) -> None:
        self._app = app
        self._steps = steps

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in ("GET", "OPTIONS", "HEAD"):
            await self._app(scope, receive, send)
            return
        name = f"{scope['method']} {ID.sub('/{id}', scope['path'])}"

        async def watched(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._steps.reached(f"before acknowledging {name}")
            await send(message)
            if message["type"] == "http.response.body" and not message.get("more_body"):
                self._steps.reached(f"after acknowledging {name}")

        await self._app(scope, receive, watched)


def bend_clock(offset_in: Path) -> None:
    """Let this machine's clock be as many seconds ahead as the file says, or behind."""
    plain, plain_ns = time.time, time.time_ns

    put(time, "time", lambda: plain() + _offset(offset_in))
    put(time, "time_ns", lambda: plain_ns() + int(_offset(offset_in) * 1e9))
    for asker in (clock, api_jwt):
        put(asker, "datetime", _Asked)
    put(utils, "utcnow", lambda: _Asked.now(UTC))


class _AnyInstant(type):
    """Knows every instant as its own."""

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, datetime)


class _Asked(datetime, metaclass=_AnyInstant):
    """Asks `time.time()` for the time, which can be bent."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        return datetime.fromtimestamp(time.time(), tz)


def _offset(path: Path) -> float:
    try:
        return float(path.read_text("utf-8") or 0)
    except (FileNotFoundError, ValueError):
        return 0.0
