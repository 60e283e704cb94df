"""A process says that it lives, whatever else it has to do."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack

import psycopg
import pytest

from agent.clock import Clock
from integrations.app import replica
from knowledge.database import Database

LONG = 30.0
DEAD = "INSERT INTO replicas (id, version, started_at, seen_at) VALUES ('r-dead', '1', now(), now() - interval '1 h')"
POOL = 8
GONE = "SELECT count(*) FROM replicas WHERE id = 'r-dead'"
SEEN = "SELECT seen_at FROM replicas WHERE id = %s"


async def test_a_process_lives_on_for_others_while_it_takes_over_from_a_dead_one(
    postgres_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_taking_over = asyncio.Event()

    async def takes_for_ever(_: Database, __: Clock, gone: Sequence[str]) -> list[str]:
        assert list(gone) == ["r-dead"]
        is_taking_over.set()
        await asyncio.Event().wait()
        return []

    monkeypatch.setattr(replica, "take_over", takes_for_ever)
    monkeypatch.setattr(replica, "BEAT_EVERY", 0.01)
    database = await Database.open(postgres_address)
    async with await psycopg.AsyncConnection.connect(
        postgres_address, autocommit=True
    ) as connection:
        await connection.execute(DEAD)

        async def seen() -> object:
            found = await connection.execute(SEEN, (database.replica,))
            return await found.fetchone()

        async with asyncio.timeout(LONG), replica.serving(database, postgres_address):
            await is_taking_over.wait()
            before = await seen()
            while await seen() == before:  # noqa: ASYNC110 - a row tells nobody
                await asyncio.sleep(0.01)
    await database.close()


async def test_a_process_takes_over_though_its_connections_are_all_taken(
    postgres_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replica, "BEAT_EVERY", 0.01)
    database = await Database.open(postgres_address)
    async with (
        AsyncExitStack() as busy,
        await psycopg.AsyncConnection.connect(postgres_address, autocommit=True) as connection,
    ):
        for number in range(POOL):
            await busy.enter_async_context(database.write(f"lead-{number}"))
        await connection.execute(DEAD)
        async with asyncio.timeout(LONG), replica.serving(database, postgres_address):
            while await (await connection.execute(GONE)).fetchone() != (0,):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
    await database.close()
