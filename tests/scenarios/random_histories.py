"""Random histories: visitors, reps, time, crashes and an unreliable desk act in any order, and some things always hold.

    python -m tests.scenarios.random_histories --times 10000

plays so many histories on stores in memory and prints those that break a rule, each with its seed; the same seed
plays the same history. A crash keeps what was stored at that instant and nothing else; the desk is outside and keeps
what it was shown. The invariants are in `observed.py`.
"""

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import AsyncExitStack, suppress
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from time import monotonic

from agent.conversation import RepId
from agent.errors import DeskUnavailableError, HotlineError, ModelUnavailableError
from agent.handoff import DeskPost, HandoffId, Outcome
from tests.contracts.stores import Stores, in_memory
from tests.fakes.clock import FixedClock
from tests.fakes.desk import RecordingDesk
from tests.fakes.memory import MemoryStore
from tests.scenarios.observed import Observed
from tests.scenarios.world import (
    HOT,
    OFFLINE_QUESTION,
    PRICE_QUESTION,
    WANTS_PERSON,
    World,
    a_world,
)
from tests.scenarios.writer import Step

REPS = (RepId("mia"), RepId("jonas"), RepId("amara"))
WORDS = (
    *(HOT, PRICE_QUESTION, OFFLINE_QUESTION, WANTS_PERSON, HOT, WANTS_PERSON),
    *("thanks", "ok", "Is anybody there?", "We decided not to go on.", "<!channel> *hi* `x`"),
)
REP_WORDS = ("Hello, Mia here.", "It is $42 per seat.", "Shall we talk at 14:00?")
STEPS = 14
MOST_TICKS = 60
MOST_ROUNDS = 12
QUIET_AFTER = 40
"""How many times two minutes pass at the end, until all that is due must have been done."""


@dataclass(slots=True)
class Line:
    """How one process reaches the desk: what has died shows nothing any more, however it ends."""

    desk: RecordingDesk
    is_cut: bool = False

    async def deliver(self, post: DeskPost) -> str:
        """Show one post."""
        if self.is_cut:
            raise DeskUnavailableError("This process is dead.")
        return await self.desk.deliver(post)


