"""A back-up holds everything as of one moment, comes back on either database, and is never half of anything."""

import errno
import json
import os
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from agent.conversation import ConversationId
from agent.errors import StoreUnavailableError
from knowledge.archive import Archive, ArchiveError, Manifest
from knowledge.backing_up import Belongings, Made, back_up
from knowledge.catalogue import Catalogue
from knowledge.catalogued import POSTED
from knowledge.database import Database
from knowledge.documents import RawDocument
from knowledge.plain_rows import read_rows, shapes
from knowledge.postgres import PostgresServer
from knowledge.restoring import Home, Restored, restore_to_file, restore_to_server
from knowledge.sqlite_file import SqliteFile
from knowledge.transfer import TransferError, one_moment
from knowledge.upgrading import upgrade
from tests.contracts.stores import in_sql, say
from tests.fakes.clock import FixedClock
from tests.knowledge.old_rows import WORDS, fill
from tests.postgres import Postgres

MADE = Made(datetime(2026, 3, 2, 10, tzinfo=UTC), "0.1.0")


@dataclass(frozen=True, slots=True)
class Installation:
    """A database on either system, and a data folder beside it."""

    place: SqliteFile | PostgresServer
    home: Home
    where: Path | str

    def back_up(self, path: Path, **keys: str) -> Manifest:
        beside = Belongings(self.home.files, self.home.records, keys)
        return back_up(self.place, beside, path, MADE, lambda *_: None)

    def restore(self, path: Path, *, replaces: bool = False) -> Restored:
        with Archive.opened(path) as archive:
            if isinstance(self.place, SqliteFile):
                return restore_to_file(
                    archive, self.place, self.home, lambda *_: None, replaces=replaces
                )
            return restore_to_server(
                archive, self.place, self.home, lambda *_: None, replaces=replaces
            )

    def fill(self, revision: str = "head") -> None:
        upgrade(self.place.engine(), "here", revision)
        with self.place.engine().begin() as connection:
            fill(connection)

    def run(self, statement: str) -> None:
        with self.place.engine().begin() as connection:
            connection.execute(text(statement))

    def everything(self) -> dict[str, list[str]]:
        """Read all rows of all tables but keys, in no order."""
        with one_moment(self.place) as connection:
            return {
                shape.name: sorted(map(repr, read_rows(connection, shape)))
                for shape in shapes(connection)
                if shape.name != "shared_keys"
            }


Make = Callable[[str], Installation]


@pytest.fixture
def make(tmp_path: Path, postgres: Postgres) -> Iterator[Make]:
    addresses: list[str] = []

    def make(kind: str) -> Installation:
        folder = tmp_path / f"{kind}-{len(list(tmp_path.iterdir()))}"
        folder.mkdir()
        home = Home(folder, folder / "attachments", folder / "documents.db")
        if kind == "sqlite":
            path = folder / "hotline.db"
            return Installation(SqliteFile(path), home, path)
        addresses.append(postgres.make_empty())
        return Installation(PostgresServer(addresses[-1]), home, addresses[-1])

    yield make
    for address in addresses:
        postgres.drop(address)


@pytest.mark.parametrize("from_kind", ["sqlite", "postgresql"])
@pytest.mark.parametrize("to_kind", ["sqlite", "postgresql"])
def test_everything_comes_back_on_either_database(
    make: Make, tmp_path: Path, from_kind: str, to_kind: str
) -> None:
    source, target = make(from_kind), make(to_kind)
    source.fill()

    made = source.back_up(tmp_path / "b.zip")
    restored = target.restore(tmp_path / "b.zip")

    assert target.everything() == source.everything()
    assert restored.rows == sum(each.rows for each in made.tables) > 30


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
@pytest.mark.parametrize("revision", ["0001", "0004", "0009"])
async def test_a_back_up_of_an_earlier_schema_is_brought_up_to_date(
    make: Make, tmp_path: Path, kind: str, revision: str
) -> None:
    source, target = make("sqlite"), make(kind)
    source.fill(revision)

    assert source.back_up(tmp_path / "b.zip").schema_revision == revision
    target.restore(tmp_path / "b.zip")

    database = await Database.open(target.where)
    stores = in_sql(database, FixedClock())
    talk = await stores.conversations.get(ConversationId("c-1"))
    await say(stores, talk, "Still there?")
    said = await stores.conversations.messages(talk.id, after=0)
    assert [each.text for each in said] == [WORDS, "29 €.", "Still there?"]
    await database.close()


