"""What was erased, so that no copy brings it back."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

_AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "erasures",
        sa.Column("mark", sa.String(), nullable=False),
        sa.Column("salt", sa.String(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("at", _AT, nullable=False),
        sa.Column("done_at", _AT),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("mark", "salt", name="pk_erasures"),
    )
    op.create_index("erasures_left_to_do", "erasures", ["kind", "done_at"])


def downgrade() -> None:
    """Going back is not tried; restore a copy instead."""
    raise NotImplementedError("Restore the copy of the database that was made before the upgrade.")
