"""Adapters between what the wires ask for and what knowledge keeps."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from agent.clock import Clock
from agent.engagement import EngagementEvent
from agent.handoff import Outcome
from agent.lead import Lead, LeadId
from agent.patterns import find_patterns
from agent.playbook import Playbook
from agent.qualification import qualify_lead
from agent.scoring import Score, Temperature, score_lead
from agent.turn import Turn
from agent.values import with_values
from integrations.web.services import LeadLine, LeadPage, LeadRecord, TimelineEntry
from knowledge.history import SqlHistories
from knowledge.leads import SqlLeads

TIMELINE = 50


async def as_it_stands() -> None:
    """Leave what is recorded as it is."""


@dataclass(frozen=True, slots=True)
class SqlLeadRecords:
    """Leads as the API shows them."""

    leads: SqlLeads
    histories: SqlHistories
    playbook: Playbook
    clock: Clock
    catch_up: Callable[[], Awaitable[None]] = as_it_stands

    async def get(self, reference: str, cursor: str | None = None) -> LeadRecord:
        """Get one, scored as of now; raises UnknownLeadError."""
        lead, now = await self.leads.find(reference), self.clock.now()
        history = await self.histories.of_lead(lead.id)
        items = await self.leads.timeline(lead.id, TIMELINE, cursor)
        return LeadRecord(
            lead=lead,
            score=score_lead(history, None, self.playbook, now),
            patterns=find_patterns(history, self.playbook, now),
            qualification=await asyncio.to_thread(with_values, qualify_lead(history)),
            conversations=tuple(await self.leads.conversations_of(lead.id)),
            handoffs=tuple(await self.leads.handoffs_of(lead.id)),
            outcomes=tuple(await self.leads.outcomes_of(lead.id)),
            timeline=tuple(_entry(item) for item in items),
            cursor=items[-1].id if len(items) == TIMELINE else None,
        )

    async def list(
        self, temperature: Temperature | None, cursor: str | None, limit: int
    ) -> LeadPage:
        """List leads, highest score first; those that acted or cooled are looked at before."""
        await self.catch_up()
        leads = await self.leads.list(temperature, LeadId(cursor) if cursor else None, limit)
        scores = await self.leads.scores([lead.id for lead in leads])
        lines = (_line(lead, scores.get(lead.id)) for lead in leads)
        return LeadPage(tuple(lines), str(leads[-1].id) if len(leads) == limit else None)

    async def record_outcome(
        self, reference: str, outcome: Outcome, value: float | None, at: datetime
    ) -> LeadId:
        """Record what became of a lead."""
        lead = await self.leads.find(reference)
        await self.leads.record_outcome(lead.id, outcome, value, at)
        return lead.id


def _line(lead: Lead, score: Score | None) -> LeadLine:
    if score is None:
        return LeadLine(lead, 0, Temperature.COLD, None)
    return LeadLine(lead, score.total, score.temperature, score.since)


def _entry(item: EngagementEvent | Turn) -> TimelineEntry:
    if isinstance(item, EngagementEvent):
        return TimelineEntry(item.at, "engagement_event", item.name, item.title, item.url)
    return TimelineEntry(item.started_at, "turn", item.reading.kind.value, item.decision)
