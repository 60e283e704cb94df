"""Where the CPU time of a turn goes: different questions to a real server that needs no model, one or a few at a time.

CPU time is that of the server process alone, streams and everything after the reply included. A part is told by the
innermost library that a sample was in; a function's share has all that it called.
"""

import asyncio
import json
import os
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from rich.console import Group
from rich.table import Table

from tests.benchmarks.questions import demo_questions
from tests.benchmarks.server import ServerProcess, settled
from tests.benchmarks.visiting import Until, visiting

TURNS = 200
AT_ONCE = 2
TURNS_A_VISIT = 4
QUICK = 400
REST = 0.5
DEAREST = 40
OURS = ("agent/", "knowledge/", "integrations/", "prompts/")
PARTS = {
    "onnxruntime/": "the local models (ONNX)",
    "sqlalchemy/": "SQLAlchemy",
    "knowledge/inline_sqlite": "SQLite",
    "knowledge/shared_writer": "SQLite",
    "knowledge/prepared": "SQLite",
    "fastapi/": "HTTP",
    "starlette/": "HTTP",
    "uvicorn/": "HTTP",
    "integrations/web/": "HTTP",
    "integrations/models/": "the local models, around them",
    "agent/": "judging and composing",
    "knowledge/": "the stores and the library",
}
Stacks = Sequence[tuple[Sequence[str], int]]


async def measure_profile() -> Group:
    """Measure and give the tables: parts, then functions."""
    with tempfile.TemporaryDirectory() as folder:
        samples = Path(folder) / "samples.json"
        server = ServerProcess(
            Path(folder) / "data",
            {"OPENAI_API_KEY": ""},
            command=(sys.executable, "-m", "tests.benchmarks.sampled", str(samples)),
        )
        try:
            await server.start()
            await settled(server.address, QUICK)
            spent = await _spent(server)
        finally:
            await server.stop()
        stacks = _read(samples)
    return Group(_parts(stacks, spent), _functions(stacks, spent))


async def _spent(server: ServerProcess) -> float:
    """Ask all questions; give the milliseconds of CPU time that each took."""
    server.tell(signal.SIGUSR1)
    before = _cpu_seconds(server.pid)
    questions = iter(_questions())
    await asyncio.gather(*(_visits(server.address, questions) for _ in range(AT_ONCE)))
    await asyncio.sleep(REST)
    after = _cpu_seconds(server.pid)
    server.tell(signal.SIGUSR2)
    await asyncio.sleep(2 * REST)  # it writes down what it saw
    return 1000 * (after - before) / TURNS


def _questions() -> list[str]:
    """Give questions that are all different."""
    asked = demo_questions()
    return [f"{asked[n % len(asked)]} We are {n + 3} people." for n in range(TURNS)]


async def _visits(address: str, questions: Iterator[str]) -> None:
    for question in questions:
        async with visiting(address) as visit:
            for text in (question, *_few(questions)):
                # A message may need no reply.
                with suppress(TimeoutError):
                    await asyncio.wait_for(visit.ask(text, Until.WHOLE), 5)


def _few(questions: Iterator[str]) -> Iterator[str]:
    for _ in range(TURNS_A_VISIT - 1):
        with suppress(StopIteration):
            yield next(questions)


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _read(samples: Path) -> Stacks:
    return [(stack, count) for stack, count in json.loads(samples.read_text("utf-8"))]


def _parts(stacks: Stacks, spent: float) -> Table:
    counts = Counter[str]()
    for stack, count in stacks:
        counts[_part(stack)] += count
    title = f"CPU time of a turn: {spent:.1f} ms, over {TURNS} turns"
    return _table("part", title, counts, stacks, spent)


def _part(stack: Sequence[str]) -> str:
    for function in stack:
        for start, part in PARTS.items():
            if function.startswith(start):
                return part
    return "the rest"


def _functions(stacks: Stacks, spent: float) -> Table:
    counts = Counter[str]()
    for stack, count in stacks:
        for function in {each for each in stack if each.startswith(OURS)}:
            counts[function] += count
    return _table("function of ours, with all that it calls", "The dearest", counts, stacks, spent)


def _table(name: str, title: str, counts: Counter[str], stacks: Stacks, spent: float) -> Table:
    table, total = Table(name, "ms a turn", title=title), sum(count for _, count in stacks) or 1
    for each, count in counts.most_common(DEAREST):
        table.add_row(each, f"{spent * count / total:.2f}")
    return table
