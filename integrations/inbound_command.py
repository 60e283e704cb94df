"""`hotline inbound`: hand a mail to the server that runs, from a file or a mail server's pipe."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from integrations.settings import Settings

TRY_LATER = 75
"""EX_TEMPFAIL of sysexits.h: a mail server keeps the mail and tries again."""


def add_inbound_command(app: typer.Typer, load_settings: Callable[[], "Settings"]) -> None:
    """Add the command."""

    @app.command(
        epilog='Example, in Postfix: [bold]sales: |"/opt/hotline/.venv/bin/hotline inbound -"[/]'
    )
    def inbound(
        file: Annotated[str, typer.Argument(help="A mail file (.eml), or - for standard input.")],
        wait: Annotated[
            float, typer.Option(min=0, max=30, help="Seconds to wait for the reply, and print it.")
        ] = 0,
    ) -> None:
        """Hand a mail to the server that runs on this machine; the same mail again changes nothing.

        Where the server cannot be reached, or cannot take it now, the exit code is 75: mail servers try again later.
        """
        from integrations.app import api_key
        from integrations.handing_in import NotTakenNowError, hand_in
        from integrations.mail_file import read_mail

        try:
            raw = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
        except OSError as error:
            raise typer.BadParameter(f"{file} cannot be read: {error.strerror}.") from error
        try:
            settings = load_settings()
            said = hand_in(read_mail(raw), settings, lambda: api_key(settings), wait)
        except NotTakenNowError as error:
            typer.secho(str(error), err=True, fg="red")
            raise typer.Exit(TRY_LATER) from error
        if said:
            typer.echo(said)
