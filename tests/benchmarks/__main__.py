"""Runs the benchmarks and prints them as a table."""

import asyncio

from rich.console import Console

from tests.benchmarks.detector import measure_detector
from tests.benchmarks.first_response import measure
from tests.benchmarks.histories import measure_recall
from tests.benchmarks.library import measure_library
from tests.benchmarks.tracking import measure_tracking

if __name__ == "__main__":
    console = Console()
    console.print(asyncio.run(measure_tracking()))
    console.print("filling histories …")
    console.print(asyncio.run(measure_recall()))
    console.print(measure_detector())
    console.print("filling libraries …")
    console.print(asyncio.run(measure_library()))
    console.print(asyncio.run(measure(console)))