async def test_it_holds_one_moment_while_others_write(make: Make, tmp_path: Path) -> None:
    source = make("sqlite")
    source.fill()
    before = source.everything()

    def write_meanwhile(table: str, done: int, total: int) -> None:
        if table == "leads":
            source.run("UPDATE messages SET text = 'later'")

    beside = Belongings(source.home.files)
    back_up(source.place, beside, tmp_path / "b.zip", MADE, write_meanwhile)

    target = make("sqlite")
    target.restore(tmp_path / "b.zip")
    assert target.everything() == before != source.everything()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_files_and_the_librarys_records_come_back(make: Make, tmp_path: Path, kind: str) -> None:
    source, target = make("sqlite"), make("sqlite")
    source.fill()
    source.home.files.mkdir()
    (source.home.files / "f-1").write_bytes(b"abc")
    assert source.home.records is not None
    posted = RawDocument("Prices.md", b"\x00 29 \xff", "text/markdown", "", "Prices", None)
    Catalogue(source.home.records).keep_posted(posted)
    Catalogue(source.home.records).save(POSTED, [], [])

    made = source.back_up(tmp_path / "b.zip")
    restored = target.restore(tmp_path / "b.zip")

    assert (made.files, made.missing_files, restored.files) == (("f-1",), (), 1)
    assert (target.home.files / "f-1").read_bytes() == b"abc"
    assert (target.home.files / "f-1").stat().st_mode & 0o777 == 0o600
    assert target.home.records is not None
    assert Catalogue(target.home.records).posted() == (posted,)
    assert Catalogue(target.home.records).sources() == (POSTED,)


def test_a_file_that_is_gone_is_named(make: Make, tmp_path: Path) -> None:
    source = make("sqlite")
    source.fill()

    assert source.back_up(tmp_path / "b.zip").missing_files == ("f-1",)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_keys_come_back_only_if_they_were_asked_for(make: Make, tmp_path: Path, kind: str) -> None:
    source, target = make("sqlite"), make(kind)
    source.fill()

    source.back_up(tmp_path / "without.zip")
    source.back_up(tmp_path / "with.zip", secret="hotline_s3cret")

    assert b"hotline_x" not in b"".join(_contents(tmp_path / "without.zip"))
    assert target.restore(tmp_path / "with.zip").keys == ("secret",)
    if kind == "sqlite":
        assert (target.home.folder / "secret").read_text() == "hotline_s3cret\n"
        assert (target.home.folder / "secret").stat().st_mode & 0o777 == 0o600
        return
    with one_moment(target.place) as connection:
        kept = connection.execute(text("SELECT name, value FROM shared_keys")).all()
    assert [tuple(row) for row in kept] == [("secret", "hotline_s3cret")]


def test_only_its_owner_may_read_it_and_what_is_there_is_not_overwritten(
    make: Make, tmp_path: Path
) -> None:
    source = make("sqlite")
    source.fill()
    source.back_up(tmp_path / "b.zip")
    before = (tmp_path / "b.zip").read_bytes()

    assert (tmp_path / "b.zip").stat().st_mode & 0o777 == 0o600
    with pytest.raises(ArchiveError, match="is there already"):
        source.back_up(tmp_path / "b.zip")
    assert (tmp_path / "b.zip").read_bytes() == before


def test_a_full_disk_is_said_and_leaves_nothing(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = make("sqlite")
    source.fill()
    there = sorted(tmp_path.iterdir())

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ArchiveError, match="the disk is full"):
        source.back_up(tmp_path / "b.zip")
    assert sorted(tmp_path.iterdir()) == there


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_what_is_not_empty_gives_way_only_when_told_to(
    make: Make, tmp_path: Path, kind: str
) -> None:
    source, target = make("sqlite"), make(kind)
    source.fill()
    target.fill()
    target.run("UPDATE messages SET text = 'mine'")
    mine = target.everything()
    source.back_up(tmp_path / "b.zip")

    with pytest.raises(ArchiveError, match="is not empty, and was left as it is"):
        target.restore(tmp_path / "b.zip")
    assert target.everything() == mine

    restored = target.restore(tmp_path / "b.zip", replaces=True)
    assert target.everything() == source.everything()
    if kind == "sqlite":
        aside = Installation(SqliteFile(restored.aside[0]), target.home, restored.aside[0])
        assert aside.everything() == mine


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
@pytest.mark.parametrize("part", ["tables/messages.jsonl", "tables/leads.jsonl"])
def test_a_damaged_archive_is_refused_before_anything_is_touched(
    make: Make, tmp_path: Path, kind: str, part: str
) -> None:
    source, target = make("sqlite"), make(kind)
    source.fill()
    source.back_up(tmp_path / "b.zip")
    _rewrite(tmp_path / "b.zip", part, b'["changed"]\n')

    with pytest.raises(ArchiveError, match=f"damaged: {part} is not what was backed up"):
        target.restore(tmp_path / "b.zip", replaces=True)

    assert not (target.home.folder / "hotline.db").exists()
    assert kind == "sqlite" or target.everything() == {}


