"""Who is on duty: within their own hours, not paused, active in Slack where that is read; and what each has on hand."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol

from agent.conversation import RepId
from agent.playbook import Playbook
from agent.team_rules import RepRules


@dataclass(frozen=True, slots=True)
class RepLoad:
    """What a rep has on hand: conversations they hold, and open handoffs for which they are the first choice.

    `last_called_at` is when they were last given one of either; until `paused_until` they take nothing new.
    """

    on_hand: int = 0
    last_called_at: datetime | None = None
    paused_until: datetime | None = None


IDLE = RepLoad()


class RepLoads(Protocol):
    """Where it is known what reps have on hand."""

    async def loads(self) -> Mapping[RepId, RepLoad]:
        """Give the load of each rep who has, had lately or has paused anything."""
        ...


class Presence(Protocol):
    """Where it is seen who is at the screen."""

    async def away(self) -> frozenset[RepId]:
        """Give the reps who are seen to be away; whoever cannot be seen is not among them."""
        ...


@dataclass(frozen=True, slots=True)
class Roster:
    """The reps as they stand at one moment."""

    playbook: Playbook
    loads: Mapping[RepId, RepLoad] = field(default_factory=dict)
    away: frozenset[RepId] = frozenset()

    def load(self, rep: RepRules) -> RepLoad:
        """Give what a rep has on hand."""
        return self.loads.get(rep.id, IDLE)

    def back_at(self, rep: RepRules, now: datetime) -> datetime | None:
        """Give now when a rep is on duty, else when they next will be; None when that is never."""
        paused_until = self.load(rep).paused_until
        return self.playbook.hours_of(rep).next_open_at(max(now, paused_until or now))

    def is_on_duty(self, rep: RepRules, now: datetime) -> bool:
        """Tell whether a rep is within their hours and has not paused."""
        return self.back_at(rep, now) == now

    def is_there(self, rep: RepRules, now: datetime) -> bool:
        """Tell whether a rep is on duty, and not seen to be away."""
        return rep.id not in self.away and self.is_on_duty(rep, now)

    def is_full(self, rep: RepRules) -> bool:
        """Tell whether a rep has as much on hand as they can take; one without capacity is never called full."""
        return 0 < rep.capacity <= self.load(rep).on_hand

    def due_at(self, reps: Iterable[RepId], now: datetime, within: timedelta) -> datetime | None:
        """Give the instant by which the first of them can have acted, each in their own business time."""
        people = [rep for rep in map(self.playbook.rep, reps) if rep]
        moments = (self._due_at(rep, now, within) for rep in people)
        return min(filter(None, moments), default=None)

    def shifted(self, by: timedelta) -> "Roster":
        """Give the roster as a conversation sees it whose clock is ahead by so much."""
        if not by:
            return self
        pauses = {
            rep_id: replace(load, paused_until=load.paused_until and load.paused_until + by)
            for rep_id, load in self.loads.items()
        }
        return replace(self, loads=pauses)

    def _due_at(self, rep: RepRules, now: datetime, within: timedelta) -> datetime | None:
        back_at = self.back_at(rep, now)
        return self.playbook.hours_of(rep).add(back_at, within) if back_at else None


@dataclass(frozen=True, slots=True)
class Duty:
    """Draws up the roster; without loads or presence everybody is idle and there."""

    playbook: Playbook
    loads: RepLoads | None = None
    presence: Presence | None = None

    async def roster(self) -> Roster:
        """Give the reps as they stand now."""
        return Roster(
            self.playbook,
            await self.loads.loads() if self.loads else {},
            await self.presence.away() if self.presence else frozenset(),
        )
