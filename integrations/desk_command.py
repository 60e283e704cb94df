"""`hotline desk`: let reps into the built-in desk."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from integrations.settings import Settings


def desk_command(load_settings: Callable[[], "Settings"]) -> typer.Typer:
    """Make the command group."""
    group = typer.Typer(help="Let reps into the built-in desk.", no_args_is_help=True)

    @group.callback()
    def desk() -> None:
        """Let reps into the built-in desk."""

    @group.command(epilog="Example: [bold]hotline desk invite mia[/]")
    def invite(
        rep: Annotated[str, typer.Argument(help="The rep's id in the playbook.")],
    ) -> None:
        """Print a link by which one rep signs in at the desk as themselves: once, within 24 hours.

        Send it to nobody else. With the API key, which all share, the desk asks who is there instead.
        """
        from integrations.app import desk_invite

        typer.echo(desk_invite(load_settings(), rep))

    return group
