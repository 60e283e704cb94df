"""On a server, what belongs to one lead is written while others write what belongs to theirs."""

import asyncio
from collections.abc import AsyncIterator, Awaitable

import pytest
from sqlalchemy import update

from agent.conversation import RepId
from agent.handoff import Change, claim, snooze
from knowledge.database import Database
from knowledge.history import SqlHistories
from knowledge.tables import ConversationRow
from knowledge.watched_leads import SqlWatchedLeads
from tests.builders import a_score
from tests.contracts.stores import Stores, in_sql, open_handoff, start
from tests.fakes.clock import MONDAY_TEN, FixedClock

MIA = RepId("mia")
LONG = 60
"""Seconds after which a writer that waits for somebody else's end would be found out."""


@pytest.fixture
async def database(postgres_address: str) -> AsyncIterator[Database]:
    database = await Database.open(postgres_address)
    yield database
    await database.close()


@pytest.fixture
def stores(database: Database) -> Stores:
    return in_sql(database, FixedClock())


async def beside_another(database: Database, work: Awaitable[object]) -> None:
    """Do this while somebody writes what belongs to another lead, and does not come to an end."""
    async with asyncio.timeout(LONG), database.write("somebody else's conversation"):
        await work


async def test_an_unknown_browser_opens_a_conversation(database: Database, stores: Stores) -> None:
    await beside_another(database, start(stores, anonymous_id="a-1", user_id=None))


async def test_a_proven_visitor_whom_nobody_knows_opens_a_conversation(
    database: Database, stores: Stores
) -> None:
    await beside_another(database, start(stores, anonymous_id="a-1", user_id="u-1", is_proven=True))


async def test_a_proven_visitor_comes_back(database: Database, stores: Stores) -> None:
    first = await start(stores, anonymous_id="a-1", user_id=None)
    await start(stores, anonymous_id="a-1", user_id="u-1", is_proven=True)

    async def again() -> None:
        talk = await start(stores, anonymous_id="a-1", user_id="u-1", is_proven=True)
        assert talk.lead_id == (await stores.conversations.get(first.id)).lead_id

    await beside_another(database, again())


async def test_a_handoff_is_changed(database: Database, stores: Stores) -> None:
    handoff = await open_handoff(stores, await start(stores, anonymous_id="a-1"))

    await beside_another(
        database,
        stores.handoffs.change(handoff.id, lambda h: snooze(h, MONDAY_TEN), Change("snoozed")),
    )

    assert (await stores.handoffs.get(handoff.id)).snoozed_until == MONDAY_TEN


async def test_a_handoff_that_serves_the_talks_of_two_leads_is_changed_in_both(
    database: Database, stores: Stores
) -> None:
    handoff = await open_handoff(stores, await start(stores, anonymous_id="a-1"))
    other = await start(stores, anonymous_id="a-2")
    async with database.write() as session:
        serves = update(ConversationRow).where(ConversationRow.id == other.id)
        await session.execute(serves.values(handoff_id=handoff.id))

    change = Change("claimed", rep_id=MIA)
    await stores.handoffs.change(handoff.id, lambda h: claim(h, MIA, MONDAY_TEN), change)

    served = await stores.handoffs.served(handoff.id)
    assert len({talk.lead_id for talk in served}) == 2
    assert [talk.rep_id for talk in served] == [MIA, MIA]


async def test_a_leads_score_is_saved(database: Database, stores: Stores) -> None:
    lead_id = (await start(stores, anonymous_id="a-1")).lead_id
    watched = SqlWatchedLeads(database, SqlHistories(database), stores.clock)

    await beside_another(database, watched.settle(lead_id, a_score(total=64), MONDAY_TEN, None))

    assert await watched.due(MONDAY_TEN) == [lead_id]
