"""The highest rate that a company keeps up with, found by halving, and a rate held for a while.

Visitors come, say a few things a few seconds apart, and make room for others.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from math import ceil

from tests.benchmarks.load.company import Company
from tests.benchmarks.load.driving import Plan, drive
from tests.benchmarks.load.figures import Run
from tests.benchmarks.load.machine import watched
from tests.benchmarks.load.report import Row, row_of
from tests.benchmarks.load.schedule import stays, steady

THINKS = 4.0
SAYS = 5
MOST_WAIT = 500.0
"""Milliseconds within which ninety-nine of a hundred first sentences have to come."""
KEPT_UP = 0.97
FIRST_RATE = 5.0
HIGHEST_RATE = 640.0


@dataclass(frozen=True, slots=True)
class Probe:
    """One rate that was tried."""

    rate: float
    row: Row
    is_kept: bool


async def hold(company: Company, rate: float, seconds: float, case: str) -> Probe:
    """Offer a rate for so many seconds."""
    at_once = max(1, ceil(rate * THINKS))
    plan = Plan(stays(steady(rate, seconds), at_once, SAYS), seconds, at_once)
    async with watched(company.pids, company.database) as cost:
        run = await drive(company.addresses, plan)
    return Probe(rate, row_of(case, run, cost), is_kept_up(run))


def is_kept_up(run: Run) -> bool:
    """Tell whether everything was answered, and soon enough; refused words are not."""
    is_whole = run.done >= KEPT_UP * len(run.spoken) and not (run.refusals or run.errors)
    return is_whole and run.first_sentence.p99 < MOST_WAIT


async def highest_rate(attempt: Callable[[float], Awaitable[bool]], probes: int) -> float:
    """Double the rate until it is not kept, then halve the way between; gives the highest that was kept, or 0."""
    kept, lost, rate = 0.0, HIGHEST_RATE, FIRST_RATE
    for _ in range(probes):
        if await attempt(rate):
            kept = rate
        else:
            lost = rate
        if lost / 1.05 < kept or kept >= HIGHEST_RATE:
            break
        rate = min(2 * rate, HIGHEST_RATE) if lost == HIGHEST_RATE else (kept + lost) / 2
    return kept
