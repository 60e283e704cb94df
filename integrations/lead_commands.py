"""`hotline lead` and `hotline score`: what is known of one lead, who it was found to be, and why the score is what it is."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from integrations.person_commands import Lead, add_person_commands, reference_of

if TYPE_CHECKING:
    from integrations.settings import Settings

LARGEST = 2**63 - 1  # what SQLite can count to
LONGEST_REASON = 500
FORMATS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%z"]


def lead_command(load_settings: Callable[[], "Settings"]) -> typer.Typer:
    """Make the command group of leads."""
    group = typer.Typer(help="Look at leads, and part what is not one.", no_args_is_help=True)
    _add_show(group, load_settings)
    _add_merges(group, load_settings)
    add_person_commands(group, load_settings)
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
        replay = asyncio.run(replay_lead(load_settings(), reference_of(lead), moment))
        show_replay(replay, page_console())

    return group


def _add_show(group: typer.Typer, load_settings: Callable[[], "Settings"]) -> None:
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

        page = asyncio.run(lead_page(load_settings(), reference_of(lead), after))
        if json:
            typer.echo(page.model_dump_json(indent=2))
            return
        from integrations.lead_screen import show_lead
        from integrations.screen_text import page_console

        show_lead(page, page_console())


def _add_merges(group: typer.Typer, load_settings: Callable[[], "Settings"]) -> None:
    @group.command(epilog="Example: [bold]hotline lead merges email:dana@nordlift.example[/]")
    def merges(lead: Lead) -> None:
        """List which leads were found to be this one: by which report, when, why, and whether it was taken back."""
        from integrations.app import merge_log
        from integrations.merge_screen import show_merges
        from integrations.screen_text import page_console

        show_merges(asyncio.run(merge_log(load_settings(), reference_of(lead))), page_console())

    @group.command(
        epilog="Example: [bold]hotline lead unmerge 3 --because 'two people who shared an account'[/]"
    )
    def unmerge(
        number: Annotated[
            int,
            typer.Argument(
                metavar="NUMBER", min=1, max=LARGEST, help="As `hotline lead merges` shows it."
            ),
        ],
        because: Annotated[
            str, typer.Option(callback=_reason, help="Why, for whoever reads the log later.")
        ],
    ) -> None:
        """Take a merge back for good: each lead gets back what came by its identities, and no report joins them so again."""
        from integrations.app import unmerge_leads
        from integrations.merge_screen import told_unmerged

        typer.echo(told_unmerged(asyncio.run(unmerge_leads(load_settings(), number, because))))


def _reason(because: str) -> str:
    """Give a reason as one line; refuses one that says nothing, or far too much."""
    from integrations.screen_text import harmless

    if not 0 < len(line := harmless(because)) <= LONGEST_REASON:
        raise typer.BadParameter(f"say why, in 1 to {LONGEST_REASON} characters")
    return line
