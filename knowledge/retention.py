"""What is too old is cleared away, a little at a time: conversations, acts, and leads of whom nothing else is left.

Nothing goes that somebody still waits for. Of several processes that try, one does.
"""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, delete, exists, func, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from agent.lead import LeadId
from knowledge.acts import OF_LEAD
from knowledge.database import Database
from knowledge.desk_tables import AmendmentRow, NoticeRow
from knowledge.erasure_tables import ErasureRow, Trace
from knowledge.identity_tables import (
    UNUSED_KEPT,
    ActTallyRow,
    LinkRow,
    RefusalRow,
    ReportRow,
    TraitRow,
)
from knowledge.owners import identities_of
from knowledge.removal import Belongings, remove
from knowledge.rows import UNFINISHED, Row
from knowledge.service_tables import ReplicaRow
from knowledge.tables import (
    ACTIVE,
    ConversationRow,
    DeskPostRow,
    EngagementEventRow,
    HandoffRow,
    LeadRow,
    MessageRow,
    OutcomeRow,
    SeenEventRow,
)

TALKS_AT_ONCE: Final = 25
LEADS_AT_ONCE: Final = 100
EVENTS_AT_ONCE: Final = 1_000
SEEN_KEPT: Final = timedelta(days=30)
NOTICES_KEPT: Final = timedelta(days=90)
AMENDMENTS_KEPT: Final = timedelta(days=1)
REPLICAS_KEPT: Final = timedelta(days=1)
_ONE_ALONE: Final = text("SELECT pg_try_advisory_xact_lock(7403, 0)")
_AS_IT_IS = {"synchronize_session": False}
Gone = dict[str, int]


async def clear_away(database: Database, now: datetime) -> Gone:
    """Clear away what was kept to know a repetition by, or to tell of lately; gives how much of what."""
    finished = NoticeRow.state.not_in(UNFINISHED) & (NoticeRow.due_at < now - NOTICES_KEPT)
    old: list[tuple[type[Row], ColumnElement[bool]]] = [
        (SeenEventRow, SeenEventRow.at < now - SEEN_KEPT),
        (ActTallyRow, ActTallyRow.last_at < now - UNUSED_KEPT),
        (RefusalRow, RefusalRow.last_at < now - UNUSED_KEPT),
        (AmendmentRow, AmendmentRow.at < now - AMENDMENTS_KEPT),
        (ReplicaRow, ReplicaRow.seen_at < now - REPLICAS_KEPT),
        (NoticeRow, finished),
    ]
    async with database.write() as session:
        if not await _is_ours(session):
            return {}
        counts = {row.__tablename__: await _delete(session, row, where) for row, where in old}
    return _counted(counts)


async def prune_once(database: Database, before: datetime, now: datetime) -> Gone:
    """Clear away some of what is older than `before`, of each kind; nothing once nothing is left."""
    async with database.write() as session:
        if not await _is_ours(session):
            return {}
        gone = await _prune_talks(session, before, now)
        acts = await _prune_acts(session, before, now)
        reports = await _delete(session, ReportRow, ReportRow.received_at < before)
        leads = await _prune_leads(session, before, now)
    return _counted(_sum(gone, leads, {"engagement_events": acts, "reports": reports}))


async def _is_ours(session: AsyncSession) -> bool:
    """Tell whether no other process is at it."""
    if session.get_bind().dialect.name != "postgresql":
        return True
    return bool(await session.scalar(_ONE_ALONE))


