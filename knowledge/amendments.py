"""Amendments that came before the words they are about, kept until those are said."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from agent.conversation import Amendment
from knowledge.columns import value_of
from knowledge.desk_tables import AmendmentRow


async def keep_amendment(session: AsyncSession, words_id: str, amendment: Amendment) -> None:
    """Keep one until the words are said; of several the newest, and a taking back for good."""
    row = await _row(session, words_id)
    if row is None:
        session.add(AmendmentRow(words_id=words_id, text=amendment.text, at=amendment.at))
    elif row.text is not None and (amendment.text is None or amendment.at > row.at):
        row.text, row.at = amendment.text, amendment.at


async def kept_amendment(session: AsyncSession, words_id: str) -> Amendment | None:
    """Give the one that waits for these words, and keep it no longer."""
    row = await _row(session, words_id)
    if row is None:
        return None
    await session.delete(row)
    return value_of(Amendment, row)


async def _row(session: AsyncSession, words_id: str) -> AmendmentRow | None:
    return await session.scalar(select(AmendmentRow).where(AmendmentRow.words_id == words_id))
