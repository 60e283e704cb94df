"""Runs the benchmarks and prints them as tables: all of them, or those that are named.

`load` has options of its own; it is not among all of them, as it takes its time.
"""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path

from rich.console import Console, RenderableType

from tests.benchmarks.composed import measure_composed
from tests.benchmarks.detector import measure_detector
from tests.benchmarks.first_response import measure_first_response
from tests.benchmarks.histories import fill, measure_recall
from tests.benchmarks.library import measure_library
from tests.benchmarks.load.command import measure_load
from tests.benchmarks.load.machine import now_and_load
from tests.benchmarks.profile import measure_profile
from tests.benchmarks.slack import measure_slack
from tests.benchmarks.streams import measure_streams
from tests.benchmarks.tracking import measure_tracking
from tests.benchmarks.turns import measure_turns
from tests.benchmarks.widget import measure_widget

console = Console()
LOAD = "load"


def _shows(
    measure: Callable[[], Awaitable[RenderableType]],
) -> Callable[[], Coroutine[None, None, None]]:
    async def show() -> None:
        console.print(await measure())

    return show


async def _histories() -> None:
    with tempfile.TemporaryDirectory() as folder:
        curves = await fill(Path(folder))
        console.print(await measure_recall(curves))
        console.print(await measure_turns(curves))


async def _detector() -> None:
    console.print(measure_detector())


PARTS: dict[str, Callable[[], Coroutine[None, None, None]]] = {
    "first_response": _shows(measure_first_response),
    "composed": _shows(measure_composed),
    "profile": _shows(measure_profile),
    "library": _shows(measure_library),
    "detector": _detector,
    "slack": _shows(measure_slack),
    "tracking": _shows(measure_tracking),
    "streams": _shows(measure_streams),
    "widget": _shows(measure_widget),
    "histories": _histories,
}


def main() -> None:
    """Run what is named, one part after the other, each with the load that the machine had."""
    if sys.argv[1:2] == [LOAD]:
        measure_load(sys.argv[2:])
        return
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument(
        "parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; all, or {LOAD}"
    )
    named = parser.parse_args().parts or [*PARTS]
    if unknown := set(named) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    for name in named:
        console.print(f"{name} … {now_and_load()}")
        asyncio.run(PARTS[name]())
        console.print(f"{name} done, {now_and_load()}\n")


if __name__ == "__main__":
    main()
