"""Whether a whole turn stays as quick as histories grow, from the visitor's message until the reply's first sentence.

A server of its own runs on each of the filled databases, with the composed writer; the lead writes to them in turn,
each time in a new conversation, so that whatever else the machine does meets all alike.
"""

from collections.abc import Sequence
from contextlib import AsyncExitStack
from statistics import median, quantiles

from rich.table import Table

from integrations.web.identity import hash_identity
from tests.benchmarks.histories import USER_ID, Filled
from tests.benchmarks.server import served
from tests.benchmarks.visiting import Until, visiting

TURNS = 30
WARM_UP = 4
SECRET = "known to the customer's server"
QUESTION = "How much is Growth for {} technicians a year if we pay annually?"
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
                taken.append(await _turn(address, QUESTION.format(12 + number)))
    return [taken[WARM_UP:] for taken in times]


async def _turn(address: str, question: str) -> float:
    async with visiting(address, VISITOR) as visit:
        return (await visit.ask(question, Until.FIRST_SENTENCE)).milliseconds
