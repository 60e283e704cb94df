"""Where imported files go: straight into the database, beside a running service or without one.

Beside a service it is the same database through a second writer, which SQLite is made for: the service's own
threads stay free for visitors, and the account of what was new is exact.
"""

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import TypeVar

from agent.lead import Lead
from agent.playbook import Playbook
from agent.tracking import Tracking
from integrations.clock import SystemClock
from integrations.importing.events import Act
from integrations.importing.running import Kept, sum_up
from integrations.keys import ensure_data_folder
from integrations.settings import Settings
from knowledge.database import Database
from knowledge.leads import SqlLeads
from knowledge.tracking import SqlTracking

PAUSE = 0.1
"""Seconds between two batches while a service runs: its writer looks for the lock that often, at the latest."""

ACTS_BESIDE, LEADS_BESIDE = 200, 20
"""Lines in one transaction while a service runs: some two tenths of a second, which no visitor notices."""

MOST_REMEMBERED = 100_000

Line = TypeVar("Line")


@dataclass(slots=True)
class Intake:
    """Keeps batches of an import, and makes way for a service on the same data folder."""

    settings: Settings
    tracking: Tracking
    leads: SqlLeads
    _told: set[int] = field(default_factory=set)

    async def keep_acts(self, acts: Sequence[Act]) -> Kept:
        """Keep what people did, after who they are; raises StoreUnavailableError."""
        return sum_up(
            [await self._take_in(some) async for some in self._in_turn(acts, ACTS_BESIDE)]
        )

    async def keep_leads(self, leads: Sequence[Lead]) -> Kept:
        """Keep records of a CRM; raises StoreUnavailableError."""
        turns = self._in_turn(leads, LEADS_BESIDE)
        new = sum([await self.leads.import_leads(some) async for some in turns])
        return Kept(new, len(leads) - new)

    async def _take_in(self, acts: Sequence[Act]) -> Kept:
        people = [act.person for act in acts if act.traits and self._is_news(act)]
        known_as = await self.tracking.take_in(people)
        taken = await self.tracking.take_in([act.call for act in acts])
        return Kept(taken.new, taken.known, (*known_as.refused, *taken.refused))

    async def _in_turn(self, lines: Sequence[Line], beside: int) -> AsyncIterator[Sequence[Line]]:
        """Give all at once; while a service runs few at a time, so that its visitors never wait for the lock."""
        makes_way = is_served(self.settings)
        size = beside if makes_way else len(lines)
        for start in range(0, len(lines), size):
            yield lines[start : start + size]
            if makes_way:
                await asyncio.sleep(PAUSE)

    def _is_news(self, act: Act) -> bool:
        """Tell somebody's particulars once and not with each act of theirs; again does no harm."""
        said = hash((act.call.user_id, act.call.anonymous_id, repr(act.traits)))
        if said in self._told:
            return False
        if len(self._told) >= MOST_REMEMBERED:
            self._told.clear()
        self._told.add(said)
        return True


@asynccontextmanager
async def opened_intake(settings: Settings, playbook: Playbook) -> AsyncIterator[Intake]:
    """Open the database for an import; raises StoreUnavailableError."""
    ensure_data_folder(settings)
    database = await Database.open(settings.database)
    clock = SystemClock()
    free_mail = playbook.scoring.fit.free_mail_domains
    try:
        yield Intake(
            settings,
            SqlTracking(database, clock, playbook),
            SqlLeads(database, clock, free_mail=free_mail),
        )
    finally:
        await database.close()


def is_served(settings: Settings) -> bool:
    """Tell whether a service works on the data folder now."""
    with suppress(OSError):
        handle = os.open(settings.data_dir / "lock", os.O_RDONLY)
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return True
        finally:
            os.close(handle)
    return False
