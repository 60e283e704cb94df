"""Teams, call-backs and further reminders of handoffs; edited words and files; notices, reps' states, feedback."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def _instant(name: str, *, is_needed: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=not is_needed)


def _text(name: str, kind: sa.types.TypeEngine[str] | None = None) -> sa.Column[str]:
    return sa.Column(name, kind or sa.String(), nullable=False, server_default="")


def upgrade() -> None:
    """Add columns and tables; what was there before has nothing in them."""
    for name in ("backup_at", "silent_nudged_at", "paged_at", "transferred_at"):
        op.add_column("handoffs", _instant(name))
    op.add_column("handoffs", _text("team"))
    op.add_column("handoffs", sa.Column("call_back", sa.Text(), nullable=True))
    for name in ("edited_at", "deleted_at"):
        op.add_column("messages", _instant(name))
    op.add_column(
        "messages", sa.Column("attachments", sa.Text(), nullable=False, server_default="[]")
    )
    for name in ("amended", "seen_seq"):
        op.add_column(
            "conversations", sa.Column(name, sa.Integer(), nullable=False, server_default="0")
        )
    _add_notices()
    _add_attachments()
    _add_rep_states()
    _add_feedback()


def _add_notices() -> None:
    op.create_table(
        "notices",
        sa.Column("number", sa.Integer(), primary_key=True),
        sa.Column("id", sa.String(), nullable=False, unique=True),
        sa.Column("key", sa.String(), nullable=False, unique=True),
        sa.Column("kind", sa.String(), nullable=False),
        _text("team"),
        sa.Column("rep_id", sa.String(), nullable=True),
        _text("told", sa.Text()),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"),
        _instant("due_at", is_needed=True),
        _instant("expires_at"),
        _instant("attempted_at"),
        _instant("posted_at"),
        sa.Column("reference", sa.String(), nullable=True),
        _text("because", sa.Text()),
    )
    op.create_index("notices_due", "notices", ["state", "due_at"])


def _add_attachments() -> None:
    op.create_table(
        "attachments",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column(
            "conversation_id", sa.String(), sa.ForeignKey("conversations.id"), nullable=False
        ),
        sa.Column("author", sa.String(40), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        _instant("created_at", is_needed=True),
        sa.Column("origin", sa.String(), nullable=True, unique=True),
    )
    op.create_index("ix_attachments_conversation_id", "attachments", ["conversation_id"])

    op.create_table(
        "amendments",
        sa.Column("words_id", sa.String(), primary_key=True),
        sa.Column("text", sa.Text(), nullable=True),
        _instant("at", is_needed=True),
    )


def _add_rep_states() -> None:
    op.create_table(
        "rep_states",
        sa.Column("rep_id", sa.String(), primary_key=True),
        _instant("paused_until"),
        _instant("changed_at", is_needed=True),
    )


def _add_feedback() -> None:
    op.create_table(
        "feedback",
        sa.Column("number", sa.Integer(), primary_key=True),
        sa.Column("handoff_id", sa.String(), sa.ForeignKey("handoffs.id"), nullable=False),
        sa.Column("lead_id", sa.String(), sa.ForeignKey("leads.id"), nullable=False),
        sa.Column("turn_id", sa.String(), nullable=True),
        sa.Column("rep_id", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(40), nullable=True),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column("reason", sa.String(40), nullable=True),
        _text("note", sa.Text()),
        _instant("at", is_needed=True),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("temperature", sa.String(40), nullable=False),
        _text("playbook_version"),
    )
    op.create_index("ix_feedback_handoff_id", "feedback", ["handoff_id"])
    op.create_index("ix_feedback_lead_id", "feedback", ["lead_id"])
