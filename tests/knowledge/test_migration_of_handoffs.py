"""A database of the schema in which each conversation had its own handoff keeps them all, one standing for the lead."""

import sqlite3
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from pydantic import TypeAdapter
from sqlalchemy import create_engine

from agent.briefing import Briefing
from agent.conversation import ConversationId, HandoffId
from agent.handoff import HandoffState
from knowledge.database import Database
from tests.builders import a_briefing
from tests.contracts.stores import in_sql, open_handoff
from tests.fakes.clock import FixedClock

AT = "2026-03-02 10:00:00.000000"
LEADS = ("l-1", "l-2")
TALKS = {"c-1": "l-1", "c-2": "l-1", "c-3": "l-2", "c-4": "l-2"}
HANDOFFS = (
    ("h-0", "c-1", "closed"),
    ("h-1", "c-1", "claimed"),
    ("h-2", "c-2", "open"),
    ("h-3", "c-3", "given_back"),
)


async def test_handoffs_of_before_are_kept_and_one_stands_for_each_lead(tmp_path: Path) -> None:
    path = _of_0004(tmp_path / "hotline.db")
    database = await Database.open(path)
    stores = in_sql(database, FixedClock())

    kept = await stores.handoffs.find(None, 10, None)
    assert [(h.id, h.state) for h in kept] == [
        (id_, HandoffState(state)) for id_, _, state in reversed(HANDOFFS)
    ]
    for talk, handoff in (("c-1", "h-1"), ("c-2", "h-2")):
        active = await stores.handoffs.active(ConversationId(talk))
        assert active is not None
        assert active.id == handoff
        (served,) = await stores.handoffs.served(HandoffId(handoff))
        assert served.id == talk
    latest = await stores.handoffs.latest(ConversationId("c-4"))
    assert latest is not None
    assert latest.id == "h-3"
    opened = await open_handoff(
        stores, await stores.conversations.get(ConversationId("c-4")), "h-4"
    )
    assert opened.id == "h-4"
    await database.close()
    with sqlite3.connect(path) as rows:
        stands = dict(rows.execute("SELECT id, open_for FROM handoffs"))
        with pytest.raises(sqlite3.IntegrityError, match="open_for"):
            rows.execute("UPDATE handoffs SET open_for = 'l-1' WHERE id = 'h-1'")
    rows.close()
    assert stands == {"h-0": None, "h-1": None, "h-2": "l-1", "h-3": None, "h-4": "l-2"}


async def test_a_reply_of_before_is_read_without_what_backs_its_sentences(tmp_path: Path) -> None:
    path = _of_0004(tmp_path / "hotline.db")
    with sqlite3.connect(path) as rows:
        _insert(rows, "messages", id="m-1", conversation_id="c-1", seq=1, author="agent", author_name="Hotline", text="Hello.", created_at=AT, in_reply_to="[]", sources="[]")  # fmt: skip
    rows.close()
    database = await Database.open(path)
    [said] = await in_sql(database, FixedClock()).conversations.messages(
        ConversationId("c-1"), after=0
    )
    assert (said.text, said.sentences) == ("Hello.", ())
    await database.close()


def _of_0004(path: Path) -> Path:
    config = Config()
    config.set_main_option("script_location", "knowledge:migrations")
    with create_engine(f"sqlite:///{path}").begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0004")
        connection.engine.dispose()
    briefing = TypeAdapter(Briefing).dump_json(a_briefing()).decode()
    with sqlite3.connect(path) as rows:
        for lead_id in LEADS:
            _insert(rows, "leads", id=lead_id, name="", email="", phone="", title="", role="", company="{}", company_key="", time_zone="", owner="", score_total=0, temperature="cold", created_at=AT, home="")  # fmt: skip
        for talk, lead_id in TALKS.items():
            _insert(rows, "conversations", id=talk, lead_id=lead_id, came_by="", visitor='{"anonymous_id": "a-1"}', page="{}", locale="en", rehearsal_seconds=0.0, started_at=AT, holder="agent", epoch=0, last_seq=0, answered_seq=0)  # fmt: skip
        for id_, talk, state in HANDOFFS:
            _insert(rows, "handoffs", id=id_, conversation_id=talk, lead_id=TALKS[talk], state=state, temperature="hot", reason="", opened_at=AT, briefing=briefing, routed_to="[]", route="[]", note="")  # fmt: skip
    rows.close()
    return path


def _insert(rows: sqlite3.Connection, table: str, **columns: object) -> None:
    marks = ", ".join("?" * len(columns))
    insert = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608 - our own names
    rows.execute(insert, tuple(columns.values()))
