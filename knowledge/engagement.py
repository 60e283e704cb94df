"""What people did, kept by lead."""

from collections.abc import Sequence

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from agent.engagement import EngagementEvent, EngagementEventId
from agent.errors import UnknownLeadError
from agent.lead import LeadId
from knowledge.columns import columns_of, value_of
from knowledge.database import Database
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
            return [value_of(EngagementEvent, row) for row in rows]


async def _record(session: AsyncSession, events: Sequence[EngagementEvent]) -> int:
    by_id = {event.id: event for event in reversed(events)}
    known = await session.scalars(
        select(EngagementEventRow.id).where(EngagementEventRow.id.in_(by_id))
    )
    for event_id in known:
        del by_id[EngagementEventId(event_id)]
    await _must_know(session, {event.lead_id for event in by_id.values()})
    if by_id:
        rows = [columns_of(event) for event in reversed(by_id.values())]
        await session.execute(insert(EngagementEventRow), rows)
    return len(by_id)


async def _must_know(session: AsyncSession, lead_ids: set[LeadId]) -> None:
    known = await session.scalars(select(LeadRow.id).where(LeadRow.id.in_(lead_ids)))
    unknown = lead_ids.difference(known)
    if unknown:
        raise UnknownLeadError(f"There is no lead {', '.join(sorted(unknown))}.")
