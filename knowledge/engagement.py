"""What people did, kept by lead."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from agent.engagement import ActTally, EngagementEvent
from agent.errors import UnknownLeadError
from agent.lead import LeadId
from knowledge.acts import event_of, keep_events, known_events
from knowledge.columns import value_of
from knowledge.database import Database
from knowledge.identity_tables import UNUSED_KEPT, ActTallyRow
from knowledge.tables import EngagementEventRow, LeadRow

_BATCH = 500


class SqlEngagement:
    """Engagement events kept in SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def record(self, events: Sequence[EngagementEvent]) -> int:
        """Keep these; one whose id is known is left as it is. Gives how many are new.

        Raises UnknownLeadError, and keeps nothing of the batch then.
        """
        new = 0
        for start in range(0, len(events), _BATCH):
            async with self._database.write() as session:
                new += await _record(session, events[start : start + _BATCH])
        return new

    async def of_lead(self, lead_id: LeadId, limit: int) -> list[EngagementEvent]:
        """Give what a lead did, newest first."""
        async with self._database.read() as session:
            rows = await session.scalars(
                select(EngagementEventRow)
                .where(EngagementEventRow.lead_id == lead_id)
                .order_by(EngagementEventRow.at.desc(), EngagementEventRow.id.desc())
                .limit(limit)
            )
            return [event_of(row) for row in rows]

    async def unknown_acts(
        self, known: Collection[str], now: datetime, limit: int = 50
    ) -> list[ActTally]:
        """Give the names that events came under of late (see `UNUSED_KEPT`) and the playbook does not know.

        The most frequent come first.
        """
        is_late = ActTallyRow.last_at >= now - UNUSED_KEPT
        query = select(ActTallyRow).where(ActTallyRow.name.not_in(known), is_late)
        async with self._database.read() as session:
            rows = await session.scalars(
                query.order_by(ActTallyRow.count.desc(), ActTallyRow.name).limit(limit)
            )
            return [value_of(ActTally, row) for row in rows]


async def _record(session: AsyncSession, events: Sequence[EngagementEvent]) -> int:
    by_id = {event.id: event for event in reversed(events)}
    known = await known_events(session, by_id)
    new = [event for event_id, event in reversed(by_id.items()) if event_id not in known]
    owners = await _owners(session, {event.lead_id for event in new})
    await keep_events(session, new, [owners[e.lead_id] for e in new], [None] * len(new))
    return len(new)


async def _owners(session: AsyncSession, lead_ids: set[LeadId]) -> dict[LeadId, LeadId]:
    query = select(LeadRow.id, LeadRow.merged_into).where(LeadRow.id.in_(lead_ids))
    owners = {LeadId(old): LeadId(now or old) for old, now in await session.execute(query)}
    if unknown := lead_ids.difference(owners):
        raise UnknownLeadError(f"There is no lead {', '.join(sorted(unknown))}.")
    return owners
