"""Engagement events inside a transaction that is already open: written in bulk, counted, and read back."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from agent.engagement import EngagementEvent
from agent.lead import LeadId
from knowledge.columns import columns_of, value_of
from knowledge.identity_tables import UNUSED_KEPT, ActTallyRow
from knowledge.tables import EngagementEventRow, LeadRow

OF_LEAD = "lead:"
"""What `came_by` begins with in the table where an event was recorded for a lead, under no identity."""

_TOUCH = (
    update(LeadRow.__table__)  # type: ignore[arg-type]
    .where(
        LeadRow.id == bindparam("lead"),
        or_(LeadRow.last_act_at.is_(None), LeadRow.last_act_at < bindparam("act_at")),
    )
    .values(last_act_at=bindparam("act_at"))
)
# Always anew: whoever is being looked at by what was known before must be looked at again.
_LOOK = (
    update(LeadRow.__table__)  # type: ignore[arg-type]
    .where(LeadRow.id == bindparam("lead"))
    .values(due_at=bindparam("now"))
)


EVENT = [getattr(EngagementEventRow, field.name) for field in fields(EngagementEvent)]
"""The columns of an event in the order of its fields: to read these is a third of the work of reading rows."""


def read_event(columns: Sequence[Any]) -> EngagementEvent:
    """Read an event from its columns; `came_by` is empty for what was recorded of this very lead.

    What was recorded of a lead that was joined to this one keeps that lead's id: `lead:l-7`.
    """
    event_id, lead_id, name, at, title, url, properties, came_by = columns
    named = "" if came_by == OF_LEAD + lead_id else came_by
    return EngagementEvent(event_id, lead_id, name, at, title, url, properties, named)


def event_of(row: EngagementEventRow) -> EngagementEvent:
    """Read an event."""
    came_by = "" if row.came_by.startswith(OF_LEAD) else row.came_by
    return value_of(EngagementEvent, row, came_by=came_by)


async def known_events(session: AsyncSession, ids: Iterable[str]) -> set[str]:
    """Tell which of these ids are known."""
    query = select(EngagementEventRow.id).where(EngagementEventRow.id.in_(ids))
    return set(await session.scalars(query))


async def keep_events(
    session: AsyncSession,
    events: Sequence[EngagementEvent],
    owners: Sequence[LeadId],
    received_at: Sequence[datetime | None],
) -> None:
    """Write new events as their owners', and count them under their names."""
    if not events:
        return
    rows = [
        columns_of(event)
        | {"lead_id": owner, "came_by": event.came_by or OF_LEAD + event.lead_id, "received_at": at}
        for event, owner, at in zip(events, owners, received_at, strict=True)
    ]
    await session.execute(insert(EngagementEventRow), rows)
    known_at = [at or event.at for event, at in zip(events, received_at, strict=True)]
    await _touch(session, events, owners, max(known_at))
    await _count(session, events, known_at)


async def _touch(
    session: AsyncSession,
    events: Sequence[EngagementEvent],
    owners: Sequence[LeadId],
    now: datetime,
) -> None:
    newest: dict[LeadId, datetime] = {}
    for event, owner in zip(events, owners, strict=True):
        newest[owner] = max(event.at, newest.get(owner, event.at))
    rows = [{"lead": lead_id, "act_at": at} for lead_id, at in newest.items()]
    connection = await session.connection()
    await connection.execute(_TOUCH, rows)
    await connection.execute(_LOOK, [{"lead": lead_id, "now": now} for lead_id in newest])


async def _count(
    session: AsyncSession, events: Sequence[EngagementEvent], known_at: Sequence[datetime]
) -> None:
    done: dict[str, list[datetime]] = defaultdict(list)
    for event, at in zip(events, known_at, strict=True):
        done[event.name].append(at)
    rows = await session.scalars(select(ActTallyRow).where(ActTallyRow.name.in_(done)))
    tallies = {row.name: row for row in rows}
    for name, times in done.items():
        if (row := tallies.get(name)) is None:
            session.add(ActTallyRow(name=name, count=len(times), last_at=max(times)))
        else:
            before = row.count if max(times) - row.last_at <= UNUSED_KEPT else 0
            row.count, row.last_at = before + len(times), max(row.last_at, *times)
    await session.flush()
