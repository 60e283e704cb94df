"""The keys an installation needs and nobody set: made once and kept in the data folder.

Where several processes serve from one database, that keeps them instead.
"""

import os
import secrets
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from integrations.settings import Settings, SettingsError


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of servers and of trackers, and the secret that signs visitor tokens.

    A path is None when the key was set, or is kept by the `keeper`.
    """

    api_key: SecretStr
    write_key: SecretStr
    signing_secret: SecretStr
    api_key_path: Path | None = None
    write_key_path: Path | None = None
    signing_secret_path: Path | None = None
    keeper: str = ""


def ensure_keys(settings: Settings) -> Keys:
    """Read the keys of the data folder, making what is missing; raises SettingsError."""
    folder = ensure_data_folder(settings)
    signing_secret_path = folder / "secret"
    return Keys(
        api_key=settings.api_key or _kept(folder / "api-key"),
        api_key_path=None if settings.api_key else folder / "api-key",
        write_key=settings.write_key or _kept(folder / "write-key"),
        write_key_path=None if settings.write_key else folder / "write-key",
        signing_secret=_kept(signing_secret_path),
        signing_secret_path=signing_secret_path,
    )


def ensure_data_folder(settings: Settings) -> Path:
    """Make the data folder unless it is there, and see that it can be written; raises SettingsError."""
    folder = settings.data_dir
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError as error:
        raise _unwritable(folder, error) from error


def found_key(path: Path) -> str | None:
    """Give the key that a file holds, if there is one; raises SettingsError."""
    return _kept(path).get_secret_value() if path.exists() else None


def new_key() -> str:
    """Make a key."""
    return f"hotline_{secrets.token_urlsafe(32)}"


def _kept(path: Path) -> SecretStr:
    try:
        if not path.exists():
            _make(path)
        key = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"{path} cannot be read ({error}); delete it and a new one is made."
        ) from error
    if not key:
        raise SettingsError(f"{path} is empty; delete it and a new one is made.")
    return SecretStr(key)


def _make(path: Path) -> None:
    # A link is atomic and never replaces: of two processes that start together, both read the same key.
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        os.write(handle, f"{new_key()}\n".encode())
        os.fsync(handle)
        with suppress(FileExistsError):
            os.link(name, path)
    finally:
        os.close(handle)
        Path(name).unlink()


def _unwritable(folder: Path, error: OSError) -> SettingsError:
    because = (error.strerror or str(error)).lower()
    return SettingsError(
        f"HOTLINE_DATA_DIR: found {str(folder)!r}, which cannot be written ({because}); expected a folder Hotline "
        "may write to."
    )
