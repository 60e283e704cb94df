"""`hotline classify` and `hotline eval`: the signal detector for pipes, and how well it reads."""

import os
import stat
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from integrations.settings import Settings

WRONG_INPUT = 1
MEASURE = "Measure how well messages are read and answered."


def add_signals_commands(app: typer.Typer, load_settings: Callable[[], "Settings"]) -> typer.Typer:
    """Add both to the command line; gives the group of evaluations, for others to be added to."""
    _add_classify(app, load_settings)
    evaluations = typer.Typer(help=MEASURE, no_args_is_help=True)
    _add_signals(evaluations, load_settings)
    app.add_typer(evaluations, name="eval")
    return evaluations


def _add_classify(app: typer.Typer, load_settings: Callable[[], "Settings"]) -> None:
    @app.command(
        epilog="""Example: [bold]echo '{"id": "1", "text": "What does it cost?", "source": "chat"}' | hotline classify[/]"""
    )
    def classify() -> None:
        """Read messages as JSON lines on standard input, write what they say as JSON lines.

        Each line has "id", "text" and "source" (chat, form or email). Results come in the order of the input.
        A line that cannot be used gets an object with "line" and "error"; the exit code is 1 then.
        """
        from integrations.app import detector
        from integrations.classify import classify_lines
        from integrations.terminal import bytes_bar

        settings = load_settings()
        if sys.stdin.isatty():
            typer.echo('Write one {"id": "1", "text": "..."} a line; Ctrl-D ends.', err=True)
        unusable = 0
        with bytes_bar(_bytes_to_read()) as advance:
            for answer in classify_lines(sys.stdin.buffer, lambda: detector(settings)):
                typer.echo(answer.line)
                if answer.complaint:
                    unusable += 1
                    typer.echo(answer.complaint, err=True)
                advance(answer.read)
        raise typer.Exit(WRONG_INPUT if unusable else 0)


def _add_signals(group: typer.Typer, load_settings: Callable[[], "Settings"]) -> None:
    @group.callback()
    def evaluations() -> None:
        """Measure how well messages are read and answered."""

    @group.command(
        epilog="Example: [bold]hotline eval signals messages.jsonl --html report.html[/]"
    )
    def signals(
        file: Annotated[
            Path, typer.Argument(exists=True, help="Labelled messages, one JSON object a line.")
        ],
        html: Annotated[Path | None, typer.Option(help="Write the report as a page there.")] = None,
        json: Annotated[Path | None, typer.Option(help="Write all figures as JSON there.")] = None,
        worst: Annotated[
            int, typer.Option(min=0, help="Show this many of the worst mistakes.")
        ] = 10,
    ) -> None:
        """Read labelled messages and show how well: signals, kinds, handoffs, names, confidences.

        Each line has "id", "text", "kind", "signals" and "temperature"; "competitors" and "language" are
        measured where they are given. Nothing is sent anywhere and nothing is stored. The exit code is 1 if a
        line cannot be used.
        """
        _evaluate(load_settings(), file, worst, html, json)


def _evaluate(
    settings: "Settings", file: Path, worst: int, html: Path | None, json: Path | None
) -> None:
    from integrations.app import detector
    from integrations.evaluating import check_writable, evaluate_file, save_json, save_page
    from integrations.evaluation.examples import UnusableExampleError
    from integrations.evaluation.table import show_report
    from integrations.terminal import progress_bar

    for place in filter(None, (html, json)):
        check_writable(place)
    try:
        with progress_bar("Reading") as advance:
            report = evaluate_file(file, lambda: detector(settings), advance)
    except UnusableExampleError as error:
        typer.secho(str(error), err=True, fg="red")
        raise typer.Exit(WRONG_INPUT) from error
    show_report(report, worst)
    if html:
        save_page(report, file.name, html)
    if json:
        save_json(report, json)


def _bytes_to_read() -> int | None:
    """Give the size of standard input, where it is a file."""
    try:
        about = os.fstat(sys.stdin.fileno())
    except OSError:
        return None
    return about.st_size if stat.S_ISREG(about.st_mode) else None
