"""Leads, and what was recorded of them."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from agent.clock import Clock
from agent.conversation import Conversation
from agent.engagement import EngagementEvent
from agent.errors import UnknownLeadError
from agent.handoff import Handoff, Outcome, ToldOutcome
from agent.lead import EMAIL, Identity, Lead, LeadId, Visitor
from agent.profile import normal_email, traits_of_lead
from agent.scoring import Score, Temperature
from agent.turn import Turn
from knowledge.acts import OF_LEAD, event_of
from knowledge.columns import value_of
from knowledge.database import Database
from knowledge.identities import (
    Identities,
    bind,
    first_owner,
    trusted,
)
from knowledge.identity_tables import IdentityRow
from knowledge.ids import new_id
from knowledge.owners import get_row
from knowledge.profiles import Told, refresh, tell
from knowledge.settling import Report, strength
from knowledge.tables import (
    ConversationRow,
    EngagementEventRow,
    HandoffRow,
    LeadRow,
    OutcomeRow,
    TurnRow,
)


class SqlLeads:
    """Leads kept in SQL."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        new_id: Callable[[str], str] = new_id,
        free_mail: Collection[str] = (),
    ) -> None:
        self._database = database
        self._clock = clock
        self._new_id = new_id
        self._free_mail = free_mail

    async def get(self, lead_id: LeadId) -> Lead:
        """Get one; an id that was merged gives the lead it is now. Raises UnknownLeadError."""
        async with self._database.read() as session:
            return await lead_of(session, await get_row(session, lead_id))

    async def find(self, reference: str) -> Lead:
        """Get one by our id, or by `user_id:X`, `anonymous_id:X`, `email:X`; raises UnknownLeadError."""
        async with self._database.read() as session:
            kind, _, value = reference.partition(":")
            identity = Identity(kind, normal_email(value) if kind == EMAIL else value)
            lead_id = await first_owner(session, [identity]) if value else LeadId(reference)
            return await lead_of(session, await get_row(session, lead_id or LeadId(reference)))

    async def identify(self, visitor: Visitor) -> LeadId:
        """Find or make the lead of identities that the caller vouches for, joining what belongs together."""
        async with self._database.write() as session:
            report = Report(self._new_id("r"), "identify", self._clock.now())
            return await bind(self._identities(session), visitor, trusted(visitor), report)

    async def import_leads(self, leads: Sequence[Lead]) -> int:
        """Keep records of a CRM; what a record leaves empty stays as it is known here. Counts the new records."""
        async with self._database.write() as session:
            return sum([await _import(self._identities(session), lead) for lead in leads])

    async def record_outcome(
        self, lead_id: LeadId, outcome: Outcome, value: float | None, at: datetime
    ) -> None:
        """Keep what became of a lead; the same again does nothing. Raises UnknownLeadError."""
        async with self._database.write() as session:
            row = await get_row(session, lead_id)
            same = (
                OutcomeRow.lead_id == row.id,
                OutcomeRow.outcome == outcome,
                OutcomeRow.at == at,
            )
            if await session.scalar(select(OutcomeRow.number).where(*same)) is None:
                told = {"outcome": outcome, "value": value, "at": at}
                session.add(OutcomeRow(lead_id=row.id, told_of=lead_id, **told))

    async def scores(self, lead_ids: Sequence[LeadId]) -> dict[LeadId, Score]:
        """Give the scores as last recorded, of those who have one."""
        async with self._database.read() as session:
            query = select(LeadRow.id, LeadRow.score).where(
                LeadRow.id.in_(lead_ids), LeadRow.score.is_not(None)
            )
            return {
                LeadId(lead_id): score for lead_id, score in await session.execute(query) if score
            }

    async def timeline(
        self, lead_id: LeadId, limit: int, cursor: str | None = None
    ) -> Sequence[EngagementEvent | Turn]:
        """Give engagement events and turns, newest first, after the one whose id is the cursor."""
        async with self._database.read() as session:
            lead_id = LeadId((await get_row(session, lead_id)).id)
            events = _newest(_events_of(lead_id)).limit(limit)
            turns = (
                _turns_of(lead_id)
                .order_by(TurnRow.started_at.desc(), TurnRow.id.desc())
                .limit(limit)
            )
            if cursor is not None:
                at, last_id = await _place(session, cursor)
                events = events.where(
                    _is_past(EngagementEventRow.at, EngagementEventRow.id, at, last_id)
                )
                turns = turns.where(_is_past(TurnRow.started_at, TurnRow.id, at, last_id))
            items: list[EngagementEvent | Turn] = [
                *(event_of(row) for row in await session.scalars(events)),
                *(row.turn for row in await session.scalars(turns)),
            ]
            return sorted(items, key=_at_and_id, reverse=True)[:limit]

    async def conversations_of(self, lead_id: LeadId) -> Sequence[Conversation]:
        """Give a lead's conversations, newest first."""
        async with self._database.read() as session:
            lead_id = LeadId((await get_row(session, lead_id)).id)
            query = select(ConversationRow).where(ConversationRow.lead_id == lead_id)
            rows = await session.scalars(query.order_by(ConversationRow.started_at.desc()))
            return [value_of(Conversation, row) for row in rows]

    async def handoffs_of(self, lead_id: LeadId) -> Sequence[Handoff]:
        """Give a lead's handoffs, newest first."""
        async with self._database.read() as session:
            lead_id = LeadId((await get_row(session, lead_id)).id)
            query = select(HandoffRow).where(HandoffRow.lead_id == lead_id)
            rows = await session.scalars(query.order_by(HandoffRow.number.desc()))
            return [value_of(Handoff, row) for row in rows]

    async def outcomes_of(self, lead_id: LeadId) -> Sequence[ToldOutcome]:
        """Give what became of a lead, newest first."""
        async with self._database.read() as session:
            lead_id = LeadId((await get_row(session, lead_id)).id)
            query = select(OutcomeRow).where(OutcomeRow.lead_id == lead_id)
            rows = await session.scalars(query.order_by(OutcomeRow.at.desc()))
            return [ToldOutcome(row.outcome, row.value, row.at) for row in rows]

    async def list(
        self, temperature: Temperature | None, cursor: LeadId | None, limit: int
    ) -> Sequence[Lead]:
        """Give leads, highest score first, after the one whose id is the cursor."""
        async with self._database.read() as session:
            query = select(LeadRow).where(LeadRow.merged_into.is_(None))
            query = query.order_by(LeadRow.score_total.desc(), LeadRow.id.desc())
            if temperature is not None:
                query = query.where(LeadRow.temperature == temperature)
            if cursor is not None:
                last = await get_row(session, cursor)
                query = query.where(
                    _is_past(LeadRow.score_total, LeadRow.id, last.score_total, last.id)
                )
            rows = await session.scalars(query.limit(limit))
            return [await lead_of(session, row) for row in rows]

    def _identities(self, session: AsyncSession) -> Identities:
        return Identities(session, self._clock.now(), self._new_id, self._free_mail)


