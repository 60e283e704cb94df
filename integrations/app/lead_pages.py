"""Leads for commands, beside a running service or without one."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from agent.acts import known_acts
from agent.errors import UnknownLeadError, UnknownMergeError
from agent.feedback import Feedback
from agent.merges import MergeLog, Unmerged
from agent.partings import Rating
from agent.playbook import Playbook
from agent.replay import Replay, replay
from integrations.app.records import SqlLeadRecords
from integrations.clock import SystemClock
from integrations.keys import ensure_data_folder
from integrations.settings import Settings
from integrations.web.leads import LeadShape, explain_lead, known_reference
from knowledge.database import Database
from knowledge.feedback import SqlFeedback
from knowledge.history import SqlHistories
from knowledge.leads import SqlLeads
from knowledge.merges import SqlMerges
from knowledge.partings import SqlPartings


@dataclass(frozen=True, slots=True)
class Leads:
    """What is known of leads."""

    leads: SqlLeads
    histories: SqlHistories
    records: SqlLeadRecords
    merges: SqlMerges


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


async def feedback_within(settings: Settings, within: timedelta) -> Sequence[Feedback]:
    """Give what reps said of handoffs."""
    ensure_data_folder(settings)
    database = await Database.open(settings.database)
    try:
        return await SqlFeedback(database).since(SystemClock().now() - within)
    finally:
        await database.close()


async def ratings_within(settings: Settings, within: timedelta) -> Sequence[Rating]:
    """Give what visitors said of conversations."""
    ensure_data_folder(settings)
    clock, database = SystemClock(), await Database.open(settings.database)
    try:
        return await SqlPartings(database, clock).ratings(clock.now() - within)
    finally:
        await database.close()


async def merge_log(settings: Settings, playbook: Playbook, reference: str) -> MergeLog:
    """Give the merges of a lead; raises UnknownLeadError."""
    async with _leads(settings, playbook) as leads:
        lead = await leads.leads.find(_checked(reference))
        return MergeLog(lead, tuple(await leads.merges.of_lead(lead.id)))


async def unmerge(settings: Settings, playbook: Playbook, number: int, because: str) -> Unmerged:
    """Take a merge back for good and say what became of it; raises UnknownMergeError."""
    async with _leads(settings, playbook) as leads:
        try:
            before = await leads.merges.get(number)
        except UnknownMergeError as error:
            told = f"There is no merge {number}; `hotline lead merges ID` lists those of a lead."
            raise UnknownMergeError(told) from error
        await leads.merges.unmerge(number, because)
        one, other = [
            (await leads.leads.get(lead_id)).id for lead_id in (before.from_lead, before.into_lead)
        ]
        return Unmerged(await leads.merges.get(number), bool(before.undone_because), one != other)


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
    database = await Database.open(settings.database)
    clock = SystemClock()
    free_mail = playbook.scoring.fit.free_mail_domains
    leads = SqlLeads(database, clock, free_mail=free_mail)
    histories = SqlHistories(database, known_acts(playbook))
    try:
        yield Leads(
            leads,
            histories,
            SqlLeadRecords(leads, histories, playbook, clock),
            SqlMerges(database, clock, free_mail=free_mail),
        )
    finally:
        await database.close()
