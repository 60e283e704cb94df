"""Transactions that reach the disk together: each is whole by itself, and none is told of too early."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text

from agent.errors import StoreUnavailableError
from knowledge.database import Database
from knowledge.inline_sqlite import InlineConnection, connect_to_write
from knowledge.shared_writer import SharedWriter, SharingConnection

TOGETHER = 8


class FullDisk(InlineConnection):
    """A connection whose disk takes nothing."""

    async def commit(self) -> None:
        raise sqlite3.OperationalError("database or disk is full")


class TellingDisk(InlineConnection):
    """A connection that tells when it reached the disk."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        super().__init__(connection)
        self.reached = asyncio.Event()

    async def commit(self) -> None:
        await super().commit()
        self.reached.set()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "words.db"


@pytest.fixture
async def shared(path: Path) -> AsyncIterator[SharedWriter]:
    connection = await connect_to_write(path)
    connection.run("CREATE TABLE words (word TEXT UNIQUE)")
    yield SharedWriter(connection)
    await connection.close()


async def write(writer: SharingConnection, word: str) -> None:
    await writer.begin()
    try:
        await writer.cursor().execute("INSERT INTO words VALUES (?)", (word,))
    except sqlite3.Error:
        await writer.rollback()
        raise
    await writer.commit()


def words(path: Path) -> set[str]:
    with sqlite3.connect(path) as connection:
        found = {word for (word,) in connection.execute("SELECT word FROM words")}
    connection.close()
    return found


async def test_transactions_that_come_together_reach_the_disk_in_one_go(
    shared: SharedWriter, path: Path
) -> None:
    statements: list[str] = []
    shared.connection.opened.set_trace_callback(statements.append)

    await asyncio.gather(*(write(shared.join(), f"word {n}") for n in range(TOGETHER)))

    assert statements.count("COMMIT") == 1
    assert words(path) == {f"word {n}" for n in range(TOGETHER)}


async def write_in_passing(shared: SharedWriter, word: str) -> None:
    await shared.begin()
    shared.connection.opened.execute("INSERT INTO words VALUES (?)", (word,))
    shared.leave()


async def test_what_is_written_in_passing_goes_to_disk_with_what_must_be_there(
    shared: SharedWriter, path: Path
) -> None:
    statements: list[str] = []
    shared.connection.opened.set_trace_callback(statements.append)

    await write_in_passing(shared, "in passing")
    await write(shared.join(), "needed")

    assert statements.count("COMMIT") == 1
    assert words(path) == {"in passing", "needed"}


async def test_what_is_written_in_passing_gets_to_disk_though_nobody_comes(
    shared: SharedWriter, path: Path
) -> None:
    disk = TellingDisk(shared.connection.opened)

    await write_in_passing(SharedWriter(disk), "alone")
    await asyncio.wait_for(disk.reached.wait(), 30)

    assert words(path) == {"alone"}


async def test_what_was_written_in_passing_stays_when_another_undoes_its_own(
    shared: SharedWriter, path: Path
) -> None:
    await write_in_passing(shared, "in passing")
    await shared.begin()
    shared.connection.opened.execute("INSERT INTO words VALUES ('wrong')")
    shared.undo()
    await shared.settle()

    assert words(path) == {"in passing"}


async def test_what_was_written_in_passing_is_kept_when_the_file_is_closed(
    shared: SharedWriter, path: Path
) -> None:
    await write_in_passing(shared, "last")

    shared.stop()

    assert words(path) == {"last"}


async def test_what_was_told_to_be_written_can_be_read_by_others(
    shared: SharedWriter, path: Path
) -> None:
    seen: list[bool] = []

    async def write_and_look(word: str) -> None:
        await write(shared.join(), word)
        seen.append(word in words(path))

    await asyncio.gather(*(write_and_look(f"word {n}") for n in range(TOGETHER)))

    assert seen == [True] * TOGETHER


async def test_one_that_fails_leaves_the_others_whole(shared: SharedWriter, path: Path) -> None:
    said = ("one", "two", "one", "three")

    results = await asyncio.gather(
        *(write(shared.join(), word) for word in said), return_exceptions=True
    )

    assert [type(result) for result in results if result] == [sqlite3.IntegrityError]
    assert words(path) == {"one", "two", "three"}


async def test_when_the_disk_refuses_all_of_them_hear_of_it(
    shared: SharedWriter, path: Path
) -> None:
    full = SharedWriter(FullDisk(shared.connection.opened))

    results = await asyncio.gather(
        *(write(full.join(), f"word {n}") for n in range(3)), return_exceptions=True
    )

    assert [str(result) for result in results] == ["database or disk is full"] * 3
    assert words(path) == set()


async def test_when_a_statement_undoes_the_whole_transaction_the_others_hear_of_it(
    shared: SharedWriter, path: Path
) -> None:
    first, second = shared.join(), shared.join()
    await first.begin()
    await first.cursor().execute("INSERT INTO words VALUES ('one')")
    is_kept = asyncio.create_task(first.commit())
    await second.begin()
    shared.connection.undo()
    await second.rollback()

    with pytest.raises(sqlite3.OperationalError, match="undone"):
        await is_kept
    assert words(path) == set()


async def test_whoever_comes_after_a_statement_undid_the_whole_begins_anew(
    shared: SharedWriter, path: Path
) -> None:
    await write_in_passing(shared, "one")
    second = shared.join()
    await second.begin()
    shared.connection.undo()
    await second.rollback()

    await write(shared.join(), "three")
    await shared.settle()

    assert words(path) == {"three"}


async def test_whoever_is_cancelled_while_waiting_lets_the_others_write(
    shared: SharedWriter, path: Path
) -> None:
    first, second = shared.join(), shared.join()
    await first.begin()
    waiting = asyncio.create_task(second.begin())
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    await first.rollback()

    async with asyncio.timeout(2):
        await write(shared.join(), "after")

    assert words(path) == {"after"}


async def test_a_lock_of_another_process_that_is_let_go_of_is_waited_for(
    shared: SharedWriter, path: Path
) -> None:
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    writing = asyncio.create_task(write(shared.join(), "late"))
    await asyncio.sleep(0)
    other.execute("ROLLBACK")

    await writing
    other.close()

    assert words(path) == {"late"}


async def test_the_store_says_that_nothing_was_kept_when_the_disk_is_full(tmp_path: Path) -> None:
    database = await Database.open(tmp_path / "data" / "hotline.db")
    async with database.write() as session:
        await session.execute(text("PRAGMA max_page_count = 1"))

    async def fill() -> None:
        async with database.write() as session:
            for _ in range(400):
                await session.execute(text("INSERT INTO seen_events VALUES (hex(randomblob(2000)), '2026-01-01')"))  # fmt: skip

    results = await asyncio.gather(fill(), fill(), return_exceptions=True)
    async with database.read() as session:
        kept = await session.scalar(text("SELECT count(*) FROM seen_events"))
    await database.close()

    assert all(isinstance(result, StoreUnavailableError) for result in results)
    assert kept == 0
