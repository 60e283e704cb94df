"""A visitor of a running server: writes over HTTP and listens to the conversation's stream, as a chat panel does."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import StrEnum

import httpx

PATIENCE = 30
SETTLED = 0.05


class Until(StrEnum):
    """What of a reply the visitor waits for, by the name of its event."""

    FIRST_SENTENCE = "delta"
    WHOLE = "message"


@dataclass(frozen=True, slots=True)
class Heard:
    """What the visitor read of a reply, with the instants of writing and of reading it."""

    text: str
    written_at: float
    read_at: float

    @property
    def milliseconds(self) -> float:
        """Give the time from writing until reading."""
        return 1000 * (self.read_at - self.written_at)


@dataclass(frozen=True, slots=True)
class Visit:
    """One conversation with its visitor's token."""

    client: httpx.AsyncClient
    id: str

    async def ask(self, text: str, until: Until) -> Heard:
        """Write a message and wait for so much of the reply."""
        listening = asyncio.create_task(self._hear(until))
        try:
            # A chat panel listens before its visitor writes.
            await asyncio.sleep(SETTLED)
            written_at = time.perf_counter()
            await self._say(text)
            heard, read_at = await listening
        finally:
            listening.cancel()
        return Heard(heard, written_at, read_at)

    async def _say(self, text: str) -> None:
        body = {"client_message_id": f"{time.monotonic_ns()}", "text": text}
        answer = await self.client.post(f"/v1/conversations/{self.id}/messages", json=body)
        answer.raise_for_status()

    async def _hear(self, until: Until) -> tuple[str, float]:
        async for name, data in self._events():
            is_reply = name == Until.WHOLE and data.get("in_reply_to")
            if is_reply or name == until == Until.FIRST_SENTENCE:
                return str(data["text"]), time.perf_counter()
        raise RuntimeError("the stream ended before the reply was there")

    async def _events(self) -> AsyncIterator[tuple[str, Mapping[str, object]]]:
        name = ""
        async with self.client.stream("GET", f"/v1/conversations/{self.id}/stream") as lines:
            async for line in lines.aiter_lines():
                key, _, value = line.partition(": ")
                if key == "event":
                    name = value
                elif key == "data":
                    yield name, json.loads(value)


@asynccontextmanager
async def visiting(address: str, visitor: Mapping[str, str] | None = None) -> AsyncIterator[Visit]:
    """Open a conversation, as somebody unknown where no visitor is given."""
    async with httpx.AsyncClient(base_url=address, timeout=PATIENCE) as client:
        answer = await client.post("/v1/conversations", json={"visitor": visitor or {}})
        opened = answer.raise_for_status().json()
        client.headers["Authorization"] = f"Bearer {opened['visitor_token']}"
        yield Visit(client, opened["conversation_id"])
