"""One, ten, a hundred and a thousand conversations at once, each with its own time to think."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from random import Random

from tests.benchmarks.load.company import Company
from tests.benchmarks.load.driving import Plan, drive
from tests.benchmarks.load.machine import watched
from tests.benchmarks.load.report import Row, row_of
from tests.benchmarks.load.schedule import poisson, stays


@dataclass(frozen=True, slots=True)
class Crowd:
    """So many conversations at once, whose visitors each think so many seconds between two messages."""

    at_once: int
    thinks: float

    @property
    def rate(self) -> float:
        """Give the messages a second of all of them."""
        return self.at_once / self.thinks


CROWDS: Sequence[Crowd] = (Crowd(1, 0.5), Crowd(10, 1.0), Crowd(100, 5.0), Crowd(1_000, 25.0))


async def measure_talks(
    company: Company, crowds: Sequence[Crowd], seconds: float, name: str = ""
) -> AsyncIterator[Row]:
    """Measure each crowd on one company."""
    for crowd in crowds:
        instants = poisson(crowd.rate, seconds, Random(crowd.at_once))  # noqa: S311 - a load
        plan = Plan(stays(instants, crowd.at_once), seconds, crowd.at_once)
        async with watched(company.pids, company.database) as cost:
            run = await drive(company.addresses, plan)
        yield row_of(f"{crowd.at_once:,} at once{name}", run, cost)
