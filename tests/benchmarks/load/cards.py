"""How soon the card of whoever wants to buy is in Slack, while others ask ordinary questions."""

import asyncio
import json
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter

from tests.benchmarks.load.company import KEY, NO_MODEL, Company, warm
from tests.benchmarks.load.driving import Plan, drive
from tests.benchmarks.load.figures import Run, Spoken, spread
from tests.benchmarks.load.machine import watched
from tests.benchmarks.load.report import Row, row_of
from tests.benchmarks.load.schedule import stays, steady
from tests.benchmarks.load.words import question, wish_to_buy
from tests.benchmarks.server import serving
from tests.fakes.slack_twin import SlackTwin

RATE = 5.0
HOT_EVERY = (
    10  # so that a hot lead comes each two seconds: Slack takes about one post a second and channel
)
LOOK_EVERY = 0.005
CARD_PATIENCE = 20.0
QUOTED = 40


@dataclass(frozen=True, slots=True)
class Desk:
    """A company whose reps are in Slack."""

    company: Company
    twin: SlackTwin
    channel: str

    def cards(self) -> list[str]:
        """Give the cards in the channel, as they travelled."""
        posts = [each for each in self.twin.messages(self.channel) if not each.is_reply]
        return [json.dumps([post.text, post.blocks], ensure_ascii=False) for post in posts]


async def measure_cards(seconds: float) -> Row:
    """Measure over HTTP."""
    async with _a_desk() as desk:
        instants = steady(RATE, seconds)
        plan = Plan(stays(instants, len(instants)), seconds, len(instants), _says)
        seen: dict[str, float] = {}
        looking = asyncio.create_task(_look(desk, seen))
        async with watched(desk.company.pids) as cost:
            run = await drive(desk.company.addresses, plan)
            await _all_seen(run, seen)
        looking.cancel()
        row = row_of("cards in Slack", run, cost)
        return replace(row, card=spread(_waits(run, seen)))


def _says(number: int) -> str:
    return question(number) if number % HOT_EVERY else wish_to_buy(number)


@asynccontextmanager
async def _a_desk() -> AsyncIterator[Desk]:
    async with SlackTwin() as twin:
        channel, rep = twin.add_channel("hot-leads"), twin.add_user("Mia Hartung")
        known = replace(twin.workspace.users[rep], email="mia@tourvane.example")
        twin.workspace.users[rep] = known
        settings = NO_MODEL | {
            "HOTLINE_API_KEY": KEY,
            "SLACK_API_URL": twin.base_url,
            "SLACK_BOT_TOKEN": twin.bot_token,
            "SLACK_SIGNING_SECRET": twin.signing_secret,
            "HOTLINE_SLACK_CHANNEL": channel,
        }
        with tempfile.TemporaryDirectory(prefix="hotline-load-") as folder:
            async with serving(Path(folder), **settings) as server:
                await warm([server])
                yield Desk(Company([server]), twin, channel)


async def _look(desk: Desk, seen: dict[str, float]) -> None:
    """Note when each card came; the twin tells nobody of messages."""
    known = 0
    while True:
        cards = desk.cards() if len(desk.twin.messages(desk.channel)) > known else []
        for card in cards[known:]:
            seen[card] = perf_counter()
        known = max(known, len(cards))
        await asyncio.sleep(LOOK_EVERY)


async def _all_seen(run: Run, seen: dict[str, float]) -> None:
    async with asyncio.timeout(CARD_PATIENCE):
        while len(_waits(run, seen)) < len(_hot(run)):  # noqa: ASYNC110 - the twin tells nobody of messages
            await asyncio.sleep(LOOK_EVERY)


def _waits(run: Run, seen: dict[str, float]) -> list[float]:
    found = ((hot.due, _card_of(hot.text, seen)) for hot in _hot(run))
    return [at - due for due, at in found if at is not None]


def _hot(run: Run) -> list[Spoken]:
    return [spoken for number, spoken in enumerate(run.spoken) if number % HOT_EVERY == 0]


def _card_of(text: str, seen: dict[str, float]) -> float | None:
    """Give when the card came that quotes the beginning of these words."""
    return next((at for card, at in seen.items() if text[:QUOTED] in card), None)
