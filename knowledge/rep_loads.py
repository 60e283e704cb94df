"""What reps have on hand, as the rows of handoffs and of pauses tell; see agent/duty.py."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, or_, select

from agent.conversation import RepId
from agent.duty import IDLE, RepLoad
from agent.handoff import HandoffState
from knowledge.database import Database
from knowledge.desk_tables import RepStateRow
from knowledge.prepared import Prepared, Rows
from knowledge.tables import ACTIVE, HandoffRow

LATELY = 500
"""So many of the newest handoffs tell who was called last; whoever is in none of them has waited long enough."""


class _Told(NamedTuple):
    """What a handoff tells of the reps it was given to."""

    state: HandoffState
    routed_to: tuple[RepId, ...]
    claimed_by: RepId | None
    opened_at: datetime
    claimed_at: datetime | None


class _Pause(NamedTuple):
    """What a rep said of themselves."""

    rep_id: RepId
    paused_until: datetime | None


_NEWEST = select(func.max(HandoffRow.number) - LATELY).scalar_subquery()
_TOLD = Prepared(
    select(*(getattr(HandoffRow, name) for name in _Told._fields)).where(
        or_(*(HandoffRow.state == state for state in ACTIVE), HandoffRow.number > _NEWEST)
    ),
    _Told,
)
_PAUSES = Prepared(select(RepStateRow.rep_id, RepStateRow.paused_until), _Pause)


class SqlRepLoads:
    """Loads counted in SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def loads(self) -> Mapping[RepId, RepLoad]:
        """Give the load of each rep who has, had lately or has paused anything."""
        return await self._database.look(_loads)


def _loads(rows: Rows) -> dict[RepId, RepLoad]:
    loads = _counted(rows.all(_TOLD))
    for rep_id, paused_until in rows.all(_PAUSES):
        loads[rep_id] = replace(loads.get(rep_id, IDLE), paused_until=paused_until)
    return loads


def _counted(handoffs: Iterable[_Told]) -> dict[RepId, RepLoad]:
    loads: dict[RepId, RepLoad] = {}
    for handoff in handoffs:
        for rep_id, at, is_on_hand in _given(handoff):
            load = loads.get(rep_id, IDLE)
            last = max(at, load.last_called_at or at)
            loads[rep_id] = RepLoad(load.on_hand + is_on_hand, last)
    return loads


def _given(handoff: _Told) -> Iterator[tuple[RepId, datetime, bool]]:
    """Give to whom a handoff was given and when: its first choice, and whoever claimed it."""
    state, routed_to, claimed_by, opened_at, claimed_at = handoff
    for rep_id in routed_to[:1]:
        yield rep_id, opened_at, state is HandoffState.OPEN
    if claimed_by:
        yield claimed_by, claimed_at or opened_at, state is HandoffState.CLAIMED