@pytest.mark.parametrize("cut", [0, 10, 1_000, -30])
def test_half_an_archive_is_refused(make: Make, tmp_path: Path, cut: int) -> None:
    source = make("sqlite")
    source.fill()
    source.back_up(tmp_path / "b.zip")
    whole = (tmp_path / "b.zip").read_bytes()
    (tmp_path / "b.zip").write_bytes(whole[:cut])

    with pytest.raises(ArchiveError, match="cannot be read as a back-up"):
        make("sqlite").restore(tmp_path / "b.zip")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"schema_revision": "9999"}, "newer Hotline"),
        ({"format": 99}, "newer Hotline"),
        ({"tables": 5}, "no back-up of Hotline"),
    ],
)
def test_what_this_version_cannot_read_is_refused(
    make: Make, tmp_path: Path, change: dict[str, object], said: str
) -> None:
    source = make("sqlite")
    source.fill()
    source.back_up(tmp_path / "b.zip")
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        manifest = json.loads(archive.read("manifest.json"))
    _rewrite(tmp_path / "b.zip", "manifest.json", json.dumps(manifest | change).encode())

    with pytest.raises(ArchiveError, match=said):
        make("sqlite").restore(tmp_path / "b.zip")


def test_rows_that_a_constraint_forbids_are_not_restored(make: Make, tmp_path: Path) -> None:
    source, target = make("sqlite"), make("postgresql")
    source.fill()
    with source.place.engine().connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
        connection.exec_driver_sql("BEGIN")
        connection.exec_driver_sql(
            "UPDATE messages SET conversation_id = 'c-nowhere' WHERE id = 'm-2'"
        )
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("BEGIN")
    source.back_up(tmp_path / "b.zip")

    with pytest.raises(TransferError, match="not present in table"):
        target.restore(tmp_path / "b.zip")
    assert target.everything() == {}


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_who_was_erased_since_is_erased_again(make: Make, tmp_path: Path, kind: str) -> None:
    source, target = make("sqlite"), make(kind)
    source.fill()
    source.back_up(tmp_path / "b.zip")
    target.fill()
    target.run(
        "INSERT INTO erasures (mark, salt, kind, at, done_at, tries) VALUES "
        "('m', 's', 'lead', '2026-03-02 10:00:00.000000', '2026-03-02 10:00:00.000000', 3)"
    )

    target.restore(tmp_path / "b.zip", replaces=True)

    with one_moment(target.place) as connection:
        again = connection.execute(text("SELECT mark, salt, kind, done_at, tries FROM erasures"))
        assert [tuple(row) for row in again] == [("m", "s", "lead", None, 0)]


async def test_a_server_in_use_is_not_restored_into(make: Make, tmp_path: Path) -> None:
    source, target = make("sqlite"), make("postgresql")
    source.fill()
    source.back_up(tmp_path / "b.zip")
    database = await Database.open(target.where)
    await database.ping()

    with pytest.raises(ArchiveError, match="Others still work on"):
        target.restore(tmp_path / "b.zip", replaces=True)
    await database.close()

    target.restore(tmp_path / "b.zip")


def test_a_database_that_cannot_be_read_leaves_no_archive(make: Make, tmp_path: Path) -> None:
    source = make("sqlite")
    assert isinstance(source.place, SqliteFile)
    source.place.path.write_bytes(b"This is no database, but long enough to look like one." * 50)

    with pytest.raises(StoreUnavailableError, match="not a database"):
        source.back_up(tmp_path / "b.zip")
    assert not (tmp_path / "b.zip").exists()


def _contents(path: Path) -> list[bytes]:
    with zipfile.ZipFile(path) as archive:
        return [archive.read(name) for name in archive.namelist()]


def _rewrite(path: Path, part: str, content: bytes) -> None:
    """Change one part, as an archive whose checksums are right again."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, was in parts.items():
            archive.writestr(name, content if name == part else was)
