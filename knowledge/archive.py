"""A back-up as a file: one zip archive of parts, and a manifest that says what each of them must be."""

import errno
import hashlib
import os
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final, Self

from pydantic import BaseModel, ValidationError

from agent.errors import HotlineError

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
_BLOCK: Final = 1 << 20
_QUICK: Final = 3  # smaller by a few per cent only where it takes three times as long
_FULL: Final = (errno.ENOSPC, errno.EDQUOT)


class ArchiveError(HotlineError):
    """A back-up cannot be written or used; the message says why, and nothing was changed."""


class PartNote(BaseModel):
    """What a part of the archive must be."""

    sha256: str
    size: int


class TableNote(BaseModel):
    """A table: which part holds it, its columns in order, how many rows, and a sum over what they say."""

    name: str
    part: str
    columns: tuple[str, ...]
    rows: int
    checksum: str


class Manifest(BaseModel):
    """What an archive says of itself; tables stand in an order in which they can be filled."""

    format: int = FORMAT
    version: str
    schema_revision: str
    made_at: datetime
    made_from: str
    tables: tuple[TableNote, ...] = ()
    files: tuple[str, ...] = ()
    missing_files: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    parts: Mapping[str, PartNote] = {}


Write = Callable[[bytes], object]


class ArchiveWriter:
    """An archive that is being written, under another name until it is whole."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self.parts: dict[str, PartNote] = {}

    @contextmanager
    def part(self, name: str) -> Iterator[Write]:
        """Write a part, piece by piece."""
        digest, size = hashlib.sha256(), 0
        with self._archive.open(name, "w", force_zip64=True) as out:

            def write(content: bytes) -> None:
                nonlocal size
                size += len(content)
                digest.update(content)
                out.write(content)

            yield write
        self.parts[name] = PartNote(sha256=digest.hexdigest(), size=size)

    def finish(self, manifest: Manifest) -> None:
        """Say what is in it."""
        whole = manifest.model_copy(update={"parts": self.parts})
        self._archive.writestr(MANIFEST, whole.model_dump_json(indent=1))


@contextmanager
def new_archive(path: Path) -> Iterator[ArchiveWriter]:
    """Write an archive that only this user may read; it is there when it is whole. Raises ArchiveError."""
    if path.exists():
        raise ArchiveError(f"{path} is there already, and was left as it is; choose another name.")
    begun = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        handle = os.open(begun, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w+b") as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=_QUICK) as archive:
                yield ArchiveWriter(archive)
            file.flush()
            os.fsync(file.fileno())
        begun.replace(path)
    except OSError as error:
        because = "the disk is full" if error.errno in _FULL else (error.strerror or str(error))
        raise ArchiveError(
            f"{path} cannot be written: {because}. Nothing is left of it."
        ) from error
    finally:
        begun.unlink(missing_ok=True)


class Archive:
    """An archive that was checked: every part is what the manifest says."""

    def __init__(self, archive: zipfile.ZipFile, manifest: Manifest) -> None:
        self._archive = archive
        self.manifest = manifest

    @classmethod
    @contextmanager
    def opened(cls, path: Path) -> Iterator[Self]:
        """Open an archive and check all of it; raises ArchiveError."""
        try:
            with zipfile.ZipFile(path) as archive:
                opened = cls(archive, _manifest(archive, path))
                opened._must_be_whole(path)
                yield opened
        except FileNotFoundError as error:
            raise ArchiveError(f"{path} is not there.") from error
        except (OSError, zipfile.BadZipFile, zlib.error, EOFError) as error:
            raise ArchiveError(f"{path} cannot be read as a back-up: {error}.") from error

    def content(self, name: str) -> bytes:
        """Give a part, whole."""
        return self._archive.read(name)

    def lines(self, name: str) -> Iterator[bytes]:
        """Give the lines of a part."""
        with self._archive.open(name) as part:
            for line in part:
                yield line.rstrip(b"\n")

    def _must_be_whole(self, path: Path) -> None:
        there = set(self._archive.namelist())
        for name, note in self.manifest.parts.items():
            if name not in there or _read_through(self._archive, name) != note:
                raise ArchiveError(
                    f"{path} is damaged: {name} is not what was backed up. Nothing was changed; use another back-up."
                )


def _read_through(archive: zipfile.ZipFile, name: str) -> PartNote | None:
    digest, size = hashlib.sha256(), 0
    try:
        with archive.open(name) as part:
            while block := part.read(_BLOCK):
                digest.update(block)
                size += len(block)
    except (zipfile.BadZipFile, zlib.error, EOFError):
        return None
    return PartNote(sha256=digest.hexdigest(), size=size)


def _manifest(archive: zipfile.ZipFile, path: Path) -> Manifest:
    try:
        manifest = Manifest.model_validate_json(archive.read(MANIFEST))
    except (KeyError, ValidationError) as error:
        raise ArchiveError(
            f"{path} is no back-up of Hotline: it has no {MANIFEST} that fits."
        ) from error
    if manifest.format > FORMAT:
        raise ArchiveError(
            f"{path} was made by a newer Hotline ({manifest.version}); install that version to restore it."
        )
    return manifest
