"""What processes count together, and which of their versions may work side by side."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Add the tables; PostgreSQL writes counts into no journal."""
    is_shared = op.get_bind().dialect.name == "postgresql"
    op.create_table(
        "shared_counts",
        sa.Column("name", sa.String(), primary_key=True),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        prefixes=["UNLOGGED"] if is_shared else [],
    )
    op.create_table("compatibility", sa.Column("oldest", sa.String(), primary_key=True))


def downgrade() -> None:
    """Going back is not tried; restore a copy instead."""
    raise NotImplementedError("Restore the copy of the database that was made before the upgrade.")
