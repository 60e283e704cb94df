"""Several processes have one library, one place of files, and one budget."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def _text(name: str, *, is_key: bool = False, is_optional: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(), primary_key=is_key, nullable=is_optional)


def upgrade() -> None:
    """Add the tables; those of the library are used where several processes share it."""
    _add_the_librarys()
    op.create_table(
        "attachment_parts",
        _text("attachment_id", is_key=True),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "spent",
        _text("of", is_key=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("tokens", sa.Integer(), nullable=False),
        sa.Column("money", sa.Double(), nullable=False),
    )
    op.create_index("ix_spent_day", "spent", ["day"])


def _add_the_librarys() -> None:
    op.create_table("library_sources", _text("source", is_key=True), _text("kind"))
    op.create_table(
        "library_documents",
        _text("source", is_key=True),
        _text("name", is_key=True),
        *map(_text, ("hash", "title", "url", "language")),
        _text("changed_at", is_optional=True),
        *map(_text, ("read_at", "skipped", "notes", "facts")),
    )
    op.create_table(
        "library_posted",
        _text("name", is_key=True),
        *map(_text, ("media_type", "url", "title")),
        _text("changed_at", is_optional=True),
        sa.Column("content", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "library_contradictions",
        *map(_text, ("older", "older_text", "newer", "newer_text")),
        sa.Column("is_settled", sa.Integer()),
    )
    op.create_table(
        "library_fetched",
        _text("place", is_key=True),
        _text("at"),
        sa.Column("pages", sa.Integer(), nullable=False),
        _text("failure"),
    )
    op.create_table(
        "library_state",
        sa.Column("one", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("is_changing", sa.Boolean(), nullable=False),
    )


def downgrade() -> None:
    """Going back is not tried; restore a copy instead."""
    raise NotImplementedError("Restore the copy of the database that was made before the upgrade.")
