"""Runs the benchmarks and prints them as a table."""

import asyncio

from rich.console import Console

from tests.benchmarks.detector import measure_detector
from tests.benchmarks.first_response import measure

if __name__ == "__main__":
    console = Console()
    console.print(measure_detector())
    console.print(asyncio.run(measure(console)))
