"""How well the check tells supported sentences from others, on labelled statements of 45 companies.

`python -m tests.scenarios.supporting` prints the shares on `knowledge/examples/statements`: rules are made on the
companies of `fitting/`; those of `measuring/` are by other authors.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import typer
from pydantic import BaseModel

from agent.estimate import estimates
from agent.facts import AskedQuestion, Fact, FactId, Findings, FoundFact
from agent.grounding import Sources, objection, sources_of
from agent.questions import split_questions
from agent.reply import Plan
from tests.agent.tourvane import plan_for

STATEMENTS = Path(__file__).parents[2] / "knowledge" / "examples" / "statements"


class Statement(BaseModel):
    """A sentence as a model might write it on a question, whether it is supported, and which facts were found for it."""

    asked: str
    s: str
    ok: bool
    kind: str = "supported"
    wrong: str = ""
    language: str
    found: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Checked:
    """A statement and the rule that held it back, with its words; None where it was shown."""

    statement: Statement
    because: str | None


def companies(part: str) -> Iterator[tuple[list[Fact], list[Statement]]]:
    """Read the facts and statements of each company of `fitting` or `measuring`."""
    for path in sorted((STATEMENTS / part).glob("*.jsonl")):
        head, *lines = (json.loads(line) for line in path.read_text("utf-8").splitlines())
        facts = [_fact(path.stem, at, each) for at, each in enumerate(head["facts"])]
        yield facts, [Statement.model_validate(line) for line in lines]


def _fact(company: str, at: int, told: Mapping[str, str]) -> Fact:
    newer = told.get("superseded_by")
    return Fact(
        id=FactId(f"{company}:{at}"),
        page=told["page"],
        heading=told.get("heading", ""),
        text=told["text"],
        url="",
        language=told.get("language", "en"),
        superseded_by=None if newer is None else FactId(f"{company}:{newer}"),
    )


def sources_for(statement: Statement, facts: Sequence[Fact]) -> Sources:
    """Gather what the statement may rest on, as the pipeline found it for its question and for itself."""
    found = [facts[at] for at in statement.found if at < len(facts)]
    findings = Findings(tuple(FoundFact(each, 0.9) for each in found), bool(found))
    asked = tuple(AskedQuestion(each, findings) for each in split_questions(statement.asked))
    plan = replace(
        _plain(),
        question=statement.asked,
        language=statement.language,
        questions=asked,
        findings=findings,
        estimates=estimates(statement.asked, found),
    )
    return sources_of(plan)


@cache
def _plain() -> Plan:
    return plan_for("Hi")


def check(part: str) -> Iterator[Checked]:
    """Check every statement of a part."""
    for facts, statements in companies(part):
        for each in statements:
            yield Checked(each, objection(each.s, sources_for(each, facts)))


def shares(checked: Iterable[Checked]) -> dict[str, tuple[int, int]]:
    """Give, by kind, how many were held back and how many there are; `supported` is one, `unsupported` all others."""
    by_kind: dict[str, list[bool]] = defaultdict(list)
    for each in checked:
        by_kind[each.statement.kind].append(each.because is not None)
        if not each.statement.ok:
            by_kind["unsupported"].append(each.because is not None)
    return {kind: (sum(held), len(held)) for kind, held in sorted(by_kind.items())}


def main() -> None:
    """Print, for both parts, the shares held back by kind, and what each rule held back rightly and wrongly."""
    for part in ("fitting", "measuring"):
        checked = list(check(part))
        told = shares(checked)
        typer.echo(f"{part}: " + "; ".join(f"{kind} {held}/{of} held ({held / of:.1%})" for kind, (held, of) in told.items()))  # fmt: skip
        for is_right in (True, False):
            rules = Counter(
                (each.because or "shown").partition(":")[0]
                for each in checked
                if each.statement.ok is is_right
            )
            typer.echo(
                f"{'supported' if is_right else 'unsupported'}, by rule: {dict(rules.most_common())}"
            )


if __name__ == "__main__":
    typer.run(main)
