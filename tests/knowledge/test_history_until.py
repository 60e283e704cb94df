"""Histories as they were at a past moment."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from agent.engagement import EngagementEventId
from agent.lead import LeadId
from knowledge.database import Database
from knowledge.engagement import SqlEngagement
from knowledge.history import SqlHistories
from knowledge.leads import SqlLeads
from tests.builders import a_lead, an_event
from tests.fakes.clock import MONDAY_TEN, FixedClock

ADA = LeadId("l-ada")
LONG_AGO = MONDAY_TEN - timedelta(days=300)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = await Database.open(tmp_path / "hotline.db")
    await SqlLeads(database, FixedClock()).import_leads([a_lead()])
    early = [
        an_event(id=EngagementEventId(f"early-{n}"), lead_id=ADA, at=LONG_AGO - timedelta(hours=n))
        for n in range(5)
    ]
    late = [
        an_event(id=EngagementEventId(f"late-{n}"), lead_id=ADA, at=MONDAY_TEN - timedelta(hours=n))
        for n in range(100)
    ]
    await SqlEngagement(database).record([*late, *early])
    yield database
    await database.close()


async def test_what_came_later_pushes_nothing_out(database: Database) -> None:
    histories = SqlHistories(database, [an_event().name])
    now, then = await histories.of_lead(ADA), await histories.of_lead(ADA, LONG_AGO)
    assert all(event.id.startswith("late-") for event in now.events)
    assert [event.id for event in then.events] == [f"early-{n}" for n in range(5)]


async def test_the_moment_itself_counts(database: Database) -> None:
    histories = SqlHistories(database)
    just_before = await histories.of_lead(ADA, LONG_AGO - timedelta(seconds=1))
    assert [event.id for event in just_before.events] == [f"early-{n}" for n in range(1, 5)]
    assert (await histories.of_lead(ADA, LONG_AGO - timedelta(days=1))).events == ()
