"""Which conversations a handoff serves, and how a further one of the lead comes under it."""

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from agent.conversation import Author, HandoffId, Message, RepId
from agent.handoff import DeskPostKind, Handoff, Joining
from knowledge.columns import value_of
from knowledge.ledger import Ledger
from knowledge.tables import ACTIVE, ConversationRow, HandoffLogRow, HandoffRow, MessageRow

LAST_WORDS = 10
"""How many messages of a conversation reps get to read when it comes under a handoff."""


async def latest_of_lead(
    session: AsyncSession, lead_id: str, serving: HandoffId | None = None
) -> HandoffRow | None:
    """Find the active handoff that is `serving`; else the lead's active one; else the lead's newest."""
    is_active = HandoffRow.state.in_(ACTIVE)
    is_ours = HandoffRow.id == (serving or "")
    query = select(HandoffRow).where(or_(HandoffRow.lead_id == lead_id, is_ours))
    order = ((is_active & is_ours).desc(), is_active.desc(), HandoffRow.number.desc())
    return await session.scalar(query.order_by(*order).limit(1))


async def talks_of(session: AsyncSession, handoff: HandoffRow) -> Sequence[ConversationRow]:
    """Find the conversations that a handoff serves, the one it was opened in first."""
    is_first = ConversationRow.id == handoff.conversation_id
    query = select(ConversationRow).where(or_(is_first, ConversationRow.handoff_id == handoff.id))
    order = (is_first.desc(), ConversationRow.started_at, ConversationRow.id)
    return list(await session.scalars(query.order_by(*order)))


async def come_under(ledger: Ledger, joining: Joining) -> HandoffRow | None:
    """Bring a conversation under its lead's active handoff, once; gives that, None when there is none."""
    row = ledger.row
    handoff = await latest_of_lead(ledger.session, row.lead_id, row.handoff_id)
    if handoff is None or not handoff.state.is_active:
        return None
    if handoff.id != row.handoff_id:
        await _join(ledger, handoff, joining)
    return handoff


async def _join(ledger: Ledger, handoff: HandoffRow, joining: Joining) -> None:
    ledger.row.handoff_id = HandoffId(handoff.id)
    ledger.session.add(
        HandoffLogRow(
            handoff_id=handoff.id,
            at=ledger.now,
            state=handoff.state,
            because=f"joined by {ledger.row.id}",
        )
    )
    said = await _last_words(ledger)
    if said and joining.note:
        await ledger.post(handoff, DeskPostKind.NOTE, joining.note)
    for message in said:
        await ledger.post(handoff, DeskPostKind.RELAY, message.text, message)
    if await ledger.pass_on(value_of(Handoff, handoff)):
        greeting = joining.greeting(handoff.claimed_by or RepId(""))
        if greeting is not None:
            ledger.say(Author.SYSTEM, "", greeting)
    ledger.settle()


async def _last_words(ledger: Ledger) -> list[Message]:
    """Give what was said last, in order; nothing where the visitor has written nothing yet."""
    newest = await ledger.session.scalars(
        select(MessageRow)
        .where(MessageRow.conversation_id == ledger.row.id)
        .order_by(MessageRow.seq.desc())
        .limit(LAST_WORDS)
    )
    said = [value_of(Message, row) for row in newest][::-1]
    has_written = any(message.author is Author.VISITOR for message in said)
    return said if has_written else []
