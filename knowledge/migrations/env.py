"""Alembic's way in: runs the migrations on the connection, and in the transaction, it is given."""

from alembic import context
from sqlalchemy import Connection, text

from knowledge import (
    desk_tables,
    erasure_tables,
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
    erasure_tables,
    gap_table,
    identity_tables,
    library_tables,
    service_tables,
    shared_tables,
    tables,
)

UNLIKE_SQLITE = text(
    """
SELECT c.relname, a.attname, pg_get_serial_sequence(quote_ident(c.relname), a.attname),
  CASE a.atttypid WHEN 'int4'::regtype THEN 'BIGINT'
  ELSE format_type(a.atttypid, a.atttypmod) || ' COLLATE "C"' END
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid LEFT JOIN pg_collation l ON l.oid = a.attcollation
WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace AND c.relname <> 'alembic_version' AND c.relname NOT LIKE 'procrastinate%'
  AND a.attnum > 0 AND NOT a.attisdropped AND (a.atttypid = 'int4'::regtype OR l.collname <> 'C')
"""
)


def make_alike(connection: Connection) -> None:
    """Let PostgreSQL count as far as SQLite does, and order words by their code points, whatever its locale."""
    changes: dict[str, list[str]] = {}
    for table, column, sequence, kind in connection.execute(UNLIKE_SQLITE).all():
        changes.setdefault(table, []).append(f'ALTER COLUMN "{column}" TYPE {kind}')
        if sequence:
            connection.execute(text(f"ALTER SEQUENCE {sequence} AS BIGINT"))
    for table, columns in changes.items():
        connection.execute(text(f'ALTER TABLE "{table}" {", ".join(columns)}'))


context.configure(connection=context.config.attributes["connection"], target_metadata=Row.metadata)
context.run_migrations()
if context.get_context().dialect.name == "postgresql":
    make_alike(context.config.attributes["connection"])
