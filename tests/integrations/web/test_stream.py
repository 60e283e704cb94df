"""Conversations as they happen, over a real connection."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from agent.conversation import Author, ConversationId, MessageId
from integrations.web import stream
from tests.integrations.web.world import SERVER, Talker, World, served, until

PATIENCE = 5


@dataclass(slots=True)
class Events:
    """Reads events off a response."""

    lines: AsyncIterator[str]
    comments: int = 0

    async def next(self) -> tuple[str, Any, str | None]:
        """Give name, data and id of the next event."""
        return await asyncio.wait_for(self._next(), PATIENCE)

    async def until(self, name: str) -> Any:
        """Give the data of the next event of this name."""
        while True:
            found, data, _ = await self.next()
            if found == name:
                return data

    async def _next(self) -> tuple[str, Any, str | None]:
        fields: dict[str, str] = {}
        async for line in self.lines:
            if line.startswith(":"):
                self.comments += 1
            elif line:
                field, _, value = line.partition(": ")
                fields[field] = value
            elif "event" in fields:
                return fields["event"], json.loads(fields["data"]), fields.get("id")
        raise EOFError


@asynccontextmanager
async def watching(
    client: httpx.AsyncClient, talker: Talker, query: str = "", **headers: str
) -> AsyncIterator[Events]:
    url = f"{talker.url}/stream{query}"
    async with client.stream("GET", url, headers={**talker.headers, **headers}) as response:
        assert response.status_code == 200
        assert response.headers["content-type"].startswith("text/event-stream")
        assert response.headers["x-accel-buffering"] == "no"
        yield Events(response.aiter_lines())


async def test_shows_a_reply_as_it_is_written(world: World) -> None:
    ada = await world.open()
    talk, reply = ConversationId(ada.conversation_id), MessageId("m-reply")
    audience = world.services.audience
    async with served(world) as client, watching(client, ada) as events:
        assert await events.next() == ("held_by", {"held_by": "agent"}, None)
        await ada.say("What is the price?")
        name, message, event_id = await events.next()
        assert (name, message["author"], event_id) == ("message", "visitor", "1")
        audience.set_typing(talk, Author.AGENT)
        assert await events.next() == ("typing", {"typing": "agent"}, None)
        audience.show(talk, reply, "It is ")
        assert await events.next() == ("delta", {"message_id": reply, "text": "It is "}, None)
        audience.show(talk, reply, "29 EUR.")
        assert await events.next() == ("delta", {"message_id": reply, "text": "29 EUR."}, None)
        await world.answer(ada.conversation_id)
        name, message, event_id = await events.next()
        assert (name, message["message_id"], event_id) == ("message", reply, "2")
        audience.set_typing(talk, None)
        assert await events.next() == ("typing", {"typing": None}, None)


async def test_takes_a_discarded_draft_back(world: World) -> None:
    ada = await world.open()
    talk = ConversationId(ada.conversation_id)
    async with served(world) as client, watching(client, ada) as events:
        world.services.audience.show(talk, MessageId("m-9"), "It is")
        await events.until("delta")
        world.services.audience.discard(talk, MessageId("m-9"))
        gone = await events.until("delta")
        assert gone == {"message_id": "m-9", "text": "", "discarded": True}


@pytest.mark.parametrize("by", ["header", "query"])
async def test_resumes_without_loss_or_repeat(world: World, by: str) -> None:
    ada = await world.open()
    seen = []
    async with served(world) as client:
        await ada.say("one", "1")
        async with watching(client, ada) as events:
            seen.append((await events.until("message"))["text"])
        await ada.say("two", "2")
        await ada.say("three", "3")
        query, headers = ("?after=1", {}) if by == "query" else ("", {"Last-Event-ID": "1"})
        async with watching(client, ada, query, **headers) as events:
            seen += [(await events.until("message"))["text"] for _ in range(2)]
            await ada.say("four", "4")
            seen.append((await events.until("message"))["text"])
    assert seen == ["one", "two", "three", "four"]


async def test_the_header_wins_over_the_query(world: World) -> None:
    ada = await world.open()
    await ada.say("one", "1")
    await ada.say("two", "2")
    headers = {"Last-Event-ID": "1"}
    async with served(world) as client, watching(client, ada, "?after=0", **headers) as events:
        assert (await events.until("message"))["text"] == "two"


async def test_a_burst_longer_than_a_page_arrives_whole(world: World) -> None:
    ada = await world.open()
    for number in range(1_100):
        await world.conversations.append(ConversationId(ada.conversation_id), str(number), "x")
    async with served(world) as client, watching(client, ada) as events:
        seqs = [(await events.until("message"))["seq"] for _ in range(1_100)]
    assert seqs == list(range(1, 1_101))


async def test_who_comes_late_sees_the_draft_so_far(world: World) -> None:
    ada = await world.open()
    talk = ConversationId(ada.conversation_id)
    world.services.audience.show(talk, MessageId("m-9"), "It ")
    world.services.audience.show(talk, MessageId("m-9"), "is")
    async with served(world) as client, watching(client, ada) as events:
        assert await events.until("delta") == {"message_id": "m-9", "text": "It is"}


async def test_tells_when_a_rep_takes_over(world: World) -> None:
    ada = await world.open()
    await world.hand_off(ada.conversation_id)
    async with served(world) as client, watching(client, ada) as events:
        assert await events.until("held_by") == {"held_by": "agent"}
        await client.post("/v1/handoffs/h-1/claim", json={"rep": "mia"}, headers=SERVER)
        assert (await events.until("message"))["author"] == "system"
        there = {"name": "Mia Hartung", "picture": None}
        assert await events.until("held_by") == {"held_by": "rep", "rep": there}


async def test_a_quiet_stream_is_kept_open(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "SILENCE", 0.05)
    ada = await world.open()
    async with served(world) as client, watching(client, ada) as events:
        await events.until("held_by")
        await asyncio.sleep(0.2)
        await ada.say()
        await events.until("message")
        assert events.comments >= 2


async def test_who_goes_is_forgotten(world: World) -> None:
    ada = await world.open()
    async with served(world) as client:
        async with watching(client, ada) as events:
            await events.until("held_by")
            assert world.services.audience.watchers() == 1
        await until(lambda: world.services.audience.watchers() == 0)


async def test_open_streams_do_not_hold_up_a_stop(world: World) -> None:
    ada = await world.open()
    ended = asyncio.Event()

    async def watch(client: httpx.AsyncClient) -> None:
        async with watching(client, ada) as events:
            with pytest.raises(EOFError):
                await events.until("never")
        ended.set()

    async with served(world) as client:
        task = asyncio.create_task(watch(client))
        await until(lambda: world.services.audience.watchers() == 1)
        world.services.audience.close()
        await asyncio.wait_for(ended.wait(), 1)
        await task


async def test_a_stream_of_a_server_that_stops_says_when_to_come_back(world: World) -> None:
    ada = await world.open()
    async with (
        served(world) as client,
        client.stream("GET", f"{ada.url}/stream", headers=ada.headers) as response,
    ):
        world.services.audience.close()
        lines = [line async for line in response.aiter_lines()]
    (hint,) = [line for line in lines if line.startswith("retry: ")]
    assert 100 <= int(hint.removeprefix("retry: ")) <= 1_000


async def test_a_draft_that_another_one_replaced_is_taken_back(world: World) -> None:
    ada = await world.open()
    talk, first, second = ConversationId(ada.conversation_id), MessageId("m-1"), MessageId("m-2")
    audience = world.services.audience
    async with served(world) as client, watching(client, ada) as events:
        await events.next()
        audience.show(talk, first, "It is ")
        assert await events.next() == ("delta", {"message_id": first, "text": "It is "}, None)
        audience.show(talk, second, "No.")
        gone = {"message_id": first, "text": "", "discarded": True}
        assert await events.next() == ("delta", gone, None)
        assert await events.next() == ("delta", {"message_id": second, "text": "No."}, None)


async def test_the_desk_hears_of_conversations_with_a_handoff(world: World) -> None:
    ada, bob = await world.open("a-1"), await world.open("a-2")
    await world.hand_off(ada.conversation_id)
    async with (
        served(world) as client,
        client.stream("GET", "/v1/desk/stream", headers=SERVER) as response,
    ):
        await until(lambda: world.services.audience.watchers() == 1)
        await bob.say()
        await ada.say()
        changed = await Events(response.aiter_lines()).until("changed")
    assert changed == {"conversation_id": ada.conversation_id}


async def test_the_desks_stream_is_for_the_desk(world: World) -> None:
    response = await world.client.get("/v1/desk/stream")
    assert response.status_code == 401