async def _prune_talks(session: AsyncSession, before: datetime, now: datetime) -> Gone:
    """Nobody has said anything since, nobody is called, and nothing is due."""
    talk = ConversationRow
    later = exists().where(MessageRow.conversation_id == talk.id, MessageRow.created_at >= before)
    handoffs = or_(HandoffRow.id == talk.handoff_id, HandoffRow.conversation_id == talk.id)
    called = exists().where(handoffs, HandoffRow.state.in_(ACTIVE))
    ended = exists().where(handoffs, HandoffRow.ended_at >= before)
    posts = exists().where(
        DeskPostRow.conversation_id == talk.id, DeskPostRow.state.in_(UNFINISHED)
    )
    is_free = or_(talk.lease_until.is_(None), talk.lease_until < now)
    query = select(talk.id).where(
        talk.started_at < before, talk.due_at.is_(None), is_free, ~later, ~called, ~ended, ~posts
    )
    ids = list(await session.scalars(query.order_by(talk.started_at).limit(TALKS_AT_ONCE)))
    if not ids:
        return {}
    removed = await remove(session, Belongings(conversations=frozenset(ids)), now)
    for file in removed.files:
        session.add(ErasureRow(mark=file, salt="", kind=Trace.FILE, at=now))
    return dict(removed.rows)


async def _prune_acts(session: AsyncSession, before: datetime, now: datetime) -> int:
    """Drop old acts; the leads whose they were are scored anew."""
    event = EngagementEventRow
    query = select(event.id, event.lead_id).where(event.at < before)
    rows = list(await session.execute(query.order_by(event.at).limit(EVENTS_AT_ONCE)))
    if not rows:
        return 0
    gone = await _delete(session, event, event.id.in_([row.id for row in rows]))
    leads = sorted({row.lead_id for row in rows})
    newest = select(func.max(event.at)).where(event.lead_id == LeadRow.id).scalar_subquery()
    again = update(LeadRow).where(LeadRow.id.in_(leads))
    await session.execute(again.values(last_act_at=newest, due_at=now), execution_options=_AS_IT_IS)
    return gone


async def _prune_leads(session: AsyncSession, before: datetime, now: datetime) -> Gone:
    """Drop leads of whom nothing was heard since, and nothing is left but who they were."""
    lead, member = LeadRow, LeadRow.id
    used = [
        exists().where(
            or_(ConversationRow.lead_id == member, ConversationRow.claimed_lead_id == member)
        ),
        exists().where(EngagementEventRow.lead_id == member),
        exists().where(HandoffRow.lead_id == member),
        exists().where(OutcomeRow.lead_id == member),
    ]
    query = select(lead.id).where(
        lead.merged_into.is_(None), lead.created_at < before, *[~each for each in used]
    )
    roots = set(await session.scalars(query.order_by(lead.created_at).limit(LEADS_AT_ONCE)))
    quiet = [root for root in sorted(roots) if not await _heard_since(session, root, before)]
    if not quiet:
        return {}
    merged = set(await session.scalars(select(lead.id).where(lead.merged_into.in_(quiet))))
    leads = frozenset({*quiet, *merged})
    identities = frozenset(await identities_of(session, map(LeadId, leads)))
    return dict((await remove(session, Belongings(leads, frozenset(), identities), now)).rows)


async def _heard_since(session: AsyncSession, lead_id: str, before: datetime) -> bool:
    """Tell whether anything was told of a lead since then."""
    known = await identities_of(session, [LeadId(lead_id)])
    told_by = [OF_LEAD + lead_id, *map(str, known)]
    told = select(TraitRow.name).where(TraitRow.told_by.in_(told_by), TraitRow.at >= before)
    if await session.scalar(told.limit(1)):
        return True
    for identity in known:
        one = (LinkRow.one_kind == identity.kind) & (LinkRow.one_value == identity.value)
        other = (LinkRow.other_kind == identity.kind) & (LinkRow.other_value == identity.value)
        seen = select(LinkRow.seen_at).where(or_(one, other), LinkRow.seen_at >= before)
        if await session.scalar(seen.limit(1)):
            return True
    return False


async def _delete(session: AsyncSession, row: type[Row], where: ColumnElement[bool]) -> int:
    done = await session.execute(delete(row).where(where), execution_options=_AS_IT_IS)
    return max(int(getattr(done, "rowcount", 0)), 0)


def _sum(*counts: Gone) -> Gone:
    tables = {table for each in counts for table in each}
    return {table: sum(each.get(table, 0) for each in counts) for table in tables}


def _counted(counts: Gone) -> Gone:
    return {table: count for table, count in sorted(counts.items()) if count}
