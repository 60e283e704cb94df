"""A lead has one handoff at a time, which may serve several conversations; refused links say when they were seen."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_ACTIVE = sa.text("state IN ('open', 'claimed')")


def upgrade() -> None:
    """Add the columns; of several active handoffs of one lead all are kept, and the newest stands for the lead."""
    op.add_column("conversations", sa.Column("handoff_id", sa.String(), nullable=True))
    op.create_index("ix_conversations_handoff_id", "conversations", ["handoff_id"])
    op.execute(
        "UPDATE conversations SET handoff_id = (SELECT id FROM handoffs "
        "WHERE conversation_id = conversations.id ORDER BY number DESC LIMIT 1)"
    )
    op.add_column("handoffs", sa.Column("open_for", sa.String(), nullable=True))
    op.execute(
        "UPDATE handoffs SET open_for = lead_id WHERE number IN (SELECT max(number) FROM handoffs "
        "WHERE state IN ('open', 'claimed') GROUP BY lead_id)"
    )
    op.create_index(
        "one_active_handoff_of_lead",
        "handoffs",
        ["open_for"],
        unique=True,
        sqlite_where=_ACTIVE,
        postgresql_where=_ACTIVE,
    )
    seen_at = sa.Column(
        "seen_at", sa.DateTime(timezone=True), nullable=False, server_default="1970-01-01 00:00:00"
    )
    op.add_column("identity_links", seen_at)
    op.execute("UPDATE identity_links SET seen_at = coalesce(last_at, first_at)")
