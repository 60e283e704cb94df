"""`hotline db move`, `hotline backup` and `hotline restore`: where everything is kept, and copies of it."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from integrations.copy_report import BackupReport, MoveReport, RestoreReport
    from integrations.settings import Settings

Load = Callable[[], "Settings"]
MEGABYTE = 1_000_000


def database_command(load_settings: Load) -> typer.Typer:
    """Make the command group of the database."""
    group = typer.Typer(help="Change where everything is kept.", no_args_is_help=True)

    @group.callback()
    def database() -> None:
        """Change where everything is kept."""

    @group.command(
        epilog="Example: [bold]HOTLINE_DATABASE_URL=postgresql://hotline:secret@db/hotline hotline db move[/]"
    )
    def move(
        target: Annotated[
            str | None,
            typer.Argument(
                metavar="[ADDRESS]",
                help="postgresql://user:password@host:5432/name; without it HOTLINE_DATABASE_URL.",
                show_default=False,
            ),
        ] = None,
    ) -> None:
        """Move everything from the SQLite file in the data folder to an empty PostgreSQL database.

        Stop the server first. All of it is moved and compared, or nothing; the file stays as it is.
        """
        from integrations.app import move_database
        from integrations.terminal import table_bar

        with table_bar("Moving") as progress:
            report = asyncio.run(move_database(load_settings(), target, progress))
        typer.echo("\n".join(_moved(report)))

    return group


def add_backup_commands(app: typer.Typer, load_settings: Load) -> None:
    """Add `hotline backup` and `hotline restore`."""
    _add_backup(app, load_settings)
    _add_restore(app, load_settings)


def _add_backup(app: typer.Typer, load_settings: Load) -> None:
    @app.command(epilog="Example: [bold]hotline backup /backups/hotline-$(date +%F).zip[/]")
    def backup(
        file: Annotated[Path, typer.Argument(help="Where to; a file that is not there yet.")],
        with_keys: Annotated[
            bool,
            typer.Option(
                "--with-keys",
                help="With the API key, the write key and the secret that signs visitors' tokens.",
            ),
        ] = False,
    ) -> None:
        """Write everything as of now into one file, while the server goes on: leads, conversations, files, library.

        Your own files are not in it: the playbook, the folder of pages, .env.
        """
        from integrations.app import back_up_to
        from integrations.terminal import table_bar

        with table_bar("Backing up") as progress:
            report = asyncio.run(back_up_to(load_settings(), file, progress, with_keys=with_keys))
        typer.echo("\n".join(_backed_up(report)))


def _add_restore(app: typer.Typer, load_settings: Load) -> None:
    @app.command(epilog="Example: [bold]hotline restore /backups/hotline-2026-03-02.zip[/]")
    def restore(
        file: Annotated[Path, typer.Argument(help="What `hotline backup` wrote.")],
        replace: Annotated[
            bool,
            typer.Option("--replace", help="Let it take the place of what is there now."),
        ] = False,
    ) -> None:
        """Bring a back-up back to where the settings point: HOTLINE_DATA_DIR, HOTLINE_DATABASE_URL.

        Stop every server first. The file is checked before anything is touched; it may come from SQLite or PostgreSQL,
        and from an earlier version.
        """
        from integrations.app import restore_from
        from integrations.terminal import table_bar

        with table_bar("Restoring") as progress:
            report = asyncio.run(restore_from(load_settings(), file, progress, replaces=replace))
        typer.echo("\n".join(_restored(report)))


def _moved(report: "MoveReport") -> list[str]:
    rows = {name: count for name, count in sorted(report.rows.items()) if count}
    return [
        f"Moved {sum(rows.values()):,} rows from {report.source} to {report.target}, read back and compared.",
        "  " + " · ".join(f"{name} {count:,}" for name, count in rows.items()),
        *_files(report.files, report.missing_files),
        "Next:",
        "  1. Set HOTLINE_DATABASE_URL to that address, and keep HOTLINE_DATA_DIR.",
        "  2. Run `hotline serve` once with this data folder, so that its keys are kept in the database, too.",
        "  3. For more processes give each a data folder of its own, and all of them HOTLINE_CHROMA_URL.",
        f"{report.source} was left as it is; delete it when you need no way back.",
    ]


def _backed_up(report: "BackupReport") -> list[str]:
    keys = (
        "Keys are in it: whoever has the file can speak for this installation."
        if report.has_keys
        else "Keys are not in it; --with-keys puts them in."
    )
    return [
        f"{report.path} holds {report.rows:,} rows of {report.database} ({report.size / MEGABYTE:,.1f} MB).",
        *_files(report.files, report.missing_files),
        f"{keys} Your playbook, your folder of pages and .env are not in it.",
    ]


def _restored(report: "RestoreReport") -> list[str]:
    came = f", brought from schema {report.schema} to {report.today}" if report.schema != report.today else ""  # fmt: skip
    return [
        f"Restored {report.rows:,} rows into {report.database}{came}, read back and compared.",
        *_files(report.files, ()),
        *(["The keys are those of the back-up."] if report.has_keys else []),
        *(f"What was there before lies in {path}." for path in report.aside),
        "Run `hotline serve`: it builds the library again. `hotline index` fetches its web sites again.",
    ]


def _files(count: int, missing: tuple[str, ...]) -> list[str]:
    lines = [f"Files of conversations: {count:,}."] if count else []
    if missing:
        lines.append(f"Not in it, as they were gone before: {len(missing):,} ({', '.join(missing[:3])}).")  # fmt: skip
    return lines
