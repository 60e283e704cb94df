"""The desk at a glance and the states of reps, in memory; they pass the same contracts as those in SQL."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from agent.conversation import RepId
from agent.desk_board import Card, Cards, Claimed, LeadFile, LeadLine, LeadLines
from agent.errors import StoreUnavailableError, UnknownLeadError
from agent.handoff import DeskPostKind, Handoff, HandoffState
from agent.lead import Lead, LeadId
from agent.profile import normal_email
from agent.scoring import Score, Temperature
from tests.fakes.memory_store import MemoryStore


@dataclass(slots=True)
class MemoryRepStates:
    """Pauses in a dictionary."""

    until: dict[RepId, datetime | None] = field(default_factory=dict)

    async def pause(self, rep_id: RepId, until: datetime | None) -> None:
        self.until[rep_id] = until

    async def paused(self, now: datetime) -> Mapping[RepId, datetime]:
        return {rep_id: until for rep_id, until in self.until.items() if until and until > now}


class MemoryDeskBoard:
    """The overview, from the dictionaries of the other fakes; a lead's score is the one of their last turn."""

    def __init__(self, store: MemoryStore) -> None:
        self.store = store
        self.is_down = False

    async def leads(self, temperatures: Collection[Temperature], limit: int) -> LeadLines:
        """Give leads of these temperatures."""
        if self.is_down:
            raise StoreUnavailableError("The store is down.")
        return self._lines(lambda line: line.temperature in temperatures, limit)

    async def named(self, words: str, limit: int) -> LeadLines:
        """Find leads."""
        address, asked = normal_email(words), words.lower()
        exact = self._lines(lambda line: _is_called(line.lead, words, address), limit)
        return exact if exact.total else self._lines(lambda line: asked in _text(line.lead), limit)

    async def file(self, lead_id: LeadId) -> LeadFile:
        """Give one lead."""
        if lead_id not in self.store.who.roots:
            raise UnknownLeadError(lead_id)
        lead = self.store.lead(lead_id)
        newest = [h for h in reversed(self.store.handoffs.values()) if h.lead_id == lead.id]
        acts = self.store.newest_events([lead.id])
        score = self._score(lead.id) or _no_score(self.store.clock.now())
        return LeadFile(lead, score, acts[:8], self._card(newest[0]) if newest else None)

    async def held_by(self, rep_id: RepId, limit: int) -> Cards:
        """Give what a rep holds."""
        theirs = [
            each
            for each in self.store.handoffs.values()
            if each.state is HandoffState.CLAIMED and each.claimed_by == rep_id
        ]
        return self._cards(sorted(theirs, key=lambda h: (h.claimed_at, h.id)), limit)

    async def waiting(self, limit: int) -> Cards:
        """Give what is open."""
        opened = [h for h in self.store.handoffs.values() if h.state is HandoffState.OPEN]
        return self._cards(sorted(opened, key=lambda h: -h.briefing.score.total), limit)

    async def open_by_temperature(self) -> Mapping[Temperature, int]:
        """Count what is open."""
        opened = (h for h in self.store.handoffs.values() if h.state is HandoffState.OPEN)
        return Counter(handoff.temperature for handoff in opened)

    async def claimed_since(self, since: datetime) -> Sequence[Claimed]:
        """Give what was claimed."""
        return [
            Claimed(each.opened_at, each.claimed_at, each.team)
            for each in reversed(self.store.handoffs.values())
            if each.claimed_at and each.claimed_at >= since
        ]

    def _lines(self, fits: Callable[[LeadLine], bool], limit: int) -> LeadLines:
        ids = dict.fromkeys(self.store.who.roots.values())
        lines = [line for line in map(self._line, ids) if fits(line)]
        lines.sort(key=lambda line: (line.total, line.lead.id), reverse=True)
        return LeadLines(tuple(lines[:limit]), len(lines))

    def _line(self, lead_id: LeadId) -> LeadLine:
        score = self._score(lead_id)
        lead = self.store.lead(lead_id)
        if score is None:
            return LeadLine(lead, 0, Temperature.COLD, None)
        return LeadLine(lead, score.total, score.temperature, score.since)

    def _score(self, lead_id: LeadId) -> Score | None:
        scores = (talk.score for talk in self.store.talks_of(lead_id))
        return next((score for score in scores if score), None)

    def _cards(self, handoffs: Iterable[Handoff], limit: int) -> Cards:
        cards = [self._card(each) for each in handoffs]
        return Cards(tuple(cards[:limit]), len(cards))

    def _card(self, handoff: Handoff) -> Card:
        posts = (
            post
            for post in self.store.posts
            if post.handoff_id == handoff.id and post.kind is DeskPostKind.CARD
        )
        waits = any(talk.unanswered for talk in self.store.served(handoff))
        return Card(handoff, next((p.reference for p in posts if p.reference), ""), waits)


def _is_called(lead: Lead, words: str, address: str) -> bool:
    return lead.id == words or address in (lead.email, *lead.identities.get("email", ()))


def _text(lead: Lead) -> str:
    return f"{lead.name}\n{lead.email}\n{lead.company.name}".lower()


def _no_score(now: datetime) -> Score:
    return Score(0, 0, 0, 0, Temperature.COLD, now, "", ())
