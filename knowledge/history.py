"""Histories, read from the database: all that is known of whoever writes."""

from sqlalchemy import String, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from agent.conversation import Author, Conversation
from agent.criteria import HeardAnswer, VisitorMessage
from agent.engagement import EngagementEvent
from agent.history import EarlierTalk, History
from agent.lead import Lead, LeadId
from agent.signals import HeardSignal, MessageKind
from knowledge.columns import value_of
from knowledge.database import Database
from knowledge.leads import get_row, lead_of
from knowledge.tables import (
    ConversationRow,
    EngagementEventRow,
    LeadRow,
    MessageRow,
    ReadingRow,
    SignalRow,
    TurnRow,
)

_EVENTS = 200
_COMPANY_EVENTS = 50
_SIGNALS = 100
_TALKS = 20
_SAID = 50
_ANSWERED = 50

# Built once: to build these anew at each recall costs more than to run them.
_LEAD_ID = bindparam("lead_id", type_=String())
_CONVERSATION_ID = bindparam("conversation_id", type_=String())
_CONVERSATION = select(ConversationRow).where(ConversationRow.id == _CONVERSATION_ID)
_LEAD = select(LeadRow).where(LeadRow.id == _LEAD_ID)
_EVENTS_OF = (
    select(EngagementEventRow)
    .where(EngagementEventRow.lead_id == _LEAD_ID)
    .order_by(EngagementEventRow.at.desc(), EngagementEventRow.id.desc())
    .limit(_EVENTS)
)
_COLLEAGUES_DID = (
    select(EngagementEventRow)
    .join(LeadRow, LeadRow.id == EngagementEventRow.lead_id)
    .where(LeadRow.company_domain == bindparam("domain", type_=String()), LeadRow.id != _LEAD_ID)
    .order_by(EngagementEventRow.at.desc(), EngagementEventRow.id.desc())
    .limit(_COMPANY_EVENTS)
)
_SIGNALS_OF = (
    select(SignalRow)
    .where(SignalRow.lead_id == _LEAD_ID)
    .order_by(SignalRow.at.desc(), SignalRow.number.desc())
    .limit(_SIGNALS)
)
_FIRST_WORDS = aliased(MessageRow)
_TALKS_OF = (
    select(MessageRow.created_at, MessageRow.text)
    .join(ConversationRow, ConversationRow.id == MessageRow.conversation_id)
    .where(ConversationRow.lead_id == _LEAD_ID, ConversationRow.id != _CONVERSATION_ID)
    .where(
        MessageRow.seq
        == select(func.min(_FIRST_WORDS.seq))
        .where(
            _FIRST_WORDS.conversation_id == ConversationRow.id,
            _FIRST_WORDS.author == Author.VISITOR,
        )
        .correlate(ConversationRow)
        .scalar_subquery()
    )
    .order_by(MessageRow.created_at.desc(), MessageRow.id.desc())
    .limit(_TALKS)
)
_KINDS_OF = (
    select(TurnRow.kind)
    .join(ConversationRow, ConversationRow.id == TurnRow.conversation_id)
    .where(ConversationRow.lead_id == _LEAD_ID)
    .order_by(TurnRow.number.desc())
    .limit(_SIGNALS)
)
_ASKED_BEFORE = (
    select(TurnRow.asked)
    .where(
        TurnRow.conversation_id == MessageRow.conversation_id,
        TurnRow.started_at < MessageRow.created_at,
    )
    .order_by(TurnRow.number.desc())
    .limit(1)
    .correlate(MessageRow)
    .scalar_subquery()
)
_SAID_BY = (
    select(MessageRow.id, MessageRow.text, MessageRow.created_at, _ASKED_BEFORE)
    .join(ConversationRow, ConversationRow.id == MessageRow.conversation_id)
    .where(ConversationRow.lead_id == _LEAD_ID, MessageRow.author == Author.VISITOR)
    .order_by(MessageRow.created_at.desc(), MessageRow.seq.desc())
    .limit(_SAID)
)
_ANSWERED_BY = (
    select(ReadingRow.merged)
    .join(ConversationRow, ConversationRow.id == ReadingRow.conversation_id)
    .where(ConversationRow.lead_id == _LEAD_ID)
    .order_by(ReadingRow.number.desc())
    .limit(_ANSWERED)
)
_ASKED_IN = (
    select(TurnRow.asked)
    .where(TurnRow.conversation_id == _CONVERSATION_ID, TurnRow.asked.is_not(None))
    .order_by(TurnRow.number.desc())
)


