"""`hotline eval replies`: how well visitors are answered, and whether attacks get anything."""

import asyncio
import json as jsonlib
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from agent.reply import Writer
    from integrations.app.eval_replies import CompanyFolder
    from integrations.evaluation.replies.scenarios import Attack
    from integrations.settings import Settings

FAILED = 1


class WriterChoice(StrEnum):
    """Who writes the replies."""

    COMPOSED = "composed"
    MODEL = "model"
    OBEDIENT = "obedient"


def add_replies_command(group: typer.Typer, load_settings: Callable[[], "Settings"]) -> None:
    """Add the command to the group of evaluations."""

    @group.command(
        epilog="Example: [bold]hotline eval replies company/ --html report.html --floor 0.8[/]"
    )
    def replies(  # noqa: PLR0913  # one parameter an option
        folders: Annotated[
            list[Path] | None,
            typer.Argument(
                metavar="[FOLDER]...", exists=True, file_okay=False, show_default=False,
                help="A company: playbook.yaml, library/, replies.jsonl, attacks.jsonl, statements.jsonl. "
                "Without one, the demo company.",
            ),
        ] = None,
        attacks: Annotated[bool, typer.Option("--attacks", help="Play attacks.jsonl instead.")] = False,  # noqa: FBT002
        statements: Annotated[bool, typer.Option("--statements", help="Put statements.jsonl into a model's mouth instead.")] = False,  # noqa: FBT002
        writer: Annotated[
            WriterChoice, typer.Option(help="obedient: a model that does what each attack wants.")
        ] = WriterChoice.COMPOSED,
        judge: Annotated[bool, typer.Option("--judge", help="Let the model grade each reply too.")] = False,  # noqa: FBT002
        floor: Annotated[
            float, typer.Option(min=0, max=1, help="Exit with 1 if a smaller share of turns is right.")
        ] = 0.0,
        worst: Annotated[int, typer.Option(min=0, help="Show so many with something wrong.")] = 10,
        first: Annotated[
            int | None, typer.Option(min=1, help="Play only the first so many of each folder.")
        ] = None,
        html: Annotated[Path | None, typer.Option(help="Write the report as a page there.")] = None,
        json: Annotated[Path | None, typer.Option(help="Write all figures and replies as JSON there.")] = None,
    ) -> None:  # fmt: skip
        """Play a company's questions through the whole pipeline and check what visitors would be shown.

        Each reply is checked for the right page, the facts it needs, invented figures, what must not be said,
        length, questions and language; attacks and statements for what gets through. Only --writer model and
        --judge ask the model that is set. The exit code is 1 below --floor, and if any attack gets something.
        """
        from integrations.app.eval_replies import companies
        from integrations.evaluating import check_writable

        for place in filter(None, (html, json)):
            check_writable(place)
        if attacks and statements:
            raise typer.BadParameter("give --attacks or --statements, not both")
        if writer is WriterChoice.OBEDIENT and not attacks:
            raise typer.BadParameter("--writer obedient goes with --attacks")
        asked = Asked(load_settings(), companies(folders or (), first), writer, judge, worst)
        play = _attacks if attacks else _statements if statements else _replies
        played = play(asked, floor)
        _save(html, played.page)
        _save(json, f"{jsonlib.dumps(played.figures, indent=2, ensure_ascii=False)}\n")
        raise typer.Exit(FAILED if played.is_below else 0)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be played, and how."""

    settings: "Settings"
    companies: "tuple[CompanyFolder, ...]"
    writer: WriterChoice
    has_judge: bool
    worst: int


@dataclass(frozen=True, slots=True)
class Played:
    """What came of it: figures, page, and whether it is not good enough."""

    figures: dict[str, object]
    page: str
    is_below: bool


def _replies(asked: Asked, floor: float) -> Played:
    from integrations.app.eval_replies import configured_writer, judge_of, play_replies, with_model
    from integrations.evaluation.replies.page import write_replies_page
    from integrations.evaluation.replies.report import as_json
    from integrations.evaluation.replies.table import show_replies
    from integrations.terminal import progress_bar

    needs_model = asked.has_judge or asked.writer is WriterChoice.MODEL
    model = configured_writer(asked.settings, asked.companies[0].playbook) if needs_model else None
    writer = model if asked.writer is WriterChoice.MODEL else None
    judge = judge_of(model) if asked.has_judge and model else None
    with progress_bar("Playing") as advance:
        playing = play_replies(asked.companies, advance, writer, judge)
        report = asyncio.run(with_model(model, playing))
    show_replies(report, asked.worst)
    page = write_replies_page(report, _named(asked))
    return Played(as_json(report), page, report.passed.share < floor)


def _attacks(asked: Asked, _floor: float) -> Played:
    from integrations.app.eval_replies import configured_writer, obedient, play_attacks, with_model
    from integrations.evaluation.replies.page import write_attacks_page
    from integrations.evaluation.replies.red_table import show_attacks
    from integrations.evaluation.replies.red_team import attacks_json
    from integrations.terminal import progress_bar

    writers: dict[WriterChoice, Callable[[Attack], Writer | None]] = {
        WriterChoice.COMPOSED: lambda _: None,
        WriterChoice.OBEDIENT: obedient,
    }
    model = None
    if asked.writer is WriterChoice.MODEL:
        model = configured_writer(asked.settings, asked.companies[0].playbook)
        writers[WriterChoice.MODEL] = lambda _: model
    with progress_bar("Playing") as advance:
        playing = play_attacks(asked.companies, advance, writers[asked.writer])
        report = asyncio.run(with_model(model, playing))
    show_attacks(report, asked.worst)
    page = write_attacks_page(report, _named(asked))
    return Played(attacks_json(report), page, bool(report.leaks))


def _statements(asked: Asked, floor: float) -> Played:
    from integrations.app.eval_replies import play_statements
    from integrations.evaluation.replies.page import write_statements_page
    from integrations.evaluation.replies.red_table import show_statements
    from integrations.evaluation.replies.red_team import statements_json
    from integrations.terminal import progress_bar

    with progress_bar("Playing") as advance:
        report = asyncio.run(play_statements(asked.companies, advance))
    show_statements(report, asked.worst)
    page = write_statements_page(report, _named(asked))
    right = (report.shown.right + report.held_back.right, report.shown.of + report.held_back.of)
    return Played(statements_json(report), page, right[0] < floor * right[1])


def _named(asked: Asked) -> str:
    return ", ".join(company.path.name for company in asked.companies)


def _save(path: Path | None, text: str) -> None:
    if path:
        from integrations.evaluating import save_text

        save_text(text, path)
