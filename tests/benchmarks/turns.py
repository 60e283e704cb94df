"""Whether a whole turn stays as quick as histories grow, from the visitor's message until the reply's first sentence.

A server of its own runs on each of the filled databases, with the composed writer; the lead writes to them in turn,
each time in a new conversation, so that whatever else the machine does meets all alike.
"""

import asyncio
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from statistics import median, quantiles

import httpx
from rich.table import Table

from integrations.web.identity import hash_identity
from tests.benchmarks.first_response import QUESTION, SETTLED, Visit
from tests.benchmarks.histories import USER_ID, Filled
from tests.benchmarks.server import served

TURNS = 30
WARM_UP = 4
SECRET = "known to the customer's server"
PATIENCE = 30
VISITOR = {"anonymous_id": "a-0", "user_id": USER_ID, "user_hash": hash_identity(SECRET, USER_ID)}


async def measure_turns(curves: Sequence[Sequence[Filled]]) -> Table:
    """Measure each curve and give the table."""
    table = Table(
        "histories", "p50 ms", "to the first", "p95 ms", title="One turn, until its first sentence"
    )
    for curve in curves:
        times = await _in_turns(curve)
        for filled, taken in zip(curve, times, strict=True):
            ratio, p95 = median(taken) / median(times[0]), quantiles(taken, n=20)[-1]
            table.add_row(filled.size, f"{median(taken):.1f}", f"{ratio:.2f}", f"{p95:.1f}")
    return table


async def _in_turns(curve: Sequence[Filled]) -> list[list[float]]:
    settings = {"OPENAI_API_KEY": "", "HOTLINE_IDENTITY_SECRET": SECRET}
    times: list[list[float]] = [[] for _ in curve]
    async with AsyncExitStack() as running:
        addresses = [
            await running.enter_async_context(served(filled.path.parent, **settings))
            for filled in curve
        ]
        for number in range(TURNS + WARM_UP):
            for taken, address in zip(times, addresses, strict=True):
                async with httpx.AsyncClient(base_url=address, timeout=PATIENCE) as client:
                    taken.append(await _turn(client, QUESTION.format(12 + number)))
    return [taken[WARM_UP:] for taken in times]


async def _turn(client: httpx.AsyncClient, question: str) -> float:
    visit = await _visit(client)
    # As a chat panel does, the visitor listens before writing.
    listening = asyncio.create_task(_first_sentence(visit))
    await asyncio.sleep(SETTLED)
    started = time.perf_counter()
    await visit.say(question)
    return 1000 * (await listening - started)


async def _visit(client: httpx.AsyncClient) -> Visit:
    answer = await client.post("/v1/conversations", json={"visitor": VISITOR})
    opened = answer.raise_for_status().json()
    client.headers["Authorization"] = f"Bearer {opened['visitor_token']}"
    return Visit(client, opened["conversation_id"])


async def _first_sentence(visit: Visit) -> float:
    """Give the instant at which the first piece of a reply is there."""
    async with visit.client.stream("GET", f"/v1/conversations/{visit.id}/stream") as events:
        async for line in events.aiter_lines():
            if line == "event: delta":
                return time.perf_counter()
    raise RuntimeError("the stream ended before a reply began")
