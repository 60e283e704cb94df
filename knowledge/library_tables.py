"""What is known of the library's documents; on PostgreSQL beside all else, else in a small file of its own.

Kept as text and numbers throughout, as those files have it.
"""

from typing import Final

from sqlalchemy import Boolean, Column, LargeBinary, MetaData, String, Table

from knowledge.rows import WHOLE, Row

PREFIX: Final = "library_"


def _table(name: str, *columns: Column[object]) -> Table:
    return Table(f"{PREFIX}{name}", Row.metadata, *columns)


def _text(name: str, *, is_key: bool = False, is_optional: bool = False) -> Column[object]:
    return Column(name, String, primary_key=is_key, nullable=is_optional)


SOURCES: Final = _table("sources", _text("source", is_key=True), _text("kind"))
DOCUMENTS: Final = _table(
    "documents",
    _text("source", is_key=True),
    _text("name", is_key=True),
    *map(_text, ("hash", "title", "url", "language")),
    _text("changed_at", is_optional=True),
    *map(_text, ("read_at", "skipped", "notes", "facts")),
)
POSTED: Final = _table(
    "posted",
    _text("name", is_key=True),
    *map(_text, ("media_type", "url", "title")),
    _text("changed_at", is_optional=True),
    Column("content", LargeBinary, nullable=False),
)
CONTRADICTIONS: Final = _table(
    "contradictions",
    *map(_text, ("older", "older_text", "newer", "newer_text")),
    Column("is_settled", WHOLE),
)
FETCHED: Final = _table(
    "fetched",
    _text("place", is_key=True),
    _text("at"),
    Column("pages", WHOLE, nullable=False),
    _text("failure"),
)
STATE: Final = _table(
    "state",
    Column("one", WHOLE, primary_key=True, autoincrement=False),
    Column("generation", WHOLE, nullable=False),
    Column("is_changing", Boolean, nullable=False),
)
ALL: Final = (SOURCES, DOCUMENTS, POSTED, CONTRADICTIONS, FETCHED, STATE)


def of_a_file() -> MetaData:
    """Give the same tables as they are called in a file of their own."""
    own = MetaData()
    for table in ALL:
        table.to_metadata(own, name=table.name.removeprefix(PREFIX))
    return own
