"""What the store knows of somebody who reads on our pages without a word."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from agent.greeting import KnownReader
from agent.scoring import Temperature
from integrations.app.widget import SqlPassersBy
from knowledge.database import Database
from knowledge.leads import SqlLeads
from tests.builders import a_call, a_score
from tests.contracts.stores import Stores, hold, in_sql, say, start, turn_of
from tests.fakes.clock import FixedClock


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = await Database.open(tmp_path / "hotline.db")
    yield database
    await database.close()


@pytest.fixture
def stores(database: Database, clock: FixedClock) -> Stores:
    return in_sql(database, clock)


@pytest.fixture
def passers_by(database: Database, clock: FixedClock) -> SqlPassersBy:
    return SqlPassersBy(SqlLeads(database, clock))


async def test_a_fresh_browser_is_unknown(passers_by: SqlPassersBy, clock: FixedClock) -> None:
    assert await passers_by.known("a-1", clock.now()) == KnownReader()


async def test_who_only_began_this_visit_was_not_here_before(
    passers_by: SqlPassersBy, stores: Stores, clock: FixedClock
) -> None:
    await stores.tracking.take_in([a_call(anonymous_id="a-1", user_id="")])
    clock.advance(timedelta(minutes=10))
    assert not (await passers_by.known("a-1", clock.now())).was_here


async def test_who_did_something_in_an_earlier_visit_was_here_before(
    passers_by: SqlPassersBy, stores: Stores, clock: FixedClock
) -> None:
    await stores.tracking.take_in([a_call(anonymous_id="a-1", user_id="")])
    clock.advance(timedelta(hours=1))
    assert (await passers_by.known("a-1", clock.now())).was_here


async def test_who_has_said_something_is_talking(
    passers_by: SqlPassersBy, stores: Stores, clock: FixedClock
) -> None:
    conversation = await start(stores)
    assert not (await passers_by.known("a-1", clock.now())).is_talking
    await say(stores, conversation, "Hello")
    assert (await passers_by.known("a-1", clock.now())).is_talking


async def test_a_lead_is_as_warm_as_last_recorded(
    passers_by: SqlPassersBy, stores: Stores, clock: FixedClock
) -> None:
    conversation = await start(stores)
    await say(stores, conversation, "We need a quote")
    async with hold(stores, conversation) as held:
        await stores.conversations.record_turn(held, turn_of(held, score=a_score()))
    known = await passers_by.known("a-1", clock.now())
    assert known.temperature is a_score().temperature is not Temperature.COLD
