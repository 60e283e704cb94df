"""From every earlier schema, on either dialect, with data in it: nothing is lost, and it is done whole or not at all."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, text

from agent.conversation import ConversationId, HandoffId
from agent.errors import StoreUnavailableError
from agent.handoff import HandoffState
from knowledge.database import SCHEMA, Database
from knowledge.leads import SqlLeads
from knowledge.postgres import PostgresServer
from knowledge.rows import Row
from knowledge.sqlite_file import SqliteFile
from knowledge.upgrading import oldest_served, upgrade
from tests.contracts.stores import in_sql
from tests.fakes.clock import FixedClock
from tests.knowledge.old_rows import WORDS, fill, rows_of
from tests.postgres import Postgres

EARLIER = [f"{number:04}" for number in range(1, 10)]
RENAMED = {"company_domain": "company_key"}
ROOT = Path(__file__).parents[2]
MIGRATES = """
import asyncio, sys
from pathlib import Path
from knowledge.database import Database
where = sys.argv[1] if "://" in sys.argv[1] else Path(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
asyncio.run(Database.open(where))
"""
DIES_AT_THE_LAST_STEP = """
import asyncio, os, signal, sys
from pathlib import Path
from sqlalchemy import Engine, event
from knowledge.database import Database
where = sys.argv[1] if "://" in sys.argv[1] else Path(sys.argv[1])
@event.listens_for(Engine, "before_cursor_execute")
def die(connection, cursor, statement, *_):
    if "lease_owner" in statement and "INDEX" in statement:
        os.kill(os.getpid(), signal.SIGKILL)
asyncio.run(Database.open(where))
"""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a database of an earlier schema lies."""

    where: Path | str

    def engine(self) -> Engine:
        return self._place.engine()

    def migrate(self) -> None:
        self._place.migrate_now()

    @property
    def _place(self) -> SqliteFile | PostgresServer:
        return (
            SqliteFile(self.where) if isinstance(self.where, Path) else PostgresServer(self.where)
        )


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    if request.param == "sqlite":
        yield Place(tmp_path / "hotline.db")
        return
    postgres: Postgres = request.getfixturevalue("postgres")
    address = postgres.make_empty()
    yield Place(address)
    postgres.drop(address)


@pytest.mark.parametrize("revision", EARLIER)
async def test_every_row_of_every_earlier_schema_is_kept(place: Place, revision: str) -> None:
    before = _filled(place, revision)

    place.migrate()

    after = rows_of(place.engine())
    assert _version(place) == SCHEMA
    assert [
        row
        for table in before
        if table != "alembic_version"
        for row in _lost(before[table], after[table])
    ] == []


@pytest.mark.parametrize("revision", EARLIER)
async def test_the_stores_read_what_every_earlier_schema_held(place: Place, revision: str) -> None:
    _filled(place, revision)

    database = await Database.open(place.where)
    clock = FixedClock()
    stores, leads = in_sql(database, clock), SqlLeads(database, clock)
    asked, told = await stores.conversations.messages(ConversationId("c-1"), after=0)
    assert (asked.text, told.in_reply_to) == (WORDS, ("m-1",))
    [handoff] = await stores.handoffs.find(HandoffState.CLAIMED, 10, None)
    assert (handoff.claimed_by, handoff.briefing.quote, handoff.route[0].because) == (
        "mia",
        WORDS,
        "spricht Deutsch: ü",
    )
    lead = await leads.find("user_id:u-1")
    assert (lead.id, lead.name, lead.company.city) == ("l-1", "Åsa Müller 😀", "Köln")
    history = await stores.histories.recall(await stores.conversations.get(ConversationId("c-1")))
    assert [event.title for event in history.events] == ["Leitfaden „Größe“"]
    assert (await stores.handoffs.served(HandoffId("h-1")))[0].id == "c-1"
    await database.close()


def test_the_tables_are_those_of_the_code(place: Place) -> None:
    place.migrate()

    with place.engine().connect() as connection:
        ours = {"include_name": lambda name, *_: not (name or "").startswith("procrastinate_")}
        context = MigrationContext.configure(connection, opts=ours)
        assert compare_metadata(context, Row.metadata) == []


def test_of_two_processes_that_migrate_at_once_one_does(place: Place) -> None:
    _filled(place, "0001")
    processes = [_python(MIGRATES, str(place.where)) for _ in range(2)]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"

    told = [process.communicate("go\n", timeout=60)[1] for process in processes]

    assert (told, [process.returncode for process in processes]) == (["", ""], [0, 0])
    assert _version(place) == SCHEMA


def test_a_process_that_is_killed_midway_leaves_the_old_schema_whole(place: Place) -> None:
    before = _filled(place, "0002")

    process = _python(DIES_AT_THE_LAST_STEP, str(place.where))
    process.communicate(timeout=60)

    assert process.returncode == -signal.SIGKILL
    assert rows_of(place.engine()) == before
    place.migrate()
    assert _version(place) == SCHEMA


def test_an_error_midway_leaves_the_old_schema_whole_and_is_said(place: Place) -> None:
    before = _filled(place, "0009")
    with place.engine().begin() as connection:
        connection.execute(text("CREATE TABLE shared_keys (name INTEGER)"))

    with pytest.raises(StoreUnavailableError, match="could not be brought to schema"):
        place.migrate()

    after = rows_of(place.engine())
    assert after.pop("shared_keys") == []
    assert after == before


def test_a_newer_schema_is_refused_with_a_sentence(place: Place) -> None:
    place.migrate()
    _written_by_newer(place, oldest="9999")

    with pytest.raises(
        StoreUnavailableError, match=r"newer Hotline \(schema 9999; this one knows .* Install"
    ):
        place.migrate()


def _filled(place: Place, revision: str) -> dict[str, list[dict[str, object]]]:
    upgrade(place.engine(), "here", revision)
    with place.engine().begin() as connection:
        fill(connection)
    return rows_of(place.engine())


def _lost(before: list[dict[str, object]], after: list[dict[str, object]]) -> list[object]:
    """Give the rows that are not there any more, by the columns that they had."""
    was = [{RENAMED.get(name, name): value for name, value in row.items()} for row in before]
    return [row for row in was if not any(row.items() <= now.items() for now in after)]


def _version(place: Place) -> str | None:
    with place.engine().connect() as connection:
        version: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
        return version


def _python(code: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(  # noqa: S603 - runs this file's own code
        [sys.executable, "-c", code, *arguments],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_older_code_goes_on_beside_a_newer_schema_that_only_adds(place: Place) -> None:
    place.migrate()
    _written_by_newer(place, oldest=SCHEMA)
    place.migrate()
    assert _version(place) == "9999"


def test_a_migration_that_declares_nothing_serves_no_older_code() -> None:
    assert oldest_served([("0002", "0001"), ("0001", None)]) == "0001"
    assert oldest_served([("0003", None), ("0002", "0001"), ("0001", None)]) == "0003"


def test_a_database_says_which_code_may_work_on_it(place: Place) -> None:
    place.migrate()
    with place.engine().begin() as connection:
        oldest = connection.execute(text("SELECT oldest FROM compatibility")).scalars().all()
    assert [each <= SCHEMA for each in oldest] == [True]


def _written_by_newer(place: Place, oldest: str) -> None:
    with place.engine().begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        connection.execute(text("DELETE FROM compatibility"))
        connection.execute(text("INSERT INTO compatibility VALUES (:oldest)"), {"oldest": oldest})
