"""What processes cost, by the kernel's own accounts."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from integrations.clock import SystemClock

MEGABYTE = 1024 * 1024
LOOK_EVERY = 0.5
MOST_LOOKS = 40
QUIET = 0.1


@dataclass(slots=True)
class Cost:
    """Processor seconds while it was watched, and the most memory that was resident at once, in bytes."""

    seconds: float = 0.0
    resident: int = 0


@asynccontextmanager
async def watched(pids: Sequence[int], beside: Sequence[int] = ()) -> AsyncIterator[Cost]:
    """Watch processes, and the processor time of others beside them; the cost is complete at the end."""
    cost, before = Cost(), cpu_seconds([*pids, *beside])
    looking = asyncio.create_task(_look(pids, cost))
    try:
        yield cost
    finally:
        looking.cancel()
        with suppress(asyncio.CancelledError):
            await looking
        cost.seconds = cpu_seconds([*pids, *beside]) - before
        cost.resident = max(cost.resident, resident(pids))


async def quiet(pids: Sequence[int]) -> None:
    """Wait until processes have finished what they do by themselves, a while at most."""
    for _ in range(MOST_LOOKS):
        before = cpu_seconds(pids)
        await asyncio.sleep(LOOK_EVERY)
        if cpu_seconds(pids) - before < QUIET * LOOK_EVERY:
            return


def now_and_load() -> str:
    """Give the time, and how busy the machine is: figures of a busy one are worse."""
    return f"{SystemClock().now():%H:%M:%S} UTC, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"


def cpu_seconds(pids: Iterable[int]) -> float:
    """Give the processor seconds that processes and their children have used, also those that ended."""
    return sum(_ticks(pid) for pid in _with_children(pids)) / os.sysconf("SC_CLK_TCK")


def resident(pids: Iterable[int]) -> int:
    """Give the bytes of memory that processes hold; those of their children are not counted."""
    return sum(map(_resident, pids))


async def _look(pids: Sequence[int], cost: Cost) -> None:
    while True:
        cost.resident = max(cost.resident, resident(pids))
        await asyncio.sleep(LOOK_EVERY)


def _with_children(pids: Iterable[int]) -> list[int]:
    waiting, found = list(pids), list[int]()
    while waiting:
        pid = waiting.pop()
        found.append(pid)
        with suppress(OSError):
            listed = Path(f"/proc/{pid}/task/{pid}/children").read_text()
            waiting.extend(int(each) for each in listed.split())
    return found


def _ticks(pid: int) -> int:
    with suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return sum(int(each) for each in fields[11:15])  # own and of children that ended
    return 0


def _resident(pid: int) -> int:
    with suppress(OSError, StopIteration):
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        return 1024 * next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))
    return 0
