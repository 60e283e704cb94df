"""Histories, read from the database: all that is known of whoever writes.

What a recall reads is bounded, and found by index alone, so that it costs the same for a lead of ten events and one
of a hundred thousand, and among a thousand leads or a million.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import ColumnElement, Select, String, bindparam, func, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from agent.conversation import Author, Conversation
from agent.engagement import EngagementEvent
from agent.history import EarlierTalk, History
from agent.lead import Lead, LeadId
from agent.signals import HeardSignal, MessageKind
from knowledge.acts import event_of
from knowledge.columns import value_of
from knowledge.database import Database
from knowledge.leads import lead_of
from knowledge.owners import get_row
from knowledge.tables import (
    ConversationRow,
    EngagementEventRow,
    LeadRow,
    MessageRow,
    SignalRow,
    TurnRow,
)

_OF_EACH_ACT = 12
_NEWEST = 50
_COLLEAGUES = 50
_SIGNALS = 100
_TALKS = 20

# Built once: to build these anew at each recall costs more than to run them.
_LEAD_ID = bindparam("lead_id", type_=String())
_CONVERSATION_ID = bindparam("conversation_id", type_=String())
_CONVERSATION = select(ConversationRow).where(ConversationRow.id == _CONVERSATION_ID)
_LEAD = select(LeadRow).where(LeadRow.id == _LEAD_ID)
_NEWEST_OF = (
    select(EngagementEventRow)
    .where(EngagementEventRow.lead_id == _LEAD_ID)
    .order_by(EngagementEventRow.at.desc(), EngagementEventRow.id.desc())
    .limit(_NEWEST)
)
# The newest fifty acts of all colleagues are among those of the fifty who did something last.
_COLLEAGUES_OF = (
    select(LeadRow)
    .where(
        LeadRow.company_key == bindparam("company_key", type_=String()),
        LeadRow.id != _LEAD_ID,
        LeadRow.merged_into.is_(None),
        LeadRow.last_act_at.is_not(None),
    )
    .order_by(LeadRow.last_act_at.desc(), LeadRow.id.desc())
    .limit(_COLLEAGUES)
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
_ASKED_IN = (
    select(TurnRow.asked)
    .where(TurnRow.conversation_id == _CONVERSATION_ID, TurnRow.asked.is_not(None))
    .order_by(TurnRow.number.desc())
)


class SqlHistories:
    """Histories read from SQL; `acts` are the names of which the freshest are always recalled."""

    def __init__(self, database: Database, acts: Sequence[str] = ()) -> None:
        self._database = database
        self._acts = tuple(acts)
        self._freshest = _freshest_of(acts)

    async def recall(self, conversation: Conversation) -> History:
        """Recall what is known of this conversation's visitor; empty when nobody is known."""
        async with self._database.read() as session:
            # The lead may have been joined with another one since the conversation was read.
            row = await session.scalar(_CONVERSATION, {"conversation_id": conversation.id})
            lead_id = LeadId(row.lead_id) if row else conversation.lead_id
            lead = await session.scalar(_LEAD, {"lead_id": lead_id})
            if row is None or lead is None:
                return History(Lead(lead_id))
            return replace(
                await self._history(session, lead),
                talks=await _talks(session, row),
                claimed=await _claimed(session, row),
                asked=await _asked(session, row),
            )

    async def of_lead(self, lead_id: LeadId, until: datetime | None = None) -> History:
        """Give what is known of a lead outside any conversation; raises UnknownLeadError.

        With `until`, acts and words are those that were the freshest then.
        """
        async with self._database.read() as session:
            row = await get_row(session, lead_id)
            history = await self._history(session, row)
            return history if until is None else await self._until(session, row, history, until)

    async def _until(
        self, session: AsyncSession, lead: LeadRow, history: History, until: datetime
    ) -> History:
        """Read anew what later acts and words push out of a history."""
        by_then = EngagementEventRow.at <= until
        own = {"lead_id": LeadId(lead.id)}
        rows = await session.scalars(_freshest_of(self._acts, by_then), own)
        said = await session.scalars(_SIGNALS_OF.where(SignalRow.at <= until), own)
        newest = _NEWEST_OF.where(by_then)
        return replace(
            history,
            events=_newest_first(rows),
            company_events=await _newest(session, await _colleagues(session, lead), newest),
            signals=tuple(value_of(HeardSignal, row) for row in said),
        )

    async def _history(self, session: AsyncSession, lead: LeadRow) -> History:
        lead_id = LeadId(lead.id)
        colleagues = await _colleagues(session, lead)
        return History(
            lead=await lead_of(session, lead),
            events=await self._events(session, lead_id),
            company_events=await _newest(session, colleagues),
            signals=await _signals(session, lead_id),
            kinds=await _kinds(session, lead_id),
            temperature=lead.temperature,
            temperature_since=lead.temperature_since,
            colleagues={LeadId(row.id): value_of(Lead, row, identities={}) for row in colleagues},
        )

    async def _events(self, session: AsyncSession, lead_id: LeadId) -> tuple[EngagementEvent, ...]:
        return _newest_first(await session.scalars(self._freshest, {"lead_id": lead_id}))


