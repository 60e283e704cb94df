"""Drives visitors at servers by a plan, and gives what became of every message."""

import asyncio
import resource
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import cycle
from time import perf_counter
from uuid import uuid4
from weakref import WeakSet

import aiohttp

from tests.benchmarks.load.figures import Faults, Run, Spoken
from tests.benchmarks.load.schedule import Stay
from tests.benchmarks.load.visitor import Visitor
from tests.benchmarks.load.words import question

FILES = 16_384
PATIENCE = 30.0
OPENED_BEFORE = 1.0
OPENED_AT_ONCE = 20
SETTLED = 0.5


@dataclass(frozen=True, slots=True)
class Plan:
    """Who says what when; `waits` is how long replies may take before they count as missing."""

    stays: Sequence[Stay]
    seconds: float
    at_once: int
    says: Callable[[int], str] = question
    waits: float = PATIENCE


@dataclass(frozen=True, slots=True)
class Visitors:
    """Makes visitors for servers; requests of each go to one server after the other."""

    session: aiohttp.ClientSession
    addresses: Sequence[str]
    present: WeakSet[Visitor] = field(default_factory=WeakSet)

    def new(self, number: int) -> Visitor:
        """Give a new visitor, who begins with another server than the one before."""
        first = number % len(self.addresses)
        bases = cycle([*self.addresses[first:], *self.addresses[:first]])
        visitor = Visitor(self.session, bases, f"load-{uuid4()}")
        self.present.add(visitor)
        return visitor


@dataclass(frozen=True, slots=True)
class Ground:
    """Where a plan is played, and the instant at which it began."""

    visitors: Visitors
    began: float


async def drive(addresses: Sequence[str], plan: Plan) -> Run:
    """Play the plan; those who are there from the start have opened their conversations before it."""
    _allow_many_files()
    async with visitors_of(addresses) as visitors:
        first, later = plan.stays[: plan.at_once], plan.stays[plan.at_once :]
        present = await _arrived(visitors, len(first))
        await asyncio.sleep(SETTLED)
        ground = Ground(visitors, perf_counter())
        spoken = await asyncio.gather(
            *(_stay(ground, plan, stay, who) for stay, who in zip(first, present, strict=True)),
            *(_pass_by(ground, plan, stay) for stay in later),
        )
    faults = sum((each.faults() for each in spoken), Faults())
    ordered = sorted((s for who in spoken for s in who.spoken), key=lambda each: each.due)
    return Run(tuple(ordered), plan.seconds, faults)


@asynccontextmanager
async def visitors_of(addresses: Sequence[str]) -> AsyncIterator[Visitors]:
    """Give what makes visitors, with a connection each as they have in the world; at the end all have left."""
    connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=30)
    timeout = aiohttp.ClientTimeout(total=PATIENCE)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:
        visitors = Visitors(session, addresses)
        try:
            yield visitors
        finally:
            await asyncio.gather(*(visitor.leave() for visitor in visitors.present))


async def _arrived(visitors: Visitors, count: int) -> list[Visitor]:
    gate = asyncio.Semaphore(OPENED_AT_ONCE)

    async def arrive(number: int) -> Visitor:
        visitor = visitors.new(number)
        async with gate:
            await visitor.arrive()
        return visitor

    return list(await asyncio.gather(*map(arrive, range(count))))


async def _pass_by(ground: Ground, plan: Plan, stay: Stay) -> Visitor:
    """Come shortly before the first words are due."""
    await _until(ground.began + stay.begins_at - OPENED_BEFORE)
    visitor = ground.visitors.new(stay.visitor)
    await visitor.arrive()
    return await _stay(ground, plan, stay, visitor)


async def _stay(ground: Ground, plan: Plan, stay: Stay, visitor: Visitor) -> Visitor:
    """Say everything when it is due, whether or not the words before were answered."""
    async with asyncio.TaskGroup() as saying:
        for words in stay.words:
            spoken = Spoken(ground.began + words.at, plan.says(words.number))
            ready = perf_counter()
            await _until(spoken.due)
            spoken.late_by = perf_counter() - max(spoken.due, ready)
            saying.create_task(visitor.say(spoken, f"load-{words.number}"))
    await visitor.hear_all(plan.waits)
    await visitor.leave()
    return visitor


async def _until(instant: float) -> None:
    await asyncio.sleep(max(0.0, instant - perf_counter()))


def _allow_many_files() -> None:
    """Let this process, and the servers that it starts, hold a socket a visitor."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(FILES, most), most))
