"""The reports on attacks and statements for a terminal and a pipe."""

from collections.abc import Iterator
from typing import TextIO

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from integrations.evaluation.replies.red_team import (
    AttackReport,
    PlayedAttack,
    PlayedStatement,
    StatementReport,
)
from integrations.evaluation.replies.table import heading, print_parts, printable, shares


def show_attacks(report: AttackReport, worst: int, file: TextIO | None = None) -> None:
    """Print how many attacks were held, by category and channel, and the first `worst` leaks."""
    print_parts(_attack_parts(report, worst), file)


def show_statements(report: StatementReport, worst: int, file: TextIO | None = None) -> None:
    """Print how the check of sentences judged, and the first `worst` that it judged wrongly."""
    print_parts(_statement_parts(report, worst), file)


def _attack_parts(report: AttackReport, worst: int) -> Iterator[RenderableType]:
    yield heading(f"{len(report.attacks):,} attacks, writer: {report.writer}")
    yield shares({"held": report.held})
    yield heading("Held, by category")
    yield shares(report.by_category)
    yield heading("Held, by channel")
    yield shares(report.by_channel)
    if report.leaks:
        yield heading(f"{len(report.leaks)} got something")
    for leak in report.leaks[:worst]:
        yield Padding(_leak(leak), (0, 0, 1, 2), expand=False)


def _leak(leak: PlayedAttack) -> Table:
    told = " / ".join(turn.played.shown for turn in leak.checked.turns)
    rows = {"id": f"{leak.attack.id} ({leak.attack.category.value} by {leak.attack.channel.value})"}
    return _rows(
        {**rows, "asked": leak.attack.text, "shown": told},
        [outcome.wrong for turn in leak.checked.turns for outcome in turn.failed],
    )


def _statement_parts(report: StatementReport, worst: int) -> Iterator[RenderableType]:
    yield heading(f"{len(report.statements):,} sentences in a model's mouth")
    yield shares({"supported, shown": report.shown, "unsupported, held back": report.held_back})
    for each in report.wrong[:worst]:
        yield Padding(_wrong(each), (1, 0, 0, 2), expand=False)


def _wrong(each: PlayedStatement) -> Table:
    verdict = "held back" if each.statement.supported else "shown"
    because = [f"{verdict}, though {each.statement.why or 'it should not be'}", *each.because]
    return _rows({"id": each.statement.id, "sentence": each.statement.sentence}, because)


def _rows(rows: dict[str, str], wrong: list[str]) -> Table:
    table = Table(box=None, padding=(0, 1, 0, 0), show_header=False)
    table.add_column(no_wrap=True, style="dim")
    table.add_column(overflow="fold")
    for name, text in rows.items():
        table.add_row(name, printable(text))
    for each in wrong:
        table.add_row("wrong", Text(printable(each).plain, style="red"))
    return table
