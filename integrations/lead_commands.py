"""`hotline lead show` and `hotline score explain`: what is known of one lead, and why the score is what it is."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from integrations.settings import Settings

Lead = Annotated[
    str,
    typer.Argument(
        metavar="ID", help="Our id, or email:X, user_id:X, anonymous_id:X; an email alone will do."
    ),
]
FORMATS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%z"]


def lead_command(load_settings: Callable[[], "Settings"]) -> typer.Typer:
    """Make the command group of leads."""
    group = typer.Typer(help="Look at leads.", no_args_is_help=True)

    @group.callback()
    def leads() -> None:
        """Look at leads."""

    @group.command(epilog="Example: [bold]hotline lead show email:dana@nordlift.example[/]")
    def show(
        lead: Lead,
        json: Annotated[
            bool, typer.Option("--json", help="As GET /v1/leads/{id} gives it.")
        ] = False,
        after: Annotated[
            str | None, typer.Option(help="Go on in the timeline after this cursor.")
        ] = None,
    ) -> None:
        """Show a lead: who, company, score with each reason, qualification with quotes, handoffs, timeline."""
        from integrations.app import lead_page

        page = asyncio.run(lead_page(load_settings(), _reference(lead), after))
        if json:
            typer.echo(page.model_dump_json(indent=2))
            return
        from integrations.lead_screen import show_lead
        from integrations.screen_text import page_console

        show_lead(page, page_console())

    return group


def score_command(load_settings: Callable[[], "Settings"]) -> typer.Typer:
    """Make the command group of scores."""
    group = typer.Typer(help="Look into scores.", no_args_is_help=True)

    @group.callback()
    def scores() -> None:
        """Look into scores."""

    @group.command(
        epilog="Example: [bold]hotline score explain email:dana@nordlift.example --at 2026-03-01T12:00[/]"
    )
    def explain(
        lead: Lead,
        at: Annotated[
            datetime | None,
            typer.Option(formats=FORMATS, help="Replay to this moment (UTC) instead of now."),
        ] = None,
    ) -> None:
        """Replay a lead to a moment: the reasons then, how the total moved, and what changed the temperature.

        What came later is left out; the playbook and the lead's record are those of today.
        """
        from integrations.app import replay_lead
        from integrations.replay_screen import show_replay
        from integrations.screen_text import page_console

        moment = at.replace(tzinfo=UTC) if at and at.tzinfo is None else at
        replay = asyncio.run(replay_lead(load_settings(), _reference(lead), moment))
        show_replay(replay, page_console())

    return group


def _reference(lead: str) -> str:
    return f"email:{lead}" if "@" in lead and ":" not in lead else lead
