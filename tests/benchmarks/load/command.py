"""`python -m tests.benchmarks load`: drive real servers by planned instants, and report what it took.

It ends in a bounded time, however slow the machine is: what does not fit is said to be missing.
"""

import argparse
import asyncio
import logging
import signal
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic

import uvloop
from rich.console import Console

from tests.benchmarks.load.cases import CASES, FULL, QUICK, QUICK_CASES, Case, Scale
from tests.benchmarks.load.machine import now_and_load
from tests.benchmarks.load.plots import plot
from tests.benchmarks.load.report import Report

QUICK_SECONDS = 155.0
FULL_SECONDS = 1_480.0
SHARE = 2.0
"""How many times its equal share of what is left one case may take."""
LEAST_SECONDS = 30.0
SECONDS_A_MESSAGE = 0.1
"""What a long run of messages is given beside, so that a million have their time."""


@dataclass(frozen=True, slots=True)
class Options:
    """What was asked for."""

    names: Sequence[str]
    scale: Scale
    seconds: float
    out: Path | None


def measure_load(arguments: Sequence[str]) -> None:
    """Measure what the arguments name, print it, and draw it where a folder is named."""
    options = _options(arguments)
    report = Report(Console(width=200))
    # When a case ends early, the twins have clients that left: nothing to tell of.
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)
    try:
        uvloop.run(_measure(options, report))
    except (KeyboardInterrupt, asyncio.CancelledError):
        report.note("it was interrupted")
    report.show()
    if options.out:
        options.out.mkdir(parents=True, exist_ok=True)
        report.write(options.out)
        for path in plot(report, options.out):
            report.console.print(f"drawn: {path}")


async def _measure(options: Options, report: Report) -> None:
    """Measure one case after the other, until the time is over."""
    _end_on_termination()
    ends_at = monotonic() + options.seconds
    for number, name in enumerate(options.names):
        report.console.print(f"{name} … {now_and_load()}")
        left = ends_at - monotonic()
        share = max(LEAST_SECONDS, SHARE * left / (len(options.names) - number))
        await _case(CASES[name], options.scale, report, min(left, share), name)


async def _case(case: Case, scale: Scale, report: Report, seconds: float, name: str) -> None:
    try:
        async with asyncio.timeout(seconds):
            await case(report, scale)
    except TimeoutError:
        report.note(f"{name} is not complete: the time was over, or something never came")
    except Exception as error:  # noqa: BLE001 - whatever one case meets, the others are measured
        report.note(f"{name} failed: {type(error).__name__}: {error}")


def _end_on_termination() -> None:
    """Let SIGTERM end the servers, too."""
    task = asyncio.current_task()
    if task:
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)


def _options(arguments: Sequence[str]) -> Options:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks load", description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="the main figures within 3 minutes; else 25 minutes"
    )
    parser.add_argument("--only", action="append", choices=[*CASES], metavar="NAME", help=f"one of {', '.join(CASES)}; may be repeated")  # fmt: skip
    parser.add_argument("--out", type=Path, metavar="FOLDER", help="where JSON and plots go")
    parser.add_argument("--messages", type=int, metavar="N", help="of the long run that memory is measured over")  # fmt: skip
    given = parser.parse_args(arguments)
    scale, seconds = (QUICK, QUICK_SECONDS) if given.quick else (FULL, FULL_SECONDS)
    if given.messages:
        scale = replace(scale, messages=given.messages)
        seconds += SECONDS_A_MESSAGE * given.messages
    return Options(
        given.only or (QUICK_CASES if given.quick else [*CASES]), scale, seconds, given.out
    )
