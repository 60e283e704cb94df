"""Gaps on a terminal: one line a question."""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from integrations.screen_text import harmless, minute
from integrations.web.gaps import GapGroupShape, GapsShape


def show_gaps(gaps: GapsShape, console: Console) -> None:
    """Print what the library lacks, then what it has by now."""
    if not gaps.groups:
        console.print("Nothing: every question that was asked had an answer.")
        return
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("asked", justify="right")
    table.add_column("question", overflow="fold", ratio=1)
    for heading in ("languages", "last (UTC)", "now"):
        table.add_column(heading, no_wrap=True)
    for group in sorted(gaps.groups, key=lambda group: group.is_answerable):
        table.add_row(*_row(group))
    console.print(table)


def _row(group: GapGroupShape) -> tuple[str | Text, ...]:
    now = (
        Text("answerable", style="green")
        if group.is_answerable
        else Text("lacking", style="yellow")
    )
    question = Text(harmless(group.question))
    return str(group.count), question, ", ".join(group.languages), minute(group.newest_at), now
