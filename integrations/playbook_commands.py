"""`hotline playbook`: the packs of the trades, and the playbook that is set with its pack."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from integrations.settings import Settings


def playbook_command(load_settings: Callable[[], "Settings"]) -> typer.Typer:
    """Make the command group."""
    group = typer.Typer(
        help="See the packs of the trades, and your playbook.", no_args_is_help=True
    )

    @group.command(epilog="Example: [bold]hotline playbook packs[/]")
    def packs() -> None:
        """List the packs. Name one at the top of your playbook, as `pack: real_estate`; your own keys stand over it."""
        from integrations.app import playbook_packs

        for pack in playbook_packs():
            typer.echo(f"{pack.name}\n  {pack.purpose}\n  {pack.path}")

    @group.command(
        epilog="Example: [bold]HOTLINE_PLAYBOOK=my/playbook.yaml hotline playbook show[/]"
    )
    def show() -> None:
        """Check the playbook that is set and print it with its pack, as one playbook that needs none."""
        from integrations.app import whole_playbook

        typer.echo(whole_playbook(load_settings()), nl=False)

    return group
