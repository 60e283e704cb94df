"""What an import shows: how far it is, and in the end what became of the lines."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from integrations.importing.columns import Columns
from integrations.importing.files import Source
from integrations.importing.running import Account

WIDEST = 100
MOST_REASONS = 20


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


def show_account(
    account: Account, source: Source, columns: Columns, *, known: str, rejected: Path | None
) -> None:
    """Show what became of the lines; `known` says what is true of those that are not new."""
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    table.add_column(justify="right")
    table.add_column()
    for count, meaning in _counts(account, known, rejected):
        table.add_row(f"{count:,}", meaning)
    console = _console()
    console.print(Text(f"{source.path.name}: {account.lines:,} lines, {_written(source)}"))
    console.print(table)
    _show_rejected(console, account)
    for sentence, count in account.remarks.most_common(MOST_REASONS):
        console.print(Text(f"{count:,} times: {sentence}."))
    if left_out := columns.left_out():
        console.print(Text(f"Columns: {_named(columns)}; not used: {', '.join(left_out)}."))
    elif columns.of_field:
        console.print(Text(f"Columns: {_named(columns)}."))


def show_check(
    account: Account, source: Source, columns: Columns, *, rejected: Path | None
) -> None:
    """Show what an import would come to."""
    show_account(account, source, columns, known="", rejected=rejected)


def _counts(account: Account, known: str, rejected: Path | None) -> Iterator[tuple[int, Text]]:
    if known:
        yield account.new, Text("new")
        yield account.known, Text(known)
    else:
        yield account.usable, Text("can be imported; nothing was written (--dry-run)")
    if account.rejected:
        where = f", kept in {rejected}" if rejected else ""
        yield account.rejected, Text(f"rejected{where}", style="yellow")


def _show_rejected(console: Console, account: Account) -> None:
    for reason, count in account.reasons.most_common(MOST_REASONS):
        console.print(Text(f"  {count:,} {'lines' if count > 1 else 'line'}: {reason}"))
    if account.rejected:
        numbers = ", ".join(f"{line.number:,}" for line in account.first_rejected)
        more = ", ..." if account.rejected > len(account.first_rejected) else ""
        console.print(Text(f"  in line {numbers}{more}"))


def _written(source: Source) -> str:
    if not source.delimiter:
        return f"JSON lines in {source.encoding}"
    sign = {"\t": "tab"}.get(source.delimiter, f"{source.delimiter!r}")
    guessed = " (guessed; --encoding says otherwise)" if source.is_guessed else ""
    return f"CSV with {sign} in {source.encoding}{guessed}"


def _named(columns: Columns) -> str:
    return ", ".join(f"{name} → {field}" for name, field in columns.read_as())


def _console() -> Console:
    return Console(highlight=False, emoji=False, markup=False, soft_wrap=True)
