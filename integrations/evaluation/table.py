"""The report on a terminal, and in a pipe: at most 80 columns."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from math import isnan
from typing import TextIO

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from integrations.evaluation.metrics import Confusion, GroupFigures, Report
from integrations.evaluation.mistakes import Fault, Mistake
from integrations.evaluation.tally import Interval
from integrations.evaluation.wording import FAULTS, FIGURES, expected, read, share, spoken

WIDTH = 80
LONGEST_TEXT = 280
INDENT = (0, 0, 0, 2)


def show_report(report: Report, worst: int, file: TextIO | None = None) -> None:
    """Print all figures and the `worst` mistakes."""
    console = Console(file=file or sys.stdout, width=WIDTH, highlight=False, emoji=False)
    with console.capture() as captured:
        for part in _parts(report, worst):
            console.print(part)
    for line in captured.get().splitlines():
        console.file.write(f"{line.rstrip()}\n")


def _parts(report: Report, worst: int) -> Iterator[RenderableType]:
    yield _heading(f"{report.count:,} messages")
    yield _headline(report)
    yield _heading("By signal")
    yield _signals(report)
    yield _heading("Kind: labelled (down), read (across)")
    yield _confusion(report.kinds)
    yield _heading("Temperature: labelled (down), read (across)")
    yield _confusion(report.readinesses)
    yield _heading("By group of messages")
    yield _groups({**report.by_language, **report.by_length})
    yield from _mistakes(report.mistakes, worst)


def _heading(words: str) -> Text:
    return Text(f"\n{words}", style="bold")


def _headline(report: Report) -> Padding:
    table = _table("", "", "95 % interval")
    for name, called in FIGURES.items():
        limits = report.intervals.get(name)
        table.add_row(called, share(getattr(report, name)), _between(limits) if limits else "")
    return Padding(table, INDENT, expand=False)


def _between(limits: Interval) -> str:
    return "" if isnan(limits.low) else f"{share(limits.low)} to {share(limits.high)}"


def _signals(report: Report) -> Padding:
    table = _table("", "precision", "recall", "F1", "labelled", "read")
    for kind, each in report.per_signal.items():
        table.add_row(
            kind.value,
            *(share(figure) for figure in (each.precision, each.recall, each.f1)),
            str(each.support),
            str(each.reported),
        )
    return Padding(table, INDENT, expand=False)


def _confusion(confusion: Confusion) -> Padding:
    table = _table("", *(label.replace("_", "\n") for label in confusion.labels))
    for row, (label, counts) in enumerate(zip(confusion.labels, confusion.counts, strict=True)):
        cells = [_cell(count, is_right=row == column) for column, count in enumerate(counts)]
        table.add_row(spoken(label), *cells)
    return Padding(table, INDENT, expand=False)


def _cell(count: int, *, is_right: bool) -> Text:
    if not count:
        return Text(".", style="dim")
    return Text(str(count), style="green" if is_right else "red")


def _groups(groups: Mapping[str, GroupFigures]) -> Padding:
    table = _table("", "messages", "macro-F1", "kind right")
    for name, each in groups.items():
        called = {"en": "English", "other": "other languages"}.get(name, name)
        table.add_row(called, str(each.count), share(each.macro_f1), share(each.kind_accuracy))
    return Padding(table, INDENT, expand=False)


def _mistakes(mistakes: Sequence[Mistake], worst: int) -> Iterator[RenderableType]:
    shown = mistakes[:worst]
    if not mistakes:
        yield _heading("No message was read wrongly.")
        return
    yield _heading(f"Read wrongly: {len(mistakes):,} messages, by the worst fault of each")
    yield Padding(_faults(mistakes), INDENT, expand=False)
    if shown:
        yield _heading(f"The worst {len(shown)}" if len(shown) > 1 else "The worst")
    for mistake in shown:
        yield Padding(_mistake(mistake), (0, 0, 1, 2), expand=False)


def _faults(mistakes: Sequence[Mistake]) -> Table:
    table = _table("", "")
    for fault in Fault:
        table.add_row(FAULTS[fault], str(sum(each.faults[0] is fault for each in mistakes)))
    return table


def _mistake(mistake: Mistake) -> Table:
    table = Table(box=None, padding=(0, 1, 0, 0), show_header=False)
    table.add_column(no_wrap=True, style="dim")
    table.add_column(overflow="fold")
    faults = ", ".join(FAULTS[fault] for fault in mistake.faults)
    example = mistake.compared.example
    table.add_row("id", Text.assemble(_plain(example.id), "  ", (faults, "red")))
    table.add_row("text", _plain(_shortened(example.text)))
    table.add_row("expected", _plain(expected(mistake)))
    table.add_row("read", _plain(read(mistake)))
    return table


def _table(*headings: str) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=any(headings), header_style="dim")
    for number, heading in enumerate(headings):
        table.add_column(heading, justify="right" if number else "left", no_wrap=True)
    return table


def _shortened(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= LONGEST_TEXT else f"{words[: LONGEST_TEXT - 3].rstrip()}..."


def _plain(words: str) -> Text:
    """Leave out what could steer the terminal, and what no terminal can write."""
    printable = "".join(
        letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in words
    )
    return Text(printable)