class SqlHistories:
    """Histories read from SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def recall(self, conversation: Conversation) -> History:
        """Recall what is known of this conversation's visitor; empty when nobody is known."""
        async with self._database.read() as session:
            # The lead may have been joined with another one since the conversation was read.
            row = await session.scalar(_CONVERSATION, {"conversation_id": conversation.id})
            lead_id = LeadId(row.lead_id) if row else conversation.lead_id
            lead = await session.scalar(_LEAD, {"lead_id": lead_id})
            if row is None or lead is None:
                return History(Lead(lead_id))
            return History(
                lead=await lead_of(session, lead),
                events=await _events(session, lead_id),
                company_events=await _company_events(session, lead),
                signals=await _signals(session, lead_id),
                kinds=await _kinds(session, lead_id),
                talks=await _talks(session, row),
                temperature=lead.temperature,
                temperature_since=lead.temperature_since,
                claimed=await _claimed(session, row),
                asked=await _asked(session, row),
                said=await _said(session, lead_id),
                answers=await _answers(session, lead_id),
            )

    async def of_lead(self, lead_id: LeadId) -> History:
        """Give what is known of a lead outside any conversation; raises UnknownLeadError."""
        async with self._database.read() as session:
            lead = await get_row(session, lead_id)
            return History(
                lead=await lead_of(session, lead),
                events=await _events(session, lead_id),
                company_events=await _company_events(session, lead),
                signals=await _signals(session, lead_id),
                kinds=await _kinds(session, lead_id),
                temperature=lead.temperature,
                temperature_since=lead.temperature_since,
                said=await _said(session, lead_id),
                answers=await _answers(session, lead_id),
            )


async def _events(session: AsyncSession, lead_id: LeadId) -> tuple[EngagementEvent, ...]:
    rows = await session.scalars(_EVENTS_OF, {"lead_id": lead_id})
    return tuple(value_of(EngagementEvent, row) for row in rows)


async def _company_events(session: AsyncSession, lead: LeadRow) -> tuple[EngagementEvent, ...]:
    if not lead.company_domain:
        return ()
    at_home = {"domain": lead.company_domain, "lead_id": lead.id}
    return tuple(
        value_of(EngagementEvent, row) for row in await session.scalars(_COLLEAGUES_DID, at_home)
    )


async def _signals(session: AsyncSession, lead_id: LeadId) -> tuple[HeardSignal, ...]:
    rows = await session.scalars(_SIGNALS_OF, {"lead_id": lead_id})
    return tuple(value_of(HeardSignal, row) for row in rows)


async def _talks(session: AsyncSession, conversation: ConversationRow) -> tuple[EarlierTalk, ...]:
    other = {"lead_id": conversation.lead_id, "conversation_id": conversation.id}
    return tuple(EarlierTalk(at, words) for at, words in await session.execute(_TALKS_OF, other))


async def _claimed(session: AsyncSession, conversation: ConversationRow) -> Lead | None:
    if conversation.claimed_lead_id is None:
        return None
    lead = await session.get(LeadRow, conversation.claimed_lead_id)
    return await lead_of(session, lead) if lead else None


async def _kinds(session: AsyncSession, lead_id: LeadId) -> tuple[MessageKind, ...]:
    return tuple(await session.scalars(_KINDS_OF, {"lead_id": lead_id}))


async def _asked(session: AsyncSession, conversation: ConversationRow) -> tuple[str, ...]:
    return tuple(await session.scalars(_ASKED_IN, {"conversation_id": conversation.id}))


async def _said(session: AsyncSession, lead_id: LeadId) -> tuple[VisitorMessage, ...]:
    rows = await session.execute(_SAID_BY, {"lead_id": lead_id})
    return tuple(VisitorMessage(*row) for row in rows)


async def _answers(session: AsyncSession, lead_id: LeadId) -> tuple[HeardAnswer, ...]:
    readings = await session.scalars(_ANSWERED_BY, {"lead_id": lead_id})
    return tuple(answer for reading in readings for answer in reading.answers)
