"""Dialogues with history as they are written down: one case a line, with what a sales lead expects of it."""

import re
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from agent.scoring import Temperature

UNITS = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}


class CaseError(ValueError):
    """A line that is no case; the sentence names the file, the line and what is wrong."""


def _span(written: object) -> timedelta:
    """Read "-21d", "90m": whole days, hours, minutes or seconds from the case's own zero."""
    found = re.fullmatch(r"([+-]?\d+)([dhms])", written) if isinstance(written, str) else None
    if found is None:
        raise ValueError(f"{written!r} is no time; write whole d, h, m or s, such as -21d or 90m")
    return timedelta(**{UNITS[found[2]]: int(found[1])})


def _several(written: object) -> object:
    return [written] if isinstance(written, str) else written


class _Written(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Firm(_Written):
    """The lead's company; no employees means that their number is not known."""

    name: str = ""
    domain: str = ""
    industry: str = ""
    employees: Annotated[int, Field(ge=0)] = 0
    country: str = ""


class Person(_Written):
    """Who the story is about, or a colleague of theirs."""

    name: str = ""
    email: str = ""
    title: str = ""
    company: Firm = Firm()


class Expected(_Written):
    """The temperatures that are right after a step, and whether a rep is called at it."""

    temperature: Annotated[frozenset[Temperature], BeforeValidator(_several), Field(min_length=1)]
    handoff: bool = False


class _Step(_Written):
    at: Annotated[timedelta, BeforeValidator(_span)]


class VisitorStep(_Step):
    """The visitor writes; where it is somebody `by` whom the lead is joined, in the same conversation."""

    visitor: Annotated[str, Field(min_length=1)]
    by: Person | None = None
    expect: Expected | None = None


class AgentStep(_Step):
    """The agent has replied."""

    agent: Annotated[str, Field(min_length=1)]


class EventStep(_Step):
    """The lead does something, or a colleague of theirs does."""

    event: Annotated[str, Field(min_length=1)]
    about: str = ""
    by: Person | None = None
    expect: Expected | None = None

    @property
    def act(self) -> str:
        """Give the act's name as the tracking of the demo site reports it."""
        is_page = self.event in ("page", "Page Viewed")
        if is_page:
            return "Blog Viewed" if "blog" in self.about.lower() else "Page Viewed"
        return self.event


class LookStep(_Step):
    """Nothing happens; somebody looks at the lead."""

    look: Literal[True]
    expect: Expected


JudgedStep = VisitorStep | EventStep | LookStep
Step = JudgedStep | AgentStep


class Case(_Written):
    """One story in the order of time; zero is the instant from which its steps count."""

    id: Annotated[str, Field(min_length=1)]
    title: str
    lead: Person
    steps: Annotated[tuple[Step, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _in_the_order_of_time(self) -> "Case":
        times = [step.at for step in self.steps]
        if times != sorted(times):
            raise ValueError("the steps do not stand in the order of time")
        return self


def read_cases(path: Path) -> tuple[Case, ...]:
    """Read a file of cases, one a line; raises CaseError."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return tuple(_case(line, f"{path}, line {number}") for number, line in enumerate(lines, 1))


def read_all(paths: Sequence[Path]) -> tuple[Case, ...]:
    """Read several files of cases; raises CaseError, also for an id that stands in two places."""
    cases = tuple(case for path in paths for case in read_cases(path))
    seen: set[str] = set()
    for case in cases:
        if case.id in seen:
            raise CaseError(f"Two cases are called {case.id!r}: give one of them another id.")
        seen.add(case.id)
    return cases


def _case(line: str, where: str) -> Case:
    try:
        return Case.model_validate_json(line)
    except ValidationError as error:
        found = "; ".join(": ".join(map(str, (*e["loc"], e["msg"]))) for e in error.errors()[:3])
        raise CaseError(f"{where} is no case: {found}") from error
