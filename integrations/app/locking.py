"""One process on a data folder: two would corrupt each other's view of the library."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from agent.errors import HotlineError
from integrations.keys import ensure_data_folder
from integrations.settings import Settings


class DataFolderInUseError(HotlineError):
    """Another Hotline works on this data folder."""


@contextmanager
def data_folder(settings: Settings) -> Iterator[Path]:
    """Hold the data folder for this process; raises DataFolderInUseError or SettingsError."""
    folder = ensure_data_folder(settings)
    with _held(
        folder / "lock", f"{folder} (a running server?)", "a data folder", "HOTLINE_DATA_DIR"
    ):
        yield folder


@contextmanager
def database_file(settings: Settings) -> Iterator[None]:
    """Hold a SQLite file that lies outside the data folder, too: two servers on it would free each other's leases."""
    file = settings.database
    if not isinstance(file, Path) or file.parent.resolve() == settings.data_dir.resolve():
        yield
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    with _held(
        file.with_name(f"{file.name}.lock"), str(file), "a database", "HOTLINE_DATABASE_URL"
    ):
        yield


@contextmanager
def _held(lock: Path, what: str, own: str, setting: str) -> Iterator[None]:
    """Hold a lock that belongs to the open file, so that it ends with the process however that ends."""
    handle = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise DataFolderInUseError(
                f"Another Hotline works on {what}. Stop it first, or give this one {own} of its own with {setting}."
            ) from error
        yield
    finally:
        os.close(handle)
