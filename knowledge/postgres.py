"""The database as a PostgreSQL server, which several processes share."""

import select
from asyncio import to_thread
from collections.abc import Callable, Mapping
from typing import Final, TypeVar

import psycopg
from psycopg import sql
from psycopg.adapt import Buffer
from psycopg.conninfo import make_conninfo
from psycopg.types.string import StrDumperUnknown
from sqlalchemy import create_engine, event, text
from sqlalchemy.engine import URL, Engine, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry, NullPool, PoolProxiedConnection

from agent.errors import StoreUnavailableError
from knowledge.columns import storable
from knowledge.job_schema import jobs_are_old, upgrade_jobs
from knowledge.prepared import Changes, Rows, ServerRows, look_through
from knowledge.upgrading import Written, in_a_line, must_not_be_newer, upgrade

_WRITERS: Final = 8
_READERS: Final = 8
_POOL_SECONDS: Final = 10
_ASIDE_SECONDS: Final = 1
_LIGHTLY: Final = "-c synchronous_commit=off -c statement_timeout=2000"
_CONNECT: Final[Mapping[str, str]] = {
    "connect_timeout": "5",
    "application_name": "hotline",
    "keepalives_idle": "5",
    "keepalives_interval": "2",
    "keepalives_count": "3",
    "tcp_user_timeout": "10000",
}
# A process that hangs in a transaction would hold its locks against all others.
_PATIENCE: Final = "SET idle_in_transaction_session_timeout = '10s'; SET lock_timeout = '10s'"
# Near the year 10,000 another zone would have times that Python does not.
_IN_UTC: Final = "SET TimeZone = 'UTC'"
_ALONE: Final = text("SELECT pg_advisory_xact_lock(7401, 0)")
_BESIDE: Final = text("SELECT pg_advisory_xact_lock_shared(7401, 0)")
_OF_LEAD: Final = text(
    "SELECT pg_advisory_xact_lock(hashtextextended("
    "coalesce((SELECT lead_id FROM conversations WHERE id = :talk), :talk), 7401))"
)
_MIGRATING: Final = 7402
Found = TypeVar("Found")


class PostgresServer:
    """A database on a PostgreSQL server."""

    def __init__(self, address: str) -> None:
        """Take an address such as `postgresql://user:password@host/name`."""
        self._url = make_url(address).set(drivername="postgresql+psycopg")

    @property
    def name(self) -> str:
        """Name it for people, without its password."""
        return f"{self._url.database} on {self._url.host or 'this machine'}"

    @property
    def conninfo(self) -> str:
        """Give what libpq connects by; it may hold a password."""
        url = self._url.set(drivername="postgresql").render_as_string(hide_password=False)
        return make_conninfo(url, **_CONNECT)

    async def migrate(self) -> None:
        """Bring the database to today's schema; of several that try, one does. Raises StoreUnavailableError."""
        await to_thread(self.migrate_now)

    def writer(self) -> AsyncEngine:
        """Give what writes; see `lock` for how writers keep out of each other's way."""
        return self._pool(_WRITERS)

    def reader(self) -> AsyncEngine:
        """Give what reads one moment of the database, and never waits for a writer."""
        engine = self._pool(_READERS, isolation_level="REPEATABLE READ")
        return engine.execution_options(postgresql_readonly=True)

    def aside(self, connections: int = 1) -> AsyncEngine:
        """Give what takes small things that nobody would miss after a power cut: each statement stands alone."""
        return create_async_engine(
            self._url,
            pool_size=connections,
            max_overflow=0,
            pool_timeout=_ASIDE_SECONDS,
            isolation_level="AUTOCOMMIT",
            connect_args={**_CONNECT, "options": _LIGHTLY},
        )

    async def look(self, reader: AsyncEngine, work: Callable[[Rows], Found]) -> Found:
        """Read one moment, all in one go."""
        return await look_through(reader, work)

    async def change(
        self, writer: AsyncEngine, work: Callable[[Changes], Found], talk: str | None
    ) -> Found:
        """Write by prepared statements, as `lock` allows."""
        async with writer.begin() as connection:
            await self.lock(connection, talk)
            return await connection.run_sync(lambda rows: work(ServerRows(rows)))

    async def change_in_passing(
        self, writer: AsyncEngine, work: Callable[[Changes], Found], talk: str | None
    ) -> Found:
        """Write like anything else."""
        return await self.change(writer, work, talk)

    async def lock(self, session: AsyncSession | AsyncConnection, talk: str | None) -> None:
        """Let a transaction write alone, or beside those that are not about this conversation's lead.

        The lead is looked up once nobody can write alone any more: only they change whose a conversation is.
        """
        if talk is None:
            await session.execute(_ALONE)
            return
        await session.execute(_BESIDE)
        await session.execute(_OF_LEAD, {"talk": talk})

    def close(self) -> None:
        """Nothing is open beside the engines."""

    def migrate_now(self) -> None:
        """Do the same, and wait for it."""
        try:
            with psycopg.connect(self.conninfo, autocommit=True) as connection:
                if not self._is_old(connection) and not jobs_are_old(connection):
                    return
                # Held by the session until it closes: whoever waited finds the work done.
                connection.execute(sql.SQL("SELECT pg_advisory_lock({})").format(_MIGRATING))
                if self._is_old(connection):
                    upgrade(self.engine(), self.name)
                upgrade_jobs(connection)
        except psycopg.Error as error:
            raise StoreUnavailableError(
                f"The database {self.name} cannot be opened: {in_a_line(error)}. Check HOTLINE_DATABASE_URL."
            ) from error

    def _is_old(self, connection: psycopg.Connection) -> bool:
        return must_not_be_newer(_written(connection), self.name, "another database")

    def engine(self, *, only_reads: bool = False) -> Engine:
        """Give what long work uses from a thread of its own: it may write, or reads one moment."""
        engine = create_engine(
            self._url,
            poolclass=NullPool,
            connect_args=dict(_CONNECT),
            isolation_level="REPEATABLE READ" if only_reads else "READ COMMITTED",
        )
        event.listen(engine, "connect", _set_up)
        return engine

    def _pool(self, connections: int, **options: str) -> AsyncEngine:
        engine = create_async_engine(
            self._url,
            pool_size=connections,
            max_overflow=0,
            pool_timeout=_POOL_SECONDS,
            connect_args=dict(_CONNECT),
            **options,
        )
        event.listen(engine.sync_engine, "connect", _be_patient)
        event.listen(engine.sync_engine, "connect", _set_up)
        event.listen(engine.sync_engine, "checkout", _must_be_alive)
        return engine


