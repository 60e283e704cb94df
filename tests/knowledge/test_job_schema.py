"""The tables of procrastinate are made and migrated along with ours."""

from collections.abc import Iterator
from pathlib import Path

import procrastinate
import psycopg
import pytest

from knowledge.job_schema import jobs_are_old, upgrade_jobs
from knowledge.postgres import PostgresServer
from tests.postgres import Postgres

MIGRATIONS = Path(procrastinate.__file__).parent / "sql" / "migrations"
AN_EARLIER_VERSION = "03.02"


@pytest.fixture
def empty(postgres: Postgres) -> Iterator[str]:
    """The address of a database without any table."""
    address = postgres.make_empty()
    yield address
    postgres.drop(address)


def _functions(connection: psycopg.Connection) -> set[str]:
    rows = connection.execute("SELECT proname FROM pg_proc WHERE proname LIKE 'procrastinate%'")
    return {str(name) for (name,) in rows}


def test_a_fresh_database_gets_the_schema_of_the_package(empty: str, postgres_address: str) -> None:
    with psycopg.connect(empty, autocommit=True) as connection:
        assert jobs_are_old(connection)
        PostgresServer(empty).migrate_now()
        assert not jobs_are_old(connection)


def test_an_earlier_version_is_brought_to_the_same_schema(
    empty: str, postgres_address: str
) -> None:
    with psycopg.connect(empty, autocommit=True) as connection:
        earlier = [
            file for file in sorted(MIGRATIONS.glob("*.sql")) if file.name < AN_EARLIER_VERSION
        ]
        for file in earlier:
            connection.execute(file.read_bytes())
        connection.execute(f"COMMENT ON TABLE procrastinate_jobs IS '{earlier[-1].name}'".encode())
        assert jobs_are_old(connection)

        PostgresServer(empty).migrate_now()

        assert not jobs_are_old(connection)
        with psycopg.connect(postgres_address) as fresh:
            assert _functions(fresh) <= _functions(connection)


def test_tables_that_somebody_else_made_are_left_alone(postgres_address: str) -> None:
    with psycopg.connect(postgres_address, autocommit=True) as connection:
        connection.execute("COMMENT ON TABLE procrastinate_jobs IS NULL")
        assert not jobs_are_old(connection)
        before = _functions(connection)
        upgrade_jobs(connection)
        assert _functions(connection) == before
