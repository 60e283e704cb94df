"""Files and rows go together: what a message shows is there, and nothing lies about that nobody can ask for."""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from knowledge.attachment_bytes import AttachmentBytes, KeptBytes
from knowledge.auditing.rules import Break, Rule, Surroundings
from knowledge.desk_tables import AttachmentRow
from knowledge.tables import MessageRow

SWEPT_AFTER: Final = timedelta(hours=26)
"""What nobody sent is kept for a day, and swept within the hour."""
SHOWN: Final = "files that are shown are there"
LEFT: Final = "no file is left over"


def file_rules(around: Surroundings) -> list[Rule]:
    """Give them all; none where nobody knows which files there are."""
    files = around.files
    if files is None:
        return []
    return [
        Rule(SHOWN, partial(_find_missing, files)),
        Rule(LEFT, partial(_find_left, files, around.now - SWEPT_AFTER)),
    ]


async def _find_missing(files: AttachmentBytes, session: AsyncSession) -> AsyncIterator[Break]:
    kept = await files.kept()
    rows = await session.execute(select(AttachmentRow.id, AttachmentRow.size))
    known = {row.id: row.size for row in rows}
    query = select(MessageRow.id, MessageRow.attachments).where(
        MessageRow.attachments != (), MessageRow.deleted_at.is_(None)
    )
    async for message_id, attachments in await session.stream(query):
        for each in attachments:
            if wrong := _what_is_wrong(each.id, known, kept):
                told = f"Message {message_id} shows the file {each.id}, {wrong}."
                yield Break(SHOWN, each.id, told, f"Put it back into {files.place} from a back-up.")


async def _find_left(
    files: AttachmentBytes, before: datetime, session: AsyncSession
) -> AsyncIterator[Break]:
    known = set(await session.scalars(select(AttachmentRow.id)))
    kept = await files.kept()
    for name in sorted(name for name, each in kept.items() if each.at < before):
        if name not in known:
            told = f"The file {name} belongs to no conversation."
            advice = (
                "A running server clears it away within the hour; its log says why it does not."
            )
            yield Break(LEFT, name, told, advice)


def _what_is_wrong(attachment_id: str, known: dict[str, int], kept: Mapping[str, KeptBytes]) -> str:
    if attachment_id not in known:
        return "of which no row is left"
    if attachment_id not in kept:
        return "which is gone"
    is_whole = kept[attachment_id].size == known[attachment_id]
    return "" if is_whole else "of which only a part is there"
