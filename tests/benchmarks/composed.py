"""How long a visitor waits for a reply that needs no model, over the questions of the demo company."""

import tempfile
from pathlib import Path
from statistics import median, quantiles

from rich.table import Table

from tests.benchmarks.questions import demo_questions
from tests.benchmarks.server import served, settled
from tests.benchmarks.visiting import Until, visiting

QUICK = 250


async def measure_composed() -> Table:
    """Measure the first sentence and the whole reply, each question in a conversation of its own."""
    questions = demo_questions()
    table = Table(
        "milliseconds from POST until", "p50", "p95", "most",
        title=f"Composed replies, {len(questions)} questions, one at a time",
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        async with served(Path(folder), OPENAI_API_KEY="") as address:
            await settled(address, QUICK)
            for name, until in (
                ("the first sentence is visible", Until.FIRST_SENTENCE),
                ("the whole reply is there", Until.WHOLE),
            ):
                times = [await _time(address, question, until) for question in questions]
                late = quantiles(times, n=20)[-1]
                table.add_row(name, f"{median(times):.1f}", f"{late:.1f}", f"{max(times):.1f}")
    return table


async def _time(address: str, question: str, until: Until) -> float:
    async with visiting(address) as visit:
        return (await visit.ask(question, until)).milliseconds
