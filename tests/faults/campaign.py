"""A campaign of kills: through every step by name, then at random moments, while visitors and reps go on."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import inf
from random import Random
from time import monotonic

from tests.faults.lives import Life, Replica
from tests.faults.steps import Trap, read_steps
from tests.faults.workplace import Workplace

TRAP_PATIENCE, TOLD_PATIENCE = 4.0, 10.0
SHORTEST, LONGEST = 0.05, 1.5
MOST_TRIES = 6
LATEST = 12
BY_TRAP = 0.6
WITH_MODEL = 0.7
MODEL = {"OPENAI_API_KEY": "sk-twin"}
KILLED = -9
TOLD_EVERY = 20


@dataclass(slots=True)
class Tally:
    """What a campaign has done so far."""

    kills: int = 0
    at_random: int = 0
    seen: set[str] = field(default_factory=set)
    ends: Counter[str] = field(default_factory=Counter)
    tried: Counter[str] = field(default_factory=Counter)
    own_ends: list[str] = field(default_factory=list)

    @property
    def missed(self) -> list[str]:
        """Give the steps that were seen and at which no life ended."""
        return sorted(self.seen - set(self.ends))


@dataclass(slots=True)
class Campaign:
    """Kills the servers of one workplace, each by its own hunter; what the others do goes on meanwhile."""

    place: Workplace
    dice: Random
    tell: Callable[[object], None] = field(default=lambda _: None)
    tally: Tally = field(default_factory=Tally)
    first: Sequence[Trap] = ()
    ends_at: float = inf
    _hunted: int = 0
    _told: int = 0

    async def run(self, kills: int) -> None:
        """Kill so many times; every replica lives afterwards. Of several, one at least lives at any time."""
        replicas = self.place.replicas
        gate = asyncio.Semaphore(max(1, len(replicas) - 1))
        await asyncio.gather(*map(self._living, replicas))
        await asyncio.gather(*(self._hunt(replica, kills, gate) for replica in replicas))

    async def _hunt(self, replica: Replica, kills: int, gate: asyncio.Semaphore) -> None:
        """End one life after the other in this place, until there were enough kills in all places together."""
        await replica.ready()
        while self.tally.kills + self._hunted < kills and monotonic() < self.ends_at:
            async with gate:
                self._hunted += 1
                await self._one(replica, self._next_trap())
                self._hunted -= 1
            if self.tally.kills % TOLD_EVERY == 0:
                self._say()

    async def _one(self, replica: Replica, trap: Trap | None) -> None:
        """End a life, at its trap or else at a random moment, and wait until the next is ready."""
        life = await self._living(replica)
        if trap:
            trap.set_in(replica.trap)
        if not await life.dies_within(self._patience(trap)):
            await life.kill()
            self.tally.at_random += 1
        self._note_end(life.ended.result())
        await self._begin_again(replica)

    async def _begin_again(self, replica: Replica) -> None:
        """Begin a life, and another where it dies on the way: the trap may stand at a step that only a start takes."""
        life = await self._begin(replica)
        while not await replica.ready():
            self._note_end(await life.ended)
            life = await self._begin(replica)
        replica.trap.unlink(missing_ok=True)

    async def _living(self, replica: Replica) -> Life:
        if replica.life is not None and replica.life.is_alive:
            return replica.life
        return await self._begin(replica)

    async def _begin(self, replica: Replica) -> Life:
        return await replica.start(MODEL if self.dice.random() < WITH_MODEL else {})

    def _next_trap(self) -> Trap | None:
        """Choose what was asked for first; then a step at which no life ended yet; then any step at any time."""
        if self._told < len(self.first):
            self._told += 1
            return self.first[self._told - 1]
        fresh = [step for step in self.tally.missed if self.tally.tried[step] < MOST_TRIES]
        if fresh:
            step = min(fresh, key=lambda each: (self.tally.tried[each], self.dice.random()))
            self.tally.tried[step] += 1
            return Trap(step)
        if self.tally.seen and self.dice.random() < BY_TRAP:
            return Trap(self.dice.choice(sorted(self.tally.seen)), self.dice.randint(1, LATEST))
        return None

    def _patience(self, trap: Trap | None) -> float:
        if trap is None:
            return self.dice.uniform(SHORTEST, LONGEST)
        return TOLD_PATIENCE if trap in self.first else TRAP_PATIENCE

    def _note_end(self, status: int) -> None:
        self.tally.kills += 1
        self.tally.seen, self.tally.ends = read_steps(self.place.seen)
        if status != KILLED:
            self.tally.own_ends.append(f"a server ended by itself with status {status}")

    def _say(self) -> None:
        tally = self.tally
        self.tell(
            f"{self.place.folder.name}: {tally.kills} kills, {len(tally.ends)} of {len(tally.seen)} steps, "
            f"{len(self.place.guests)} visitors"
        )
