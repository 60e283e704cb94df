# ruff: noqa: S608  -- the statements are written here
"""What can be mended is mended without losing anything; what cannot is left as it is and said."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from knowledge.attachment_bytes import BytesInFolder
from knowledge.auditing.rules import Surroundings
from knowledge.auditing.running import Kept, Mended, audit, mend
from knowledge.database import Database
from tests.audited import NEEDS_A_SERVER
from tests.knowledge.auditing.test_rules import BREAKS, LATE, look, names, spoil
from tests.lived import Lived
from tests.scenarios.world import demo_playbook

MENDED = {
    "messages counted",
    "answered and read no further than said",
    "nobody waits unseen",
    "leases are short",
    "looked at in time",
    "posts looked at in time",
    "held by who claimed",
    "handoffs belong to who wrote",
    "one handoff stands for a lead",
    "every handoff has its card",
    "no card is given up",
    "no timer is lost",
    "merged leads are one step from theirs",
    "no identity of merged leads",
    "no conversation of merged leads",
    "no engagement event of merged leads",
    "no signal of merged leads",
    "no handoff of merged leads",
    "no outcome of merged leads",
    "the newest act is known",
    "scores are what was recorded",
}
HARMLESS = [(rule, statements) for rule, statements in BREAKS if rule in MENDED]


async def mended(place: Path) -> list[Mended]:
    database = await Database.open(place / "hotline.db")
    try:
        return await mend(
            database, Surroundings(LATE, demo_playbook(), BytesInFolder(place / "files"))
        )
    finally:
        await database.close()


def words(place: Path) -> list[tuple[str, ...]]:
    with closing(sqlite3.connect(place / "hotline.db")) as connection:
        return connection.execute("SELECT id, seq, text FROM messages ORDER BY id").fetchall()


@pytest.mark.parametrize(("rule", "statements"), HARMLESS)
async def test_what_was_broken_is_put_in_order_and_no_word_is_lost(
    place: Path, rule: str, statements: str
) -> None:
    before = words(place)
    spoil(place / "hotline.db", statements)
    assert await mended(place) != []
    assert rule not in names(await look(place, demo_playbook()))
    assert words(place) == before


async def test_a_store_that_is_sound_is_left_as_it_is(place: Path) -> None:
    before = (place / "hotline.db").read_bytes()
    assert await mended(place) == []
    assert (place / "hotline.db").read_bytes() == before


async def test_words_that_are_gone_are_told_and_not_papered_over(place: Path) -> None:
    spoil(place / "hotline.db", "DELETE FROM messages WHERE seq = 2")
    await mended(place)
    assert "messages without gaps" in names(await look(place))


async def test_a_damaged_file_is_told(place: Path) -> None:
    path = place / "hotline.db"
    with closing(sqlite3.connect(path)) as connection:
        root = "SELECT rootpage FROM sqlite_master WHERE name = 'ix_leads_home'"
        (page,) = connection.execute(root).fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    with path.open("r+b") as file:
        file.seek((page - 1) * size + size // 2)
        file.write(b"\xff" * (size // 2))
    assert "the database is sound" in names(await look(place))


async def test_a_file_that_is_cut_short_is_told(place: Path) -> None:
    (file,) = (place / "files").iterdir()
    file.write_bytes(b"half")
    assert "files that are shown are there" in names(await look(place))


async def test_a_file_of_nobody_is_told_once_it_should_be_swept(place: Path) -> None:
    (place / "files" / "f-nobody").write_bytes(b"left over")
    assert "no file is left over" not in names(await look(place))
    os.utime(place / "files" / "f-nobody", (0, 0))
    assert "no file is left over" in names(await look(place))


async def kept_of(database: Database) -> dict[str, Kept]:
    kept = await audit(database, Surroundings(LATE, demo_playbook()))
    return {each.rule: each for each in kept}


@pytest.mark.parametrize("living", ["postgresql"], indirect=True)
async def test_the_same_is_found_on_postgresql(living: Lived) -> None:
    address = living.database.place.conninfo  # type: ignore[attr-defined]  # a server has one
    sound = await kept_of(living.database)
    assert names(list(sound.values())) <= set(NEEDS_A_SERVER)
    for rule, statements in BREAKS:
        if rule in sound and "DROP INDEX" not in statements:
            assert await is_found(living.database, address, rule, statements), rule


async def is_found(database: Database, address: str, rule: str, statements: str) -> bool:
    """Break a copy of every table that the statements touch, look, and put it back."""
    with psycopg.connect(address, autocommit=True) as connection:
        tables = [name for name in sorted(_tables(connection)) if name in statements]
        for table in tables:
            connection.execute(f"CREATE TABLE kept_{table} AS TABLE {table}")
        _change(connection, statements)
        found = (await kept_of(database))[rule].count
        for table in tables:
            back = f"DELETE FROM {table}; INSERT INTO {table} SELECT * FROM kept_{table}; DROP TABLE kept_{table}"
            _change(connection, back)
    return found > 0


def _tables(connection: psycopg.Connection) -> set[str]:
    rows = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    return {str(row[0]) for row in rows}


def _change(connection: psycopg.Connection, statements: str) -> None:
    connection.execute("SET session_replication_role = replica")
    connection.execute(statements)
