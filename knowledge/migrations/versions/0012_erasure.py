"""What was erased, so that no copy brings it back."""

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Going back is not tried; restore a copy instead."""
    raise NotImplementedError("Restore the copy of the database that was made before the upgrade.")
