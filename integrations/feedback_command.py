"""`hotline feedback`: what reps said of handoffs, counted, or as lines for calibration."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from integrations.spans import read_span

if TYPE_CHECKING:
    from integrations.settings import Settings


def add_feedback_command(app: typer.Typer, load_settings: Callable[[], "Settings"]) -> None:
    """Add the command."""

    @app.command(epilog="Example: [bold]hotline feedback --since 30d --json > said.jsonl[/]")
    def feedback(
        since: Annotated[
            str, typer.Option(metavar="SPAN", help="Said within 30d, 12h or 2w.")
        ] = "30d",
        json: Annotated[bool, typer.Option("--json", help="One line for each.")] = False,  # noqa: FBT002
    ) -> None:
        """Count how many leads called hot reps called not hot, why, and what became of the others; and how visitors rated.

        With --json each is a line: what the rep said, beside the decision, the score and the playbook's version
        that called the rep, so that the rules can be calibrated.
        """
        within = read_span(since)
        from integrations.app import feedback as read_feedback

        said = asyncio.run(read_feedback(load_settings(), within))
        if json:
            from integrations.feedback_screen import as_lines

            typer.echo("".join(as_lines(said)), nl=False)
            return
        from integrations.app import ratings as read_ratings
        from integrations.feedback_screen import show_ratings, show_tally
        from integrations.screen_text import page_console

        console = page_console()
        show_tally(said, console)
        show_ratings(asyncio.run(read_ratings(load_settings(), within)), console)
