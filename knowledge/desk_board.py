"""The desk at a glance, in SQL; see agent/desk_board.py for what each method promises."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, Text, exists, func, or_, select, type_coerce
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from agent.clock import Clock
from agent.conversation import Author, RepId
from agent.desk_board import Card, Cards, Claimed, LeadFile, LeadLine, LeadLines
from agent.handoff import DeskPostKind, Handoff, HandoffState
from agent.lead import EMAIL, LeadId
from agent.playbook import Playbook
from agent.profile import normal_email
from agent.scoring import Temperature, score_lead
from knowledge.acts import event_of
from knowledge.columns import value_of
from knowledge.database import Database
from knowledge.history import SqlHistories
from knowledge.identity_tables import IdentityRow
from knowledge.leads import lead_of
from knowledge.owners import get_row
from knowledge.rows import PostState
from knowledge.tables import (
    ConversationRow,
    DeskPostRow,
    EngagementEventRow,
    HandoffRow,
    LeadRow,
    MessageRow,
)

MOST_ACTS = 8
MOST_CLAIMS = 5_000
MOST_WAITING = 200


class SqlDeskBoard:
    """The overview, read from SQL; a single lead is scored as of now."""

    def __init__(
        self, database: Database, histories: SqlHistories, playbook: Playbook, clock: Clock
    ) -> None:
        self._database = database
        self._histories = histories
        self._playbook = playbook
        self._clock = clock

    async def leads(self, temperatures: Collection[Temperature], limit: int) -> LeadLines:
        """Give leads of these temperatures, highest score first."""
        async with self._database.read() as session:
            return await _lines(session, LeadRow.temperature.in_(list(temperatures)), limit)

    async def named(self, words: str, limit: int) -> LeadLines:
        """Find leads by id, e-mail address, or a part of their name or company's name; an exact address alone."""
        async with self._database.read() as session:
            exact = await _lines(session, _is_called(words), limit)
            return exact if exact.total else await _lines(session, _contains(words), limit)

    async def file(self, lead_id: LeadId) -> LeadFile:
        """Give one lead; raises UnknownLeadError."""
        history, now = await self._histories.of_lead(lead_id), self._clock.now()
        async with self._database.read() as session:
            row = await get_row(session, lead_id)
            acts = await session.scalars(_acts_of(row.id))
            newest = _handoffs(HandoffRow.lead_id == row.id).order_by(HandoffRow.number.desc())
            cards = await _cards(session, await session.scalars(newest.limit(1)))
            return LeadFile(
                lead=await lead_of(session, row),
                score=score_lead(history, None, self._playbook, now),
                acts=tuple(event_of(act) for act in acts),
                card=cards[0] if cards else None,
            )

    async def held_by(self, rep_id: RepId, limit: int) -> Cards:
        """Give what a rep has claimed and not ended, longest held first."""
        is_theirs = (HandoffRow.state == HandoffState.CLAIMED) & (HandoffRow.claimed_by == rep_id)
        query = _handoffs(is_theirs).order_by(HandoffRow.claimed_at, HandoffRow.number)
        async with self._database.read() as session:
            cards = await _cards(session, await session.scalars(query.limit(limit)))
            return Cards(cards, await _count(session, HandoffRow.id, is_theirs))

    async def waiting(self, limit: int) -> Cards:
        """Give what is open and unclaimed, highest score first."""
        is_open = HandoffRow.state == HandoffState.OPEN
        query = _handoffs(is_open).order_by(HandoffRow.number.desc()).limit(MOST_WAITING)
        async with self._database.read() as session:
            rows = list(await session.scalars(query))
            rows.sort(key=lambda row: (-row.briefing.score.total, row.number))
            cards = await _cards(session, rows[:limit])
            return Cards(cards, await _count(session, HandoffRow.id, is_open))

    async def open_by_temperature(self) -> Mapping[Temperature, int]:
        """Count what is open and unclaimed; temperatures without any are left out."""
        query = (
            select(HandoffRow.temperature, func.count(HandoffRow.id))
            .where(HandoffRow.state == HandoffState.OPEN)
            .group_by(HandoffRow.temperature)
        )
        async with self._database.read() as session:
            found = await session.execute(query)
            return {each: int(count) for each, count in found}

    async def claimed_since(self, since: datetime) -> Sequence[Claimed]:
        """Give the newest handoffs that were claimed since then."""
        query = (
            select(HandoffRow.opened_at, HandoffRow.claimed_at, HandoffRow.team)
            .where(HandoffRow.claimed_at >= since)
            .order_by(HandoffRow.number.desc())
            .limit(MOST_CLAIMS)
        )
        async with self._database.read() as session:
            rows = await session.execute(query)
            return [Claimed(opened, claimed, team) for opened, claimed, team in rows if claimed]


