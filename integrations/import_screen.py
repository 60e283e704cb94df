"""What an import shows: how far it is, and in the end what became of the lines."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from integrations.importing.columns import Columns
from integrations.importing.files import Source
from integrations.importing.running import Account
from integrations.screen_text import harmless

MOST_REASONS = 20


@dataclass(frozen=True, slots=True)
class Words:
    """What is said of an import.

    `known` is said of lines that are not new (empty: it was a dry run), `others` of columns beside the known
    ones; `rejected` is where rejected lines went, if anywhere.
    """

    known: str
    others: str
    rejected: Path | None


@contextmanager
def lines_bar(total: int) -> Iterator[Callable[[int, int], None]]:
    """Give a function that is told the bytes and lines read; silent where errors do not go to a terminal."""
    console = Console(stderr=True)
    columns = (
        *(BarColumn(), TaskProgressColumn(), TextColumn("{task.fields[lines]:,} lines")),
        TimeRemainingColumn(),
    )
    with Progress(
        *columns, console=console, disable=not console.is_terminal, transient=True
    ) as progress:
        task = progress.add_task("Importing", total=total, lines=0)

        def advance(end: int, lines: int) -> None:
            progress.update(task, completed=end, lines=lines)

        yield advance


def show_account(account: Account, source: Source, columns: Columns, words: Words) -> None:
    """Show what became of the lines."""
    console = Console(highlight=False, emoji=False, markup=False, soft_wrap=True)
    console.print(f"{harmless(source.path.name)}: {_lines(account.lines)}, {_written(source)}")
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(justify="right")
    for count, meaning in _counts(account, words):
        table.add_row(f"  {count:,}", meaning)
    console.print(table)
    for reason, count in account.reasons.most_common(MOST_REASONS):
        where = _where(account.rejected_at[reason], count)
        console.print(Text(f"    {count:,}: {reason} ({where})", style="yellow"))
    for sentence, count in account.remarks.most_common(MOST_REASONS):
        console.print(Text(f"  {sentence} ({count:,} times).", style="yellow"))
    for line in _columns(columns, words.others):
        console.print(Text(line, style="dim"))


def _counts(account: Account, words: Words) -> Iterator[tuple[int, str]]:
    if words.known:
        yield account.new, "new"
        yield account.known, words.known
    else:
        yield account.usable, "can be imported; nothing was written (--dry-run)"
    if account.rejected:
        where = f", kept in {harmless(str(words.rejected))}" if words.rejected else ""
        yield account.rejected, f"rejected{where}"


def _where(numbers: Sequence[int], count: int) -> str:
    shown = ", ".join(f"{number:,}" for number in numbers)
    return f"line{'s' if count > 1 else ''} {shown}{', ...' if count > len(numbers) else ''}"


def _written(source: Source) -> str:
    if not source.delimiter:
        return f"JSON lines in {source.encoding}"
    sign = "tabs" if source.delimiter == "\t" else f"{source.delimiter!r}"
    guessed = " (guessed; --encoding says otherwise)" if source.is_guessed else ""
    return f"CSV with {sign} in {source.encoding}{guessed}"


def _columns(columns: Columns, others: str) -> Iterator[str]:
    if read_as := columns.read_as():
        named = ", ".join(f"{harmless(name)} → {field}" for name, field in read_as)
        yield f"Columns: {named}."
    if left_out := columns.left_out():
        yield f"{others}: {', '.join(map(harmless, left_out))}."


def _lines(count: int) -> str:
    return f"{count:,} line{'' if count == 1 else 's'}"
