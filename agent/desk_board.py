"""The desk at a glance: who is hot, what waits, who holds what, how fast reps are."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Protocol

from agent.business_hours import BusinessHours
from agent.conversation import RepId
from agent.engagement import EngagementEvent
from agent.handoff import Handoff
from agent.lead import Lead, LeadId
from agent.playbook import Playbook
from agent.scoring import Score, Temperature
from agent.team_rules import TeamId


@dataclass(frozen=True, slots=True)
class LeadLine:
    """A lead in a list, with the score as last recorded."""

    lead: Lead
    total: int
    temperature: Temperature
    since: datetime | None


@dataclass(frozen=True, slots=True)
class LeadLines:
    """The first of some leads, highest score first, and how many there are in all."""

    lines: tuple[LeadLine, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Card:
    """A handoff, the desk's reference of its card (empty until it is there), and whether the visitor waits for words."""

    handoff: Handoff
    reference: str
    waits: bool


@dataclass(frozen=True, slots=True)
class Cards:
    """The first of some handoffs, and how many there are in all."""

    cards: tuple[Card, ...]
    total: int


@dataclass(frozen=True, slots=True)
class LeadFile:
    """One lead: the score as of now, what they did last, and their newest card."""

    lead: Lead
    score: Score
    acts: tuple[EngagementEvent, ...]
    card: Card | None


@dataclass(frozen=True, slots=True)
class Claimed:
    """When a handoff was opened and claimed, and by whose hours that counts."""

    opened_at: datetime
    claimed_at: datetime
    team: TeamId


class DeskBoard(Protocol):
    """What is read for an overview; every list is bounded, however much there is."""

    async def leads(self, temperatures: Collection[Temperature], limit: int) -> LeadLines:
        """Give leads of these temperatures, highest score first."""
        ...

    async def named(self, words: str, limit: int) -> LeadLines:
        """Find leads by id, e-mail address, or a part of their name or company's name; an exact address alone."""
        ...

    async def file(self, lead_id: LeadId) -> LeadFile:
        """Give one lead; raises UnknownLeadError."""
        ...

    async def held_by(self, rep_id: RepId, limit: int) -> Cards:
        """Give what a rep has claimed and not ended, longest held first."""
        ...

    async def waiting(self, limit: int) -> Cards:
        """Give what is open and unclaimed, highest score first."""
        ...

    async def open_by_temperature(self) -> Mapping[Temperature, int]:
        """Count what is open and unclaimed; temperatures without any may be left out."""
        ...

    async def claimed_since(self, since: datetime) -> Sequence[Claimed]:
        """Give the newest handoffs that were claimed since then."""
        ...


def usual_wait(claims: Iterable[Claimed], since: datetime, playbook: Playbook) -> timedelta | None:
    """Give the median time to claim since then, in business time; None when nothing was claimed."""
    waits = [
        business_time(playbook.hours_of_team(each.team), each.opened_at, each.claimed_at)
        for each in claims
        if each.claimed_at >= since
    ]
    return timedelta(seconds=median(wait.total_seconds() for wait in waits)) if waits else None


def business_time(hours: BusinessHours, start: datetime, end: datetime) -> timedelta:
    """Give how long somebody was at the desk between two instants."""
    passed, at = timedelta(), start
    while (opens := hours.next_open_at(at)) is not None and opens < end:
        at = hours.closes_at(opens) or end
        passed += min(at, end) - opens
    return passed
