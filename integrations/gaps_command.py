"""`hotline gaps`: what visitors asked that the library lacks."""

import asyncio
import re
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from integrations.settings import Settings

SPAN = re.compile(r"(\d{1,5})([dhw])")
UNITS = {"d": timedelta(days=1), "h": timedelta(hours=1), "w": timedelta(weeks=1)}


def add_gaps_command(app: typer.Typer, load_settings: Callable[[], "Settings"]) -> None:
    """Add the command."""

    @app.command(epilog="Example: [bold]hotline gaps --since 30d[/]")
    def gaps(
        since: Annotated[
            str | None, typer.Option(metavar="SPAN", help="Asked within 30d, 12h or 2w; else ever.")
        ] = None,
        json: Annotated[bool, typer.Option("--json", help="As GET /v1/gaps gives it.")] = False,  # noqa: FBT002
    ) -> None:
        """List what visitors asked and the library could not answer, the most asked first.

        Questions that mean the same are counted together; each is asked of the library again now, so that what
        was mended since is marked as answerable.
        """
        within = _span(since) if since else None
        from integrations.app import gaps as read_gaps

        found = asyncio.run(read_gaps(load_settings(), within))
        if json:
            typer.echo(found.model_dump_json(indent=2))
            return
        from integrations.gaps_screen import show_gaps
        from integrations.screen_text import page_console

        show_gaps(found, page_console())


def _span(since: str) -> timedelta:
    """Read a span of time."""
    match = SPAN.fullmatch(since.strip().lower())
    if match is None:
        raise typer.BadParameter("write a span such as 30d, 12h or 2w", param_hint="--since")
    return int(match[1]) * UNITS[match[2]]
