"""Bringing a database to today's schema, whatever it runs on."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import inspect, text
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from agent.errors import StoreUnavailableError

if TYPE_CHECKING:
    from alembic.config import Config

SCHEMA = "0013"
"""The newest revision in `migrations/versions`; written here so that start-up need not load Alembic."""


@dataclass(frozen=True, slots=True)
class Written:
    """Which schema a database has, and the oldest whose code may still work on it."""

    schema: str
    oldest: str | None = None


def must_not_be_newer(written: Written | None, name: str, elsewhere: str) -> bool:
    """Tell whether there is something to do; raises StoreUnavailableError where a newer version was at work.

    While processes are replaced one after the other, those of the old version go on beside a schema that only adds.
    """
    if written is None or written.schema <= SCHEMA:
        return written is None or written.schema != SCHEMA
    if written.oldest is None or written.oldest > SCHEMA:
        raise StoreUnavailableError(
            f"The database {name} was written by a newer Hotline (schema {written.schema}; this one knows {SCHEMA}). "
            f"Install that version again, or choose {elsewhere}."
        )
    return False


def upgrade(engine: Engine, name: str, to: str = "head") -> None:
    """Run what is missing in one transaction, so that it is all there or nothing is; raises StoreUnavailableError."""
    try:
        with engine.begin() as connection:
            upgrade_within(connection, to)
    except (SQLAlchemyError, ValueError) as error:
        because = error.orig if isinstance(error, DBAPIError) else error
        raise StoreUnavailableError(
            f"The database {name} could not be brought to schema {SCHEMA}, and is as it was before: {in_a_line(because)}."
        ) from error


def in_a_line(error: BaseException | None) -> str:
    """Give what an error says, as the end of a sentence."""
    return " ".join(str(error).split()).rstrip(".")


def upgrade_within(connection: Connection, to: str = "head") -> None:
    """Run what is missing in the transaction that the connection is in."""
    # Alembic takes a quarter of a second to import, and is needed once a release.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "knowledge:migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, to)
    if to == "head":
        _note_oldest(connection, oldest_served(_declared(config)))


def schema_of(connection: Connection) -> str:
    """Give the revision of a database, empty where there is none yet."""
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return str(connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() or "")


def oldest_served(declared: Iterable[tuple[str, str | None]]) -> str:
    """Give the oldest schema whose code may work on the newest, from each revision and the `oldest` that it declares.

    A migration that only adds (tables, columns that may be empty or have a default in the database, indexes) declares
    the schema before it; one that declares nothing takes something away that older code needs.
    """
    return max(oldest or revision for revision, oldest in declared)


def _declared(config: "Config") -> Iterator[tuple[str, str | None]]:
    from alembic.script import ScriptDirectory

    for script in ScriptDirectory.from_config(config).walk_revisions():
        yield script.revision, getattr(script.module, "oldest", None)


def _note_oldest(connection: Connection, oldest: str) -> None:
    connection.execute(text("DELETE FROM compatibility"))
    connection.execute(
        text("INSERT INTO compatibility (oldest) VALUES (:oldest)"), {"oldest": oldest}
    )
