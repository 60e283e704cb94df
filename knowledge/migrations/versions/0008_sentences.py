"""Each sentence of a reply is kept with the pages that back it."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add the column; replies of before have their pages, and tell of no sentence which it rests on."""
    op.add_column(
        "messages", sa.Column("sentences", sa.Text(), nullable=False, server_default="[]")
    )
