"""What stays resident over a long run: visitors come and go, as many messages as asked for, as fast as they are answered."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from time import perf_counter

from tests.benchmarks.load.company import Company
from tests.benchmarks.load.driving import PATIENCE, Visitors, visitors_of
from tests.benchmarks.load.figures import Spoken
from tests.benchmarks.load.machine import MEGABYTE, resident
from tests.benchmarks.load.report import Memory
from tests.benchmarks.load.words import question

AT_ONCE = 24
SAYS = 5


@dataclass(slots=True)
class LongRun:
    """Counts messages, and notes the memory at each mark."""

    company: Company
    most: int
    tell: Callable[[Memory], None]
    numbers: Iterator[int] = field(default_factory=count)
    said: int = 0
    kept: list[tuple[int, float]] = field(default_factory=list)

    async def visit(self, visitors: Visitors, place: int) -> None:
        """Let one visitor after the other come to this place, until enough is said."""
        while self.said < self.most:
            visitor = visitors.new(place)
            await visitor.arrive()
            for _ in range(SAYS):
                number = next(self.numbers)
                await visitor.say(Spoken(perf_counter(), question(number)), f"long-{number}")
                await visitor.hear_all(PATIENCE)
                self._count()
            await visitor.leave()

    def _count(self) -> None:
        self.said += 1
        if self.said in self._marks() or self.said == self.most:
            megabytes = resident(self.company.pids) / MEGABYTE
            self.kept.append((self.said, megabytes))
            said, resident_then = zip(*self.kept, strict=True)
            self.tell(Memory(said, resident_then))

    def _marks(self) -> set[int]:
        tens = [10**power for power in range(3, 8)]
        return {factor * ten for ten in tens for factor in (1, 2, 5)}


async def measure_memory(company: Company, messages: int, tell: Callable[[Memory], None]) -> None:
    """Measure at 1,000, 2,000, 5,000, 10,000 and so on, up to so many messages; tells what is known at each."""
    run = LongRun(company, messages, tell)
    async with visitors_of(company.addresses) as visitors:
        await asyncio.gather(*(run.visit(visitors, place) for place in range(AT_ONCE)))
