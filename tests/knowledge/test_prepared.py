"""Statements that are prepared once: what they must name, and what is refused."""

import sqlite3

import pytest
from sqlalchemy import String, bindparam, select, update

from knowledge.desk_tables import AmendmentRow
from knowledge.prepared import Prepared, PreparedChange, SqliteRows, insertion
from knowledge.tables import DeskPostRow
from tests.fakes.clock import MONDAY_TEN

KEPT = AmendmentRow.metadata.tables[AmendmentRow.__tablename__]
THIS = KEPT.c.words_id == bindparam("of_words", type_=String())
TEXT: Prepared[str] = Prepared(select(AmendmentRow.text).where(THIS), str)
KEEP = insertion(AmendmentRow, "words_id", "text", "at")


@pytest.fixture
def rows() -> SqliteRows:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE amendments (words_id TEXT, text TEXT, at TEXT)")
    rows = SqliteRows(connection)
    rows.run(KEEP, words_id="w-1", text="as it was", at=MONDAY_TEN)
    return rows


def test_a_change_sets_the_columns_that_it_was_prepared_for(rows: SqliteRows) -> None:
    reword = PreparedChange(update(KEPT).where(THIS), ("text",))

    changed = rows.run(reword, of_words="w-1", text="as it is")

    assert (changed, rows.first(TEXT, of_words="w-1")) == (1, "as it is")


def test_a_column_that_is_given_no_value_is_not_quietly_emptied(rows: SqliteRows) -> None:
    with pytest.raises(sqlite3.ProgrammingError):
        rows.run(KEEP, words_id="w-2", text="words")


def test_what_only_a_session_would_fill_in_must_be_named() -> None:
    with pytest.raises(ValueError, match="leaves out"):
        _ = insertion(DeskPostRow, "id", "handoff_id").on_sqlite


def test_a_list_is_no_value_of_a_prepared_statement() -> None:
    several = select(AmendmentRow.text).where(AmendmentRow.words_id.in_(["w-1", "w-2"]))

    with pytest.raises(ValueError, match="no IN"):
        _ = Prepared(several, str).on_sqlite