def is_postgres(address: str | URL) -> bool:
    """Tell whether an address is that of a PostgreSQL server."""
    return str(address).startswith(("postgresql:", "postgres:", "postgresql+psycopg:"))


class Storable(StrDumperUnknown):
    """Text as the server takes it: without NUL, and with a sign in the place of half characters."""

    def dump(self, obj: str) -> Buffer | None:
        """Give the bytes of a text."""
        try:
            return super().dump(obj)
        except (psycopg.DataError, UnicodeEncodeError):
            return super().dump(storable(obj))


def _be_patient(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    _do(connection, _PATIENCE)


def _set_up(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    _driver(connection).adapters.register_dumper(str, Storable)
    _do(connection, _IN_UTC)


def _do(connection: DBAPIConnection, statement: str) -> None:
    cursor = connection.cursor()
    cursor.execute(statement)
    cursor.close()
    connection.commit()


def _driver(connection: DBAPIConnection) -> psycopg.Connection | psycopg.AsyncConnection:
    found = getattr(connection, "driver_connection", connection)
    if not isinstance(found, psycopg.Connection | psycopg.AsyncConnection):
        raise TypeError(f"{found} is not psycopg's.")
    return found


def _must_be_alive(
    connection: DBAPIConnection, _: ConnectionPoolEntry, __: PoolProxiedConnection
) -> None:
    """Take another connection where the server has said something meanwhile: that it goes, most likely."""
    said = select.poll()
    said.register(_driver(connection).fileno(), select.POLLIN)
    if said.poll(0):
        raise InvalidatePoolError


def _written(connection: psycopg.Connection) -> Written | None:
    schema = _only(connection, "alembic_version", "version_num")
    return Written(schema, _only(connection, "compatibility", "oldest")) if schema else None


def _only(connection: psycopg.Connection, table: str, column: str) -> str | None:
    """Give what the only row of a table says, if there are both."""
    if connection.execute("SELECT to_regclass(%s)", (table,)).fetchone() in (None, (None,)):
        return None
    names = sql.Identifier(column), sql.Identifier(table)
    row = connection.execute(sql.SQL("SELECT {} FROM {}").format(*names)).fetchone()
    return str(row[0]) if row else None
