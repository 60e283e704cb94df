"""The highest rate is found by doubling, then by halving."""

from collections.abc import Awaitable, Callable

import pytest

from tests.benchmarks.load.sustained import FIRST_RATE, HIGHEST_RATE, highest_rate


def up_to(most: float) -> Callable[[float], Awaitable[bool]]:
    async def attempt(rate: float) -> bool:
        return rate <= most

    return attempt


@pytest.mark.parametrize("most", [7.0, 33.0, 100.0, 250.0])
async def test_it_is_found_within_a_tenth(most: float) -> None:
    assert 0.9 * most <= await highest_rate(up_to(most), 12) <= most


async def test_a_company_that_keeps_up_with_nothing_has_none() -> None:
    assert await highest_rate(up_to(0), 6) == 0.0


async def test_it_does_not_go_on_beyond_the_highest() -> None:
    assert await highest_rate(up_to(10 * HIGHEST_RATE), 30) == HIGHEST_RATE


async def test_it_ends_after_so_many_probes() -> None:
    tried: list[float] = []

    async def attempt(rate: float) -> bool:
        tried.append(rate)
        return rate < 3 * FIRST_RATE

    await highest_rate(attempt, 3)
    assert len(tried) == 3