@dataclass(slots=True)
class Story:
    """One history being played: the process of the moment, and what outlives it."""

    random: Random
    clock: FixedClock
    store: MemoryStore
    line: Line
    stack: AsyncExitStack
    world: World
    seen: Observed
    has_model: bool
    told: list[str] = field(default_factory=list)
    pauses: list[asyncio.Event] = field(default_factory=list)

    # What happens in a history

    async def writes(self) -> None:
        """The visitor writes something new."""
        words, client_id = self.random.choice(WORDS), f"new-{len(self.seen.accepted)}"
        self.seen.expects(client_id, words, self.active())
        await self.world.visitor_writes(words, client_id)

    async def writes_again(self) -> None:
        """The widget sends a message again, as it got no answer."""
        if self.seen.accepted:
            client_id, words = self.random.choice(list(self.seen.accepted.items()))
            await self.world.visitor_writes(words, client_id)

    async def claims(self) -> None:
        """A rep presses Claim, perhaps together with another."""
        reps = self.random.sample(REPS, self.random.choice((1, 1, 2)))
        if handoff_id := self.handoff_id():
            takeover = self.world.takeover
            await self._tries(*(takeover.claim(handoff_id, rep) for rep in reps))

    async def speaks(self) -> None:
        """A rep writes in the thread; Slack may tell of it several times."""
        if handoff_id := self.handoff_id():
            words_id = f"words-{self.random.randrange(6)}"
            words, rep = self.random.choice(REP_WORDS), self.somebody(handoff_id)
            takeover = self.world.takeover
            for _ in range(self.random.choice((1, 1, 4))):
                if await self._tries(takeover.speak(handoff_id, rep, words, words_id)):
                    self.seen.spoken.setdefault(words_id, words)

    async def gives_back(self) -> None:
        """A rep gives the conversation back."""
        if handoff_id := self.handoff_id():
            await self._tries(self.world.takeover.give_back(handoff_id, self.somebody(handoff_id)))

    async def closes(self) -> None:
        """A rep closes with an outcome."""
        if handoff_id := self.handoff_id():
            outcome, rep = self.random.choice([None, *Outcome]), self.random.choice(REPS)
            await self._tries(self.world.takeover.close(handoff_id, rep, outcome))

    async def snoozes(self) -> None:
        """A rep holds reminders back."""
        if handoff_id := self.handoff_id():
            until = self.clock.now() + timedelta(minutes=self.random.choice((1, 15, 90)))
            rep = self.random.choice(REPS)
            await self._tries(self.world.takeover.snooze(handoff_id, rep, until))

    async def passes_on(self) -> None:
        """A rep passes the handoff on to a colleague."""
        if handoff_id := self.handoff_id():
            rep, other = self.somebody(handoff_id), self.random.choice(REPS)
            if await self._tries(self.world.takeover.pass_on(handoff_id, rep, other, "")):
                self.seen.passed_on[handoff_id] += 1

    async def takes_again(self) -> None:
        """A rep wants a handoff back that is over."""
        if handoff_id := self.handoff_id():
            takeover = self.world.takeover
            await self._tries(takeover.take_again(handoff_id, self.random.choice(REPS)))

    async def ticks_off(self) -> None:
        """A rep says that the promised call was made."""
        if handoff_id := self.handoff_id():
            await self._tries(self.world.takeover.called(handoff_id, self.somebody(handoff_id)))

    async def passes(self) -> None:
        """Time passes."""
        seconds = self.random.choice((1, 20, 61, 160, 301, 620, 1_000, 7_200, 60_000))
        self.clock.advance(timedelta(seconds=seconds))

    async def jumps(self) -> None:
        """The machine's clock is set, forwards or back."""
        self.clock.advance(timedelta(minutes=self.random.choice((-30, -2, 45, 24 * 60))))

    async def loses_the_desk(self) -> None:
        """The desk is out of reach for some posts."""
        self.line.desk.is_unavailable(times=self.random.randrange(1, 5))

    async def loses_an_answer(self) -> None:
        """The desk shows a post and its answer is lost."""
        self.line.desk.is_lost_after_posting()

    async def stumbles(self) -> None:
        """The model fails, or is slow enough for others to act."""
        failure, pause = ModelUnavailableError("TimeoutError: slow"), asyncio.Event()
        self.pauses.append(pause)
        script: tuple[tuple[Step, ...], ...] = (
            (failure,),
            ("Half a sentence", failure),
            (pause, "Growth costs $42 per seat per month. "),
            ("Growth costs $42 per seat per month. ", pause, "Anything else?"),
        )
        self.world.writer.says_once(*self.random.choice(script))

    async def races(self) -> None:
        """The visitor asks, and while the agent writes a rep claims, gives back or closes."""
        self.stumbles_at_once()
        await self.writes()
        await self._ticks()
        await self.random.choice((self.claims, self.claims, self.gives_back, self.closes))()
        await self._ticks()
        for pause in self.pauses:
            pause.set()

    def stumbles_at_once(self) -> None:
        """Let the model stop before a sentence, until it is told to go on."""
        self.pauses.append(pause := asyncio.Event())
        words = "Growth costs $42 per seat per month. "
        self.world.writer.says_once(*self.random.choice(((pause, words), (words, pause, words))))

    async def crashes(self) -> None:
        """The process dies and another starts over what was stored at this instant."""
        self.store = deepcopy(self.store)
        self.line.is_cut = True
        _kill()
        with suppress(asyncio.CancelledError):  # what was being delivered died with the process
            await self.stack.aclose()
        self.store.clock = self.clock
        self.world, conversation_id = await _process(self), self.world.id
        self.world.id = conversation_id

    async def happens(self) -> None:
        """Let one thing happen, and some of what it makes due."""
        act = self.random.choices(ACTS, WEIGHTS)[0]
        self.told.append(act.__name__)
        await act(self)
        await self.seen.looks(self.world)
        if self.random.random() < 0.5:
            await self.settles()
        else:
            await self._ticks()
        await self.seen.looks(self.world)

    async def comes_to_rest(self) -> None:
        """All is well again, and time passes until nothing is due."""
        self.line.desk.heals()
        for _ in range(QUIET_AFTER):
            self.clock.advance(timedelta(minutes=2))
            await self.settles()
            await self.seen.looks(self.world)

    async def settles(self) -> None:
        """Do what is due; words that only a dead process may answer stay due until its lease is over."""
        world = self.world
        for pause in self.pauses:
            pause.set()
        for _ in range(MOST_ROUNDS):
            for conversation_id in await world.stores.conversations.due(self.clock.now()):
                world.wakeups.wake(conversation_id)
            if not world.wakeups.is_busy:
                return
            await world.wakeups.idle()

    async def _ticks(self) -> None:
        for _ in range(self.random.randrange(MOST_TICKS)):
            await asyncio.sleep(0)

    def active(self) -> HandoffId | None:
        """Give the handoff that is open or claimed now."""
        handoff = self.store.active(self.world.id)
        return handoff.id if handoff else None

    def handoff_id(self) -> HandoffId | None:
        """Give the newest handoff, ended or not: late clicks come, too."""
        handoff = self.store.latest(self.world.id)
        return handoff.id if handoff else None

    def somebody(self, handoff_id: HandoffId) -> RepId:
        """Give a rep: mostly the one who holds it."""
        holder = self.store.handoffs[handoff_id].claimed_by
        anybody = self.random.choice(REPS)
        return holder if holder and self.random.random() < 0.8 else anybody

    async def _tries(self, *acts: Awaitable[object]) -> bool:
        """Do what reps do at once; a refusal is no fault. Tells whether the last was done."""
        done = await asyncio.gather(*acts, return_exceptions=True)
        for each in done:
            if isinstance(each, BaseException) and not isinstance(each, HotlineError):
                raise each
        return not isinstance(done[-1], BaseException)


