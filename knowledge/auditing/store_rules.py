"""The store itself: its schema is today's, and the database vouches for what lies on disk."""

from collections.abc import AsyncIterator
from typing import Final

from sqlalchemy import inspect, text
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import AsyncSession

from knowledge.auditing.rules import Break, Rule
from knowledge.rows import Row
from knowledge.upgrading import SCHEMA

DAMAGED: Final = "Stop the server, keep a copy of the file, and restore a back-up."
MOVED: Final = "Run: hotline migrate"
HALF_BUILT: Final = "SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE NOT i.indisvalid"


def store_rules() -> list[Rule]:
    """Give them all."""
    return [
        Rule("the schema is today's", _find_schema),
        Rule("the database is sound", _find_damage),
        Rule("no row without its parent", _find_orphans),
    ]


async def _find_schema(session: AsyncSession) -> AsyncIterator[Break]:
    name = "the schema is today's"
    version = await session.scalar(text("SELECT version_num FROM alembic_version"))
    if version != SCHEMA:
        yield Break(name, "", f"The schema is {version}, and this Hotline knows {SCHEMA}.", MOVED)
    connection = await session.connection()
    for missing in await connection.run_sync(_missing):
        told = f"The database lacks {missing}, which its schema {version} has."
        yield Break(name, missing, told, DAMAGED)


def _missing(connection: Connection) -> list[str]:
    """Name the tables, columns and unique rules that are not there."""
    seen, missing = inspect(connection), []
    tables = set(seen.get_table_names())
    for table in Row.metadata.sorted_tables:
        if table.name not in tables:
            missing.append(f"the table {table.name}")
            continue
        columns = {column["name"] for column in seen.get_columns(table.name)}
        missing += [
            f"{table.name}.{each.name}" for each in table.columns if each.name not in columns
        ]
        indexes = {index["name"] for index in seen.get_indexes(table.name)}
        missing += [f"the index {each.name}" for each in table.indexes if each.name not in indexes]
    return missing


async def _find_damage(session: AsyncSession) -> AsyncIterator[Break]:
    name = "the database is sound"
    if session.get_bind().dialect.name == "postgresql":
        for index in await session.scalars(text(HALF_BUILT)):
            advice = f'Run in the database: REINDEX INDEX "{index}"'
            yield Break(name, index, f"The index {index} is half built.", advice)
        return
    for line in await session.scalars(text("PRAGMA integrity_check(20)")):
        if line != "ok":
            yield Break(name, "", f"SQLite finds the file damaged: {line}.", DAMAGED)


async def _find_orphans(session: AsyncSession) -> AsyncIterator[Break]:
    if session.get_bind().dialect.name == "postgresql":
        return  # it never lets that happen
    async for table, row, parent, _ in await session.stream(text("PRAGMA foreign_key_check")):
        told = f"Row {row} of {table} points to a row of {parent} that is not there."
        yield Break("no row without its parent", f"{table} {row}", told, DAMAGED)
