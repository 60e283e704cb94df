"""`hotline gaps`: what visitors asked that the library lacks."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from integrations.spans import read_span

if TYPE_CHECKING:
    from integrations.settings import Settings


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
        within = read_span(since) if since else None
        from integrations.app import gaps as read_gaps

        found = asyncio.run(read_gaps(load_settings(), within))
        if json:
            typer.echo(found.model_dump_json(indent=2))
            return
        from integrations.gaps_screen import show_gaps
        from integrations.screen_text import page_console

        show_gaps(found, page_console())
