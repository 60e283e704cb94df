"""Runs the benchmarks and prints them as a table."""

import asyncio
import tempfile
from pathlib import Path

from rich.console import Console

from tests.benchmarks.detector import measure_detector
from tests.benchmarks.first_response import measure
from tests.benchmarks.histories import fill, measure_recall
from tests.benchmarks.library import measure_library
from tests.benchmarks.tracking import measure_tracking
from tests.benchmarks.turns import measure_turns


async def _histories(console: Console) -> None:
    with tempfile.TemporaryDirectory() as folder:
        console.print("filling histories …")
        curves = await fill(Path(folder))
        console.print(await measure_recall(curves))
        console.print("turns over these histories …")
        console.print(await measure_turns(curves))


if __name__ == "__main__":
    console = Console()
    console.print(asyncio.run(measure_tracking()))
    asyncio.run(_histories(console))
    console.print(measure_detector())
    console.print("filling libraries …")
    console.print(asyncio.run(measure_library()))
    console.print(asyncio.run(measure(console)))
