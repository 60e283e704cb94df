"""What whoever holds a conversation gets of it: what waits for a reply, and what was said before."""

from sqlalchemy import Integer, String, bindparam, select

from agent.conversation import Author, Held, Holder, Message
from knowledge.ledger import Ledger
from knowledge.prepared import Prepared, columns_for
from knowledge.tables import MessageRow

_BEFORE = 40

# Built once: to build these anew for each message costs as much as to run them.
_IN_CONVERSATION = select(*columns_for(Message, MessageRow)).where(
    MessageRow.conversation_id == bindparam("id", type_=String())
)
_IS_WAITING = (MessageRow.author == Author.VISITOR) & (
    MessageRow.seq > bindparam("answered_seq", type_=Integer())
)
_WAITING = Prepared(_IN_CONVERSATION.where(_IS_WAITING).order_by(MessageRow.seq), Message)
_NEWEST = (
    _IN_CONVERSATION.where(MessageRow.deleted_at.is_(None))
    .order_by(MessageRow.seq.desc())
    .limit(_BEFORE)
)
_SAID = Prepared(_NEWEST, Message)
_SAID_AND_DONE = Prepared(_NEWEST.where(~_IS_WAITING), Message)


def held_of(ledger: Ledger) -> Held:
    """Read a conversation for its holder; nothing waits for the agent where a rep holds it."""
    rows, row = ledger.rows, ledger.row
    if row.holder is not Holder.AGENT:
        return Held(row.conversation, (), tuple(reversed(rows.all(_SAID, id=row.id))))
    values = {"id": row.id, "answered_seq": row.answered_seq}
    before = rows.all(_SAID_AND_DONE, **values)
    return Held(row.conversation, tuple(rows.all(_WAITING, **values)), tuple(reversed(before)))
