"""What goes wrong with a database is said in a sentence that tells no secret, and is over when its cause is."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from agent.errors import StoreUnavailableError
from knowledge.database import Database
from tests.contracts.stores import in_sql, say, start
from tests.fakes.clock import FixedClock
from tests.postgres import Postgres

PASSING = {
    "40001": "serialization failure",
    "40P01": "deadlock",
    "55P03": "lock timeout",
    "57P01": "shut down",
    "57P03": "starting up",
    "53300": "too many connections",
    "53100": "disk full",
    "25006": "read-only",
    "25P03": "idle too long",
}
OTHERS = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


@pytest.fixture
async def database(postgres_address: str) -> AsyncIterator[Database]:
    database = await Database.open(postgres_address)
    yield database
    await database.close()


@pytest.mark.parametrize("code", PASSING)
async def test_trouble_that_passes_is_said_as_such(database: Database, code: str) -> None:
    trouble = f"DO $$ BEGIN RAISE EXCEPTION 'In the way' USING ERRCODE = '{code}'; END $$"

    with pytest.raises(StoreUnavailableError, match=r"cannot take this now: In the way.*\.$"):
        async with database.write() as session:
            await session.execute(text(trouble))
    await start(in_sql(database, FixedClock()))


async def test_connections_that_died_meanwhile_are_not_used(
    database: Database, postgres_address: str
) -> None:
    stores = in_sql(database, FixedClock())
    conversation = await start(stores)
    await stores.conversations.messages(conversation.id, after=0)

    _cut_off_others(postgres_address)

    await say(stores, conversation, "Hello")
    assert len(await stores.conversations.messages(conversation.id, after=0)) == 1


async def test_a_connection_cut_in_a_transaction_leaves_nothing_half_written(
    database: Database, postgres_address: str
) -> None:
    stores = in_sql(database, FixedClock())
    conversation = await start(stores)

    async def lose_the_connection() -> None:
        async with database.write() as session:
            await session.execute(text("UPDATE conversations SET last_seq = 99"))
            _cut_off_others(postgres_address)
            await session.execute(text("SELECT 1"))

    with pytest.raises(StoreUnavailableError, match="terminating connection"):
        await lose_the_connection()

    await say(stores, conversation, "Hello")
    [said] = await stores.conversations.messages(conversation.id, after=0)
    assert said.seq == 1


async def test_more_than_it_can_serve_at_once_is_said(
    postgres_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("knowledge.postgres._POOL_SECONDS", 0.01)
    monkeypatch.setattr("knowledge.postgres._WRITERS", 1)
    database = await Database.open(postgres_address)

    async with database.write("c-1"):
        with pytest.raises(StoreUnavailableError, match="too busy"):
            await start(in_sql(database, FixedClock()))
    await start(in_sql(database, FixedClock()))
    await database.close()


async def test_a_cancelled_transaction_frees_its_locks(database: Database) -> None:
    began = asyncio.Event()

    async def hang() -> None:
        async with database.write():
            began.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(hang())
    await began.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    async with asyncio.timeout(5):
        await start(in_sql(database, FixedClock()))


async def test_a_wrong_password_is_said_without_it(postgres: Postgres) -> None:
    address = postgres.make_locked("the-right-one")

    with pytest.raises(StoreUnavailableError) as refused:
        await Database.open(address.replace("the-right-one", "a-wrong-one"))

    assert "password authentication failed" in str(refused.value)
    assert "HOTLINE_DATABASE_URL" in str(refused.value)
    assert "a-wrong-one" not in str(refused.value)
    await (await Database.open(address)).close()


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("postgresql://x:secret@127.0.0.1:9/none", "connection failed|refused"),
        ("postgresql://x:secret@/none?host=/nowhere", "No such file"),
    ],
)
async def test_a_server_that_is_not_there_is_said(address: str, said: str) -> None:
    with pytest.raises(StoreUnavailableError, match=said) as refused:
        await Database.open(address)
    assert "secret" not in str(refused.value)


async def test_a_database_that_is_not_there_is_said(postgres: Postgres) -> None:
    with pytest.raises(StoreUnavailableError, match='database "nothing" does not exist'):
        await Database.open(postgres.at("nothing"))


async def test_a_file_that_can_only_be_read_is_said(tmp_path: Path) -> None:
    database = await Database.open(tmp_path / "hotline.db")
    async with database.write() as session:
        await session.execute(text("PRAGMA query_only = ON"))

    with pytest.raises(StoreUnavailableError, match="readonly database"):
        await start(in_sql(database, FixedClock()))
    await database.close()


def _cut_off_others(address: str) -> None:
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(OTHERS)
