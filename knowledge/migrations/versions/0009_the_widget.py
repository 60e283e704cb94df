"""Conversations end, are rated and learn an address; words that came by form or mail are known by their id."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add the columns; conversations of before came by chat and were not rated."""
    for column in (
        sa.Column("source", sa.String(), nullable=False, server_default="chat"),
        sa.Column("left_email", sa.String(), nullable=False, server_default=""),
        sa.Column("rating", sa.Integer(), nullable=True),
        sa.Column("rating_comment", sa.Text(), nullable=False, server_default=""),
        sa.Column("rated_at", sa.DateTime(timezone=True), nullable=True),
    ):
        op.add_column("conversations", column)
    op.create_table(
        "inbound_messages",
        sa.Column("key", sa.String(), primary_key=True),
        sa.Column(
            "conversation_id", sa.String(), sa.ForeignKey("conversations.id"), nullable=False
        ),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False, server_default=""),
        sa.Column("headers", sa.Text(), nullable=False, server_default="{}"),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_inbound_messages_conversation_id", "inbound_messages", ["conversation_id"])
