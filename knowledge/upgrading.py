"""Bringing a database to today's schema, whatever it runs on."""

from sqlalchemy.engine import Engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from agent.errors import StoreUnavailableError

SCHEMA = "0013"
"""The newest revision in `migrations/versions`; written here so that start-up need not load Alembic."""


def must_not_be_newer(version: str | None, name: str, elsewhere: str) -> bool:
    """Tell whether there is something to do; raises StoreUnavailableError where a newer version was at work."""
    if version is not None and version > SCHEMA:
        raise StoreUnavailableError(
            f"The database {name} was written by a newer Hotline (schema {version}; this one knows {SCHEMA}). "
            f"Install that version again, or choose {elsewhere}."
        )
    return version != SCHEMA


def upgrade(engine: Engine, name: str, to: str = "head") -> None:
    """Run what is missing in one transaction, so that it is all there or nothing is; raises StoreUnavailableError."""
    try:
        _upgrade(engine, to)
    except (SQLAlchemyError, ValueError) as error:
        because = error.orig if isinstance(error, DBAPIError) else error
        raise StoreUnavailableError(
            f"The database {name} could not be brought to schema {SCHEMA}, and is as it was before: {in_a_line(because)}."
        ) from error


def in_a_line(error: BaseException | None) -> str:
    """Give what an error says, as the end of a sentence."""
    return " ".join(str(error).split()).rstrip(".")


def _upgrade(engine: Engine, to: str) -> None:
    # Alembic takes a quarter of a second to import, and is needed once a release.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "knowledge:migrations")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, to)
