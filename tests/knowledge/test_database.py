"""The database file: its schema, its transactions, and what happens when it fails."""

import asyncio
import signal
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text

from agent.conversation import Conversation, ConversationId
from agent.errors import StoreUnavailableError
from knowledge.database import SCHEMA, Database
from knowledge.rows import Row
from knowledge.sqlite_file import SqliteFile
from tests.contracts.stores import Stores, in_sql, say, start
from tests.fakes.clock import FixedClock

DIES_WHILE_IT_HOLDS = """
import asyncio, os, signal, sys
from pathlib import Path
from knowledge.database import Database
from tests.contracts.stores import in_sql, say, start
from tests.fakes.clock import FixedClock

async def work():
    stores = in_sql(await Database.open(Path(sys.argv[1])), FixedClock())
    conversation = await start(stores)
    await say(stores, conversation, "Hello")
    async with stores.conversations.hold(conversation.id):
        print(conversation.id, flush=True)
        os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(work())
"""


A_LEAD_OF_0001 = """
INSERT INTO leads (id, name, email, phone, title, role, company, company_domain, time_zone, owner,
                   score_total, temperature, created_at)
VALUES ('l-1', 'Ada', '', '', '', '', '{}', '', '', '', 0, 'cold', '2026-03-02 10:00:00')
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "hotline.db"


@pytest.fixture
async def database(path: Path) -> AsyncIterator[Database]:
    database = await Database.open(path)
    yield database
    await database.close()


def test_migrations_lead_from_nothing_to_the_tables(path: Path) -> None:
    SqliteFile(path).migrate_now()

    with create_engine(f"sqlite:///{path}").connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Row.metadata) == []
        connection.engine.dispose()


def test_the_code_names_the_newest_migration() -> None:
    config = Config()
    config.set_main_option("script_location", "knowledge:migrations")

    assert ScriptDirectory.from_config(config).get_heads() == [SCHEMA]


async def test_a_database_of_the_first_schema_keeps_its_rows(path: Path) -> None:
    path.parent.mkdir()
    _upgrade_to("0001", path)
    with sqlite3.connect(path) as connection:
        connection.execute(A_LEAD_OF_0001)
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    connection.close()
    assert "readings" not in tables

    database = await Database.open(path)
    async with database.read() as session:
        names = list(await session.scalars(text("SELECT name FROM leads")))
        kept = list(await session.scalars(text("SELECT count(*) FROM readings")))
        version = await session.scalar(text("SELECT version_num FROM alembic_version"))
    await database.close()

    assert (names, kept, version) == (["Ada"], [0], SCHEMA)


def test_migrating_again_does_nothing(path: Path) -> None:
    SqliteFile(path).migrate_now()
    before = path.read_bytes()

    SqliteFile(path).migrate_now()

    assert path.read_bytes() == before


def test_opening_a_current_database_does_not_load_alembic(path: Path) -> None:
    SqliteFile(path).migrate_now()
    code = "import sys, pathlib, knowledge.sqlite_file as d; d.SqliteFile(pathlib.Path(sys.argv[1])).migrate_now(); print('alembic' in sys.modules)"

    assert _python(code, path).stdout.strip() == "False"


async def test_a_newer_schema_is_refused(path: Path) -> None:
    SqliteFile(path).migrate_now()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.execute("UPDATE compatibility SET oldest = '9999'")
    connection.close()

    with pytest.raises(StoreUnavailableError, match=r"newer Hotline \(schema 9999"):
        await Database.open(path)


async def test_a_place_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(StoreUnavailableError, match="cannot be opened"):
        await Database.open(tmp_path / "file" / "hotline.db")
    with pytest.raises(StoreUnavailableError, match="cannot be opened"):
        await Database.open(tmp_path)


def test_a_file_that_is_no_database_is_refused(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("This is no database, but it is long enough to look like one." * 20)

    with pytest.raises(StoreUnavailableError, match="not a database"):
        SqliteFile(path).migrate_now()


async def test_a_full_disk_is_said_and_leaves_nothing_half_written(database: Database) -> None:
    stores = in_sql(database, FixedClock())
    conversation = await start(stores)
    await _limit_pages(database, 1)
    with pytest.raises(StoreUnavailableError, match="full"):
        await _fill_up(stores, conversation)
    saved = await stores.conversations.messages(conversation.id, after=0)

    await _limit_pages(database, 1_000_000)
    await say(stores, conversation, "room again")

    messages = await stores.conversations.messages(conversation.id, after=0)
    assert [message.seq for message in messages] == list(range(1, len(saved) + 2))


async def test_a_locked_file_is_said(database: Database, path: Path) -> None:
    async with database.write() as session:
        await session.execute(text("PRAGMA busy_timeout = 1"))
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(StoreUnavailableError, match="locked"):
        await start(in_sql(database, FixedClock()))
    other.close()
    await start(in_sql(database, FixedClock()))


async def test_an_error_in_a_transaction_undoes_it(database: Database) -> None:
    async def fail() -> None:
        async with database.write() as session:
            await session.execute(text("INSERT INTO alembic_version VALUES ('lost')"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()

    async with database.read() as session:
        assert list(await session.scalars(text("SELECT version_num FROM alembic_version"))) == [
            SCHEMA
        ]


async def test_a_cancelled_transaction_leaves_the_writer_free(database: Database) -> None:
    async def hang() -> None:
        async with database.write() as session:
            await session.execute(text("INSERT INTO alembic_version VALUES ('lost')"))
            await asyncio.Event().wait()

    task = asyncio.create_task(hang())
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    async with asyncio.timeout(2), database.write() as session:
        assert list(await session.scalars(text("SELECT version_num FROM alembic_version"))) == [
            SCHEMA
        ]


async def test_no_update_is_lost_between_two_processes_worth_of_writers(
    database: Database, path: Path
) -> None:
    other = await Database.open(path)
    async with database.write() as session:
        await session.execute(text("CREATE TABLE counter (n INTEGER)"))
        await session.execute(text("INSERT INTO counter VALUES (0)"))

    async def increment(writer: Database) -> None:
        async with writer.write() as session:
            n = await session.scalar(text("SELECT n FROM counter"))
            await session.execute(text("UPDATE counter SET n = :n"), {"n": (n or 0) + 1})

    await asyncio.gather(*(increment(writer) for writer in (database, other) for _ in range(20)))
    await other.close()

    async with database.read() as session:
        assert await session.scalar(text("SELECT n FROM counter")) == 40


async def test_readers_do_not_wait_for_the_writer(database: Database) -> None:
    async with database.write() as writing:
        await writing.execute(text("INSERT INTO alembic_version VALUES ('later')"))
        async with asyncio.timeout(2), database.read() as reading:
            seen = list(await reading.scalars(text("SELECT version_num FROM alembic_version")))
        await writing.rollback()

    assert seen == [SCHEMA]


async def test_what_is_acknowledged_survives_power_cuts(database: Database) -> None:
    async with database.write() as session:
        assert await session.scalar(text("PRAGMA journal_mode")) == "wal"
        assert await session.scalar(text("PRAGMA synchronous")) == 2
        assert await session.scalar(text("PRAGMA foreign_keys")) == 1


async def test_a_killed_worker_loses_nothing_and_its_lease_runs_out(path: Path) -> None:
    died = _python(DIES_WHILE_IT_HOLDS, path)
    assert died.returncode == -signal.SIGKILL
    conversation_id = ConversationId(died.stdout.strip())

    database = await Database.open(path)
    clock = FixedClock()
    conversations = in_sql(database, clock).conversations
    async with conversations.hold(conversation_id) as too_early:
        assert too_early is None
    clock.advance(timedelta(minutes=1))
    assert await conversations.due(clock.now()) == [conversation_id]
    async with conversations.hold(conversation_id) as held:
        assert held is not None
        assert held.text == "Hello"
    await database.close()


def _upgrade_to(revision: str, path: Path) -> None:
    config = Config()
    config.set_main_option("script_location", "knowledge:migrations")
    with create_engine(f"sqlite:///{path}").begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        connection.engine.dispose()


async def _fill_up(stores: Stores, conversation: Conversation) -> None:
    for i in range(50):
        await say(stores, conversation, f"{i} " + "words " * 1_000)


async def _limit_pages(database: Database, pages: int) -> None:
    # SQLite never goes below the pages in use: 1 means "not one more".
    async with database.write() as session:
        await session.execute(text(f"PRAGMA max_page_count = {pages}"))


def _python(code: str, path: Path) -> subprocess.CompletedProcess[str]:
    root = Path(__file__).parents[2]
    return subprocess.run(  # noqa: S603 - runs this file's own code
        [sys.executable, "-c", code, str(path)],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
