"""Moving, backing up and restoring an installation: its database, and what lies beside it."""

import asyncio
from contextlib import ExitStack
from importlib.metadata import version
from pathlib import Path

from pydantic import SecretStr, TypeAdapter, ValidationError

from integrations.app.erasing import opened_erasing
from integrations.app.locking import data_folder
from integrations.app.shared_keys import NAMES, read_keys
from integrations.clock import SystemClock
from integrations.copy_report import BackupReport, MoveReport, RestoreReport
from integrations.keys import ensure_data_folder
from integrations.setting_values import DatabaseAddress
from integrations.settings import Settings, SettingsError
from knowledge.archive import Archive
from knowledge.backing_up import Belongings, Made, back_up
from knowledge.moving import Beside, move
from knowledge.postgres import PostgresServer
from knowledge.restoring import Home, restore_to_file, restore_to_server
from knowledge.sqlite_file import SqliteFile
from knowledge.transfer import Progress
from knowledge.upgrading import SCHEMA

RECORDS = "documents.db"


async def move_database(settings: Settings, target: str | None, progress: Progress) -> MoveReport:
    """Move the SQLite file to an empty PostgreSQL database (its address, or what HOTLINE_DATABASE_URL names).

    Raises SettingsError, DataFolderInUseError, TransferError or StoreUnavailableError, and has changed nothing then.
    """
    source, address = _source(settings), _target(settings, target)
    with data_folder(settings):
        server = PostgresServer(address)
        beside = Beside(settings.files_folder, settings.data_dir / RECORDS)
        moved = await asyncio.to_thread(move, SqliteFile(source), beside, server, progress)
    return MoveReport(source, server.name, moved.rows, moved.files, moved.missing)


async def back_up_to(
    settings: Settings, path: Path, progress: Progress, *, with_keys: bool
) -> BackupReport:
    """Write a back-up beside a running server or without one; raises ArchiveError or StoreUnavailableError."""
    ensure_data_folder(settings)
    place = _place(settings)
    if isinstance(settings.database, Path) and not await asyncio.to_thread(
        settings.database.exists
    ):
        raise SettingsError(f"There is nothing to back up: {place.name} is not there. See HOTLINE_DATA_DIR.")  # fmt: skip
    keys = await _keys(settings) if with_keys else {}
    beside = Belongings(settings.files_folder, _records(settings), keys)
    return await asyncio.to_thread(_back_up, place, beside, path, progress)


def _back_up(
    place: SqliteFile | PostgresServer, beside: Belongings, path: Path, progress: Progress
) -> BackupReport:
    made = Made(SystemClock().now(), version("hotline"))
    manifest = back_up(place, beside, path, made, progress)
    return BackupReport(
        path=path,
        database=place.name,
        rows=sum(table.rows for table in manifest.tables),
        files=len(manifest.files),
        missing_files=manifest.missing_files,
        has_keys=bool(manifest.keys),
        size=path.stat().st_size,
    )


async def restore_from(
    settings: Settings, path: Path, progress: Progress, *, replaces: bool
) -> RestoreReport:
    """Restore a back-up where the settings say, with no server running; raises as the two below do."""
    report = await asyncio.to_thread(_restore, settings, path, progress, replaces=replaces)
    async with opened_erasing(settings) as (erasing, _):
        await erasing.erase_again()
    return report


def _restore(
    settings: Settings, path: Path, progress: Progress, *, replaces: bool
) -> RestoreReport:
    home = Home(ensure_data_folder(settings), settings.files_folder, _records(settings))
    place = _place(settings)
    with ExitStack() as stack:
        archive = stack.enter_context(Archive.opened(path))
        stack.enter_context(data_folder(settings))
        if isinstance(place, SqliteFile):
            done = restore_to_file(archive, place, home, progress, replaces=replaces)
        else:
            done = restore_to_server(archive, place, home, progress, replaces=replaces)
    return RestoreReport(
        place.name, done.rows, done.files, bool(done.keys), done.schema, SCHEMA, done.aside
    )


def _place(settings: Settings) -> SqliteFile | PostgresServer:
    where = settings.database
    return SqliteFile(where) if isinstance(where, Path) else PostgresServer(where)


def _records(settings: Settings) -> Path | None:
    """Give the file of the library's records, unless all processes have them in common."""
    is_common = settings.is_shared and settings.chroma_url is not None
    return None if is_common else settings.data_dir / RECORDS


async def _keys(settings: Settings) -> dict[str, str]:
    keys = await read_keys(settings)
    kept = keys.api_key, keys.write_key, keys.signing_secret
    return {name: key.get_secret_value() for name, key in zip(NAMES, kept, strict=True)}


def _source(settings: Settings) -> Path:
    where = settings.database
    path = where if isinstance(where, Path) else settings.data_dir / "hotline.db"
    if not path.exists():
        raise SettingsError(
            f"There is nothing to move: {path} is not there. HOTLINE_DATA_DIR says in which folder it lies."
        )
    return path


def _target(settings: Settings, target: str | None) -> str:
    if target is None and isinstance(settings.database, str):
        return settings.database
    try:
        address = TypeAdapter(DatabaseAddress).validate_python(SecretStr(target or ""))
    except ValidationError:
        address = SecretStr("")
    if not address.get_secret_value().startswith("postgresql:"):
        raise SettingsError(
            "Say where to: hotline db move postgresql://user:password@host:5432/name, or set HOTLINE_DATABASE_URL to "
            "that address, so that the password stands in no list of processes."
        )
    return address.get_secret_value()
