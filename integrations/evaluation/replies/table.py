"""The report on replies for a terminal and a pipe: at most 100 columns."""

import sys
from collections.abc import Iterator, Mapping
from typing import TextIO

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from integrations.evaluation.replies.checks import CheckedTurn
from integrations.evaluation.replies.report import CheckedScenario, RepliesReport, Share
from integrations.evaluation.replies.wording import CHECKS, counted, percent

WIDTH = 100
LONGEST = 400
INDENT = (0, 0, 0, 2)


def show_replies(report: RepliesReport, worst: int, file: TextIO | None = None) -> None:
    """Print the figures and the first `worst` replies with something wrong."""
    _print(_parts(report, worst), file)


def print_parts(parts: Iterator[RenderableType], file: TextIO | None = None) -> None:
    """Print renderables without trailing blanks, in a fixed width."""
    _print(parts, file)


def _print(parts: Iterator[RenderableType], file: TextIO | None) -> None:
    console = Console(file=file or sys.stdout, width=WIDTH, highlight=False, emoji=False)
    with console.capture() as captured:
        for part in parts:
            console.print(part)
    for line in captured.get().splitlines():
        console.file.write(f"{line.rstrip()}\n")


def _parts(report: RepliesReport, worst: int) -> Iterator[RenderableType]:
    p50, p95 = report.first_reply
    yield heading(
        f"{len(report.scenarios):,} scenarios, {len(report.turns):,} turns, writer: {report.writer}"
    )
    yield shares(
        {"nothing wrong": report.passed, **{CHECKS[c]: s for c, s in report.by_check.items()}}
    )
    yield heading("Nothing wrong, by kind and language")
    yield shares({**report.by_kind, **report.by_language})
    yield heading("Beside the checks")
    yield Padding(_beside(report, p50, p95), INDENT, expand=False)
    if failures := report.failures()[:worst]:
        yield heading(f"The first {len(failures)} with something wrong")
    for each, turn in report.failures()[:worst]:
        yield Padding(_failure(each, turn), (0, 0, 1, 2), expand=False)


def heading(words: str) -> Text:
    """Give a heading with room above it."""
    return Text(f"\n{words}", style="bold")


def shares(of: Mapping[str, Share]) -> Padding:
    """Give shares by name as a table."""
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    for name, share in of.items():
        style = "" if share.right == share.of else "yellow"
        table.add_row(name, Text(percent(share), style=style, justify="right"), counted(share))
    return Padding(table, INDENT, expand=False)


def _beside(report: RepliesReport, p50: float, p95: float) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    table.add_row("first sentence", f"p50 {p50:.0f} ms, p95 {p95:.0f} ms")
    table.add_row("of what may be said aloud, said", counted(report.mentioned))
    table.add_row(f"written by {report.writer}", counted(report.own))
    for name, share in report.judge.items() if report.judged else ():
        table.add_row(f"judge: {name}", f"{percent(share)} ({counted(share)})")
    if report.ungraded:
        table.add_row("judge: could not grade", Text(f"{report.ungraded}", style="yellow"))
    if report.judged:
        table.add_row("judge and checks agree", f"{percent(report.agreement)}")
    return table


def _failure(each: CheckedScenario, turn: CheckedTurn) -> Table:
    table = Table(box=None, padding=(0, 1, 0, 0), show_header=False)
    table.add_column(no_wrap=True, style="dim")
    table.add_column(overflow="fold")
    table.add_row("id", printable(each.scenario.id))
    table.add_row("asked", printable(turn.played.asked.visitor))
    table.add_row("shown", printable(turn.played.shown))
    for outcome in turn.failed:
        table.add_row("wrong", Text.assemble((printable(outcome.wrong).plain, "red")))
    return table


def printable(words: str) -> Text:
    """Leave out what could steer the terminal, and what is too long."""
    line = " ".join(words.split())
    short = line if len(line) <= LONGEST else f"{line[: LONGEST - 3].rstrip()}..."
    return Text("".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in short))
