"""Removing leads and conversations with everything that hangs on them, and nothing else."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from agent.conversation import Holder
from agent.handoff import DeskPostKind
from agent.lead import Identity
from knowledge.acts import OF_LEAD
from knowledge.desk_tables import AttachmentRow, FeedbackRow, InboundRow
from knowledge.gap_table import GapRow
from knowledge.identity_tables import IdentityRow, LinkRow, MergeRow, ReportRow, TraitRow
from knowledge.ledger import Ledger
from knowledge.ledgers import in_ledger
from knowledge.rows import PostState, Row
from knowledge.shared_tables import AttachmentPartRow, SpentRow
from knowledge.tables import (
    ConversationRow,
    DeskPostRow,
    EngagementEventRow,
    HandoffLogRow,
    HandoffRow,
    LeadRow,
    MessageRow,
    OutcomeRow,
    ReadingRow,
    SignalRow,
    TurnRow,
)

Where = ColumnElement[bool]
_AS_IT_IS = {"synchronize_session": False}


@dataclass(frozen=True, slots=True)
class Belongings:
    """What is to go: leads with all that is theirs, and conversations; `identities` are the leads'."""

    leads: frozenset[str] = frozenset()
    conversations: frozenset[str] = frozenset()
    identities: frozenset[Identity] = frozenset()


@dataclass(frozen=True, slots=True)
class Removed:
    """How many rows went from each table, and what is left outside the database: files, and cards at the desk."""

    rows: Mapping[str, int] = field(default_factory=dict)
    files: tuple[str, ...] = ()
    cards: tuple[str, ...] = ()


def handoffs_of(belongings: Belongings) -> Select[str]:
    """Give the ids of the handoffs that are to go."""
    return select(HandoffRow.id).where(_is_handoff(belongings))


async def survey(session: AsyncSession, belongings: Belongings) -> Removed:
    """Tell what removing these would take."""
    rows = {}
    for row, where in plan_of(belongings):
        count = await session.scalar(select(func.count()).select_from(row).where(where)) or 0
        rows[row.__tablename__] = count
    return await _with_outside(session, belongings, rows)


async def remove(session: AsyncSession, belongings: Belongings, now: datetime) -> Removed:
    """Remove these and all that hangs on them; what stays is put in order. Their files and cards are told."""
    removed = await _with_outside(session, belongings, {})
    queues = await _queues_beside(session, belongings)
    await _let_go(session, belongings, now)
    rows = {}
    for row, where in plan_of(belongings):
        gone = await session.execute(delete(row).where(where), execution_options=_AS_IT_IS)
        rows[row.__tablename__] = max(int(getattr(gone, "rowcount", 0)), 0)
    for conversation_id in queues:
        await in_ledger(session, conversation_id, now, Ledger.settle_posts)
    return Removed(rows, removed.files, removed.cards)


def plan_of(belongings: Belongings) -> Iterator[tuple[type[Row], Where]]:
    """Name what goes, children before their parents."""
    yield from _of_handoffs(belongings)
    yield from _of_talks(belongings)
    yield from _of_leads(belongings)


def _of_handoffs(belongings: Belongings) -> Iterator[tuple[type[Row], Where]]:
    of_talks, of_leads = _in(belongings.conversations), _in(belongings.leads)
    handoffs = handoffs_of(belongings)
    messages = select(MessageRow.id).where(of_talks(MessageRow.conversation_id))
    posts = (
        DeskPostRow.handoff_id.in_(handoffs),
        of_talks(DeskPostRow.conversation_id),
        DeskPostRow.message_id.in_(messages),
    )
    yield FeedbackRow, or_(FeedbackRow.handoff_id.in_(handoffs), of_leads(FeedbackRow.lead_id))
    yield HandoffLogRow, HandoffLogRow.handoff_id.in_(handoffs)
    yield DeskPostRow, or_(*posts)


def _of_talks(belongings: Belongings) -> Iterator[tuple[type[Row], Where]]:
    of_talks, of_leads = _in(belongings.conversations), _in(belongings.leads)
    turns = select(TurnRow.id).where(of_talks(TurnRow.conversation_id))
    files = select(AttachmentRow.id).where(of_talks(AttachmentRow.conversation_id))
    yield ReadingRow, ReadingRow.turn_id.in_(turns)
    yield GapRow, of_talks(GapRow.conversation_id)
    yield SignalRow, or_(of_talks(SignalRow.conversation_id), of_leads(SignalRow.lead_id))
    yield InboundRow, of_talks(InboundRow.conversation_id)
    yield AttachmentPartRow, AttachmentPartRow.attachment_id.in_(files)
    yield AttachmentRow, of_talks(AttachmentRow.conversation_id)
    yield SpentRow, of_talks(SpentRow.of)
    yield TurnRow, of_talks(TurnRow.conversation_id)
    yield MessageRow, of_talks(MessageRow.conversation_id)
    yield HandoffRow, _is_handoff(belongings)
    yield ConversationRow, of_talks(ConversationRow.id)


