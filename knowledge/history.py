"""Histories, read from the database: all that is known of whoever writes.

What a recall reads is bounded, and found by index alone, so that it costs the same for a lead of ten events and one
of a hundred thousand, and among a thousand leads or a million.
"""

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime
from itertools import zip_longest
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    String,
    bindparam,
    func,
    select,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from agent.conversation import Author, Conversation
from agent.criteria import HeardAnswer, VisitorMessage
from agent.engagement import EngagementEvent
from agent.history import EarlierTalk, History
from agent.lead import Lead, LeadId
from agent.signals import HeardKind, HeardSignal
from knowledge.acts import EVENT, read_event
from knowledge.columns import value_of
from knowledge.database import Database
from knowledge.leads import lead_of
from knowledge.owners import get_row
from knowledge.tables import (
    ConversationRow,
    EngagementEventRow,
    LeadRow,
    MessageRow,
    ReadingRow,
    SignalRow,
    TurnRow,
)

_NEWEST_FIRST = EngagementEventRow.at.desc(), EngagementEventRow.id.desc()
_OF_EACH_ACT = 12
_NEWEST = 50
_COLLEAGUES = 50
_SIGNALS = 100
_TALKS = 20
_SAID = 50
_ANSWERED = 50

# Built once: to build these anew at each recall costs more than to run them.
_LEAD_ID = bindparam("lead_id", type_=String())
_CONVERSATION_ID = bindparam("conversation_id", type_=String())
_CONVERSATION = select(ConversationRow).where(ConversationRow.id == _CONVERSATION_ID)
_LEAD = select(LeadRow).where(LeadRow.id == _LEAD_ID)
# The newest fifty acts of all colleagues are among those of the fifty who did something last.
_LEAD_FIELDS = [field.name for field in fields(Lead) if field.name != "identities"]
_COLLEAGUES_OF = (
    select(*(getattr(LeadRow, name) for name in _LEAD_FIELDS))
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
    select(MessageRow.created_at, MessageRow.text, ConversationRow.came_by)
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
    select(TurnRow.kind, TurnRow.started_at, TurnRow.answered, TurnRow.readiness)
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
            history = await self._history(session, await get_row(session, lead_id))
            return history if until is None else await self._until(session, history, until)

    async def _until(self, session: AsyncSession, history: History, until: datetime) -> History:
        """Read anew what later acts and words push out of a history."""
        by_then, own = EngagementEventRow.at <= until, {"lead_id": history.lead.id}
        theirs = {colleague.id for colleague in history.colleagues.values()}
        said = await session.scalars(_SIGNALS_OF.where(SignalRow.at <= until), own)
        return replace(
            history,
            events=await _read(session, _freshest_of(self._acts, by_then), own, history.lead.id),
            company_events=await _newest(session, sorted(theirs), _colleagues_did(by_then)),
            signals=tuple(value_of(HeardSignal, row) for row in said),
        )

    async def _history(self, session: AsyncSession, lead: LeadRow) -> History:
        lead_id = LeadId(lead.id)
        colleagues = await _colleagues(session, lead)
        return History(
            lead=await lead_of(session, lead),
            events=await self._events(session, lead_id),
            company_events=await _newest(session, [colleague.id for colleague in colleagues]),
            signals=await _signals(session, lead_id),
            heard=await _heard(session, lead_id),
            home=lead.home,
            temperature=lead.temperature,
            temperature_since=lead.temperature_since,
            colleagues={colleague.id: colleague for colleague in colleagues},
            said=await _said(session, lead_id),
            answers=await _answers(session, lead_id),
        )

    async def _events(self, session: AsyncSession, lead_id: LeadId) -> tuple[EngagementEvent, ...]:
        return await _read(session, self._freshest, {"lead_id": lead_id}, lead_id)


async def _read(
    session: AsyncSession, query: Select[Any], asked: Mapping[str, str], lead_id: str = ""
) -> tuple[EngagementEvent, ...]:
    # Past the mapping of objects, which would take half as long again.
    connection = await session.connection()
    return tuple(read_event(row, lead_id) for row in await connection.execute(query, asked))


def _newest_of(
    lead_id: BindParameter[str], act: str | None, most: int, *where: ColumnElement[bool]
) -> Select[Any]:
    """Ask for the ids and times of a lead's newest acts, found by index alone."""
    query = select(EngagementEventRow.id, EngagementEventRow.at)
    query = query.where(EngagementEventRow.lead_id == lead_id, *where)
    if act is not None:
        query = query.where(EngagementEventRow.name == act)
    newest = query.order_by(*_NEWEST_FIRST)
    return select(newest.limit(most).subquery())


def _freshest_of(acts: Sequence[str], *where: ColumnElement[bool]) -> Select[Any]:
    """Ask for the freshest of each act and the newest of all: one index seek a name, whatever else there is."""
    wanted = [_newest_of(_LEAD_ID, None, _NEWEST, *where)]
    wanted += [_newest_of(_LEAD_ID, act, _OF_EACH_ACT, *where) for act in acts]
    ids = select(union_all(*wanted).subquery().c.id)
    return select(*EVENT).where(EngagementEventRow.id.in_(ids)).order_by(*_NEWEST_FIRST)


def _colleagues_did(*where: ColumnElement[bool]) -> Select[Any]:
    """Ask for the newest acts of several leads together."""
    names = (bindparam(name, type_=String()) for name in _COLLEAGUE_IDS)
    theirs = union_all(*(_newest_of(name, None, _NEWEST, *where) for name in names)).subquery()
    newest = select(theirs.c.id).order_by(theirs.c.at.desc(), theirs.c.id.desc()).limit(_NEWEST)
    return select(*EVENT).where(EngagementEventRow.id.in_(newest)).order_by(*_NEWEST_FIRST)


_COLLEAGUE_IDS = [f"colleague_{number}" for number in range(_COLLEAGUES)]
_COLLEAGUES_DID = _colleagues_did()


async def _colleagues(session: AsyncSession, lead: LeadRow) -> list[Lead]:
    if not lead.company_key:
        return []
    at_home = {"company_key": lead.company_key, "lead_id": lead.id}
    rows = await session.execute(_COLLEAGUES_OF, at_home)
    return [Lead(**dict(zip(_LEAD_FIELDS, row, strict=True))) for row in rows]


async def _newest(
    session: AsyncSession, lead_ids: Sequence[LeadId], did: Select[Any] = _COLLEAGUES_DID
) -> tuple[EngagementEvent, ...]:
    """Give the newest acts of several leads."""
    if not lead_ids:
        return ()
    asked = dict(zip_longest(_COLLEAGUE_IDS, lead_ids, fillvalue=""))
    return await _read(session, did, asked)


async def _signals(session: AsyncSession, lead_id: LeadId) -> tuple[HeardSignal, ...]:
    rows = await session.scalars(_SIGNALS_OF, {"lead_id": lead_id})
    return tuple(value_of(HeardSignal, row) for row in rows)


async def _talks(session: AsyncSession, conversation: ConversationRow) -> tuple[EarlierTalk, ...]:
    other = {"lead_id": conversation.lead_id, "conversation_id": conversation.id}
    return tuple(EarlierTalk(*talk) for talk in await session.execute(_TALKS_OF, other))


async def _claimed(session: AsyncSession, conversation: ConversationRow) -> Lead | None:
    if conversation.claimed_lead_id is None:
        return None
    lead = await get_row(session, LeadId(conversation.claimed_lead_id))
    return await lead_of(session, lead) if lead.id != conversation.lead_id else None


async def _heard(session: AsyncSession, lead_id: LeadId) -> tuple[HeardKind, ...]:
    rows = await session.execute(_KINDS_OF, {"lead_id": lead_id})
    return tuple(HeardKind(*row) for row in rows)


async def _asked(session: AsyncSession, conversation: ConversationRow) -> tuple[str, ...]:
    return tuple(await session.scalars(_ASKED_IN, {"conversation_id": conversation.id}))


async def _said(session: AsyncSession, lead_id: LeadId) -> tuple[VisitorMessage, ...]:
    rows = await session.execute(_SAID_BY, {"lead_id": lead_id})
    return tuple(VisitorMessage(*row) for row in rows)


async def _answers(session: AsyncSession, lead_id: LeadId) -> tuple[HeardAnswer, ...]:
    readings = await session.scalars(_ANSWERED_BY, {"lead_id": lead_id})
    return tuple(answer for reading in readings for answer in reading.answers)
