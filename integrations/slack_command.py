"""`hotline slack`: the Slack app to install."""

from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from integrations.settings import Settings

SOCKET = "Socket Mode: no public address is needed."


class ManifestForm(StrEnum):
    """How the manifest is written."""

    YAML = "yaml"
    JSON = "json"


def slack_command(load_settings: Callable[[], "Settings"]) -> typer.Typer:
    """Make the command group."""
    group = typer.Typer(help="Connect Slack.", no_args_is_help=True)

    @group.callback()
    def slack() -> None:
        """Connect Slack."""

    @group.command(epilog="Example: [bold]hotline slack manifest --socket > manifest.yaml[/]")
    def manifest(
        http: Annotated[
            str | None,
            typer.Option(metavar="URL", help="Slack posts to this public address of Hotline."),
        ] = None,
        socket: Annotated[bool, typer.Option("--socket", help=SOCKET)] = False,  # noqa: FBT002
        form: Annotated[
            ManifestForm, typer.Option("--format", help="YAML tells what each scope is for.")
        ] = ManifestForm.YAML,
    ) -> None:
        """Print the Slack app to paste at api.slack.com/apps.

        With neither --http nor --socket: for HTTP when HOTLINE_PUBLIC_URL is set, for Socket Mode otherwise.
        """
        from integrations.app import slack_manifest, slack_manifest_json

        if http and socket:
            raise typer.BadParameter("Choose --http or --socket: an app listens in one way.")
        if http and not http.startswith("https://"):
            raise typer.BadParameter("Slack posts to https:// addresses only.", param_hint="--http")
        address = None if socket else http or load_settings().public_url
        write = slack_manifest_json if form is ManifestForm.JSON else slack_manifest
        typer.echo(write(address), nl=False)

    return group
