"""What any limits do, counted in one process or by several together."""

from collections.abc import AsyncIterator, Iterator
from itertools import repeat

import pytest

from integrations.web.limits import ALLOWED, OPEN_AT_ONCE, Act, Caller, MemoryLimits, RateLimits
from integrations.web.shared_limits import SharedLimits
from knowledge.shared_counts import PostgresCounts

MOST = ALLOWED[Act.MESSAGE].visitor
ADA, EVE = Caller("ada", "203.0.113.7"), Caller("eve", "203.0.113.8")


@pytest.fixture(params=["memory", "postgresql"])
async def limits(request: pytest.FixtureRequest) -> AsyncIterator[RateLimits]:
    alone = MemoryLimits()
    if request.param == "memory":
        yield alone
        return
    counts = PostgresCounts.at(request.getfixturevalue("postgres_address"))
    shared = SharedLimits(counts, alone)
    yield shared
    await shared.close()


async def use_up(limits: RateLimits, act: Act, caller: Caller, times: int) -> list[float]:
    return [await limits.wait(act, caller) for _ in range(times)]


async def flood(limits: RateLimits, act: Act, callers: Iterator[Caller]) -> tuple[int, float]:
    """Act until it is one too many; give how often that went well, and the seconds to wait."""
    for done, caller in enumerate(callers):
        if seconds := await limits.wait(act, caller):
            return done, seconds
    raise AssertionError("There is no limit.")


def strangers(address: str) -> Iterator[Caller]:
    return (Caller(f"v-{number}", address) for number in range(2_000))


async def test_lets_as_many_through_as_are_allowed_at_once(limits: RateLimits) -> None:
    assert await use_up(limits, Act.MESSAGE, ADA, MOST) == [0.0] * MOST


async def test_one_too_many_waits_for_some_of_a_minute(limits: RateLimits) -> None:
    done, seconds = await flood(limits, Act.MESSAGE, repeat(ADA, 10 * MOST))
    assert MOST <= done < 2 * MOST
    assert 1 <= seconds <= 60


async def test_others_and_other_acts_are_not_held_up(limits: RateLimits) -> None:
    await flood(limits, Act.MESSAGE, repeat(ADA, 10 * MOST))
    assert await limits.wait(Act.MESSAGE, EVE) == 0
    assert await limits.wait(Act.RATING, ADA) == 0


async def test_what_is_refused_is_not_counted(limits: RateLimits) -> None:
    await use_up(limits, Act.MESSAGE, ADA, 4 * MOST)
    others = [Caller(f"v-{number}", ADA.address) for number in range(20)]
    assert [await limits.wait(Act.MESSAGE, each) for each in others] == [0.0] * 20
    assert await limits.wait(Act.MESSAGE, ADA) <= 60


async def test_an_address_has_a_limit_of_its_own(limits: RateLimits) -> None:
    most = ALLOWED[Act.OPENING].address
    done, _ = await flood(limits, Act.OPENING, strangers(ADA.address))
    assert most <= done < 2_000
    assert await limits.wait(Act.OPENING, Caller("v-new", EVE.address)) == 0


async def test_nobody_in_particular_is_not_counted(limits: RateLimits) -> None:
    assert not any(await use_up(limits, Act.MESSAGE, Caller("", "127.0.0.1"), 10 * MOST))


async def test_so_many_calls_may_be_open_and_no_more(limits: RateLimits) -> None:
    assert [limits.opened(ADA) for _ in range(OPEN_AT_ONCE.visitor + 1)][-2:] == [True, False]
    limits.closed(ADA)
    assert limits.opened(ADA)
