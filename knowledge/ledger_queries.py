"""What ledgers ask and write many times a turn: statements that are always the same."""

from typing import NamedTuple

from sqlalchemy import BigInteger, String, bindparam, case, or_, select, update

from agent.conversation import Author, HandoffId, Message
from agent.handoff import DeskPostKind, HandoffState
from agent.signals import HeardSignal
from knowledge.prepared import Prepared, PreparedChange, columns_for, insertion
from knowledge.rows import PostState
from knowledge.tables import (
    ACTIVE,
    DeskPostRow,
    HandoffLogRow,
    HandoffRow,
    LeadRow,
    MessageRow,
    SignalRow,
)

_LEADS = LeadRow.metadata.tables[LeadRow.__tablename__]
_POSTS = DeskPostRow.metadata.tables[DeskPostRow.__tablename__]
_ID = bindparam("id", type_=String())
_MESSAGE = select(*columns_for(Message, MessageRow))
_IN_TALK = MessageRow.conversation_id == _ID


class Serving(NamedTuple):
    """A handoff, as far as its desk posts must know it."""

    id: HandoffId
    conversation_id: str
    state: HandoffState


SAID = Prepared(
    _MESSAGE.where(
        _IN_TALK,
        MessageRow.author == bindparam("author", type_=MessageRow.author.type),
        MessageRow.client_message_id == bindparam("client_message_id", type_=String()),
    ),
    Message,
)
SAID_WITH_FILES = Prepared(
    _MESSAGE.where(_IN_TALK, MessageRow.attachments != ()).order_by(MessageRow.seq), Message
)
SAY = insertion(MessageRow, "client_message_id", of=Message)
FIRST_UNANSWERED: Prepared[int] = Prepared(
    select(MessageRow.seq)
    .where(
        _IN_TALK,
        MessageRow.author == Author.VISITOR,
        MessageRow.seq > bindparam("answered_seq", type_=BigInteger()),
    )
    .limit(1),
    int,
)
_SERVING = select(*(getattr(HandoffRow, name) for name in Serving._fields))
ACTIVE_HANDOFF = Prepared(
    _SERVING.where(HandoffRow.id == _ID, or_(*(HandoffRow.state == state for state in ACTIVE))),
    Serving,
)
HEAR = insertion(SignalRow, "lead_id", "conversation_id", of=HeardSignal)
_NOW = bindparam("now", type_=LeadRow.due_at.type)
_SCORED = ("score", "score_total", "temperature", "temperature_since")
_PAUSED = bindparam("paused_at", type_=LeadRow.due_at.type)
# Who is due already stays due, yet always anew: who is being looked at by what was known before is looked at again.
SAVE_SCORE = PreparedChange(
    update(_LEADS)
    .where(_LEADS.c.id == bindparam("scored_id", type_=String()))
    .values(
        {name: bindparam(f"new_{name}", type_=_LEADS.c[name].type) for name in _SCORED}
        | {"due_at": case((_LEADS.c.due_at <= _NOW, _NOW), else_=_PAUSED)}
    )
)
RETELL = PreparedChange(
    update(_POSTS).where(
        _POSTS.c.handoff_id == bindparam("told_of", type_=String()),
        _POSTS.c.kind == DeskPostKind.UPDATE,
        _POSTS.c.state == PostState.DUE,
    ),
    ("text",),
)
POST = insertion(
    DeskPostRow, "id", "handoff_id", "conversation_id", "kind", "message_id", "text", "state",
    "attempts", "due_at", "because",
)  # fmt: skip
LOG = insertion(HandoffLogRow, "handoff_id", "at", "state", "rep_id", "because")
