"""Counts that several processes share on one PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator

import psycopg
import pytest

from agent.errors import StoreUnavailableError
from knowledge import shared_counts
from knowledge.shared_counts import PostgresCounts

MOST = {"message:visitor:ada": 3}


@pytest.fixture
async def two(postgres_address: str) -> AsyncIterator[tuple[PostgresCounts, PostgresCounts]]:
    counts = PostgresCounts.at(postgres_address), PostgresCounts.at(postgres_address)
    yield counts
    for each in counts:
        await each.close()


Two = tuple[PostgresCounts, PostgresCounts]


async def test_what_one_process_lets_through_counts_for_all(two: Two) -> None:
    one, other = two
    waits = [await (one, other)[number % 2].count(MOST) for number in range(4)]
    assert waits[:3] == [0.0] * 3
    assert waits[3] > 1


async def test_acts_at_the_same_instant_are_all_counted(two: Two) -> None:
    await asyncio.gather(*(each.count({"a": 100}) for each in two for _ in range(50)))
    counted = "SELECT until - now() BETWEEN interval '30 s' AND interval '60 s' FROM shared_counts"
    assert rows(two[0], counted) == [(True,)]


async def test_whoever_waited_goes_on_bit_by_bit(two: Two) -> None:
    one, other = two
    for _ in range(3):
        await one.count(MOST)
    rows(one, "UPDATE shared_counts SET until = until - interval '21 seconds' RETURNING name")
    assert await other.count(MOST) == 0
    assert await other.count(MOST) > 0


async def test_whoever_is_full_by_one_name_is_counted_under_none(two: Two) -> None:
    one, _ = two
    await one.count({"a": 1})
    assert await one.count({"a": 1, "b": 1}) > 0
    assert await one.count({"b": 1}) == 0


async def test_what_is_over_is_forgotten(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    one, _ = two
    await one.count({"a": 1})
    rows(one, "UPDATE shared_counts SET until = until - interval '61 seconds' RETURNING name")
    monkeypatch.setattr(shared_counts, "FORGET_EVERY", 1)
    await one.count({"b": 1})
    assert rows(one, "SELECT name FROM shared_counts") == [("b",)]


async def test_a_database_that_is_gone_is_said_to_be(postgres_address: str) -> None:
    counts = PostgresCounts.at(postgres_address.replace("hotline_", "no_such_"))
    with pytest.raises(StoreUnavailableError):
        await counts.count({"a": 1})
    await counts.close()


def rows(counts: PostgresCounts, statement: str) -> list[tuple[object, ...]]:
    url = counts.engine.url.set(drivername="postgresql")
    with psycopg.connect(url.render_as_string(hide_password=False), autocommit=True) as connection:
        return connection.execute(statement.encode()).fetchall()
