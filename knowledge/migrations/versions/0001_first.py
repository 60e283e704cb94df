"""The first schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make all tables."""
    _leads()
    _seen_events()
    _conversations()
    _engagement_events()
    _identities()
    _outcomes()
    _handoffs()
    _messages()
    _signals()
    _turns()
    _desk_posts()
    _handoff_log()


def downgrade() -> None:
    """Remove all tables."""
    for table in (
        "handoff_log",
        "desk_posts",
        "turns",
        "signals",
        "messages",
        "handoffs",
        "outcomes",
        "identities",
        "engagement_events",
        "conversations",
        "seen_events",
        "leads",
    ):
        op.drop_table(table)


def _leads() -> None:
    op.create_table(
        "leads",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("company", sa.Text(), nullable=False),
        sa.Column("company_domain", sa.String(), nullable=False),
        sa.Column("time_zone", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("score", sa.Text(), nullable=True),
        sa.Column("score_total", sa.Integer(), nullable=False),
        sa.Column("temperature", sa.String(40), nullable=False),
        sa.Column("temperature_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_leads"),
    )
    op.create_index("ix_leads_company_domain", "leads", ["company_domain"])
    op.create_index("leads_by_score", "leads", ["temperature", "score_total", "id"])


def _seen_events() -> None:
    op.create_table(
        "seen_events",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_seen_events"),
    )


def _conversations() -> None:
    op.create_table(
        "conversations",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("lead_id", sa.String(), nullable=False),
        sa.Column("claimed_lead_id", sa.String(), nullable=True),
        sa.Column("visitor", sa.Text(), nullable=False),
        sa.Column("page", sa.Text(), nullable=False),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("rehearsal_seconds", sa.Double(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("holder", sa.String(40), nullable=False),
        sa.Column("rep_id", sa.String(), nullable=True),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("showing_epoch", sa.Integer(), nullable=True),
        sa.Column("lease_owner", sa.String(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_seq", sa.Integer(), nullable=False),
        sa.Column("answered_seq", sa.Integer(), nullable=False),
        sa.Column("timer_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("words_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("posts_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["claimed_lead_id"], ["leads.id"], name="fk_conversations_claimed_lead_id"
        ),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name="fk_conversations_lead_id"),
        sa.PrimaryKeyConstraint("id", name="pk_conversations"),
    )
    op.create_index("ix_conversations_claimed_lead_id", "conversations", ["claimed_lead_id"])
    op.create_index("ix_conversations_due_at", "conversations", ["due_at"])
    op.create_index("ix_conversations_lead_id", "conversations", ["lead_id"])


def _engagement_events() -> None:
    op.create_table(
        "engagement_events",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("lead_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("properties", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name="fk_engagement_events_lead_id"),
        sa.PrimaryKeyConstraint("id", name="pk_engagement_events"),
    )
    op.create_index("engagement_of_lead", "engagement_events", ["lead_id", "at"])


def _identities() -> None:
    op.create_table(
        "identities",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("lead_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name="fk_identities_lead_id"),
        sa.PrimaryKeyConstraint("kind", "value", name="pk_identities"),
    )
    op.create_index("ix_identities_lead_id", "identities", ["lead_id"])


def _outcomes() -> None:
    op.create_table(
        "outcomes",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("lead_id", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(40), nullable=False),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name="fk_outcomes_lead_id"),
        sa.PrimaryKeyConstraint("number", name="pk_outcomes"),
        sa.UniqueConstraint("lead_id", "outcome", "at", name="uq_outcomes_lead_id_outcome_at"),
    )


def _handoffs() -> None:
    op.create_table(
        "handoffs",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("conversation_id", sa.String(), nullable=False),
        sa.Column("lead_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("temperature", sa.String(40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claim_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("briefing", sa.Text(), nullable=False),
        sa.Column("routed_to", sa.Text(), nullable=False),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("claimed_by", sa.String(), nullable=True),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("nudged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("snoozed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(40), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name="fk_handoffs_conversation_id"
        ),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name="fk_handoffs_lead_id"),
        sa.PrimaryKeyConstraint("number", name="pk_handoffs"),
        sa.UniqueConstraint("id", name="uq_handoffs_id"),
    )
    op.create_index("ix_handoffs_conversation_id", "handoffs", ["conversation_id"])
    op.create_index("ix_handoffs_lead_id", "handoffs", ["lead_id"])
    op.create_index("ix_handoffs_state", "handoffs", ["state"])
    op.create_index(
        "one_active_handoff",
        "handoffs",
        ["conversation_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('open', 'claimed')"),
        postgresql_where=sa.text("state IN ('open', 'claimed')"),
    )


def _messages() -> None:
    op.create_table(
        "messages",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("conversation_id", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("author", sa.String(40), nullable=False),
        sa.Column("author_name", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("in_reply_to", sa.Text(), nullable=False),
        sa.Column("sources", sa.Text(), nullable=False),
        sa.Column("client_message_id", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name="fk_messages_conversation_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_messages"),
        sa.UniqueConstraint(
            "conversation_id",
            "author",
            "client_message_id",
            name="uq_messages_conversation_id_author_client_message_id",
        ),
        sa.UniqueConstraint("conversation_id", "seq", name="uq_messages_conversation_id_seq"),
    )


def _signals() -> None:
    op.create_table(
        "signals",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("lead_id", sa.String(), nullable=False),
        sa.Column("conversation_id", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.Column("confidence", sa.Double(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name="fk_signals_conversation_id"
        ),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name="fk_signals_lead_id"),
        sa.PrimaryKeyConstraint("number", name="pk_signals"),
    )
    op.create_index("ix_signals_conversation_id", "signals", ["conversation_id"])
    op.create_index("signals_of_lead", "signals", ["lead_id", "at"])


def _turns() -> None:
    op.create_table(
        "turns",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("conversation_id", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("asked", sa.String(), nullable=True),
        sa.Column("turn", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name="fk_turns_conversation_id"
        ),
        sa.PrimaryKeyConstraint("number", name="pk_turns"),
        sa.UniqueConstraint("id", name="uq_turns_id"),
    )
    op.create_index("ix_turns_conversation_id", "turns", ["conversation_id"])


def _desk_posts() -> None:
    op.create_table(
        "desk_posts",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("handoff_id", sa.String(), nullable=False),
        sa.Column("conversation_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("message_id", sa.String(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reference", sa.String(), nullable=True),
        sa.Column("because", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name="fk_desk_posts_conversation_id"
        ),
        sa.ForeignKeyConstraint(["handoff_id"], ["handoffs.id"], name="fk_desk_posts_handoff_id"),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name="fk_desk_posts_message_id"),
        sa.PrimaryKeyConstraint("number", name="pk_desk_posts"),
        sa.UniqueConstraint(
            "handoff_id", "kind", "message_id", name="uq_desk_posts_handoff_id_kind_message_id"
        ),
        sa.UniqueConstraint("id", name="uq_desk_posts_id"),
    )
    op.create_index("desk_posts_by_reference", "desk_posts", ["reference"])
    op.create_index("desk_posts_of_conversation", "desk_posts", ["conversation_id", "state"])
    op.create_index(
        "one_due_update",
        "desk_posts",
        ["handoff_id"],
        unique=True,
        sqlite_where=sa.text("kind = 'update' AND state = 'due'"),
        postgresql_where=sa.text("kind = 'update' AND state = 'due'"),
    )


def _handoff_log() -> None:
    op.create_table(
        "handoff_log",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("handoff_id", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("rep_id", sa.String(), nullable=True),
        sa.Column("because", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["handoff_id"], ["handoffs.id"], name="fk_handoff_log_handoff_id"),
        sa.PrimaryKeyConstraint("number", name="pk_handoff_log"),
    )
    op.create_index("ix_handoff_log_handoff_id", "handoff_log", ["handoff_id"])
    # ### end Alembic commands ###
