"""What `hotline index` shows: a table of what changed, and below it what a person should look at."""

import sys
from collections.abc import Iterable, Sequence
from typing import Protocol

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from integrations.screen_text import harmless


class Remark(Protocol):
    """What should be known about a document."""

    @property
    def file(self) -> str: ...

    @property
    def reason(self) -> str: ...


class Report(Protocol):
    """How the library changed, in facts."""

    @property
    def added(self) -> int: ...

    @property
    def kept(self) -> int: ...

    @property
    def removed(self) -> int: ...

    @property
    def skipped(self) -> Sequence[Remark]: ...

    @property
    def notes(self) -> Sequence[Remark]: ...


class Place(Protocol):
    """A place that was indexed."""

    @property
    def place(self) -> str: ...

    @property
    def report(self) -> Report: ...

    @property
    def failure(self) -> str: ...


def show_indexed(places: Sequence[Place]) -> None:
    """Show what was added and removed by each place, and every document that was skipped or needs a look."""
    width = None if sys.stdout.isatty() else 160
    console = Console(highlight=False, width=width)
    table = Table(
        "source",
        "added",
        "removed",
        "in the library now",
        box=None,
        padding=(0, 2, 0, 0),
        header_style="bold",
    )
    for each in places:
        if not each.failure:
            total = each.report.added + each.report.kept
            table.add_row(
                escape(harmless(each.place)),
                *map(str, (each.report.added, each.report.removed, total)),
            )
    console.print(table)
    for each in places:
        _tell(
            console, f"[red]failed[/] {_said(each.place)}:", [each.failure] if each.failure else []
        )
        _tell(console, "[yellow]skipped[/]", _lines(each.report.skipped))
        _tell(console, "[yellow]look at[/]", _lines(each.report.notes))


def _lines(remarks: Iterable[Remark]) -> list[str]:
    return [f"{remark.file}: {remark.reason}" for remark in remarks]


def _tell(console: Console, mark: str, lines: Iterable[str]) -> None:
    for line in lines:
        console.print(f"{mark} {_said(line)}", soft_wrap=True)


def _said(text: str) -> str:
    return escape(harmless(text))
