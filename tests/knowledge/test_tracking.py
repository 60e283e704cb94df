"""Reports in SQL: what is special to the file, beyond the contract."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import cast

import pytest
from sqlalchemy import text

from agent.acts import known_acts
from agent.errors import StoreUnavailableError
from agent.tracking import CallKind
from knowledge.database import Database
from knowledge.engagement import SqlEngagement
from knowledge.tracking import SqlTracking
from tests.agent.tourvane import PLAYBOOK
from tests.builders import a_call
from tests.fakes.clock import MONDAY_TEN, FixedClock


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = await Database.open(tmp_path / "hotline.db")
    yield database
    await database.close()


@pytest.fixture
def tracking(database: Database) -> SqlTracking:
    return SqlTracking(database, FixedClock(), PLAYBOOK)


async def test_calls_that_arrive_at_once_are_each_kept(
    tracking: SqlTracking, database: Database
) -> None:
    calls = [a_call(id=f"t-{n}", anonymous_id=f"a-{n % 7:03}") for n in range(300)]

    taken = await asyncio.gather(*(tracking.take_in([call]) for call in [*calls, calls[0]]))

    assert [each.new for each in taken] == [1] * 300 + [0]
    assert await _count(database, "engagement_events") == 300
    assert await _count(database, "leads") == 7


async def test_a_batch_that_cannot_be_written_takes_no_other_with_it(
    tracking: SqlTracking, database: Database
) -> None:
    unwritable = cast("dict[str, str]", {"x": object()})
    good, bad = a_call(id="good", user_id="u-1"), a_call(id="bad", user_id="u-2")
    broken = a_call(id="broken", user_id="u-3", properties=unwritable)

    first, second, third = await asyncio.gather(
        tracking.take_in([good]),
        tracking.take_in([bad, broken]),
        tracking.take_in([a_call(id="late", user_id="u-1")]),
        return_exceptions=True,
    )

    assert not isinstance(first, BaseException)
    assert not isinstance(third, BaseException)
    assert isinstance(second, Exception)
    assert await _count(database, "engagement_events") == 2


async def test_a_full_disk_keeps_nothing_and_says_so(
    tracking: SqlTracking, database: Database
) -> None:
    async with database.write() as session:
        await session.execute(text("PRAGMA max_page_count = 1"))
    calls = [a_call(id=f"t-{n}", user_id="u-1", title="words " * 500) for n in range(200)]

    with pytest.raises(StoreUnavailableError):
        await tracking.take_in(calls)

    assert await _count(database, "engagement_events") == 0
    async with database.write() as session:
        await session.execute(text("PRAGMA max_page_count = 1000000"))
    assert (await tracking.take_in(calls)).new == 200


async def test_a_caller_who_gives_up_leaves_the_others_waiting_well(tracking: SqlTracking) -> None:
    gone = asyncio.create_task(tracking.take_in([a_call(id="t-1", user_id="u-1")]))
    other = asyncio.create_task(tracking.take_in([a_call(id="t-2", user_id="u-1")]))
    await asyncio.sleep(0)
    gone.cancel()

    assert (await other).new == 1


async def test_names_that_the_playbook_does_not_know_are_counted(
    tracking: SqlTracking, database: Database
) -> None:
    names = ["Guide Printed", "Guide Printed", "Content Downloaded", "x" * 5_000]
    await tracking.take_in(
        [a_call(id=f"t-{n}", user_id="u-1", name=a) for n, a in enumerate(names)]
    )

    unknown = await SqlEngagement(database).unknown_acts(known_acts(PLAYBOOK), MONDAY_TEN)

    assert [(tally.name, tally.count) for tally in unknown] == [
        ("Guide Printed", 2),
        ("x" * 200, 1),
    ]


async def test_what_was_refused_is_counted_with_an_example(tracking: SqlTracking) -> None:
    calls = [
        a_call(CallKind.IDENTIFY, id=f"i-{n}", user_id="u-1", anonymous_id="null") for n in (1, 2)
    ]
    await tracking.take_in(calls)

    (tally,) = await tracking.refusals()

    assert (tally.count, tally.example) == (2, "null")
    assert "many share it" in tally.because


async def _count(database: Database, table: str) -> int:
    async with database.read() as session:
        return int(await session.scalar(text(f"SELECT count(*) FROM {table}")) or 0)  # noqa: S608
