"""A campaign of kills: through every step by name, then at random moments, while visitors and reps go on."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random

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
    """Kills servers of one workplace, one at a time; with several, the others go on meanwhile."""

    place: Workplace
    dice: Random
    tell: Callable[[object], None] = field(default=lambda _: None)
    tally: Tally = field(default_factory=Tally)
    first: Sequence[Trap] = ()

    async def run(self, kills: int) -> None:
        """Kill so many times; every replica lives afterwards."""
        replicas = self.place.replicas
        for replica in replicas if len(replicas) > 1 else ():
            await self._begin(replica)
        while self.tally.kills < kills:
            await self._one(replicas[self.tally.kills % len(replicas)])
            if self.tally.kills % 20 == 0:
                self._say()
        for replica in replicas:
            if replica.life is None or not replica.life.is_alive:
                await self._begin(replica)
            await replica.ready()

    async def _one(self, replica: Replica) -> None:
        """End a life: at the step that is next, or at a random moment when that is not reached."""
        trap = self._next_trap()
        if trap:
            trap.set_in(replica.trap)
        if replica.life is None or not replica.life.is_alive:
            await self._begin(replica)
        life = replica.life
        assert life is not None
        await replica.ready()
        if await life.dies_within(self._patience(trap)):
            self._note_end(life.ended.result())
        else:
            await life.kill()
            self.tally.at_random += 1
        replica.trap.unlink(missing_ok=True)
        self.tally.kills += 1
        self.tally.seen, self.tally.ends = read_steps(self.place.seen)
        if len(self.place.replicas) > 1:
            await self._begin(replica)

    async def _begin(self, replica: Replica) -> Life:
        return await replica.start(MODEL if self.dice.random() < WITH_MODEL else {})

    def _next_trap(self) -> Trap | None:
        """Choose what was asked for first; then a step at which no life ended yet; then any step at any time."""
        if self.tally.kills < len(self.first):
            return self.first[self.tally.kills]
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
        if status != KILLED:
            self.tally.own_ends.append(f"a server ended by itself with status {status}")

    def _say(self) -> None:
        tally = self.tally
        self.tell(
            f"{tally.kills} kills, {len(tally.ends)} of {len(tally.seen)} steps, "
            f"{len(self.place.guests)} visitors"
        )
