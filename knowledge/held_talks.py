"""What whoever holds a conversation gets of it: what waits for a reply, and what was said before."""

from sqlalchemy import Integer, Select, String, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from agent.conversation import Author, Held, Holder, Message
from knowledge.columns import value_of
from knowledge.ledger import Ledger
from knowledge.tables import MessageRow

_BEFORE = 40

# Built once: to build these anew for each message costs as much as to run them.
_IN_CONVERSATION = select(MessageRow).where(
    MessageRow.conversation_id == bindparam("id", type_=String())
)
_IS_WAITING = (MessageRow.author == Author.VISITOR) & (
    MessageRow.seq > bindparam("answered_seq", type_=Integer())
)
_WAITING = _IN_CONVERSATION.where(_IS_WAITING).order_by(MessageRow.seq)
_SAID = (
    _IN_CONVERSATION.where(MessageRow.deleted_at.is_(None))
    .order_by(MessageRow.seq.desc())
    .limit(_BEFORE)
)
_SAID_AND_DONE = _SAID.where(~_IS_WAITING)


async def held_of(ledger: Ledger) -> Held:
    """Read a conversation for its holder; nothing waits for the agent where a rep holds it."""
    values = {"id": ledger.row.id, "answered_seq": ledger.row.answered_seq}
    if ledger.row.holder is not Holder.AGENT:
        before = await _values(ledger.session, _SAID, values)
        return Held(ledger.conversation, (), tuple(reversed(before)))
    unanswered = await _values(ledger.session, _WAITING, values)
    before = await _values(ledger.session, _SAID_AND_DONE, values)
    return Held(ledger.conversation, tuple(unanswered), tuple(reversed(before)))


async def _values(
    session: AsyncSession, query: Select[MessageRow], values: dict[str, object]
) -> list[Message]:
    return [value_of(Message, row) for row in await session.scalars(query, values)]
