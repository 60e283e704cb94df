"""Three times what a company can do: it refuses at the door, and everything it lets in is answered, once and in order."""

from dataclasses import dataclass

from tests.benchmarks.load.company import Company
from tests.benchmarks.load.driving import Plan, drive
from tests.benchmarks.load.machine import watched
from tests.benchmarks.load.report import Row, row_of
from tests.benchmarks.load.schedule import stays, steady

TIMES = 3
PROBED_RATE = 150.0
PROBED_SECONDS = 4.0
SAYS = 2
ROOM = 40
"""How many may wait for a reply at once here: fewer than by default, so that slow machines have a flood, too."""
PATIENCE = 180.0


@dataclass(frozen=True, slots=True)
class Flood:
    """What the company can do, in turns a second, and what became of three times as much."""

    capacity: float
    row: Row


async def measure_flood(company: Company, seconds: float) -> Flood:
    """Find out what it can do, then offer three times as much for so many seconds; visitors try again when refused."""
    probe = await _offer(company, PROBED_RATE, PROBED_SECONDS, "capacity")
    rate = max(1.0, TIMES * probe.done)
    return Flood(
        probe.done,
        await _offer(company, rate, seconds, f"flood, {TIMES} times capacity, room for {ROOM}"),
    )


async def _offer(company: Company, rate: float, seconds: float, case: str) -> Row:
    at_once = max(1, round(rate * seconds / SAYS))
    plan = Plan(stays(steady(rate, seconds), at_once), seconds, at_once, waits=PATIENCE)
    async with watched(company.pids, company.database) as cost:
        run = await drive(company.addresses, plan)
    return row_of(case, run, cost)
