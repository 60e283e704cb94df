"""`hotline lead export` and `hotline lead erase`: everything held on a person, given to them or taken out."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from agent.erasure import Extent
    from integrations.settings import Settings

Lead = Annotated[
    str,
    typer.Argument(
        metavar="ID", help="Our id, or email:X, user_id:X, anonymous_id:X; an email alone will do."
    ),
]


def add_person_commands(group: typer.Typer, load_settings: Callable[[], "Settings"]) -> None:
    """Add both."""
    _add_export(group, load_settings)
    _add_erase(group, load_settings)


def reference_of(lead: str) -> str:
    """Let an address alone name a lead."""
    return f"email:{lead}" if "@" in lead and ":" not in lead else lead


def _add_export(group: typer.Typer, load_settings: Callable[[], "Settings"]) -> None:
    @group.command(epilog="Example: [bold]hotline lead export dana@nordlift.example dana.zip[/]")
    def export(
        lead: Lead,
        file: Annotated[
            Path, typer.Argument(metavar="FILE", help="The ZIP to write; it must not exist yet.")
        ],
    ) -> None:
        """Write all that is held on a lead to a ZIP: one JSON, and the files of their conversations."""
        from integrations.app import export_lead

        if file.exists():
            raise typer.BadParameter(f"{file} exists already; name another file.")
        missing = asyncio.run(export_lead(load_settings(), reference_of(lead), file))
        typer.echo(f"{file} holds everything. It is personal data: send it to nobody else.")
        for name in missing:
            typer.echo(f"The file {name} could not be read and is not in it.", err=True)


def _add_erase(group: typer.Typer, load_settings: Callable[[], "Settings"]) -> None:
    @group.command(epilog="Example: [bold]hotline lead erase dana@nordlift.example --dry-run[/]")
    def erase(
        lead: Lead,
        dry_run: Annotated[
            bool, typer.Option("--dry-run", help="Tell what would go, and erase nothing.")
        ] = False,
        yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    ) -> None:
        """Erase all that is held on a person: the lead, those merged into it, conversations, files, cards.

        It cannot be undone, and a back-up that is restored later loses them again. The server may run meanwhile.
        """
        from integrations.app import erase_lead, look_at_erasure

        settings, reference = load_settings(), reference_of(lead)
        extent = asyncio.run(look_at_erasure(settings, reference))
        _tell(extent, "would go" if dry_run else "will go")
        if dry_run:
            return
        if not yes:
            typer.confirm("Erase this for good?", abort=True)
        gone = asyncio.run(erase_lead(settings, reference))
        typer.echo(
            f"Erased {gone.lead_id}: {sum(gone.rows.values()):,} rows, {len(gone.files)} files."
        )
        if gone.altered:
            typer.echo(f"They are named no more in {gone.altered} rows of others.")


def _tell(extent: "Extent", will: str) -> None:
    others = [lead for lead in extent.leads if lead != extent.lead_id]
    beside = f", with {', '.join(others)}" if others else ""
    typer.echo(f"Of lead {extent.lead_id}{beside}, this {will}:")
    for table, count in extent.rows.items():
        if count:
            typer.echo(f"  {count:>7,} {table.replace('_', ' ')}")
    for what, things in (("files", extent.files), ("cards at the desk, blanked", extent.cards)):
        if things:
            typer.echo(f"  {len(things):>7,} {what}")
