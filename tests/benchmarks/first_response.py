"""How long a visitor waits: our pipeline before the model's first token, beside the bare client in the same run.

The twin notes when a request reaches it. For the bare client that is the way from `create()` to the wire; for us
it is the way from the visitor's POST through acknowledgement, reading, history, score and library to the wire.
The difference is our overhead. The composed writer needs no model: there the whole reply is timed.
"""

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median, quantiles

import httpx
import openai
from rich.console import Console
from rich.table import Table

from tests.benchmarks.server import served
from tests.fakes.openai_twin import OpenAITwin

ROUNDS = 60
WARM_UP = 5
SETTLED = 0.05
QUESTION = "How much is Growth for {} technicians a year if we pay annually?"
SAYS = "Growth costs $42 per seat per month. Annual billing saves 12 %. "


@dataclass(frozen=True, slots=True)
class Visit:
    """One conversation with its visitor's token."""

    client: httpx.AsyncClient
    id: str

    async def say(self, text: str) -> None:
        """Send a message."""
        body = {"client_message_id": f"{time.monotonic_ns()}", "text": text}
        answer = await self.client.post(f"/v1/conversations/{self.id}/messages", json=body)
        answer.raise_for_status()

    async def reply(self) -> None:
        """Wait for the reply."""
        await self.client.get(
            f"/v1/conversations/{self.id}/messages", params={"after": 1, "wait": 20}
        )


async def measure(console: Console) -> Table:
    """Measure everything and give the table."""
    with tempfile.TemporaryDirectory() as folder:
        async with OpenAITwin(text=SAYS) as twin:
            console.print("with a model: bare client and Hotline in turn …")
            bare, ours, calls = await _with_model(twin, Path(folder) / "model")
        console.print("with the composed writer …")
        composed = await _composed(Path(folder) / "composed")
    table = Table(
        "milliseconds", "p50", "p95", "p99", title=f"{ROUNDS} conversations, one at a time"
    )
    _row(table, "bare openai client, until the request is on the wire", bare)
    _row(table, "Hotline, from the visitor's POST until the request is on the wire", ours)
    _row(
        table, "overhead (Hotline less the bare client's median)", [t - median(bare) for t in ours]
    )
    _row(table, "composed writer, from POST until the whole reply is read", composed)
    table.caption = f"model calls a turn: {calls / (ROUNDS + WARM_UP):.2f}"
    return table


async def _with_model(twin: OpenAITwin, folder: Path) -> tuple[list[float], list[float], int]:
    bare, ours = [], []
    client = openai.AsyncOpenAI(api_key="sk-bench", base_url=twin.base_url, max_retries=0)
    settings = {"OPENAI_API_KEY": "sk-bench", "OPENAI_BASE_URL": twin.base_url}
    calls = 0
    async with served(folder, **settings) as address:
        for number in range(12, 12 + ROUNDS + WARM_UP):
            question = QUESTION.format(number)
            bare.append(await _until_called(twin, partial(_ask, client, question)))
            before = len(twin.calls)
            async with httpx.AsyncClient(base_url=address, timeout=30) as visitor:
                visit = await _visit(visitor)
                # As a chat panel does, the visitor listens before writing.
                listening = asyncio.create_task(visit.reply())
                await asyncio.sleep(SETTLED)
                ours.append(await _until_called(twin, partial(visit.say, question)))
                await listening
            calls += len(twin.calls) - before
    await client.close()
    return bare[WARM_UP:], ours[WARM_UP:], calls


async def _until_called(twin: OpenAITwin, act: Callable[[], Awaitable[object]]) -> float:
    """Time from the act to the moment its request reaches the twin."""
    reached = asyncio.create_task(twin.called(len(twin.calls) + 1))
    started = time.perf_counter()
    acting = asyncio.create_task(_run(act))
    await reached
    elapsed = 1000 * (time.perf_counter() - started)
    await acting
    return elapsed


async def _run(act: Callable[[], Awaitable[object]]) -> None:
    await act()


async def _ask(client: openai.AsyncOpenAI, question: str) -> None:
    stream = await client.chat.completions.create(
        model="gpt-4o-mini", stream=True, messages=[{"role": "user", "content": question}]
    )
    async for _ in stream:
        pass


async def _composed(folder: Path) -> list[float]:
    times = []
    async with served(folder, OPENAI_API_KEY="") as address:
        for number in range(12, 12 + ROUNDS + WARM_UP):
            async with httpx.AsyncClient(base_url=address, timeout=30) as visitor:
                visit = await _visit(visitor)
                listening = asyncio.create_task(visit.reply())
                await asyncio.sleep(SETTLED)
                started = time.perf_counter()
                await visit.say(QUESTION.format(number))
                await listening
                times.append(1000 * (time.perf_counter() - started))
    return times[WARM_UP:]


async def _visit(client: httpx.AsyncClient) -> Visit:
    opened = (await client.post("/demo/conversations", json={"persona": "anonymous"})).json()
    client.headers["Authorization"] = f"Bearer {opened['visitor_token']}"
    return Visit(client, opened["conversation_id"])


def _row(table: Table, name: str, times: list[float]) -> None:
    cuts = quantiles(times, n=100)
    table.add_row(name, f"{median(times):.1f}", f"{cuts[94]:.1f}", f"{cuts[98]:.1f}")
