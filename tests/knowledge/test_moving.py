"""From SQLite to PostgreSQL: all of it or none of it, and the service goes on there as if nothing had been."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from agent.conversation import ConversationId
from agent.errors import StoreUnavailableError
from knowledge.catalogue import Catalogue
from knowledge.database import Database
from knowledge.documents import RawDocument
from knowledge.moving import Beside, move
from knowledge.plain_rows import PASSING, read_rows, shapes
from knowledge.postgres import PostgresServer
from knowledge.sqlite_file import SqliteFile
from knowledge.transfer import Place, TransferError, one_moment
from tests.contracts.stores import in_sql, open_handoff, say, start
from tests.fakes.clock import FixedClock
from tests.knowledge.old_rows import ROWS, WORDS, fill
from tests.postgres import Postgres

ODD = "tab\t newline\n return\r backslash \\ \\N \\. quote ' null NULL 𝄞 \u202e"


@pytest.fixture
def source(tmp_path: Path) -> SqliteFile:
    """A file with something in each of its tables, a lead that points at a later one, and words that are odd."""
    source = SqliteFile(tmp_path / "data" / "hotline.db")
    source.migrate_now()
    with source.engine().begin() as connection:
        fill(connection)
        connection.execute(text("UPDATE leads SET merged_into = 'l-2' WHERE id = 'l-1'"))
        connection.execute(text("UPDATE leads SET merged_into = NULL WHERE id = 'l-2'"))
        connection.execute(text("UPDATE messages SET text = :odd WHERE id = 'm-2'"), {"odd": ODD})
    return source


@pytest.fixture
def target(postgres: Postgres) -> Iterator[PostgresServer]:
    address = postgres.make_empty()
    yield PostgresServer(address)
    postgres.drop(address)


def beside(source: SqliteFile) -> Beside:
    return Beside(source.path.with_name("files"), source.path.with_name("documents.db"))


def everything(place: Place) -> dict[str, list[str]]:
    """Read all rows of all tables, in no order."""
    with one_moment(place) as connection:
        return {
            shape.name: sorted(map(repr, read_rows(connection, shape)))
            for shape in shapes(connection)
        }


def test_every_row_is_moved_as_it_was(source: SqliteFile, target: PostgresServer) -> None:
    moved = move(source, beside(source), target, lambda *_: None)

    assert everything(target) == everything(source)
    assert moved.rows["messages"] == 2
    assert [name for name in ROWS if name not in PASSING and not moved.rows[name]] == []


async def test_the_service_goes_on_there(
    source: SqliteFile, target: PostgresServer, postgres: Postgres
) -> None:
    move(source, beside(source), target, lambda *_: None)
    database = await Database.open(_address(postgres, target))
    stores = in_sql(database, FixedClock())

    await say(stores, await stores.conversations.get(ConversationId("c-1")), "Still there?")
    await open_handoff(stores, await start(stores), "h-new")

    said = await stores.conversations.messages(ConversationId("c-1"), after=0)
    assert [(each.seq, each.text) for each in said] == [(1, WORDS), (2, ODD), (3, "Still there?")]
    assert [each.id for each in await stores.handoffs.find(None, 10, None)] == ["h-new", "h-1"]
    await database.close()


def test_words_that_the_server_does_not_take_are_moved_without_what_is_wrong(
    source: SqliteFile, target: PostgresServer
) -> None:
    with source.engine().begin() as connection:
        connection.execute(
            text("UPDATE messages SET text = 'nul' || char(0) || '!' WHERE id = 'm-1'")
        )

    move(source, beside(source), target, lambda *_: None)

    with one_moment(target) as connection:
        assert connection.scalar(text("SELECT text FROM messages WHERE id = 'm-1'")) == "nul!"


def test_files_of_conversations_come_along_and_what_is_gone_is_named(
    source: SqliteFile, target: PostgresServer
) -> None:
    folder = source.path.parent / "files"
    folder.mkdir()
    (folder / "f-1").write_bytes(b"abc")
    with source.engine().begin() as connection:
        connection.execute(
            text(
                "INSERT INTO attachments SELECT 'f-2', conversation_id, author, name, media_type, size, sha256, created_at, 'o' FROM attachments"
            )
        )

    moved = move(source, beside(source), target, lambda *_: None)

    assert (moved.files, moved.missing) == (1, ("f-2",))
    with one_moment(target) as connection:
        kept = connection.execute(text("SELECT attachment_id, content FROM attachment_parts")).all()
    assert [(name, bytes(content)) for name, content in kept] == [("f-1", b"abc")]


def test_the_librarys_records_come_along(
    source: SqliteFile, target: PostgresServer, postgres: Postgres
) -> None:
    posted = RawDocument("Prices.md", b"\x00 29 \xff", "text/markdown", "", "Prices", None)
    Catalogue(beside(source).records).keep_posted(posted)

    move(source, beside(source), target, lambda *_: None)

    assert Catalogue(_address(postgres, target)).posted() == (posted,)


def test_a_database_that_is_not_empty_is_refused_untouched(
    source: SqliteFile, target: PostgresServer
) -> None:
    target.migrate_now()
    with target.engine().begin() as connection:
        connection.execute(text("INSERT INTO seen_events VALUES ('Ev1', now())"))
    before = everything(target)

    with pytest.raises(TransferError, match="is not empty, and nothing was moved"):
        move(source, beside(source), target, lambda *_: None)

    assert everything(target) == before


def test_a_move_that_fails_midway_leaves_the_target_without_a_table(
    source: SqliteFile, target: PostgresServer
) -> None:
    def fail(table: str, done: int, total: int) -> None:
        if table == "messages":
            raise TransferError("Something is in the way.")

    with pytest.raises(TransferError, match="in the way"):
        move(source, beside(source), target, fail)

    assert everything(target) == {}


def test_rows_that_came_over_otherwise_than_they_were_are_noticed(
    source: SqliteFile, target: PostgresServer
) -> None:
    target.migrate_now()
    with target.engine().begin() as connection:
        connection.exec_driver_sql(
            "CREATE FUNCTION meddle() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.text := NEW.text || 1::text; RETURN NEW; END'"
        )
        connection.exec_driver_sql(
            "CREATE TRIGGER meddle BEFORE INSERT ON messages FOR EACH ROW EXECUTE FUNCTION meddle()"
        )

    with pytest.raises(TransferError, match="table messages has 2 rows where 2 were read"):
        move(source, beside(source), target, lambda *_: None)

    assert not any(everything(target).values())


def test_a_newer_database_is_refused(source: SqliteFile, target: PostgresServer) -> None:
    target.migrate_now()
    with target.engine().begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(StoreUnavailableError, match="newer Hotline"):
        move(source, beside(source), target, lambda *_: None)


def _address(postgres: Postgres, target: PostgresServer) -> str:
    return postgres.at(target.name.split(" on ")[0])
