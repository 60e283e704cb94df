"""Alembic's way in: runs the migrations on the connection, and in the transaction, it is given."""

from alembic import context

from knowledge.rows import Row

context.configure(connection=context.config.attributes["connection"], target_metadata=Row.metadata)
context.run_migrations()
