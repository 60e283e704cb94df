"""A database of the schema before identities were a graph keeps all it holds, and can be joined and parted."""

import sqlite3
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

from agent.conversation import ConversationId
from agent.lead import LeadId
from agent.tracking import CallKind
from knowledge.database import Database
from knowledge.leads import SqlLeads
from knowledge.merges import SqlMerges
from tests.builders import a_call
from tests.contracts.stores import in_sql
from tests.fakes.clock import FixedClock

NORDWIND = '{"name": "Nordwind", "domain": "nordwind.example", "industry": "", "employees": 420, "country": "DE", "city": ""}'
AT = "2026-03-02 10:00:00.000000"
ROWS = {
    "leads": "id, name, email, phone, title, role, company, company_domain, time_zone, owner, score_total, temperature, created_at",
    "identities": "kind, value, lead_id",
    "engagement_events": "id, lead_id, name, at, title, url, properties",
    "conversations": "id, lead_id, visitor, page, locale, rehearsal_seconds, started_at, holder, epoch, last_seq, answered_seq",
    "outcomes": "lead_id, outcome, at",
}
VALUES: dict[str, list[tuple[str | int | float, ...]]] = {
    "leads": [
        ("l-ada", "Ada", "ada@nordwind.example", "", "CTO", "", NORDWIND, "nordwind.example", "", "mia", 72, "hot", AT),
        ("l-bob", "Bob", "", "", "", "", NORDWIND, "nordwind.example", "", "", 0, "cold", AT),
        ("l-nobody", "", "", "", "", "", "{}", "", "", "", 0, "cold", AT),
    ],
    "identities": [
        ("user_id", "u-ada", "l-ada"),
        ("email", "ada@nordwind.example", "l-ada"),
        ("anonymous_id", "a-1", "l-ada"),
        ("anonymous_id", "a-2", "l-ada"),
        ("user_id", "u-bob", "l-bob"),
        ("anonymous_id", "a-9", "l-nobody"),
    ],
    "engagement_events": [
        ("e-1", "l-ada", "Content Downloaded", AT, "Guide", "", "{}"),
        ("e-2", "l-bob", "Page Viewed", AT, "", "", "{}"),
    ],
    "conversations": [
        ("c-1", "l-ada", '{"anonymous_id": "a-1"}', '{"url": "", "title": "", "referrer": ""}', "en", 0.0, AT, "agent", 0, 0, 0)
    ],
    "outcomes": [("l-ada", "won", AT)],
}  # fmt: skip
ADAS = {
    "anonymous_id": ("a-1", "a-2"),
    "email": ("ada@nordwind.example",),
    "user_id": ("u-ada",),
}


async def test_what_a_database_holds_is_kept_and_can_be_joined(tmp_path: Path) -> None:
    path = _of_0002(tmp_path / "hotline.db")
    database, clock = await Database.open(path), FixedClock()
    stores, leads, merges = (
        in_sql(database, clock),
        SqlLeads(database, clock),
        SqlMerges(database, clock),
    )

    ada = await leads.find("anonymous_id:a-2")
    history = await stores.histories.recall(await stores.conversations.get(ConversationId("c-1")))
    assert (ada.id, ada.name, ada.owner, ada.company.employees) == ("l-ada", "Ada", "mia", 420)
    assert ada.identities == ADAS
    assert [event.id for event in history.events] == ["e-1"]
    assert [event.id for event in history.company_events] == ["e-2"]

    alias = a_call(CallKind.ALIAS, id="r", user_id="u-bob", previous_id="u-ada")
    await stores.tracking.take_in([alias])
    both = await leads.find("user_id:u-bob")
    assert [event.id for event in await stores.events_of(both.id)] == ["e-2", "e-1"]
    assert both.name in ("Ada", "Bob")

    (merge,) = await merges.of_lead(both.id)
    await merges.unmerge(merge.number, "two people")
    assert await leads.find("user_id:u-ada") == ada
    assert [event.id for event in await stores.events_of(LeadId("l-bob"))] == ["e-2"]
    assert [talk.id for talk in await leads.conversations_of(LeadId("l-ada"))] == ["c-1"]
    await database.close()


async def test_a_browser_of_before_is_still_somebodys(tmp_path: Path) -> None:
    database = await Database.open(_of_0002(tmp_path / "hotline.db"))
    stores = in_sql(database, FixedClock())

    both = {"user_id": "u-new", "anonymous_id": "a-9"}
    await stores.tracking.take_in([a_call(CallKind.IDENTIFY, id="i", **both)])

    assert (await stores.find("user_id:u-new")).id == "l-nobody"
    await database.close()


def _of_0002(path: Path) -> Path:
    config = Config()
    config.set_main_option("script_location", "knowledge:migrations")
    with create_engine(f"sqlite:///{path}").begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0002")
        connection.engine.dispose()
    with sqlite3.connect(path) as rows:
        for table, columns in ROWS.items():
            marks = ", ".join("?" * len(columns.split(",")))
            insert = f"INSERT INTO {table} ({columns}) VALUES ({marks})"  # noqa: S608 - our own names
            rows.executemany(insert, VALUES[table])
    rows.close()
    return path
