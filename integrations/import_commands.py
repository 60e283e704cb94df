"""`hotline import events` and `hotline import leads`: what is known elsewhere of people, out of files."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from agent.errors import HotlineError
from integrations.importing.instants import DayOrder

if TYPE_CHECKING:
    from integrations.app.intake import Intake
    from integrations.importing.columns import Columns
    from integrations.importing.files import Source
    from integrations.importing.running import Kept, Reader
    from integrations.settings import Settings

WRONG_INPUT = 1
INTERRUPTED = 130

Line = TypeVar("Line")
File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The file to import.")]
Mapped = Annotated[
    list[str] | None,
    typer.Option("--map", metavar="COLUMN=FIELD", help="What a column is; may be repeated."),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Check everything, write nothing.")]
Rejected = Annotated[
    Path | None,
    typer.Option(help="Write rejected lines there instead of FILE.rejected.csv."),
]
Encoded = Annotated[str, typer.Option(help="The file's encoding, where it is not found out.")]


def import_commands(load_settings: Callable[[], "Settings"]) -> typer.Typer:
    """Make the command group."""
    group = typer.Typer(help="Bring in what other systems know of people.", no_args_is_help=True)

    @group.callback()
    def imports() -> None:
        """Bring in what other systems know of people."""

    _add_events(group, load_settings)
    _add_leads(group, load_settings)
    return group


def _add_events(group: typer.Typer, load_settings: Callable[[], "Settings"]) -> None:
    @group.command(
        epilog='Example: [bold]hotline import events webinar.csv --event "Webinar Attended" --timezone Europe/Berlin[/]'
    )
    def events(
        file: File,
        mapping: Mapped = None,
        event: Annotated[
            str, typer.Option(help="What everybody in the file did, where no column says it.")
        ] = "",
        timezone: Annotated[str, typer.Option(help="Of times that name no zone.")] = "UTC",
        dates: Annotated[
            DayOrder | None,
            typer.Option(help="How to read 03/04/2026, where the file leaves it open."),
        ] = None,
        encoding: Encoded = "",
        rejected: Rejected = None,
        dry_run: DryRun = False,
    ) -> None:
        """Import what people did, from CSV or from JSON lines as the tracking API takes them.

        Who, what and when are found by the names of the columns; all others become properties. The same line
        again, in this file or another, is known and changes nothing: an import that was interrupted is simply
        started again. The exit code is 1 if lines were rejected.
        """
        from integrations.clock import SystemClock
        from integrations.importing.events import event_reader, some_times
        from integrations.importing.files import open_source
        from integrations.importing.instants import Times, day_order, zone_of

        settings, source, said = load_settings(), open_source(file, encoding), mapping or []
        order = dates or day_order(some_times(source, said))
        times = Times(zone_of(timezone), order, SystemClock().now())
        reader = event_reader(source, said, times, event)
        work = _Work(source, reader.columns, rejected, "known already", "Properties", dry_run)
        _run(work, settings, reader, lambda intake: intake.keep_acts)


def _add_leads(group: typer.Typer, load_settings: Callable[[], "Settings"]) -> None:
    @group.command(epilog="Example: [bold]hotline import leads hubspot-contacts.csv --dry-run[/]")
    def leads(
        file: File,
        mapping: Mapped = None,
        encoding: Encoded = "",
        rejected: Rejected = None,
        dry_run: DryRun = False,
    ) -> None:
        """Import people from a CRM's CSV; the names that HubSpot and Salesforce give columns are known.

        Somebody who is known is brought up to date; what the file leaves empty stays as it is. The exit code is 1 if
        lines were rejected.
        """
        from integrations.app import playbook_for
        from integrations.importing.files import open_source
        from integrations.importing.leads import lead_reader

        settings, source = load_settings(), open_source(file, encoding)
        reader = lead_reader(source, mapping or [], playbook_for(settings))
        work = _Work(source, reader.columns, rejected, "brought up to date", "Not used", dry_run)
        _run(work, settings, reader, lambda intake: intake.keep_leads)


@dataclass(frozen=True, slots=True)
class _Work:
    """What is to be imported, and what is said of it afterwards."""

    source: "Source"
    columns: "Columns"
    rejected: Path | None
    known: str
    others: str
    is_dry: bool

    @property
    def rejects_path(self) -> Path | None:
        """Where rejected lines go; a dry run writes them only where it is told to."""
        path = self.source.path
        return self.rejected or (
            None if self.is_dry else path.with_name(f"{path.name}.rejected.csv")
        )


Keep = Callable[[Sequence[Line]], Awaitable["Kept"]]


def _run(
    work: _Work,
    settings: "Settings",
    reader: "Reader[Line]",
    keep_of: Callable[["Intake"], Keep[Line]],
) -> None:
    """Import, show what came of it, and leave with the exit code that says so."""
    from integrations.import_screen import Words, lines_bar, show_account
    from integrations.importing.running import Account, Import, rejects_of

    account, rejects = Account(), rejects_of(work.source, work.rejects_path)

    async def run(advance: Callable[[int, int], None]) -> None:
        async with _keeper(settings, keep_of, is_dry=work.is_dry) as keep:
            await Import(work.source, reader, keep, rejects).run(account, advance)

    def show() -> None:
        known = "" if work.is_dry else work.known
        words = Words(known, work.others, rejects.path if account.rejected else None)
        show_account(account, work.source, work.columns, words)

    try:
        with lines_bar(work.source.size) as advance:
            asyncio.run(run(advance))
    except KeyboardInterrupt:
        show()
        typer.echo("Stopped; the same command again goes on from here.", err=True)
        raise typer.Exit(INTERRUPTED) from None
    except HotlineError:
        if account.lines:
            show()
        raise
    show()
    raise typer.Exit(WRONG_INPUT if account.rejected else 0)


@asynccontextmanager
async def _keeper(
    settings: "Settings", keep_of: Callable[["Intake"], Keep[Line]], *, is_dry: bool
) -> AsyncIterator[Keep[Line]]:
    """Give what keeps the lines; nothing is opened for a dry run."""
    from integrations.app import open_intake

    if is_dry:
        yield _keep_nothing
        return
    async with open_intake(settings) as intake:
        yield keep_of(intake)


async def _keep_nothing(_lines: Sequence[object]) -> "Kept":
    from integrations.importing.running import Kept

    return Kept()