async def _lines(session: AsyncSession, which: ColumnElement[bool], limit: int) -> LeadLines:
    is_lead = LeadRow.merged_into.is_(None) & which
    order = (LeadRow.score_total.desc(), LeadRow.id.desc())
    rows = await session.scalars(select(LeadRow).where(is_lead).order_by(*order).limit(limit))
    lines = [await _line(session, row) for row in rows]
    return LeadLines(tuple(lines), await _count(session, LeadRow.id, is_lead))


async def _line(session: AsyncSession, row: LeadRow) -> LeadLine:
    lead = await lead_of(session, row)
    return LeadLine(lead, row.score_total, row.temperature, row.temperature_since)


def _is_called(words: str) -> ColumnElement[bool]:
    address = normal_email(words)
    known = select(IdentityRow.lead_id).where(
        IdentityRow.kind == EMAIL, IdentityRow.value == address
    )
    return or_(LeadRow.id == words, LeadRow.email == address, LeadRow.id.in_(known))


def _contains(words: str) -> ColumnElement[bool]:
    # Databases fold ASCII letters only: other letters are asked for in the ways people write them.
    spellings = {words, words.lower(), words.title()}
    # The company is kept as JSON, in which its name comes under this key.
    company = type_coerce(LeadRow.company, Text)
    found = [LeadRow.name.icontains(each, autoescape=True) for each in spellings]
    found += [company.icontains(f'"name":"{each}', autoescape=True) for each in spellings]
    return or_(*found, LeadRow.email.icontains(words, autoescape=True))


def _acts_of(lead_id: str) -> Select[EngagementEventRow]:
    order = (EngagementEventRow.at.desc(), EngagementEventRow.id.desc())
    acts = select(EngagementEventRow).where(EngagementEventRow.lead_id == lead_id)
    return acts.order_by(*order).limit(MOST_ACTS)


def _handoffs(which: ColumnElement[bool]) -> Select[HandoffRow]:
    return select(HandoffRow).where(which)


async def _cards(session: AsyncSession, rows: Iterable[HandoffRow]) -> tuple[Card, ...]:
    shown = list(rows)
    ids = [row.id for row in shown]
    references = await _references(session, ids)
    waiting = await _with_waiting_visitor(session, ids)
    return tuple(
        Card(value_of(Handoff, row), references.get(row.id, ""), row.id in waiting) for row in shown
    )


async def _references(session: AsyncSession, ids: list[str]) -> dict[str, str]:
    query = select(DeskPostRow.handoff_id, DeskPostRow.reference).where(
        DeskPostRow.handoff_id.in_(ids),
        DeskPostRow.kind == DeskPostKind.CARD,
        DeskPostRow.state == PostState.POSTED,
    )
    return {handoff_id: reference or "" for handoff_id, reference in await session.execute(query)}


async def _with_waiting_visitor(session: AsyncSession, ids: list[str]) -> set[str]:
    said = exists().where(
        MessageRow.conversation_id == ConversationRow.id,
        MessageRow.author == Author.VISITOR,
        MessageRow.seq > ConversationRow.answered_seq,
    )
    query = select(ConversationRow.handoff_id).where(ConversationRow.handoff_id.in_(ids), said)
    return {handoff_id for handoff_id in await session.scalars(query) if handoff_id}


async def _count(
    session: AsyncSession, column: InstrumentedAttribute[str], which: ColumnElement[bool]
) -> int:
    return await session.scalar(select(func.count(column)).where(which)) or 0
