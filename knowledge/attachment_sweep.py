"""Files that nobody will ask for are cleared away: never sent, taken back, or half of what a file needs."""

from asyncio import to_thread
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from knowledge.database import Database
from knowledge.desk_tables import AttachmentRow
from knowledge.tables import MessageRow


@dataclass(frozen=True, slots=True)
class Swept:
    """How many rows and files are gone."""

    rows: int
    files: int


async def sweep_attachments(database: Database, folder: Path, before: datetime) -> Swept:
    """Clear away what is older than `before`: what is in no message, and rows and bytes without each other.

    Rows go first: bytes without a row are found again, a row without its bytes would be shown. Where the folder is
    missing or empty nothing is touched, as its disk may only be away.
    """
    kept = await to_thread(_kept, folder)
    if not kept:
        return Swept(0, 0)
    async with database.write() as session:
        gone = await _unwanted(session, before, set(kept))
        await session.execute(delete(AttachmentRow).where(AttachmentRow.id.in_(gone)))
        known = set(await session.scalars(select(AttachmentRow.id)))
    old = (name for name, at in kept.items() if name in gone or at < before.timestamp())
    return Swept(len(gone), await to_thread(_remove, folder, [n for n in old if n not in known]))


async def _unwanted(session: AsyncSession, before: datetime, kept: set[str]) -> set[str]:
    of_old = select(AttachmentRow.id).where(AttachmentRow.created_at < before)
    old = set(await session.scalars(of_old))
    return old - (kept & await _shown(session)) if old else set()


async def _shown(session: AsyncSession) -> set[str]:
    messages = await session.scalars(
        select(MessageRow.attachments).where(MessageRow.attachments != ())
    )
    return {attachment.id for attachments in messages for attachment in attachments}


def _kept(folder: Path) -> dict[str, float]:
    """Give the files of the folder, and when each was written."""
    if not folder.is_dir():
        return {}
    return {path.name: path.stat().st_mtime for path in folder.iterdir() if path.is_file()}


def _remove(folder: Path, names: Iterable[str]) -> int:
    paths = [folder / name for name in names]
    for path in paths:
        path.unlink(missing_ok=True)
    return len(paths)
