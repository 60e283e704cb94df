"""Rounds: one store under kills, or under one trouble, from an empty place to the audit of what is left."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from math import inf
from pathlib import Path
from random import Random
from time import monotonic

from tests.faults.audit import Break
from tests.faults.campaign import MODEL, Campaign, Tally
from tests.faults.collecting import settled
from tests.faults.database import a_database
from tests.faults.evidence import Evidence
from tests.faults.lives import Nursery
from tests.faults.report import lines, table
from tests.faults.steps import Trap
from tests.faults.stories import STORIES, Story, waits_in_vain
from tests.faults.troubles import ON_POSTGRES, ON_SQLITE, Trouble
from tests.faults.workplace import Workplace, a_workplace

PATIENCE = 150.0
REPLICAS = 3
WARM_UP = 2.0
QUICK_STORIES = tuple(story for story in STORIES if story is not waits_in_vain)


class Store(StrEnum):
    """Where the rows are."""

    SQLITE = "sqlite"
    POSTGRES = "postgres"


PLACES = {Store.SQLITE: 3, Store.POSTGRES: 1}
CROWD = {Store.SQLITE: 4, Store.POSTGRES: 8}
Course = Callable[[Workplace, Random, Callable[[object], None]], Awaitable[Tally]]


@dataclass(frozen=True, slots=True)
class Round:
    """What is done to Hotline, on which store, with which dice."""

    name: str
    store: Store
    seed: int
    course: Course
    crowd: int = 12
    stories: Sequence[Story] = field(default=tuple(STORIES))

    @property
    def title(self) -> str:
        """Say where it is."""
        where = "SQLite, one server" if self.store is Store.SQLITE else "PostgreSQL, three replicas"
        return f"{self.name}: {where}, seed {self.seed}"


def campaigns_on(store: Store, seed: int, number: int, minutes: float = inf) -> list[Round]:
    """Kill servers so many times, or for so long: as one server must start before it is killed again, in several places at once."""
    places = min(PLACES[store], number)
    shares = [number // places + (place < number % places) for place in range(places)]
    return [kills(store, place, seed + place, share, minutes) for place, share in enumerate(shares)]


def kills(store: Store, place: int, seed: int, number: int, minutes: float) -> Round:
    """Kill servers of one place so many times, or for so long."""

    async def course(place: Workplace, dice: Random, tell: Callable[[object], None]) -> Tally:
        campaign = Campaign(place, dice, tell, ends_at=monotonic() + 60 * minutes)
        await campaign.run(number)
        return campaign.tally

    return Round(f"kills-{place}", store, seed, course, CROWD[store])


def a_short_round(store: Store, traps: Sequence[Trap], stories: Sequence[Story]) -> Round:
    """Kill servers at these steps, and no more."""

    async def course(place: Workplace, dice: Random, tell: Callable[[object], None]) -> Tally:
        campaign = Campaign(place, dice, tell, first=traps)
        await campaign.run(len(traps))
        return campaign.tally

    return Round("short", store, 1, course, 6, stories)


def troubles(store: Store, seed: int) -> list[Round]:
    """Give a round for each trouble that this store may have."""
    known = ON_SQLITE if store is Store.SQLITE else ON_POSTGRES
    return [
        Round(trouble.__name__, store, seed, _course(trouble), 6, QUICK_STORIES)
        for trouble in known
    ]


def _course(trouble: Trouble) -> Course:
    async def course(place: Workplace, _: Random, __: Callable[[object], None]) -> Tally:
        for replica in place.replicas:
            await replica.start(MODEL)
        for replica in place.replicas:
            await replica.ready()
        await asyncio.sleep(WARM_UP)
        await trouble(place)
        return Tally()

    return course


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a round."""

    tally: Tally
    evidence: Evidence
    breaks: list[Break]
    place_troubles: list[str]

    @property
    def is_well(self) -> bool:
        """Whether nothing is broken."""
        return not (self.breaks or self.place_troubles or self.tally.own_ends)


async def play(each: Round, folder: Path, tell: Callable[[object], None]) -> bool:
    """Play a round and tell what came of it; gives whether all is well."""
    began = monotonic()
    result = await play_out(each, folder, tell)
    title = f"{each.title}, {monotonic() - began:.0f} s"
    tell(table(title, result.tally, result.evidence, result.breaks))
    for line in [*lines(result.tally, result.breaks), *result.place_troubles]:
        tell(line)
    return result.is_well


async def play_out(
    each: Round, folder: Path, tell: Callable[[object], None] = lambda _: None
) -> Result:
    """Play a round to its end."""
    dice = Random(each.seed)  # noqa: S311 - dice that can be thrown again
    async with _place(each, folder / f"{each.store}-{each.name}", dice) as place:
        place.open_doors(each.crowd, each.stories)
        tally = await each.course(place, dice, tell)
        await place.close_doors()
        evidence, breaks = await settled(place, PATIENCE)
    return Result(tally, evidence, breaks, place.troubles)


@asynccontextmanager
async def _place(each: Round, folder: Path, dice: Random) -> AsyncIterator[Workplace]:
    folder.mkdir()  # noqa: ASYNC240 - nothing lives yet
    is_shared = each.store is Store.POSTGRES
    async with Nursery() as nursery, a_database(is_shared=is_shared) as database:
        replicas = REPLICAS if is_shared else 1
        async with a_workplace(
            folder, nursery, dice, replicas=replicas, database=database
        ) as place:
            yield place
