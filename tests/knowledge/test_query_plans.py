"""What is asked every second goes by an index, however many leads and conversations there are."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from knowledge import conversations, watched_leads
from knowledge.prepared import Prepared
from knowledge.tables import LeadRow
from tests.fakes.clock import MONDAY_TEN


@pytest.fixture
def file(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    engine = create_engine(f"sqlite:///{tmp_path}/hotline.db")
    LeadRow.metadata.create_all(engine)
    engine.dispose()
    with sqlite3.connect(tmp_path / "hotline.db") as rows:
        yield rows
    rows.close()


@pytest.mark.parametrize(
    ("asked", "index"),
    [
        (watched_leads.DUE, "ix_leads_due_at"),
        (conversations.DUE, "ix_conversations_due_at"),
    ],
)
def test_what_is_due_is_found_by_when_it_is(
    file: sqlite3.Connection, asked: Prepared[str], index: str
) -> None:
    words = asked.on_sqlite.words
    values = words.bound({"now": MONDAY_TEN, "most": 25})
    steps = [step for *_, step in file.execute(f"EXPLAIN QUERY PLAN {words.sql}", values)]
    assert len(steps) == 1
    assert f"USING INDEX {index}" in steps[0] or f"USING COVERING INDEX {index}" in steps[0]
