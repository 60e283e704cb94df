"""A campaign of kills: through every step by name, then at random moments, while visitors and reps go on."""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from tests.faults.lives import Life, Replica
from tests.faults.steps import Trap, read_steps
from tests.faults.workplace import Workplace

TRAP_PATIENCE = 4.0
SHORTEST, LONGEST = 0.05, 1.5
MOST_TRIES = 6
LATEST = 12
WITH_MODEL = 0.7
MODEL = {"OPENAI_API_KEY": "sk-twin"}
BESIDE = {"SIGKILL": -9}


@dataclass(slots=True)
class Tally:
    """What a campaign has done so far."""

    kills: int = 0
    at_random: int = 0
    ends: Counter[str] = field(default_factory=Counter)
    tried: Counter[str] = field(default_factory=Counter)
    seen: set[str] = field(default_factory=set)
    own_ends: list[str] = field(default_factory=list)

    @property
    def missed(self) -> list[str]:
        """Give the steps that were seen and at which no life ended."""
        return sorted(self.seen - set(self.ends))


@dataclass(slots=True)
class Campaign:
    """Kills servers of one workplace, one at a time."""

    place: Workplace
    dice: Random
    tell: Callable[[object], None] = field(default=lambda _: None)
    tally: Tally = field(default_factory=Tally)

    async def run(self, kills: int) -> None:
        """Kill so many times; every replica lives afterwards."""
        for replica in self.place.replicas[1:]:
            await self._begin(replica, None)
        while self.tally.kills < kills:
            await self._one(self.place.replicas[self.tally.kills % len(self.place.replicas)])
            if self.tally.kills % 10 == 0:
                self._say()
        for replica in self.place.replicas:
            if replica.life is None or not replica.life.is_alive:
                await self._begin(replica, None)
                await replica.ready()

    async def _one(self, replica: Replica) -> None:
        """Begin a life and end it: at its step, or at a random moment when that is not reached."""
        if replica.life is not None:
            await replica.life.kill()
        trap = self._next_trap()
        life = await self._begin(replica, trap)
        is_ready = await replica.ready()
        if trap and await life.dies_within(TRAP_PATIENCE):
            self._note_end(life.ended.result())
        elif is_ready or life.is_alive:
            await asyncio.sleep(0 if trap else self.dice.uniform(SHORTEST, LONGEST))
            await life.kill()
            self.tally.at_random += 1
        else:
            self._note_end(life.ended.result())
        self.tally.kills += 1
        self._read()

    async def _begin(self, replica: Replica, trap: Trap | None) -> Life:
        extra = dict(trap.settings()) if trap else {}
        if self.dice.random() < WITH_MODEL:
            extra |= MODEL
        return await replica.start(extra)

    def _next_trap(self) -> Trap | None:
        """Choose a step at which no life ended yet, the least tried first; then any step at any time."""
        fresh = [step for step in self.tally.missed if self.tally.tried[step] < MOST_TRIES]
        if fresh:
            step = min(fresh, key=lambda each: (self.tally.tried[each], self.dice.random()))
            self.tally.tried[step] += 1
            return Trap(step)
        if self.tally.seen and self.dice.random() < 0.6:
            step = self.dice.choice(sorted(self.tally.ends) or sorted(self.tally.seen))
            return Trap(step, self.dice.randint(1, LATEST))
        return None

    def _note_end(self, status: int) -> None:
        if status != BESIDE["SIGKILL"]:
            self.tally.own_ends.append(f"a server ended by itself with status {status}")

    def _read(self) -> None:
        seen, ends = read_steps(self.place.seen)
        self.tally.seen = seen
        for step in ends - set(self.tally.ends):
            self.tally.ends[step] += 1

    def _say(self) -> None:
        tally = self.tally
        self.tell(
            f"{tally.kills} kills, {len(tally.ends)} of {len(tally.seen)} steps, "
            f"{len(self.place.guests)} visitors"
        )
