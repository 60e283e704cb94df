"""The table of second readings."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "readings",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("turn_id", sa.String(), nullable=False),
        sa.Column("conversation_id", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reader", sa.String(), nullable=False),
        sa.Column("prompt_version", sa.String(), nullable=False),
        sa.Column("local", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("merged", sa.Text(), nullable=False),
        sa.Column("differs", sa.Boolean(), nullable=False),
        sa.Column("heeded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("judged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verdict", sa.String(40), nullable=True),
        sa.ForeignKeyConstraint(["turn_id"], ["turns.id"], name="fk_readings_turn_id"),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name="fk_readings_conversation_id"
        ),
        sa.PrimaryKeyConstraint("number", name="pk_readings"),
        sa.UniqueConstraint("turn_id", name="uq_readings_turn_id"),
    )
    op.create_index("ix_readings_conversation_id", "readings", ["conversation_id"])
    op.create_index("readings_to_judge", "readings", ["differs", "judged_at"])


def downgrade() -> None:
    """Remove it."""
    op.drop_table("readings")
