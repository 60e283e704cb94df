"""What is due at the desk, read from its rows."""

from datetime import datetime

from agent.conversation import ConversationId
from agent.handoff import DeskPost, DeskPostId
from knowledge.handoff_queries import (
    CARD_AT,
    HANDOFF,
    MESSAGE,
    UNFINISHED_POSTS,
    UnfinishedPost,
)
from knowledge.prepared import Rows


def due_posts(rows: Rows, conversation_id: ConversationId, now: datetime) -> list[DeskPost]:
    """Find what is due for the handoffs that were opened in a conversation, in order."""
    posts = _until_one_waits(rows.all(UNFINISHED_POSTS, id=conversation_id), now)
    return [found for post in posts if (found := _desk_post(rows, post))]


def _until_one_waits(posts: list[UnfinishedPost], now: datetime) -> list[UnfinishedPost]:
    """Leave out what must wait, and what comes after it in the same thread."""
    waiting: set[str] = set()
    due = []
    for post in posts:
        if post.due_at > now:
            waiting.add(post.handoff_id)
        if post.handoff_id not in waiting:
            due.append(post)
    return due


def _desk_post(rows: Rows, post: UnfinishedPost) -> DeskPost | None:
    handoff = rows.first(HANDOFF, id=post.handoff_id)
    if handoff is None:
        return None
    return DeskPost(
        id=DeskPostId(post.id),
        kind=post.kind,
        handoff=handoff,
        message=rows.first(MESSAGE, id=post.message_id) if post.message_id else None,
        text=post.text,
        thread=rows.first(CARD_AT, id=post.handoff_id),
        is_in_doubt=post.attempts > 0,
        attempts=post.attempts,
    )
