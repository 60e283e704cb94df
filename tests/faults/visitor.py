"""A visitor as the widget is one: says each thing until it is accepted, and follows a stream that resumes."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import aiohttp

from tests.faults.evidence import Logged, Piece, Said, Watched
from tests.faults.front import PAUSE, Front

SILENCE = 40.0


def logged(told: dict[str, Any]) -> Logged:
    """Read a message as the API and the streams give it."""
    return Logged(
        told["seq"],
        told["message_id"],
        told["author"],
        told["text"],
        tuple(told.get("in_reply_to") or ()),
        datetime.fromisoformat(told["created_at"]),
    )


@dataclass(slots=True)
class Guest:
    """One visitor in one conversation."""

    front: Front
    name: str
    conversation_id: str = ""
    token: str = ""
    has_card: bool = False
    said: list[Said] = field(default_factory=list)
    watched: list[Watched] = field(default_factory=list)
    newest: dict[int, Logged] = field(default_factory=dict)
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _watching: asyncio.Task[None] | None = None

    async def arrive(self) -> None:
        """Open a conversation and watch it."""
        visitor = {"anonymous_id": f"a-{self.name}", "name": self.name}
        page = {"url": "https://shop.example/pricing", "title": "Pricing", "referrer": ""}
        body = {"visitor": visitor, "page": page, "locale": "en-GB"}
        opened = await self.front.call("POST", "/v1/conversations", body)
        self.conversation_id, self.token = opened["conversation_id"], opened["visitor_token"]
        self._watching = asyncio.create_task(self._watch())

    async def say(self, text: str) -> Said:
        """Say something, under the same id until it is accepted."""
        client_id = f"{self.name}-{len(self.said)}"
        place = len(self.said)
        self.said.append(Said(text, client_id))
        body = {"client_message_id": client_id, "text": text}
        path = f"/v1/conversations/{self.conversation_id}/messages"
        had_card = self.has_card
        taken = await self.front.call("POST", path, body, self.token)
        self.said[place] = Said(text, client_id, taken["message_id"], taken["seq"], had_card)
        return self.said[place]

    async def is_answered(self, said: Said, within: float) -> bool:
        """Wait until the stream shows a reply to this."""
        with suppress(TimeoutError):
            async with asyncio.timeout(within):
                while not self._answers(said):
                    self._news.clear()
                    await self._news.wait()
        return self._answers(said)

    async def leave(self) -> None:
        """Stop watching."""
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.gather(self._watching, return_exceptions=True)
            self._watching = None

    async def log(self) -> tuple[Logged, ...]:
        """Read the whole conversation."""
        messages, after = list[Logged](), 0
        path = f"/v1/conversations/{self.conversation_id}/messages"
        while True:
            page = await self.front.call("GET", path, None, self.token, {"after": str(after)})
            messages += map(logged, page["messages"])
            if not page["messages"]:
                return tuple(messages)
            after = messages[-1].seq

    async def held_by(self) -> str:
        """Read who holds it."""
        path = f"/v1/conversations/{self.conversation_id}/messages"
        page = await self.front.call("GET", path, None, self.token, {"after": "0"})
        return str(page["held_by"])

    def finish_watching(self) -> None:
        """Note that the last connection was still open when all was done."""
        if self.watched and self._watching is not None:
            self.watched[-1] = replace(self.watched[-1], is_last=True)

    def _answers(self, said: Said) -> bool:
        return any(said.message_id in message.in_reply_to for message in self.newest.values())

    async def _watch(self) -> None:
        while True:
            with suppress(aiohttp.ClientError, TimeoutError):
                await self._connection()
            await asyncio.sleep(PAUSE)

    async def _connection(self) -> None:
        after = max(self.newest, default=0)
        headers = {"Authorization": f"Bearer {self.token}", "Last-Event-ID": str(after)}
        patience = aiohttp.ClientTimeout(total=None, sock_connect=2, sock_read=SILENCE)
        path = f"/v1/conversations/{self.conversation_id}/stream"
        async with self.front.session.get(
            f"{self.front.next()}{path}", headers=headers, timeout=patience
        ) as answer:
            answer.raise_for_status()
            self.watched.append(Watched(after, ()))
            place = len(self.watched) - 1
            async for name, data in _events(answer.content):
                self._note(place, name, data)

    def _note(self, place: int, name: str, data: dict[str, Any]) -> None:
        if name == "message":
            event: Logged | Piece = logged(data)
            self.newest[data["seq"]] = logged(data)
        elif name == "delta":
            event = Piece(data["message_id"], None if data.get("discarded") else data["text"])
        else:
            return
        seen = self.watched[place]
        self.watched[place] = replace(seen, events=(*seen.events, event))
        self._news.set()


async def _events(lines: aiohttp.StreamReader) -> AsyncIterator[tuple[str, dict[str, Any]]]:
    name, data = "", ""
    async for raw in lines:
        line = raw.decode().rstrip("\r\n")
        if line.startswith("event:"):
            name = line[6:].strip()
        elif line.startswith("data:"):
            data += line[5:].strip()
        elif not line:
            if data:
                yield name, json.loads(data)
            name, data = "", ""
