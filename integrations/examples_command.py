"""`hotline examples`: labelled messages out of real conversations."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from agent.second_reading import Readings
    from integrations.review_screen import ReviewScreen
    from integrations.reviewing import ExampleFile
    from integrations.settings import Settings

REVIEWED = Path("reviewed.jsonl")


def examples_command(load_settings: Callable[[], "Settings"]) -> typer.Typer:
    """Make the command group."""
    group = typer.Typer(
        help="Make labelled messages out of real conversations.", no_args_is_help=True
    )

    @group.callback()
    def examples() -> None:
        """Make labelled messages out of real conversations."""

    @group.command(epilog="Example: [bold]hotline examples review --out reviewed.jsonl[/]")
    def review(
        out: Annotated[
            Path, typer.Option(help="Add the labelled messages to this file.")
        ] = REVIEWED,
        only_list: Annotated[
            bool, typer.Option("--list", help="Write the disagreements as JSON lines, ask nothing.")
        ] = False,
        redact: Annotated[
            bool, typer.Option(help="Replace mail addresses, phone numbers, keys and tokens.")
        ] = True,
    ) -> None:
        """Go through messages that the model reads otherwise than the detector, newest first.

        Choose the right reading of each; it is added to the file as a labelled message and not shown again. What
        you skip comes back next time. Only conversations held while a model was configured are read twice.
        """
        settings = load_settings()
        with suppress(KeyboardInterrupt):
            asyncio.run(
                _list(settings, redact=redact)
                if only_list
                else _review(settings, out, redact=redact)
            )

    return group


async def _list(settings: "Settings", *, redact: bool) -> None:
    from integrations.reviewing import case_line, case_of

    async with _readings(settings) as readings:
        for found in await readings.disagreements():
            typer.echo(case_line(case_of(found, redacted=redact)))


async def _review(settings: "Settings", out: Path, *, redact: bool) -> None:
    from rich.console import Console

    from integrations.clock import SystemClock
    from integrations.review_screen import ReviewScreen
    from integrations.reviewing import ExampleFile

    file = ExampleFile(out, SystemClock().now().date())
    file.check()
    screen = ReviewScreen(Console(highlight=False, emoji=False), input)
    async with _readings(settings) as readings:
        written = await _go_through(readings, file, screen, redact=redact)
        left = len(await readings.disagreements())
    if written or left:
        typer.echo(f"{written} added to {out}, {left} left.")
    else:
        typer.echo("Nothing to review: no message was read in two ways.")


async def _go_through(
    readings: "Readings", file: "ExampleFile", screen: "ReviewScreen", *, redact: bool
) -> int:
    """Ask about each; a line is in the file before its reading counts as reviewed, so that none is lost."""
    from integrations.review_screen import Quit
    from integrations.reviewing import case_of, example_of

    written, found = 0, await readings.disagreements()
    for number, each in enumerate(found, start=1):
        case = case_of(each, redacted=redact)
        try:
            judged = screen.judge(
                case, f"{number} of {len(found)}, {each.reading.at:%Y-%m-%d %H:%M}"
            )
        except Quit:
            break
        if judged is None:
            continue
        verdict, labels = judged
        file.add(example_of(case, labels, file.next_id()))
        await readings.judge(case.turn_id, verdict)
        written += 1
    return written


@asynccontextmanager
async def _readings(settings: "Settings") -> AsyncIterator["Readings"]:
    from integrations.app import open_readings

    async with open_readings(settings) as readings:
        yield readings
