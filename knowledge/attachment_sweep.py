"""Files that nobody will ask for are cleared away: never sent, taken back, or half of what a file needs."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from knowledge.attachment_bytes import AttachmentBytes
from knowledge.database import Database
from knowledge.desk_tables import AttachmentRow
from knowledge.tables import MessageRow


@dataclass(frozen=True, slots=True)
class Swept:
    """How many rows and files are gone."""

    rows: int
    files: int


async def sweep_attachments(
    database: Database, contents: AttachmentBytes, before: datetime
) -> Swept:
    """Clear away what is older than `before`: what is in no message, and rows and bytes without each other.

    Rows go first: bytes without a row are found again, a row without its bytes would be shown. Where nothing at all is
    kept nothing is touched, as the disk with the files may only be away.
    """
    kept = await contents.kept()
    if not kept:
        return Swept(0, 0)
    async with database.write() as session:
        gone = await _unwanted(session, before, set(kept))
        await session.execute(delete(AttachmentRow).where(AttachmentRow.id.in_(gone)))
        known = set(await session.scalars(select(AttachmentRow.id)))
    old = {name for name, each in kept.items() if name in gone or each.at < before}
    await contents.remove(old - known)
    return Swept(len(gone), len(old - known))


async def _unwanted(session: AsyncSession, before: datetime, kept: set[str]) -> set[str]:
    of_old = select(AttachmentRow.id).where(AttachmentRow.created_at < before)
    old = set(await session.scalars(of_old))
    return old - (kept & await _shown(session)) if old else set()


async def _shown(session: AsyncSession) -> set[str]:
    messages = await session.scalars(
        select(MessageRow.attachments).where(MessageRow.attachments != ())
    )
    return {attachment.id for attachments in messages for attachment in attachments}
