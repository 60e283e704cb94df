"""How quick a search stays in a library of a hundred thousand facts, how soon it opens, and how fast facts are indexed.

The many facts are synthetic, with random vectors; the questions are real and really embedded.
"""

import asyncio
import random
import resource
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter

import numpy as np
from numpy.typing import NDArray
from rich.table import Table

from agent.facts import NOTHING_MORE, Fact, Topic, Wanted
from agent.finding import READ_FACTS
from integrations.models.embeddings import LocalEmbeddings
from knowledge import library, vectors
from knowledge.demo_company import demo_library_path
from knowledge.indexing import fact_id, read_facts
from knowledge.library import ChromaLibrary

SIZES = (1_000, 100_000)
SEARCHES = 200
WARM_UP = 10
WORDS = 20_000
FILLED_AT_ONCE = 4_000
QUESTIONS = (
    "What does Growth cost?",
    "how long is the trial",
    "Wo liegen unsere Daten?",
    "can i cancel any time",
)


class SyntheticEmbeddings:
    """Random rows for facts, real ones for questions."""

    def __init__(self, real: LocalEmbeddings) -> None:
        self._real = real
        self._random = np.random.default_rng(7)
        self.name = f"synthetic beside {real.name}"
        self.unrelated = real.unrelated

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        rows = self._random.normal(size=(len(texts), LocalEmbeddings.dimensions))
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)

    def embed_questions(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self._real.embed_questions(texts)


async def measure_library() -> Table:
    """Measure searching and opening by size, and indexing once."""
    title = "The library: searches, also for those who ask for prices"
    table = Table(
        "facts", "p50 ms", "p99 ms", "prices p50 ms", "opened in s", "peak MB", title=title
    )
    real = LocalEmbeddings.load()
    for size in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            table.add_row(f"{size:,}", *await _measured(Path(folder) / "library", size, real))
    seconds, count = await _indexed(real)
    table.caption = f"indexed {count / seconds:.0f} facts a second, embedding included"
    return table


async def _measured(folder: Path, size: int, real: LocalEmbeddings) -> list[str]:
    held = await ChromaLibrary.open(folder, SyntheticEmbeddings(real))
    # Filled in large parts: what is measured is searching, and Chroma takes a while for each part.
    _put_at_once(FILLED_AT_ONCE)
    await held.follow({fact.id: fact for fact in _facts(size)})
    await held.close()
    started = perf_counter()
    held = await ChromaLibrary.open(folder, SyntheticEmbeddings(real))
    opened = perf_counter() - started
    times = await _searches(held, NOTHING_MORE)
    prices = await _searches(held, Wanted(topics=frozenset({Topic.PRICE})))
    await held.close()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    late = quantiles(times, n=100)[98]
    return [
        f"{median(times):.1f}", f"{late:.1f}", f"{median(prices):.1f}", f"{opened:.1f}", f"{peak:.0f}"
    ]  # fmt: skip


async def _searches(held: ChromaLibrary, wanted: Wanted) -> list[float]:
    """Search for what was never asked before; give the milliseconds."""
    times = []
    for number in range(SEARCHES + WARM_UP):
        question = f"{QUESTIONS[number % len(QUESTIONS)]} word{number}{'s' * len(wanted.topics)}"
        started = perf_counter()
        await held.find(question, READ_FACTS, wanted)
        times.append((perf_counter() - started) * 1000)
    return times[WARM_UP:]


def _facts(count: int) -> list[Fact]:
    """Make facts whose words are as unevenly frequent as in prose."""
    chance = random.Random(7)  # noqa: S311
    common = "the plan costs data trial days cancel month support price seat".split()  # noqa: SIM905
    made = []
    for number in range(count):
        rare = (f"word{int(WORDS * chance.random() ** 3)}" for _ in range(25))
        text = " ".join([*chance.choices(common, k=8), *rare]) + f" {number}."
        key = fact_id("", f"Page {number // 10}", "", text, "en")
        made.append(Fact(id=key, page=f"Page {number // 10}", heading="", text=text, url=""))
    return made


async def _indexed(real: LocalEmbeddings) -> tuple[float, int]:
    _put_at_once(16)
    facts = read_facts(demo_library_path()).facts
    with tempfile.TemporaryDirectory() as folder:
        held = await ChromaLibrary.open(Path(folder) / "library", real)
        started = perf_counter()
        await held.follow(facts)
        seconds = perf_counter() - started
        await held.close()
    return seconds, len(facts)


def _put_at_once(count: int) -> None:
    for module in (vectors, library):
        setattr(module, "BATCH", count)  # noqa: B010


if __name__ == "__main__":
    from rich.console import Console

    Console().print(asyncio.run(measure_library()))
