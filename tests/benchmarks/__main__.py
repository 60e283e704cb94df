"""Runs the benchmarks and prints them as a table."""

import asyncio

from rich.console import Console

from tests.benchmarks.first_response import measure

if __name__ == "__main__":
    console = Console()
    console.print(asyncio.run(measure(console)))
