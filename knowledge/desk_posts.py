"""What is due at the desk, read from its rows."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from agent.conversation import ConversationId, Message
from agent.handoff import DeskPost, DeskPostId, DeskPostKind, Handoff
from knowledge.columns import value_of
from knowledge.ledger import unfinished_posts
from knowledge.rows import PostState
from knowledge.tables import DeskPostRow, HandoffRow, MessageRow


async def due_posts(
    session: AsyncSession, conversation_id: ConversationId, now: datetime
) -> list[DeskPost]:
    """Find what is due for the handoffs that were opened in a conversation, in order."""
    posts = _until_one_waits(await unfinished_posts(session, conversation_id), now)
    return [await _desk_post(session, post) for post in posts]


def _until_one_waits(posts: list[DeskPostRow], now: datetime) -> list[DeskPostRow]:
    """Leave out what must wait, and what comes after it in the same thread."""
    waiting: set[str] = set()
    due = []
    for post in posts:
        if post.due_at > now:
            waiting.add(post.handoff_id)
        if post.handoff_id not in waiting:
            due.append(post)
    return due


async def _desk_post(session: AsyncSession, post: DeskPostRow) -> DeskPost:
    message = await session.get(MessageRow, post.message_id) if post.message_id else None
    rows = await session.scalars(select(HandoffRow).where(HandoffRow.id == post.handoff_id))
    return DeskPost(
        id=DeskPostId(post.id),
        kind=post.kind,
        handoff=value_of(Handoff, rows.one()),
        message=value_of(Message, message) if message else None,
        text=post.text,
        thread=await _thread(session, post.handoff_id),
        is_in_doubt=post.attempts > 0,
        attempts=post.attempts,
    )


async def _thread(session: AsyncSession, handoff_id: str) -> str | None:
    """Find where the card stands; one that was passed on to another team's channel stands where it is now."""
    return await session.scalar(
        select(DeskPostRow.reference)
        .where(
            DeskPostRow.handoff_id == handoff_id,
            DeskPostRow.kind == DeskPostKind.CARD,
            DeskPostRow.state == PostState.POSTED,
        )
        .order_by(DeskPostRow.number.desc())
        .limit(1)
    )
