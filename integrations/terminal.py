"""What commands show on a terminal: progress while they work, and the doctor's findings."""

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from integrations.doctor import Finding, Health
from integrations.screen_text import harmless

STYLES = {Health.OK: "green", Health.WARN: "yellow", Health.FAIL: "red"}

Advance = Callable[[int, int], None]


@contextmanager
def progress_bar(doing: str = "Indexing") -> Iterator[Advance]:
    """Give a function that shows how many are done of how many; silent away from a terminal."""
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
    console = Console(stderr=True)
    with Progress(
        *columns, console=console, disable=not console.is_terminal, transient=True
    ) as progress:
        task = progress.add_task("Reading", total=None)

        def advance(done: int, total: int) -> None:
            progress.update(task, description=doing, completed=done, total=total)

        yield advance


@contextmanager
def table_bar(doing: str) -> Iterator[Callable[[str, int, int], None]]:
    """Give a function that shows how many rows of which table are done; silent away from a terminal."""
    with progress_bar(doing) as advance:
        yield lambda _, done, total: advance(done, total)


@contextmanager
def bytes_bar(total: int | None) -> Iterator[Callable[[int], None]]:
    """Give a function that is told the bytes of each line read; shows a bar and the count of lines.

    Silent away from a terminal, and where the lines themselves go to it.
    """
    columns = BarColumn(), TextColumn("{task.fields[lines]:,} messages")
    console = Console(stderr=True)
    is_shown = console.is_terminal and not sys.stdout.isatty()
    lines = 0
    with Progress(*columns, console=console, disable=not is_shown, transient=True) as progress:
        task = progress.add_task("Reading", total=total, lines=0)

        def advance(size: int) -> None:
            nonlocal lines
            lines += 1
            progress.update(task, advance=size, lines=lines)

        yield advance


def show_findings(findings: Iterable[Finding]) -> None:
    """Show each part with how it does, and below it how to mend it."""
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column()
    for finding in findings:
        style = STYLES[finding.health]
        table.add_row(f"[{style}]{finding.health.value}[/]", finding.name, escape(_told(finding)))
    Console(highlight=False, width=None if sys.stdout.isatty() else 160).print(table)


def _told(finding: Finding) -> str:
    details = (f"  {harmless(line)}" for line in finding.details)
    mend = [f"-> {finding.mend}"] if finding.mend else []
    return "\n".join([finding.sentence, *details, *mend])
