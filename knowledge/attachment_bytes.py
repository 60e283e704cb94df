"""Where the bytes of files lie: in a folder that nothing serves by itself, or in the database that several processes share."""

import errno
from asyncio import to_thread
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Protocol

from sqlalchemy import delete, func, insert, select

from agent.clock import Clock
from agent.conversation import AttachmentId
from agent.errors import NoRoomError, StoreUnavailableError
from knowledge.database import Database
from knowledge.shared_tables import AttachmentPartRow

FULL: Final = (errno.ENOSPC, errno.EDQUOT)
PIECE: Final = 256 * 1024
REMOVED_AT_ONCE: Final = 500
SWEEPING: Final = "bytes of files"


@dataclass(frozen=True, slots=True)
class KeptBytes:
    """How many bytes are kept, and since when."""

    size: int
    at: datetime


class AttachmentBytes(Protocol):
    """Keeps bytes by the ids of files."""

    @property
    def place(self) -> str:
        """Name it for people."""
        ...

    async def keep(self, attachment_id: AttachmentId, content: bytes) -> None:
        """Keep all of it or nothing; raises NoRoomError or StoreUnavailableError."""
        ...

    async def read(self, attachment_id: str) -> bytes | None:
        """Give what was kept, None where nothing is."""
        ...

    async def kept(self) -> Mapping[str, KeptBytes]:
        """Give what is kept, halves of an upload too."""
        ...

    async def remove(self, names: Collection[str]) -> None:
        """Forget bytes; those that are gone already are no trouble."""
        ...


def bytes_of(database: Database, folder: Path, clock: Clock) -> AttachmentBytes:
    """Give where bytes lie: where every process finds them."""
    return BytesInTable(database, clock) if database.is_shared else BytesInFolder(folder)


class BytesInFolder:
    """A file for each, under its id."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.place = str(folder)

    async def keep(self, attachment_id: AttachmentId, content: bytes) -> None:
        """Write a file beside its name, then give it that name."""
        await to_thread(_write, self._folder, attachment_id, content)

    async def read(self, attachment_id: str) -> bytes | None:
        """Read the file."""
        return await to_thread(_read, self._folder / attachment_id)

    async def kept(self) -> Mapping[str, KeptBytes]:
        """List the files; none where the folder is missing."""
        return await to_thread(_list, self._folder)

    async def remove(self, names: Collection[str]) -> None:
        """Remove files."""
        await to_thread(_remove, [self._folder / name for name in names])


class BytesInTable:
    """Rows of the database, a piece each, so that neither side must hold a large value."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self.place = f"attachment_parts of {database.place.name}"

    async def keep(self, attachment_id: AttachmentId, content: bytes) -> None:
        """Write all pieces in one transaction."""
        at = self._clock.now()
        async with self._database.write(attachment_id) as session:
            for number, start in enumerate(range(0, len(content), PIECE)):
                piece = content[start : start + PIECE]
                row = {"attachment_id": attachment_id, "number": number, "content": piece}
                await session.execute(insert(AttachmentPartRow), {**row, "kept_at": at})

    async def read(self, attachment_id: str) -> bytes | None:
        """Read the pieces one after the other."""
        pieces = (
            select(AttachmentPartRow.content)
            .where(AttachmentPartRow.attachment_id == attachment_id)
            .order_by(AttachmentPartRow.number)
        )
        async with self._database.read() as session:
            found = [piece async for piece in await session.stream_scalars(pieces)]
        return b"".join(found) if found else None

    async def kept(self) -> Mapping[str, KeptBytes]:
        """List what there is."""
        listed = select(
            AttachmentPartRow.attachment_id,
            func.sum(func.length(AttachmentPartRow.content)),
            func.max(AttachmentPartRow.kept_at),
        ).group_by(AttachmentPartRow.attachment_id)
        async with self._database.read() as session:
            return {
                name: KeptBytes(int(size), at) for name, size, at in await session.execute(listed)
            }

    async def remove(self, names: Collection[str]) -> None:
        """Remove the pieces, some files at a time."""
        ordered = sorted(names)
        for start in range(0, len(ordered), REMOVED_AT_ONCE):
            batch = ordered[start : start + REMOVED_AT_ONCE]
            async with self._database.write(SWEEPING) as session:
                gone = AttachmentPartRow.attachment_id.in_(batch)
                await session.execute(delete(AttachmentPartRow).where(gone))


def _write(folder: Path, attachment_id: AttachmentId, content: bytes) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        begun = folder / f"{attachment_id}.part"
        _write_whole(begun, content)
        begun.replace(folder / attachment_id)
    except OSError as error:
        if error.errno in FULL:
            raise NoRoomError("There is no room for files now; try again later.") from error
        raise StoreUnavailableError(f"The file cannot be kept now: {error}.") from error


def _write_whole(path: Path, content: bytes) -> None:
    """Write it all, or leave nothing behind."""
    try:
        path.write_bytes(content)
        path.chmod(0o600)
    except OSError:
        path.unlink(missing_ok=True)
        raise


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _list(folder: Path) -> dict[str, KeptBytes]:
    if not folder.is_dir():
        return {}
    found = {path.name: path.stat() for path in folder.iterdir() if path.is_file()}
    return {
        name: KeptBytes(state.st_size, datetime.fromtimestamp(state.st_mtime, UTC))
        for name, state in found.items()
    }


def _remove(paths: Iterable[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)