def _newest_first(rows: Iterable[EngagementEventRow]) -> tuple[EngagementEvent, ...]:
    by_id = {row.id: row for row in rows}
    newest = sorted(by_id.values(), key=lambda row: (row.at, row.id), reverse=True)
    return tuple(map(event_of, newest))


def _freshest_of(acts: Sequence[str], *where: ColumnElement[bool]) -> Select[EngagementEventRow]:
    """Ask for the freshest of each act and the newest of all: one index seek a name, whatever else there is."""
    of_lead = select(EngagementEventRow.id).where(EngagementEventRow.lead_id == _LEAD_ID, *where)
    newest_first = EngagementEventRow.at.desc(), EngagementEventRow.id.desc()
    wanted = [of_lead.order_by(*newest_first).limit(_NEWEST)]
    for act in acts:
        of_act = of_lead.where(EngagementEventRow.name == act).order_by(*newest_first)
        wanted.append(of_act.limit(_OF_EACH_ACT))
    ids = union_all(*(select(query.subquery().c.id) for query in wanted))
    return select(EngagementEventRow).where(EngagementEventRow.id.in_(ids))


async def _colleagues(session: AsyncSession, lead: LeadRow) -> list[LeadRow]:
    if not lead.company_key:
        return []
    at_home = {"company_key": lead.company_key, "lead_id": lead.id}
    return list(await session.scalars(_COLLEAGUES_OF, at_home))


async def _newest(
    session: AsyncSession,
    leads: Sequence[LeadRow],
    newest_of: Select[EngagementEventRow] = _NEWEST_OF,
) -> tuple[EngagementEvent, ...]:
    """Give the newest acts of leads that come in the order of their last act."""
    rows: list[EngagementEventRow] = []
    for lead in leads:
        if len(rows) == _NEWEST and lead.last_act_at and lead.last_act_at < rows[-1].at:
            break
        rows += await session.scalars(newest_of, {"lead_id": lead.id})
        rows = sorted(rows, key=lambda row: (row.at, row.id), reverse=True)[:_NEWEST]
    return tuple(map(event_of, rows))


async def _signals(session: AsyncSession, lead_id: LeadId) -> tuple[HeardSignal, ...]:
    rows = await session.scalars(_SIGNALS_OF, {"lead_id": lead_id})
    return tuple(value_of(HeardSignal, row) for row in rows)


async def _talks(session: AsyncSession, conversation: ConversationRow) -> tuple[EarlierTalk, ...]:
    other = {"lead_id": conversation.lead_id, "conversation_id": conversation.id}
    return tuple(EarlierTalk(at, words) for at, words in await session.execute(_TALKS_OF, other))


async def _claimed(session: AsyncSession, conversation: ConversationRow) -> Lead | None:
    if conversation.claimed_lead_id is None:
        return None
    lead = await get_row(session, LeadId(conversation.claimed_lead_id))
    return await lead_of(session, lead) if lead.id != conversation.lead_id else None


async def _kinds(session: AsyncSession, lead_id: LeadId) -> tuple[MessageKind, ...]:
    return tuple(await session.scalars(_KINDS_OF, {"lead_id": lead_id}))


async def _asked(session: AsyncSession, conversation: ConversationRow) -> tuple[str, ...]:
    return tuple(await session.scalars(_ASKED_IN, {"conversation_id": conversation.id}))
