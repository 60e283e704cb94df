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
    """Hold the data folder for this process; raises DataFolderInUseError or SettingsError.

    The lock belongs to the open file, so that it ends with the process however that ends.
    """
    folder = ensure_data_folder(settings)
    handle = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise DataFolderInUseError(
                f"Another Hotline works on {folder} (a running server?). Stop it first, or give this one a data "
                "folder of its own with HOTLINE_DATA_DIR."
            ) from error
        yield folder
    finally:
        os.close(handle)