def _of_leads(belongings: Belongings) -> Iterator[tuple[type[Row], Where]]:
    of_leads, linked = _in(belongings.leads), _is_linked(belongings)
    merged = or_(of_leads(MergeRow.from_lead), of_leads(MergeRow.into_lead))
    reports = (select(MergeRow.report).where(merged), select(LinkRow.report).where(linked))
    yield EngagementEventRow, of_leads(EngagementEventRow.lead_id)
    yield OutcomeRow, or_(of_leads(OutcomeRow.lead_id), of_leads(OutcomeRow.told_of))
    yield ReportRow, or_(*[ReportRow.id.in_(ids) for ids in reports])
    yield TraitRow, TraitRow.told_by.in_(_sources(belongings))
    yield LinkRow, linked
    yield MergeRow, merged
    yield IdentityRow, of_leads(IdentityRow.lead_id)
    yield LeadRow, of_leads(LeadRow.id)


def _in(
    ids: frozenset[str],
) -> Callable[[InstrumentedAttribute[str] | InstrumentedAttribute[str | None]], Where]:
    return lambda column: column.in_(sorted(ids))


def _is_handoff(belongings: Belongings) -> Where:
    of_talks, of_leads = _in(belongings.conversations), _in(belongings.leads)
    return or_(of_talks(HandoffRow.conversation_id), of_leads(HandoffRow.lead_id))


def _is_linked(belongings: Belongings) -> Where:
    ends = ((LinkRow.one_kind, LinkRow.one_value), (LinkRow.other_kind, LinkRow.other_value))
    named = [
        and_(kind == identity.kind, value == identity.value)
        for identity in sorted(belongings.identities)
        for kind, value in ends
    ]
    return or_(LinkRow.one_kind.in_(()), *named)


def _sources(belongings: Belongings) -> list[str]:
    """Name by what traits of these leads were told."""
    records = [OF_LEAD + lead_id for lead_id in belongings.leads]
    return sorted([*map(str, belongings.identities), *records])


async def _with_outside(
    session: AsyncSession, belongings: Belongings, rows: Mapping[str, int]
) -> Removed:
    of_talks = _in(belongings.conversations)
    files = select(AttachmentRow.id).where(of_talks(AttachmentRow.conversation_id))
    handoffs = handoffs_of(belongings)
    cards = select(DeskPostRow.reference).where(
        DeskPostRow.handoff_id.in_(handoffs),
        DeskPostRow.kind == DeskPostKind.CARD,
        or_(DeskPostRow.state == PostState.POSTED, DeskPostRow.reference.is_not(None)),
    )
    found = {reference for reference in await session.scalars(cards) if reference}
    return Removed(rows, tuple(await session.scalars(files)), tuple(sorted(found)))


async def _queues_beside(session: AsyncSession, belongings: Belongings) -> list[str]:
    """Find the conversations that stay and lose some of their desk posts."""
    of_talks = _in(belongings.conversations)
    messages = select(MessageRow.id).where(of_talks(MessageRow.conversation_id))
    handoffs = handoffs_of(belongings)
    losing = select(DeskPostRow.conversation_id).where(
        or_(DeskPostRow.message_id.in_(messages), DeskPostRow.handoff_id.in_(handoffs)),
        ~of_talks(DeskPostRow.conversation_id),
    )
    return list(await session.scalars(losing.distinct()))


async def _let_go(session: AsyncSession, belongings: Belongings, now: datetime) -> None:
    """Take out of what stays that it points to what goes; the agent goes on where a rep held it."""
    of_talks, of_leads = _in(belongings.conversations), _in(belongings.leads)
    claims = update(ConversationRow).where(of_leads(ConversationRow.claimed_lead_id))
    await session.execute(claims.values(claimed_lead_id=None), execution_options=_AS_IT_IS)
    merged = update(LeadRow).where(of_leads(LeadRow.merged_into))
    await session.execute(merged.values(merged_into=None), execution_options=_AS_IT_IS)
    handoffs = handoffs_of(belongings)
    beside = select(ConversationRow.id).where(
        ConversationRow.handoff_id.in_(handoffs), ~of_talks(ConversationRow.id)
    )
    for conversation_id in list(await session.scalars(beside)):
        await in_ledger(session, conversation_id, now, _leave)


def _leave(ledger: Ledger) -> None:
    """Take a conversation from under its handoff."""
    row = ledger.row
    row.handoff_id, row.holder, row.rep_id = None, Holder.AGENT, None
    row.epoch += 1
    if ledger.has_unanswered():
        row.words_due_at = ledger.now
    ledger.settle()
