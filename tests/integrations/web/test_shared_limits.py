"""Limits that are counted together go on alone when the database cannot count."""

import asyncio
from collections.abc import Mapping

from agent.errors import StoreUnavailableError
from integrations.web.limits import ALLOWED, Act, Caller, MemoryLimits
from integrations.web.shared_limits import SharedLimits

MOST = ALLOWED[Act.MESSAGE].visitor
ADA = Caller("ada", "203.0.113.7")


class BrokenCounts:
    def __init__(self, *, hangs: bool = False) -> None:
        self.asked = 0
        self.hangs = hangs

    async def count(self, most: Mapping[str, int]) -> float:
        self.asked += 1
        if self.hangs:
            await asyncio.Event().wait()
        raise StoreUnavailableError("gone")

    async def close(self) -> None: ...


async def test_a_database_that_is_gone_holds_nobody_up() -> None:
    limits = SharedLimits(BrokenCounts(), MemoryLimits())
    assert [await limits.wait(Act.MESSAGE, ADA) for _ in range(MOST)] == [0.0] * MOST


async def test_a_flood_is_held_back_without_the_database() -> None:
    limits = SharedLimits(BrokenCounts(), MemoryLimits())
    waits = [await limits.wait(Act.MESSAGE, ADA) for _ in range(MOST + 1)]
    assert waits[-1] >= 1


async def test_a_database_that_hangs_is_waited_for_once() -> None:
    counts = BrokenCounts(hangs=True)
    limits = SharedLimits(counts, MemoryLimits())
    async with asyncio.timeout(5):
        waits = [await limits.wait(Act.MESSAGE, ADA) for _ in range(5)]
    await limits.close()
    assert (waits, counts.asked) == ([0.0] * 5, 1)