Act = Callable[[Story], Awaitable[None]]
CHANCES: dict[Act, int] = {
    Story.writes: 28, Story.writes_again: 5, Story.claims: 16, Story.speaks: 18, Story.gives_back: 6, Story.closes: 3,
    Story.snoozes: 3, Story.passes_on: 4, Story.takes_again: 4, Story.ticks_off: 2, Story.passes: 14, Story.jumps: 2, Story.loses_the_desk: 4, Story.loses_an_answer: 4,
    Story.stumbles: 6, Story.races: 14, Story.crashes: 5,
}  # fmt: skip
ACTS, WEIGHTS = list(CHANCES), list(CHANCES.values())


async def play(seed: int) -> list[str]:
    """Play one history; gives what it broke, with what happened in it, and nothing when all held."""
    random, clock = Random(seed), FixedClock()  # noqa: S311 - histories, not secrets
    store, stack, seen = MemoryStore(clock), AsyncExitStack(), Observed()
    has_model, line = random.random() < 0.5, Line(RecordingDesk())
    async with stack:
        world = await _entered(stack, in_memory(clock, store), line, has_model=has_model)
        story = Story(random, clock, store, line, stack, world, seen, has_model)
        await story.world.visitor_arrives()
        for _ in range(STEPS):
            await story.happens()
        await story.comes_to_rest()
        broken = await seen.broken(story.world)
        await story.stack.aclose()
    return [f"seed {seed}: {each} ({', '.join(story.told)})" for each in broken]


async def _process(story: Story) -> World:
    story.stack, story.line = AsyncExitStack(), Line(story.line.desk)
    stores = in_memory(story.clock, story.store)
    return await _entered(story.stack, stores, story.line, has_model=story.has_model)


async def _entered(stack: AsyncExitStack, stores: Stores, line: Line, *, has_model: bool) -> World:
    world = a_world(stores=stores, desk=line.desk, line=line, model=has_model)
    return await stack.enter_async_context(world)


def _kill() -> None:
    """End all that the process was doing, at whatever it was waiting for."""
    for task in asyncio.all_tasks():
        if task is not asyncio.current_task():
            task.cancel()


def _played(seed: int) -> list[str]:
    return asyncio.run(play(seed))


def main() -> int:
    """Play many histories on all cores."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--times", type=int, default=10_000)
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    arguments = parser.parse_args()
    began, broken, played = monotonic(), 0, 0
    with ProcessPoolExecutor() as processes:
        seeds = range(arguments.first, arguments.first + arguments.times)
        for found in processes.map(_played, seeds, chunksize=20):
            played += 1
            broken += bool(found)
            sys.stdout.writelines(f"{each}\n" for each in found)
    sys.stdout.write(
        f"{played:,} histories in {monotonic() - began:.0f} s: {broken} broke a rule.\n"
    )
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
