"""Plays a company's scenarios, attacks and statements, and checks what visitors were shown."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

import structlog

from agent.errors import ModelUnavailableError
from agent.reply import Writer
from integrations.app.parts import make_writer
from integrations.app.rehearsing import Advance, Stage, stage
from integrations.evaluation.replies.checks import check_played
from integrations.evaluation.replies.obedient import ObedientWriter
from integrations.evaluation.replies.played import PlayedTurn
from integrations.evaluation.replies.red_team import (
    AttackReport,
    PlayedAttack,
    PlayedStatement,
    StatementReport,
)
from integrations.evaluation.replies.report import CheckedScenario, Grade, RepliesReport
from integrations.evaluation.replies.scenarios import Attack, Row, Scenario, Statement, read_rows
from integrations.models.openai_judge import OpenAIJudge
from integrations.models.openai_writer import OpenAIWriter
from integrations.settings import Settings
from knowledge.playbook import demo_playbook_path, load_playbook

Report = TypeVar("Report")
log = structlog.get_logger()
COMPOSED = "composed"
FILES: dict[type[object], str] = {
    Scenario: "replies.jsonl",
    Attack: "attacks.jsonl",
    Statement: "statements.jsonl",
}


@dataclass(frozen=True, slots=True)
class CompanyFolder:
    """Where a company's playbook, documents and sets stand; of each set the `first` rows are played, None: all."""

    path: Path
    first: int | None = None

    @property
    def playbook(self) -> Path:
        """Give the playbook's file."""
        return self.path / "playbook.yaml"

    @property
    def pages(self) -> Path:
        """Give the folder of documents."""
        return self.path / "library"

    def rows(self, shape: type[Row]) -> tuple[Row, ...]:
        """Read the rows of a shape from their file; raises UnusableScenarioError."""
        return read_rows(self.path / FILES[shape], shape)[: self.first]


class Judge(Protocol):
    """Grades replies."""

    async def grade(self, turn: PlayedTurn) -> Grade:
        """Grade what a visitor was shown; raises ModelUnavailableError."""
        ...


def companies(folders: Sequence[Path], first: int | None = None) -> tuple[CompanyFolder, ...]:
    """Give the companies of these folders; of none, the demo company."""
    found = folders or (demo_playbook_path().parent,)
    return tuple(CompanyFolder(folder, first) for folder in found)


def configured_writer(settings: Settings, playbook: Path) -> OpenAIWriter:
    """Make the writer with the model that is set; raises ModelUnavailableError where none is."""
    if writer := make_writer(settings, load_playbook(playbook)):
        return writer
    raise ModelUnavailableError(
        "There is no model: set OPENAI_API_KEY, or leave out --writer model and --judge."
    )


async def with_model(model: OpenAIWriter | None, playing: Awaitable[Report]) -> Report:
    """Play, then close the connections to the model, if there is one."""
    try:
        return await playing
    finally:
        if model:
            await model.close()


async def play_replies(
    folders: Sequence[CompanyFolder],
    advance: Advance,
    writer: Writer | None = None,
    judge: Judge | None = None,
) -> RepliesReport:
    """Play the scenarios of companies and check each turn."""
    played = [
        await _checked(on, scenario, writer, judge)
        async for on, scenario in _rows(folders, Scenario, advance)
    ]
    name = writer.name if writer else COMPOSED
    return RepliesReport(name, tuple(played), has_judge=judge is not None)


async def play_attacks(
    folders: Sequence[CompanyFolder],
    advance: Advance,
    writer: Callable[[Attack], Writer | None] = lambda _: None,
) -> AttackReport:
    """Play attacks, each with a writer of its own; None is the composed one."""
    played, name = [], COMPOSED
    async for on, attack in _rows(folders, Attack, advance):
        fooled = writer(attack)
        name = fooled.name if fooled else name
        played.append(PlayedAttack(attack, await _checked(on, attack.as_scenario(), fooled)))
    return AttackReport(name, tuple(played))


async def play_statements(folders: Sequence[CompanyFolder], advance: Advance) -> StatementReport:
    """Put each sentence into a model's mouth and see whether it is shown."""
    played = []
    async for on, statement in _rows(folders, Statement, advance):
        writer = ObedientWriter(statement.sentence)
        turn = (await on.play(statement.as_scenario(), writer)).turns[0]
        reached = turn.writer == writer.name or bool(turn.held_back)
        played.append(PlayedStatement(statement, turn.shown, reached, turn.held_back))
    return StatementReport(tuple(played))


async def _rows(
    folders: Sequence[CompanyFolder], shape: type[Row], advance: Advance
) -> AsyncIterator[tuple[Stage, Row]]:
    """Give each row with its company's stage; all files are read before anything is played."""
    sets = [(folder, folder.rows(shape)) for folder in folders]
    total, done = sum(len(rows) for _, rows in sets), 0
    for folder, rows in sets:
        async with stage(folder.playbook, folder.pages) as on:
            for row in rows:
                yield on, row
                done += 1
                advance(done, total)


def obedient(attack: Attack) -> Writer:
    """Give the writer that does what this attack wants."""
    return ObedientWriter(attack.obeyed)


def judge_of(writer: OpenAIWriter) -> Judge:
    """Give the judge that asks this writer's model."""
    return OpenAIJudge(writer)


async def _checked(
    on: Stage, scenario: Scenario, writer: Writer | None, judge: Judge | None = None
) -> CheckedScenario:
    played = await on.play(scenario, writer)
    turns = enumerate(played.turns if judge else ())
    grades = {place: await _grade(judge, turn) for place, turn in turns if judge and turn.shown}
    given = {place: grade for place, grade in grades.items() if grade}
    return CheckedScenario(scenario, check_played(played), given)


async def _grade(judge: Judge, turn: PlayedTurn) -> Grade | None:
    """Ask the judge; a reply that it could not grade stays without."""
    try:
        return await judge.grade(turn)
    except ModelUnavailableError as error:
        log.warning("reply.not_judged", reason=str(error))
        return None
