"""Several processes serve together: who lives, and the keys that they have in common."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

_AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the tables; an index finds what a process that died had in hand."""
    op.create_table(
        "replicas",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("started_at", _AT, nullable=False),
        sa.Column("seen_at", _AT, nullable=False),
    )
    op.create_index("ix_replicas_seen_at", "replicas", ["seen_at"])
    op.create_table(
        "shared_keys",
        sa.Column("name", sa.String(), primary_key=True),
        sa.Column("value", sa.String(), nullable=False),
    )
    op.create_index("ix_conversations_lease_owner", "conversations", ["lease_owner"])


def downgrade() -> None:
    """Going back would lose nothing but is not tried; restore a copy instead."""
    raise NotImplementedError("Restore the copy of the database that was made before the upgrade.")
