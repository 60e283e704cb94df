"""Files and rows go together: what a message shows is there, and nothing lies about that nobody can ask for."""

from asyncio import to_thread
from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from knowledge.auditing.rules import Break, Rule, Surroundings
from knowledge.desk_tables import AttachmentRow
from knowledge.tables import MessageRow

SWEPT_AFTER: Final = timedelta(hours=26)
"""What nobody sent is kept for a day, and swept within the hour."""
SHOWN: Final = "files that are shown are there"
LEFT: Final = "no file is left over"


def file_rules(around: Surroundings) -> list[Rule]:
    """Give them all; without a folder nobody knows which files there are."""
    folder = around.files
    if folder is None:
        return []

    before = (around.now - SWEPT_AFTER).timestamp()
    return [
        Rule(SHOWN, partial(_find_missing, folder)),
        Rule(LEFT, partial(_find_left, folder, before)),
    ]


async def _find_missing(folder: Path, session: AsyncSession) -> AsyncIterator[Break]:
    sizes = await to_thread(_sizes, folder)
    rows = await session.execute(select(AttachmentRow.id, AttachmentRow.size))
    known = {row.id: row.size for row in rows}
    query = select(MessageRow.id, MessageRow.attachments).where(
        MessageRow.attachments != (), MessageRow.deleted_at.is_(None)
    )
    async for message_id, attachments in await session.stream(query):
        for each in attachments:
            if wrong := _what_is_wrong(each.id, known, sizes):
                told = f"Message {message_id} shows the file {each.id}, {wrong}."
                yield Break(SHOWN, each.id, told, f"Put it back into {folder} from a back-up.")


async def _find_left(folder: Path, before: float, session: AsyncSession) -> AsyncIterator[Break]:
    known = set(await session.scalars(select(AttachmentRow.id)))
    for name in await to_thread(_older, folder, before):
        if name not in known:
            told = f"The file {name} belongs to no conversation."
            advice = (
                "A running server clears it away within the hour; its log says why it does not."
            )
            yield Break(LEFT, name, told, advice)


def _what_is_wrong(attachment_id: str, known: dict[str, int], sizes: dict[str, int]) -> str:
    if attachment_id not in known:
        return "of which no row is left"
    if attachment_id not in sizes:
        return "which is gone"
    is_whole = sizes[attachment_id] == known[attachment_id]
    return "" if is_whole else "of which only a part is there"


def _sizes(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_size for path in _files(folder)}


def _older(folder: Path, before: float) -> list[str]:
    return sorted(path.name for path in _files(folder) if path.stat().st_mtime < before)


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.is_file()] if folder.is_dir() else []
