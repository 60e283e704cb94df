"""What is asked of handoffs several times a turn: statements that are always the same."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import String, bindparam, or_, select

from agent.conversation import Conversation, Message
from agent.handoff import DeskPostKind, Handoff
from knowledge.prepared import Prepared, Rows, columns_for
from knowledge.rows import PostState
from knowledge.tables import ACTIVE, ConversationRow, DeskPostRow, HandoffRow, MessageRow

_ID = bindparam("id", type_=String())
_LEAD_ID = bindparam("lead_id", type_=String())
_SERVING = bindparam("serving", type_=String())
_HANDOFF = select(*columns_for(Handoff, HandoffRow))
_IS_ACTIVE = or_(*(HandoffRow.state == state for state in ACTIVE))
_IS_SERVING = HandoffRow.id == _SERVING

HANDOFF = Prepared(_HANDOFF.where(HandoffRow.id == _ID), Handoff)
ACTIVE_OF_TALK = Prepared(
    _HANDOFF.join(ConversationRow, ConversationRow.handoff_id == HandoffRow.id).where(
        ConversationRow.id == _ID, _IS_ACTIVE
    ),
    Handoff,
)
_LATEST = Prepared(
    _HANDOFF.where(or_(HandoffRow.lead_id == _LEAD_ID, _IS_SERVING))
    .order_by((_IS_ACTIVE & _IS_SERVING).desc(), _IS_ACTIVE.desc(), HandoffRow.number.desc())
    .limit(1),
    Handoff,
)
_IS_FIRST = ConversationRow.id == bindparam("first_id", type_=String())
SERVED = Prepared(
    select(*columns_for(Conversation, ConversationRow))
    .where(or_(_IS_FIRST, ConversationRow.handoff_id == _ID))
    .order_by(_IS_FIRST.desc(), ConversationRow.started_at, ConversationRow.id),
    Conversation,
)


class UnfinishedPost(NamedTuple):
    """What still has to reach the desk."""

    id: str
    kind: DeskPostKind
    handoff_id: str
    message_id: str | None
    text: str
    attempts: int
    due_at: datetime


class TalkOf(NamedTuple):
    """Whose conversation it is, and which handoff serves it."""

    lead_id: str
    handoff_id: str | None


WHOSE_TALK = Prepared(
    select(ConversationRow.lead_id, ConversationRow.handoff_id).where(ConversationRow.id == _ID),
    TalkOf,
)
UNFINISHED_POSTS = Prepared(
    select(*(getattr(DeskPostRow, name) for name in UnfinishedPost._fields))
    .where(
        DeskPostRow.conversation_id == _ID,
        or_(DeskPostRow.state == PostState.DUE, DeskPostRow.state == PostState.ATTEMPTED),
    )
    .order_by(DeskPostRow.number),
    UnfinishedPost,
)
MESSAGE = Prepared(select(*columns_for(Message, MessageRow)).where(MessageRow.id == _ID), Message)
# One that was passed on to another team's channel stands where it is now.
CARD_AT = Prepared(
    select(DeskPostRow.reference)
    .where(
        DeskPostRow.handoff_id == _ID,
        DeskPostRow.kind == DeskPostKind.CARD,
        DeskPostRow.state == PostState.POSTED,
    )
    .order_by(DeskPostRow.number.desc())
    .limit(1),
    lambda reference: reference,
)


def latest_handoff(rows: Rows, lead_id: str, serving: str | None = None) -> Handoff | None:
    """Find the active handoff that is `serving`; else the lead's active one; else the lead's newest."""
    return rows.first(_LATEST, lead_id=lead_id, serving=serving or "")


def first_post_due(rows: Rows, talk_id: str) -> datetime | None:
    """Tell when the first of a conversation's desk posts is due; behind one that must wait its handoff's others wait."""
    heads: dict[str, datetime] = {}
    for post in rows.all(UNFINISHED_POSTS, id=talk_id):
        heads.setdefault(post.handoff_id, post.due_at)
    return min(heads.values(), default=None)
