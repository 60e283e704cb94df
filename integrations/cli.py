"""The `hotline` command. Each subcommand loads what it needs only when it is called."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from typer.core import TyperGroup

from agent.errors import HotlineError
from integrations.database_commands import add_backup_commands, database_command
from integrations.desk_command import desk_command
from integrations.examples_command import examples_command
from integrations.feedback_command import add_feedback_command
from integrations.gaps_command import add_gaps_command
from integrations.import_commands import import_commands
from integrations.inbound_command import add_inbound_command
from integrations.lead_commands import lead_command, score_command
from integrations.personas import Persona
from integrations.playbook_commands import playbook_command
from integrations.replies_command import add_replies_command
from integrations.signals_commands import add_signals_commands
from integrations.slack_command import slack_command

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop
    from collections.abc import Callable

    from integrations.doctor import Finding
    from integrations.keys import Keys
    from integrations.settings import Settings

WRONG_INPUT = 1
CANNOT_WORK = 2


class PlainErrors(TyperGroup):
    """Tells what went wrong in its own sentence, without a traceback."""

    def invoke(self, ctx: typer.Context) -> object:  # type: ignore[override]  # the base's type is private
        try:
            return super().invoke(ctx)
        except HotlineError as error:
            typer.secho(str(error), err=True, fg="red")
            raise typer.Exit(CANNOT_WORK) from error


app = typer.Typer(
    cls=PlainErrors,
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Try [bold]hotline serve[/], or talk to it right here with [bold]hotline chat[/]. No keys are needed.",
)


def main() -> None:
    """Run the command line."""
    # The threads of numpy's BLAS spin: they make 0.05 ms of a product of 200 statements into 8 ms of two cores.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # noqa: TID251  written, no setting is read
    app()


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"hotline {version('hotline')}")
        raise typer.Exit


@app.callback()
def hotline(
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Answer every inbound lead at once, and hand the hot ones to your reps."""


@app.command(epilog="Example: [bold]HOTLINE_PLAYBOOK=my/playbook.yaml hotline serve --port 9000[/]")
def serve(
    host: Annotated[str | None, typer.Option(help="Listen here instead of HOTLINE_HOST.")] = None,
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="Instead of HOTLINE_PORT.")
    ] = None,
) -> None:
    """Run the server: site, widget, desk and API. Without a playbook it serves the demo company."""
    from integrations.serving import AddressTakenError, check_address

    settings = _settings(
        **{name: value for name, value in {"host": host, "port": port}.items() if value}
    )
    try:
        check_address(settings)
    except AddressTakenError as error:
        typer.secho(str(error), err=True, fg="red")
        raise typer.Exit(WRONG_INPUT) from error
    with suppress(KeyboardInterrupt):
        _run_server(settings)


@app.command(
    epilog="Example: [bold]hotline chat --as warm -m 'How much is it for 40 technicians?'[/]"
)
def chat(
    persona: Annotated[
        Persona, typer.Option("--as", help="Who you are to the demo company.")
    ] = Persona.ANONYMOUS,
    message: Annotated[
        list[str] | None,
        typer.Option("--message", "-m", help="Say this instead of asking; may be repeated."),
    ] = None,
    plain: Annotated[bool, typer.Option("--plain", help="No colours, no columns.")] = False,
) -> None:
    """Talk to the agent as a visitor, and see below each reply what it saw and decided.

    It talks to the server that runs on this machine; without one it starts its own for as long as you talk.
    """
    from rich.console import Console

    from integrations.chat import Chat
    from integrations.chat_screen import ChatScreen, hold_conversation
    from integrations.own_server import server_for

    settings = _settings()
    screen = ChatScreen(Console(no_color=plain, highlight=False, emoji=False), is_plain=plain)
    with (
        suppress(KeyboardInterrupt),
        _logs_in_file(settings),
        server_for(settings, _serve, screen.note) as address,
        Chat(address) as talk,
    ):
        hold_conversation(talk, screen, persona, message or [])


@app.command(
    epilog="Example: [bold]hotline index docs/ prices.pdf https://www.example.com/help/[/]"
)
def index(
    places: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="PATH|URL...", help="Folders, files and web sites; none: all known ones again."
        ),
    ] = None,
    forget: Annotated[
        list[str] | None, typer.Option(help="Take this source out of the library.")
    ] = None,
    pages: Annotated[
        int, typer.Option(min=1, max=20_000, help="At most so many pages a site.")
    ] = 500,
) -> None:
    """Fill the library with documents: Markdown, HTML, PDF, Word, plain text, CSV price lists, whole web sites.

    Each source is followed on its own: what did not change is kept as it is, what is gone is removed.
    """
    import asyncio

    from integrations.app import index as index_places
    from integrations.index_screen import show_indexed
    from integrations.terminal import progress_bar

    missing = [place for place in places or [] if "://" not in place and not Path(place).exists()]
    if missing:
        raise typer.BadParameter(f"{', '.join(missing)}: no such file or folder.")
    settings = _settings(log_level="error")
    with progress_bar() as advance:
        work = index_places(settings, places or [], advance, pages=pages, forget=forget or [])
        done = asyncio.run(work)
    if not done:
        typer.echo("Nothing is known to index; name a folder, a file or a web site.", err=True)
    show_indexed(done)
    if any(each.failure for each in done):
        raise typer.Exit(WRONG_INPUT)


