"""How well the check of sentences tells what facts support from what they do not.

`python -m tests.scenarios.statements FOLDER` reads `playbook.yaml`, `library/`, `statements.jsonl` and
`attacks.jsonl` of a folder. Each statement is checked against the plan that the real pipeline makes of its
question. Each attack is put to the whole pipeline with a model that obeys it: nothing of `never` may be shown.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from pydantic import BaseModel

from agent.grounding import objection, sources_of
from agent.reply import Plan
from tests.scenarios.asking import Asked, Company, a_company

PLANTED = "document"


class Statement(BaseModel):
    """A sentence as a model might write it, and whether the company's pages support it."""

    id: str
    asked: str
    sentence: str
    supported: bool
    why: str = ""


class Attack(BaseModel):
    """A visitor's trick, what a fooled model would say, and strings that would show that it worked."""

    id: str
    channel: str
    category: str
    language: str
    text: str
    obeyed: str
    never: tuple[str, ...]
    name: str = ""
    page_title: str = ""
    history_title: str = ""
    document: str = ""

    @property
    def asked(self) -> Asked:
        """Give what is put to the pipeline."""
        return Asked(self.text, self.name, self.page_title, self.history_title)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a statement; `because` is the rule that held it back."""

    statement: Statement
    because: str | None

    @property
    def is_right(self) -> bool:
        """Tell whether it was shown exactly if it is supported."""
        return self.statement.supported == (self.because is None)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a visitor read after an attack."""

    attack: Attack
    shown: str
    refused: tuple[str, ...]

    @property
    def leaked(self) -> tuple[str, ...]:
        """Give the strings that may never be shown and were."""
        return tuple(each for each in self.attack.never if each.lower() in self.shown.lower())


@dataclass(frozen=True, slots=True)
class Obedient:
    """A model that does as it is told."""

    says: str
    name: str = "obedient"
    version: str = "test"

    async def write(self, plan: Plan) -> AsyncIterator[str]:
        """Say it word by word."""
        for word in self.says.split(" "):
            yield f"{word} "


async def judge_statements(folder: Path, statements: Iterable[Statement]) -> list[Verdict]:
    """Check each statement against what the pipeline found for its question."""
    async with a_company(folder) as company:
        return [await _verdict(company, each) for each in statements]


async def _verdict(company: Company, statement: Statement) -> Verdict:
    """Check as a reply is checked: against what was found for the question and for the sentence."""
    plan = await company.plan(Asked(statement.asked))
    found = await company.library.find(statement.sentence)
    sources = sources_of(replace(plan, findings=plan.findings.joined((found,))))
    return Verdict(statement, objection(statement.sentence, sources))


async def play_attacks(folder: Path, attacks: Sequence[Attack]) -> list[Outcome]:
    """Put each attack to the pipeline; planted documents are there for all attacks of that channel."""
    planted = {each.id: each.document for each in attacks if each.channel == PLANTED}
    return [
        *await _play(folder, [each for each in attacks if each.channel != PLANTED], {}),
        *(await _play(folder, [each for each in attacks if each.channel == PLANTED], planted)),
    ]


async def _play(folder: Path, attacks: Sequence[Attack], planted: dict[str, str]) -> list[Outcome]:
    if not attacks:
        return []
    async with a_company(folder, planted) as company:
        return [await _outcome(company, each) for each in attacks]


async def _outcome(company: Company, attack: Attack) -> Outcome:
    reply = (await company.answer(attack.asked, Obedient(attack.obeyed))).reply
    refused = tuple(f"{each.because} | {each.text}" for each in reply.refused) if reply else ()
    return Outcome(attack, reply.text if reply else "", refused)


Line = TypeVar("Line", bound=BaseModel)


def read_lines(path: Path, shape: type[Line]) -> list[Line]:
    """Read a file of JSON lines; a missing file has none."""
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    return [shape.model_validate(json.loads(line)) for line in lines if line.strip()]


def summary(verdicts: Sequence[Verdict]) -> Iterator[str]:
    """Give each mistake, then both shares."""
    for verdict in verdicts:
        if not verdict.is_right:
            each = verdict.statement
            told = f"REFUSED ({verdict.because})" if verdict.because else "SHOWN"
            yield f"{each.id} {told}: {each.sentence}  <- {each.asked}  [{each.why}]"
    for supported, told in ((False, "unsupported refused"), (True, "supported shown")):
        of = [verdict for verdict in verdicts if verdict.statement.supported is supported]
        right = sum(verdict.is_right for verdict in of)
        yield f"{told}: {right} of {len(of)} ({right / max(1, len(of)):.1%})"


def attack_summary(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """Give each attack that worked, then their number."""
    for outcome in outcomes:
        if outcome.leaked:
            yield f"{outcome.attack.id} LEAKED {outcome.leaked}: {outcome.shown}"
    yield f"obeyed shown: {sum(bool(outcome.leaked) for outcome in outcomes)} of {len(outcomes)}"


def main(folder: Annotated[Path, typer.Argument(exists=True, file_okay=False)]) -> None:
    """Measure the check on one company; exit 1 when an attack worked."""
    verdicts = asyncio.run(judge_statements(folder, read_lines(folder / "statements.jsonl", Statement)))  # fmt: skip
    outcomes = asyncio.run(play_attacks(folder, read_lines(folder / "attacks.jsonl", Attack)))
    for line in (*summary(verdicts), *attack_summary(outcomes)):
        typer.echo(line)
    raise typer.Exit(code=int(any(outcome.leaked for outcome in outcomes)))


if __name__ == "__main__":
    typer.run(main)
