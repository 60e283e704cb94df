"""The tables of procrastinate, which queues wake-ups on PostgreSQL: made and migrated along with ours.

Its schema is the one of the package that is installed; the last of its migrations that was run stands as a comment on
its table of jobs.
"""

from importlib.util import find_spec
from pathlib import Path

import psycopg
from psycopg import sql

_JOBS = "procrastinate_jobs"
UNKNOWN = ""
"""Said of tables that somebody else made: they are left as they are."""


def jobs_are_old(connection: psycopg.Connection) -> bool:
    """Tell whether the tables are missing, or older than the package."""
    done = _done(connection)
    return done is None or UNKNOWN < done < _newest(_package())


def upgrade_jobs(connection: psycopg.Connection) -> None:
    """Make the tables, or run what is missing, each file in a transaction of its own."""
    package, done = _package(), _done(connection)
    if done is None:
        _run(connection, package / "schema.sql", _newest(package))
        return
    for file in sorted((package / "migrations").glob("*.sql")):
        if UNKNOWN < done < file.name:
            _run(connection, file, file.name)


def _run(connection: psycopg.Connection, file: Path, done: str) -> None:
    with connection.transaction():
        # A file has many statements, so it must go as it is, without parameters.
        connection.execute(file.read_bytes())
        note = sql.SQL("COMMENT ON TABLE {} IS {}").format(sql.Identifier(_JOBS), sql.Literal(done))
        connection.execute(note)


def _done(connection: psycopg.Connection) -> str | None:
    query = "SELECT obj_description(to_regclass(%s), 'pg_class'), to_regclass(%s) IS NULL"
    row = connection.execute(query, (_JOBS, _JOBS)).fetchone()
    if row is None or row[1]:
        return None
    return str(row[0] or UNKNOWN)


def _newest(package: Path) -> str:
    return max(file.name for file in (package / "migrations").glob("*.sql"))


def _package() -> Path:
    """Find the files without importing the package, which takes a quarter of a second."""
    spec = find_spec("procrastinate")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("procrastinate")
    return Path(spec.origin).parent / "sql"