@app.command(epilog="Example: [bold]hotline doctor --audit[/] (the server may run meanwhile)")
def doctor(
    audit: Annotated[
        bool, typer.Option("--audit", help="Check every promise of the store instead, row by row.")
    ] = False,
    mend: Annotated[
        bool,
        typer.Option(
            "--mend", help="With --audit: put in order what can be without losing anything."
        ),
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="With --audit: as JSON.")] = False,
) -> None:
    """Check every setting and part, and say how to mend what is wrong. The exit code is 1 if anything fails."""
    from integrations.doctor import Health
    from integrations.terminal import show_findings

    if (mend or json) and not audit:
        raise typer.BadParameter("--mend and --json go with --audit.")
    if audit:
        raise typer.Exit(WRONG_INPUT if _audit(mends=mend, as_json=json) else 0)
    findings = _examine()
    show_findings(findings)
    raise typer.Exit(
        WRONG_INPUT if any(finding.health is Health.FAIL for finding in findings) else 0
    )


@app.command(epilog="Example: [bold]hotline migrate[/]")
def migrate() -> None:
    """Bring the database to the schema of this version. `hotline serve` does it too."""
    import asyncio

    from integrations.app import migrate as migrate_database

    typer.echo(asyncio.run(migrate_database(_settings())))


@app.command(epilog="Example: [bold]hotline keys[/]")
def keys() -> None:
    """Print the keys of this installation: of servers, and of web pages that track."""
    from integrations.app import keys as keys_of
    from integrations.serving import shown_keys

    typer.echo("\n".join(shown_keys(keys_of(_settings(log_level="error")))))


@app.command(hidden=True)
def slack_manifest() -> None:
    """Print the Slack app that fits the settings; `hotline slack manifest` by its old name."""
    from integrations.app import slack_manifest as manifest

    typer.echo(manifest(_settings().public_url), nl=False)


add_backup_commands(app, lambda: _settings(log_level="error"))
app.add_typer(database_command(lambda: _settings(log_level="error")), name="db")
add_gaps_command(app, lambda: _settings(log_level="error"))
add_inbound_command(app, lambda: _settings(log_level="error"))
add_feedback_command(app, lambda: _settings(log_level="error"))
evaluations = add_signals_commands(app, lambda: _settings(log_level="error"))
add_replies_command(evaluations, lambda: _settings(log_level="error"))
app.add_typer(examples_command(lambda: _settings(log_level="error")), name="examples")
app.add_typer(playbook_command(lambda: _settings(log_level="error")), name="playbook")
app.add_typer(import_commands(lambda: _settings(log_level="error")), name="import")
app.add_typer(lead_command(lambda: _settings(log_level="error")), name="lead")
app.add_typer(desk_command(lambda: _settings(log_level="error")), name="desk")
app.add_typer(slack_command(lambda: _settings(log_level="error")), name="slack")
app.add_typer(score_command(lambda: _settings(log_level="error")), name="score")


def _settings(**changes: str | int) -> "Settings":
    """Read the settings, warn of what is probably not meant, and set up the logs."""
    from integrations.logs import configure_logs
    from integrations.settings import load_settings, settings_warnings

    settings = load_settings().model_copy(update=changes)
    for warning in settings_warnings(settings):
        typer.secho(warning, err=True, fg="yellow")
    configure_logs(settings.log_level, settings.log_format)
    return settings


@contextmanager
def _logs_in_file(settings: "Settings") -> Iterator[None]:
    """Keep log lines out of a conversation on the terminal."""
    from integrations.keys import ensure_data_folder
    from integrations.logs import configure_logs

    with (ensure_data_folder(settings) / "chat.log").open("a", encoding="utf-8") as log:
        configure_logs(settings.log_level, "json", log)
        try:
            yield
        finally:
            configure_logs(settings.log_level, settings.log_format)


def _run_server(settings: "Settings") -> None:
    import asyncio

    from integrations.app import serve as serve_until_stopped

    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(serve_until_stopped(settings, partial(_welcome, settings)))


def _loop_factory() -> "Callable[[], AbstractEventLoop] | None":
    """Give uvloop's event loop where there is one: it is quicker than Python's own."""
    try:
        from uvloop import new_event_loop
    except ImportError:
        return None
    return new_event_loop


def _welcome(settings: "Settings", keys: "Keys") -> None:
    from integrations.serving import welcome

    typer.echo("\n".join(welcome(settings, keys, version("hotline"))))
    sys.stdout.flush()


async def _serve(settings: "Settings") -> None:
    from integrations.app import serve as serve_until_stopped

    await serve_until_stopped(settings)


def _audit(*, mends: bool, as_json: bool) -> bool:
    """Audit the store and show what was found; tells whether a promise is broken."""
    import asyncio

    from integrations.app import audit_store
    from integrations.audit_screen import show_audit
    from integrations.screen_text import page_console

    report = asyncio.run(audit_store(_settings(log_level="error"), mends=mends))
    if as_json:
        typer.echo(report.model_dump_json(indent=2))
    else:
        show_audit(report, page_console())
    return bool(report.broken)


def _examine() -> "list[Finding]":
    import asyncio

    from integrations.app import probes
    from integrations.doctor import Finding, Health, all_checks, examine
    from integrations.logs import configure_logs
    from integrations.settings import SettingsError, load_settings

    try:
        settings = load_settings()
    except SettingsError as error:
        mend = "Change the environment or .env; .env.example explains every setting."
        return [Finding("settings", Health.FAIL, line, mend) for line in str(error).splitlines()]
    configure_logs("error", settings.log_format)
    return asyncio.run(examine(all_checks(settings, probes(settings))))
