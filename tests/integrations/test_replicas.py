"""Two server processes on one PostgreSQL, behind no stickiness: a visitor writes to one and reads from the other."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Self

import httpx
import psycopg
import pytest
import pytest_asyncio

from tests.benchmarks.server import ServerProcess
from tests.fakes.openai_twin import OpenAITwin
from tests.postgres import Postgres

pytestmark = pytest.mark.asyncio(loop_scope="module")
LONG = 30.0
REPLY = (
    "Growth costs 29 EUR for each technician a month. It includes the API. Shall I show you how?"
)


@dataclass
class Replicas:
    """Two servers, the model that they ask, and their database."""

    servers: tuple[ServerProcess, ServerProcess]
    twin: OpenAITwin
    database: str

    def cut(self) -> None:
        """Cut all their connections to the database."""
        with psycopg.connect(self.database, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def replicas(
    postgres: Postgres, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Replicas]:
    address = postgres.make()
    async with OpenAITwin(text=REPLY) as twin:
        settings = {
            "HOTLINE_DATABASE_URL": address,
            "OPENAI_API_KEY": "sk-test",
            "OPENAI_BASE_URL": twin.base_url,
            "HOTLINE_DRAIN_SECONDS": "1",
        }
        servers = (
            ServerProcess(tmp_path_factory.mktemp("one"), settings),
            ServerProcess(tmp_path_factory.mktemp("two"), settings),
        )
        try:
            await asyncio.gather(*(server.start() for server in servers))
            yield Replicas(servers, twin, address)
        finally:
            await asyncio.gather(*(server.stop() for server in servers))
    postgres.drop(address)


@dataclass
class Talk:
    """One conversation, as its visitor has it."""

    client: httpx.AsyncClient
    id: str

    @classmethod
    @asynccontextmanager
    async def begun(cls, address: str) -> AsyncIterator[Self]:
        async with httpx.AsyncClient(timeout=LONG) as client:
            opened = await client.post(
                f"{address}/v1/conversations", json={"visitor": {"anonymous_id": "a-1"}}
            )
            client.headers["Authorization"] = f"Bearer {opened.json()['visitor_token']}"
            yield cls(client, opened.json()["conversation_id"])

    async def say(self, address: str, text: str) -> int:
        answer = await self.client.post(
            f"{address}/v1/conversations/{self.id}/messages",
            json={"client_message_id": text, "text": text},
        )
        return answer.status_code

    async def say_until_accepted(self, address: str, text: str) -> None:
        """Say it as the widget does: again, until it is accepted."""
        for _ in range(100):
            if await self.say(address, text) == 202:
                return
            await asyncio.sleep(0.05)
        raise TimeoutError

    async def read(self, address: str, count: int) -> list[dict[str, object]]:
        """Read so many messages as the widget does: a stream that ends is opened again after what it gave."""
        messages: list[dict[str, object]] = []
        while len(messages) < count:
            async with self.watched(address, len(messages)) as events:
                with suppress(EOFError):
                    messages.append(await events.until("message"))
        return messages

    @asynccontextmanager
    async def watched(self, address: str, after: int = 0) -> AsyncIterator["Events"]:
        url = f"{address}/v1/conversations/{self.id}/stream"
        async with self.client.stream("GET", url, params={"after": after}) as response:
            yield Events(response.aiter_lines(), [])


@dataclass
class Events:
    """What a stream told so far."""

    lines: AsyncIterator[str]
    told: list[tuple[str, dict[str, object]]]

    async def until(self, name: str, **having: object) -> dict[str, object]:
        async with asyncio.timeout(LONG):
            while True:
                kind, data = await self._next()
                self.told.append((kind, data))
                if kind == name and having.items() <= data.items():
                    return data

    async def _next(self) -> tuple[str, dict[str, object]]:
        kind = ""
        async for line in self.lines:
            if line.startswith("event:"):
                kind = line[6:].strip()
            if line.startswith("data:"):
                return kind, json.loads(line[5:])
        raise EOFError

    def deltas(self) -> str:
        return "".join(str(data["text"]) for kind, data in self.told if kind == "delta")


async def test_a_reply_streams_from_the_replica_that_did_not_write_it(replicas: Replicas) -> None:
    one, other = (server.address for server in replicas.servers)
    replicas.twin.tokens_per_second = 40
    async with Talk.begun(one) as talk, talk.watched(other) as events:
        await events.until("held_by")
        assert await talk.say(one, "What does Growth cost?") == 202
        reply = await events.until("message", author="agent")
    assert events.deltas().strip() == reply["text"]
    assert len([kind for kind, _ in events.told if kind == "delta"]) > 1
    assert [data["seq"] for kind, data in events.told if kind == "message"] == [1, 2]


async def test_each_replica_accepts_the_keys_of_the_other(replicas: Replicas) -> None:
    one, other = (server.address for server in replicas.servers)
    async with Talk.begun(one) as talk:
        assert await talk.say(other, "What does Growth cost?") == 202


async def test_nothing_is_lost_when_the_connections_to_the_database_are_cut(
    replicas: Replicas,
) -> None:
    one, other = (server.address for server in replicas.servers)
    async with Talk.begun(one) as talk:
        reading = asyncio.create_task(talk.read(other, 2))
        replicas.cut()
        await talk.say_until_accepted(one, "What does Growth cost?")
        messages = await reading
    assert [each["seq"] for each in messages] == [1, 2]
    assert messages[1]["author"] == "agent"


async def test_a_server_that_is_told_to_stop_leaves_in_good_order(replicas: Replicas) -> None:
    leaving, staying = replicas.servers
    replicas.twin.tokens_per_second = 20
    async with Talk.begun(leaving.address) as talk, talk.watched(leaving.address) as events:
        await talk.say(leaving.address, "What does Growth cost?")
        await events.until("delta")
        process = leaving.process
        assert process is not None
        process.terminate()
        refused = await is_not_ready(talk.client, leaving.address)
        assert (refused.status_code, refused.headers["connection"]) == (503, "close")
        assert await talk.say(leaving.address, "And the API?") == 202
        messages = await talk.read(staying.address, 4)
        assert await asyncio.wait_for(process.wait(), LONG) == 0
        with suppress(EOFError):
            await events.until("never")
    assert [each["seq"] for each in messages] == [1, 2, 3, 4]
    assert sorted(str(each["author"]) for each in messages[:3]) == ["agent", "visitor", "visitor"]
    assert messages[3]["author"] == "agent"
    await leaving.start()


async def is_not_ready(client: httpx.AsyncClient, address: str) -> httpx.Response:
    for _ in range(100):
        answer = await client.get(f"{address}/readyz")
        if not answer.is_success:
            return answer
        await asyncio.sleep(0.02)
    raise TimeoutError


async def test_a_rolling_restart_loses_nothing_of_a_conversation(replicas: Replicas) -> None:
    balancer = Balancer([server.address for server in replicas.servers])
    replicas.twin.tokens_per_second = 200
    async with Talk.begun(replicas.servers[0].address) as talk:
        chatting = asyncio.create_task(chat(talk, balancer, 6))
        for server in replicas.servers:
            await server.stop()
            await server.start()
        messages = await chatting
    assert [each["seq"] for each in messages] == list(range(1, 13))
    assert [each["author"] for each in messages] == ["visitor", "agent"] * 6
    assert balancer.faults == []


@dataclass
class Balancer:
    """Sends each call to a server that is ready, as a load balancer does; keeps what went wrong inside a server."""

    addresses: list[str]
    faults: list[int] = field(default_factory=list)

    async def ready(self, client: httpx.AsyncClient) -> str:
        for number in range(1_000):
            address = self.addresses[number % len(self.addresses)]
            with suppress(httpx.TransportError):
                if (await client.get(f"{address}/readyz")).is_success:
                    return address
            await asyncio.sleep(0.05)
        raise TimeoutError


async def chat(talk: Talk, balancer: Balancer, count: int) -> list[dict[str, object]]:
    """Say so many things, each once the one before was answered."""
    messages: list[dict[str, object]] = []
    for number in range(count):
        await say_somewhere(talk, balancer, f"What does Growth cost for {number + 2}?")
        while len(messages) < 2 * (number + 1):
            address = await balancer.ready(talk.client)
            with suppress(EOFError, httpx.TransportError):
                async with talk.watched(address, len(messages)) as events:
                    messages.append(await events.until("message"))
    return messages


async def say_somewhere(talk: Talk, balancer: Balancer, text: str) -> None:
    for _ in range(100):
        with suppress(httpx.TransportError):
            status = await talk.say(await balancer.ready(talk.client), text)
            if status == 202:
                return
            balancer.faults.append(status)
    raise TimeoutError
