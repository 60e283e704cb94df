"""Alembic's way in: runs the migrations on the connection, and in the transaction, it is given."""

from alembic import context

from knowledge import (
    desk_tables,
    gap_table,
    identity_tables,
    library_tables,
    service_tables,
    shared_tables,
    tables,
)
from knowledge.rows import Row

# So that Row knows them.
ALL = (
    desk_tables,
    gap_table,
    identity_tables,
    library_tables,
    service_tables,
    shared_tables,
    tables,
)

context.configure(connection=context.config.attributes["connection"], target_metadata=Row.metadata)
context.run_migrations()