async def lead_of(session: AsyncSession, row: LeadRow) -> Lead:
    """Give a row as a lead, with its identities."""
    identities: dict[str, tuple[str, ...]] = {}
    query = select(IdentityRow).where(IdentityRow.lead_id == row.id)
    for identity in await session.scalars(query.order_by(IdentityRow.kind, IdentityRow.value)):
        identities[identity.kind] = (*identities.get(identity.kind, ()), identity.value)
    return value_of(Lead, row, identities=identities)


async def _import(identities: Identities, lead: Lead) -> bool:
    """Keep a record: what it tells counts as told now, and its identities as one person's. Tells whether it is new.

    A record of somebody who is known by one of its identities is that lead's.
    """
    session, named = identities.session, _names(lead)
    row = await session.get(LeadRow, lead.id)
    if row is None and (owner := await first_owner(session, named)):
        lead, row = replace(lead, id=owner), await session.get_one(LeadRow, owner)
    if row is None:
        await identities.add_lead(named[0] if named else None, lead.id)
    elif row.home:
        named = sorted({*named, Identity.read(row.home)}, key=strength)
    elif named:
        row.home = str(named[0])
        await session.flush()
    await tell(session, [Told(OF_LEAD + lead.id, traits_of_lead(lead), identities.now)])
    root = lead.id
    if named:
        root = await identities.meet(named, Report(lead.id, "record", identities.now))
    await refresh(session, [root], identities.free_mail)
    return row is None


def _names(lead: Lead) -> list[Identity]:
    """Give the identities of a record, the strongest first."""
    said = [(kind, value) for kind, values in lead.identities.items() for value in values]
    said.append((EMAIL, lead.email))
    named = {Identity(k, normal_email(v) if k == EMAIL else v) for k, v in said if v.strip()}
    return sorted(named, key=strength)


def _events_of(lead_id: LeadId) -> Select[EngagementEventRow]:
    return select(EngagementEventRow).where(EngagementEventRow.lead_id == lead_id)


def _turns_of(lead_id: LeadId) -> Select[TurnRow]:
    of_lead = ConversationRow.lead_id == lead_id
    return (
        select(TurnRow)
        .join(ConversationRow, ConversationRow.id == TurnRow.conversation_id)
        .where(of_lead)
    )


async def _place(session: AsyncSession, cursor: str) -> tuple[datetime, str]:
    at = await session.scalar(
        select(EngagementEventRow.at)
        .where(EngagementEventRow.id == cursor)
        .union_all(select(TurnRow.started_at).where(TurnRow.id == cursor))
    )
    if at is None:
        raise UnknownLeadError(f"There is nothing with the id {cursor}.")
    return at, cursor


def _is_past(
    rank: InstrumentedAttribute[Any],
    row_id: InstrumentedAttribute[str],
    last_rank: object,
    last_id: str,
) -> ColumnElement[bool]:
    return or_(rank < last_rank, and_(rank == last_rank, row_id < last_id))


def _newest(query: Select[EngagementEventRow]) -> Select[EngagementEventRow]:
    return query.order_by(EngagementEventRow.at.desc(), EngagementEventRow.id.desc())


def _at_and_id(item: EngagementEvent | Turn) -> tuple[datetime, str]:
    return (item.started_at if isinstance(item, Turn) else item.at), item.id
