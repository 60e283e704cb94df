"""Leads are looked at when they did something or cool down; turns say how ready they were read."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_AT = sa.DateTime(timezone=True)
_IN_TURN = {
    "sqlite": (
        "json_extract(turn, '$.reading.readiness')",
        "json_extract(turn, '$.answered')",
    ),
    "postgresql": (
        "turn::jsonb #>> '{reading,readiness}'",
        "(turn::jsonb -> 'answered')::text",
    ),
}


def upgrade() -> None:
    """Add the columns; what was read before is found in the turns themselves."""
    op.add_column("leads", sa.Column("due_at", _AT, nullable=True))
    op.create_index("ix_leads_due_at", "leads", ["due_at"])
    op.execute("UPDATE leads SET due_at = last_act_at WHERE merged_into IS NULL")
    op.add_column(
        "turns", sa.Column("readiness", sa.String(), nullable=False, server_default="cold")
    )
    op.add_column("turns", sa.Column("answered", sa.Text(), nullable=False, server_default="[]"))
    readiness, answered = _IN_TURN[op.get_bind().dialect.name]
    op.execute(
        f"UPDATE turns SET readiness = coalesce({readiness}, 'cold'), "  # noqa: S608 - our own words
        f"answered = coalesce({answered}, '[]')"
    )
    op.add_column(
        "conversations",
        sa.Column("opened_for_lead", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
