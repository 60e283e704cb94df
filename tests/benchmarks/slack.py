"""How soon a hot lead's card is in Slack, and how soon Slack's events are acknowledged under load.

A real server process beside a Slack twin over HTTP and Socket Mode. `python -m tests.benchmarks.slack` runs only this.
"""

import asyncio
import json
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from statistics import quantiles
from time import perf_counter

import httpx
from rich.console import Console
from rich.table import Table

from tests.benchmarks.server import served
from tests.fakes.slack.state import Json, Message
from tests.fakes.slack_twin import SlackTwin

CARDS = 40
BETWEEN_CARDS = 1.1  # Slack takes about one post a second and channel
EVENTS_A_SECOND = 50
SECONDS = 20
PATIENCE = 30.0
HOT = "We need a quote for 40 technicians by April, our budget is approved. Who can I talk to?"


@dataclass(frozen=True, slots=True)
class Desk:
    """A served company with its channel and a rep in Slack."""

    twin: SlackTwin
    address: str
    channel: str
    rep: str

    @property
    def events_url(self) -> str:
        return f"{self.address}/slack/events"

    def cards(self) -> list[Message]:
        return [m for m in self.twin.messages(self.channel) if not m.is_reply]


async def measure_slack() -> Table:
    """Measure both, over HTTP and through Socket Mode."""
    table = Table("what", "times", "p50 ms", "p95 ms", "p99 ms", title="The desk in Slack")
    for mode in ("HTTP", "Socket Mode"):
        async with _desk(is_socket=mode != "HTTP") as desk:
            waits = [await _card(desk, number) for number in range(CARDS)]
            _add(table, f"hot message to card, {mode}", waits)
            tell = _by_http(desk) if mode == "HTTP" else _by_socket(desk)
            _add(
                table,
                f"event to acknowledgement at {EVENTS_A_SECOND}/s, {mode}",
                await _load(desk, tell),
            )
    return table


@asynccontextmanager
async def _desk(*, is_socket: bool) -> AsyncIterator[Desk]:
    with tempfile.TemporaryDirectory() as folder:
        async with SlackTwin(ack_within=PATIENCE) as twin:
            channel, rep = twin.add_channel("hot-leads"), twin.add_user("Mia Hartung")
            known = replace(twin.workspace.users[rep], email="mia@tourvane.example")
            twin.workspace.users[rep] = known
            way = (
                {"SLACK_APP_TOKEN": twin.app_token}
                if is_socket
                else {"SLACK_SIGNING_SECRET": twin.signing_secret}
            )
            settings = {
                "SLACK_API_URL": twin.base_url,
                "SLACK_BOT_TOKEN": twin.bot_token,
                "HOTLINE_SLACK_CHANNEL": channel,
            }
            async with served(Path(folder), **settings, **way) as address:
                yield Desk(twin, address, channel, rep)


async def _card(desk: Desk, number: int) -> float:
    """Let a stranger be hot; gives the seconds until their card stands in the channel."""
    async with httpx.AsyncClient(base_url=desk.address) as client:
        visitor = {"visitor": {"anonymous_id": f"bench-{number}"}, "locale": "en-GB"}
        opened = (await client.post("/v1/conversations", json=visitor)).json()
        before, headers = len(desk.cards()), {"Authorization": f"Bearer {opened['visitor_token']}"}
        message = {"client_message_id": f"bench-{number}", "text": HOT}
        began = perf_counter()
        path = f"/v1/conversations/{opened['conversation_id']}/messages"
        (await client.post(path, json=message, headers=headers)).raise_for_status()
        async with asyncio.timeout(PATIENCE):
            while len(desk.cards()) <= before:  # noqa: ASYNC110 - the twin tells nobody of messages
                await asyncio.sleep(0.005)
        took = perf_counter() - began
    await asyncio.sleep(max(0.0, BETWEEN_CARDS - took))
    return took


async def _load(desk: Desk, tell: Callable[[Json], Awaitable[object]]) -> list[float]:
    """Tell of replies in threads at a steady pace, however slow the answers; gives the seconds to each."""
    random, cards, waits = Random(7), desk.cards(), list[float]()  # noqa: S311 - a load, not a secret

    async def one(at: float) -> None:
        await asyncio.sleep(max(0.0, at - perf_counter()))
        thread = random.choice(cards).ts
        event = desk.twin.thread_reply(desk.rep, desk.channel, thread, "Shall we talk at 14:00?")
        await tell(event)
        # From when it was due, so that a slow answer does not hide the wait of the next ones.
        waits.append(perf_counter() - at)

    began = perf_counter() + 0.5
    times = EVENTS_A_SECOND * SECONDS
    await asyncio.gather(*(one(began + number / EVENTS_A_SECOND) for number in range(times)))
    return waits


def _by_http(desk: Desk) -> Callable[[Json], Awaitable[object]]:
    client = httpx.AsyncClient(timeout=PATIENCE)

    async def tell(event: Json) -> None:
        body = json.dumps(
            {
                "type": "event_callback",
                "event_id": f"Ev{event['ts']}",
                "event": event,
                "team_id": "T1",
            }
        )
        headers = desk.twin.signed_headers(body)
        (await client.post(desk.events_url, content=body, headers=headers)).raise_for_status()

    return tell


def _by_socket(desk: Desk) -> Callable[[Json], Awaitable[object]]:
    return desk.twin.socket_event


def _add(table: Table, what: str, seconds: list[float]) -> None:
    cuts = quantiles(seconds, n=100)
    shown = (f"{1_000 * cuts[percent - 1]:.0f}" for percent in (50, 95, 99))
    table.add_row(what, f"{len(seconds):,}", *shown)


if __name__ == "__main__":
    Console().print(asyncio.run(measure_slack()))
