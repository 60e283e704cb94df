"""Leads for commands: read beside a running service or without one, and never written."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from agent.acts import known_acts
from agent.errors import UnknownLeadError
from agent.playbook import Playbook
from agent.replay import Replay, replay
from integrations.app.records import SqlLeadRecords
from integrations.clock import SystemClock
from integrations.keys import ensure_data_folder
from integrations.settings import Settings
from integrations.web.leads import LeadShape, explain_lead, known_reference
from knowledge.database import Database
from knowledge.history import SqlHistories
from knowledge.leads import SqlLeads


@dataclass(frozen=True, slots=True)
class Leads:
    """What is read of leads."""

    leads: SqlLeads
    histories: SqlHistories
    records: SqlLeadRecords


async def lead_page(
    settings: Settings, playbook: Playbook, reference: str, cursor: str | None
) -> LeadShape:
    """Give a lead as `GET /v1/leads/{id}` does; raises UnknownLeadError."""
    async with _leads(settings, playbook) as leads:
        return explain_lead(await leads.records.get(_checked(reference), cursor))


async def replay_lead(
    settings: Settings, playbook: Playbook, reference: str, at: datetime | None
) -> Replay:
    """Replay a lead to an instant; raises UnknownLeadError."""
    until = at or SystemClock().now()
    async with _leads(settings, playbook) as leads:
        lead = await leads.leads.find(_checked(reference))
        return replay(await leads.histories.of_lead(lead.id, until), playbook, until)


def _checked(reference: str) -> str:
    """See that this can name a lead at all; raises UnknownLeadError with a sentence that repeats nothing of it."""
    try:
        return known_reference(reference)
    except UnknownLeadError as error:
        raise UnknownLeadError(
            "There is no lead of that name; give its id, or email:X, user_id:X, anonymous_id:X."
        ) from error


@asynccontextmanager
async def _leads(settings: Settings, playbook: Playbook) -> AsyncIterator[Leads]:
    ensure_data_folder(settings)
    database = await Database.open(settings.database_path)
    clock = SystemClock()
    leads = SqlLeads(database, clock, free_mail=playbook.scoring.fit.free_mail_domains)
    histories = SqlHistories(database, known_acts(playbook))
    try:
        yield Leads(leads, histories, SqlLeadRecords(leads, histories, playbook, clock))
    finally:
        await database.close()
