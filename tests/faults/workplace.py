"""One place under fire: the twins, the servers with their store, the reps, and a crowd of visitors."""

import asyncio
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import aiohttp

from tests.fakes.openai_twin import OpenAITwin
from tests.fakes.slack_twin import SlackTwin
from tests.faults.company import write_playbook
from tests.faults.database import SharedDatabase
from tests.faults.desk import Desk
from tests.faults.front import Front, GaveUpError
from tests.faults.lives import Nursery, Replica
from tests.faults.steps import CLOCK, SEEN
from tests.faults.stories import STORIES, Scene, Story, waits_in_vain
from tests.faults.visitor import Guest
from tests.scenarios.world import OFFLINE, PRICE

API_KEY = "a-key-for-the-faults-and-nothing-else-0123456789"
TOKENS_A_SECOND = 60.0
ARRIVE_WITHIN = 1.0


@dataclass(slots=True)
class Workplace:
    """Where it all happens; `crowd` visitors are there at any time while the doors are open."""

    folder: Path
    twin: SlackTwin
    model: OpenAITwin
    front: Front
    desk: Desk
    replicas: Sequence[Replica]
    dice: Random
    database: SharedDatabase | None = None
    guests: list[Guest] = field(default_factory=list)
    left_alone: set[str] = field(default_factory=set)
    troubles: list[str] = field(default_factory=list)
    _doors: list[asyncio.Task[None]] = field(default_factory=list)
    _looking: asyncio.Task[None] | None = None
    _is_open: bool = False

    @property
    def seen(self) -> Path:
        """Give where the steps are written down."""
        return self.folder / "steps.jsonl"

    def set_clock(self, seconds: float) -> None:
        """Let the clocks of all servers be ahead by so much."""
        for replica in self.replicas:
            replica.set_clock(seconds)

    def pids(self) -> list[int]:
        """Give the processes of the servers that live."""
        lives = (replica.life for replica in self.replicas)
        return [life.pid for life in lives if life is not None and life.is_alive]

    def open_doors(self, crowd: int, stories: Sequence[Story] = tuple(STORIES)) -> None:
        """Let visitors come, one after the other in each of so many places."""
        self._is_open = True
        self._looking = self._looking or asyncio.create_task(self.desk.look())
        for place in range(crowd):
            self._doors.append(asyncio.create_task(self._place(place, stories)))

    async def close_doors(self) -> None:
        """Let nobody in any more, and wait until everybody has said what they wanted to."""
        self._is_open = False
        await asyncio.gather(*self._doors)
        self._doors.clear()

    async def leave(self) -> None:
        """End all that is still going on."""
        for task in (*self._doors, *([self._looking] if self._looking else [])):
            task.cancel()
            (ended,) = await asyncio.gather(task, return_exceptions=True)
            if isinstance(ended, Exception):
                self.troubles.append(f"the driver itself: {type(ended).__name__} {ended}")
        for guest in self.guests:
            await guest.leave()
        for replica in self.replicas:
            if replica.life is not None:
                await replica.life.kill()

    async def _place(self, place: int, stories: Sequence[Story]) -> None:
        dice = Random(self.dice.random())  # noqa: S311 - a load, not a secret
        weights = [STORIES[story] for story in stories]
        while self._is_open:
            await asyncio.sleep(dice.uniform(0.0, ARRIVE_WITHIN))
            await self._play(
                dice.choices(stories, weights)[0], dice, f"g{place}-{len(self.guests)}"
            )

    async def _play(self, story: Story, dice: Random, name: str) -> None:
        guest = Guest(self.front, name)
        try:
            await guest.arrive()
            self.guests.append(guest)
            await story(Scene(guest, self.desk, dice))
            if story is waits_in_vain:
                self.left_alone.add(guest.conversation_id)
        except (GaveUpError, TimeoutError) as error:
            self.troubles.append(f"{name} in {story.__name__}: {type(error).__name__} {error}")
        finally:
            await guest.leave()


def free_ports(number: int) -> list[int]:
    """Find ports that nobody listens on."""
    probes = [socket.socket() for _ in range(number)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]
    finally:
        for probe in probes:
            probe.close()


@asynccontextmanager
async def a_workplace(
    folder: Path,
    nursery: Nursery,
    dice: Random,
    *,
    replicas: int = 1,
    database: SharedDatabase | None = None,
) -> AsyncIterator[Workplace]:
    """Set it up over a folder; nothing lives yet."""
    playbook = write_playbook(folder / "playbook.yaml")
    model = OpenAITwin(f"{PRICE} {OFFLINE}", ttft=0.05, tokens_per_second=TOKENS_A_SECOND)
    connector = aiohttp.TCPConnector(limit=0, force_close=True)
    async with (
        model,
        SlackTwin(ack_within=3.0) as twin,
        aiohttp.ClientSession(connector=connector) as session,
    ):
        ports = free_ports(replicas)
        front = Front(session, [f"http://127.0.0.1:{port}" for port in ports], API_KEY)
        desk = Desk(twin, front)
        desk.set_up()
        place = Workplace(folder, twin, model, front, desk, [], dice, database)
        settings = {
            "HOTLINE_PLAYBOOK": str(playbook),
            "HOTLINE_API_KEY": API_KEY,
            "HOTLINE_RATE_LIMITS": "off",
            "HOTLINE_LOG_LEVEL": "warning",
            "HOTLINE_HOST": "127.0.0.1",
            "SLACK_API_URL": twin.base_url,
            "SLACK_BOT_TOKEN": twin.bot_token,
            "SLACK_SIGNING_SECRET": twin.signing_secret,
            "HOTLINE_SLACK_CHANNEL": desk.channel,
            "OPENAI_BASE_URL": model.base_url,
            SEEN: str(place.seen),
        }
        if database is not None:
            settings["HOTLINE_DATABASE_URL"] = database.address
        place.replicas = [
            Replica(
                nursery,
                port,
                settings
                | {
                    "HOTLINE_DATA_DIR": str(folder / f"data-{number}"),
                    CLOCK: str(folder / f"clock-{number}"),
                },
                folder / f"server-{number}.log",
                folder / f"trap-{number}.json",
            )
            for number, port in enumerate(ports)
        ]
        try:
            yield place
        finally:
            await place.leave()
