"""Alembic's way in: runs the migrations on the connection, and in the transaction, it is given."""

from alembic import context

from knowledge import desk_tables, gap_table, identity_tables, service_tables, tables
from knowledge.rows import Row

ALL = (desk_tables, gap_table, identity_tables, service_tables, tables)  # so that Row knows them

context.configure(connection=context.config.attributes["connection"], target_metadata=Row.metadata)
context.run_migrations()
