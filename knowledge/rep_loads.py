"""What reps have on hand, as the rows of handoffs and of pauses tell; see agent/duty.py."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Row as ResultRow
from sqlalchemy import func, or_, select

from agent.conversation import RepId
from agent.duty import IDLE, RepLoad
from agent.handoff import HandoffState
from knowledge.database import Database
from knowledge.desk_tables import RepStateRow
from knowledge.tables import ACTIVE, HandoffRow

LATELY = 500
"""So many of the newest handoffs tell who was called last; whoever is in none of them has waited long enough."""

Told = ResultRow[HandoffState, tuple[RepId, ...], RepId | None, datetime, datetime | None]


class SqlRepLoads:
    """Loads counted in SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def loads(self) -> Mapping[RepId, RepLoad]:
        """Give the load of each rep who has, had lately or has paused anything."""
        newest = select(func.max(HandoffRow.number) - LATELY).scalar_subquery()
        told = select(
            HandoffRow.state,
            HandoffRow.routed_to,
            HandoffRow.claimed_by,
            HandoffRow.opened_at,
            HandoffRow.claimed_at,
        ).where(or_(HandoffRow.state.in_(ACTIVE), HandoffRow.number > newest))
        pauses = select(RepStateRow.rep_id, RepStateRow.paused_until)
        async with self._database.read() as session:
            loads = _counted((await session.execute(told)).all())
            for rep_id, paused_until in await session.execute(pauses):
                load = loads.get(RepId(rep_id), IDLE)
                loads[RepId(rep_id)] = replace(load, paused_until=paused_until)
        return loads


def _counted(handoffs: Iterable[Told]) -> dict[RepId, RepLoad]:
    loads: dict[RepId, RepLoad] = {}
    for handoff in handoffs:
        for rep_id, at, is_on_hand in _given(handoff):
            load = loads.get(rep_id, IDLE)
            last = max(at, load.last_called_at or at)
            loads[rep_id] = RepLoad(load.on_hand + is_on_hand, last)
    return loads


def _given(handoff: Told) -> Iterator[tuple[RepId, datetime, bool]]:
    """Give to whom a handoff was given and when: its first choice, and whoever claimed it."""
    state, routed_to, claimed_by, opened_at, claimed_at = handoff
    for rep_id in routed_to[:1]:
        yield rep_id, opened_at, state is HandoffState.OPEN
    if claimed_by:
        yield claimed_by, claimed_at or opened_at, state is HandoffState.CLAIMED
