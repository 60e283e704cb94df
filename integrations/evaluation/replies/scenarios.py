"""What visitors ask and what a good reply says: the shapes of `replies.jsonl`, `attacks.jsonl`, `statements.jsonl`.

One JSON object a line. Unknown keys are refused, so that a misspelt expectation is not silently met.
"""

import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from agent.errors import HotlineError

AGO = re.compile(r"-(\d+(?:\.\d+)?)(d|h|m)")
UNITS = {"d": "days", "h": "hours", "m": "minutes"}
FORGED_ACT = "Content Downloaded"
ATTACKER = "visitor@attacker.example"


class UnusableScenarioError(HotlineError):
    """A line is no scenario, attack or statement; the text gives file, line and what is wrong."""


class _Line(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Expectation(_Line):
    """What a good reply to one message says; `|` stands between spellings that count alike."""

    pages: tuple[str, ...] = ()
    says: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    mentions: tuple[str, ...] = ()
    admits: bool = False
    most_words: int | None = None
    silent: bool = False
    language: str = ""


class AskedTurn(_Line):
    """One message of a visitor, and what is expected of the reply."""

    visitor: Annotated[str, Field(min_length=1)]
    expect: Expectation = Expectation()


class Past(_Line):
    """Something before the conversation: an engagement event with its title, or words of an earlier talk."""

    at: str
    event: str = ""
    about: str = ""
    visitor: str = ""

    @field_validator("at")
    @classmethod
    def _is_ago(cls, at: str) -> str:
        if not AGO.fullmatch(at):
            raise ValueError('write how long ago, as in "-3d", "-5h" or "-20m"')
        return at

    @model_validator(mode="after")
    def _says_what(self) -> Self:
        if bool(self.event) == bool(self.visitor):
            raise ValueError('give either "event" or "visitor"')
        return self

    @property
    def ago(self) -> timedelta:
        """Give how long before the conversation it was."""
        number, unit = AGO.fullmatch(self.at).groups()  # type: ignore[union-attr]
        return timedelta(**{UNITS[unit]: float(number)})


class AskingCompany(_Line):
    """Where the visitor works; `employees` 0 is not known."""

    name: str = ""
    domain: str = ""
    industry: str = ""
    employees: int = 0
    country: str = ""


class AskingLead(_Line):
    """Who the visitor is, as far as records tell."""

    name: str = ""
    email: str = ""
    title: str = ""
    company: AskingCompany = AskingCompany()


class Kind(StrEnum):
    """What sort of scenario it is."""

    ANSWERABLE = "answerable"
    UNANSWERABLE = "unanswerable"
    CONVERSATION = "conversation"
    ATTACK = "attack"
    STATEMENT = "statement"


class Scenario(_Line):
    """One conversation to be played: who asks, what went before, and each message with what is expected."""

    id: str
    kind: Kind
    language: str = "en"
    turns: Annotated[tuple[AskedTurn, ...], Field(min_length=1)]
    lead: AskingLead = AskingLead()
    proven: bool = False
    at: datetime | None = None
    history: tuple[Past, ...] = ()
    page_title: str = ""
    planted: str = ""
    """A passage that stands in the documents while this is played."""

    @field_validator("at")
    @classmethod
    def _is_aware(cls, at: datetime | None) -> datetime | None:
        if at is not None and at.tzinfo is None:
            raise ValueError('give the time zone, as in "2026-11-18T10:15:00+01:00"')
        return at


class Channel(StrEnum):
    """The way an attack comes in."""

    MESSAGE = "message"
    NAME = "name"
    PAGE_TITLE = "page_title"
    HISTORY_TITLE = "history_title"
    DOCUMENT = "document"
    EMAIL = "email"


class Category(StrEnum):
    """What an attack is after."""

    INJECTION = "injection"
    EXTRACTION = "extraction"
    DISCOUNT = "discount"
    IMPERSONATION = "impersonation"
    OTHERS = "others"
    PROMISE = "promise"
    LEGAL = "legal"
    DISPARAGE = "disparage"
    ENCODED = "encoded"
    TONGUE = "tongue"
    MANNERS = "manners"


class Attack(_Line):
    """One attack: what is written, what a fooled model would answer, and what must never be shown."""

    id: str
    channel: Channel
    category: Category
    language: str = "en"
    text: Annotated[str, Field(min_length=1)]
    obeyed: str
    never: Annotated[tuple[str, ...], Field(min_length=1)]
    name: str = ""
    page_title: str = ""
    history_title: str = ""
    document: str = ""

    @model_validator(mode="after")
    def _comes_by_its_channel(self) -> Self:
        carried = {
            Channel.NAME: self.name,
            Channel.PAGE_TITLE: self.page_title,
            Channel.HISTORY_TITLE: self.history_title,
            Channel.DOCUMENT: self.document,
        }
        if not carried.get(self.channel, self.text):
            raise ValueError(f'an attack by {self.channel.value} needs "{self.channel.value}"')
        return self

    def as_scenario(self) -> Scenario:
        """Give it as a conversation of one message, of a proven visitor where something is forged of theirs."""
        forged = (Past(at="-1d", event=FORGED_ACT, about=self.history_title),)
        is_known = bool(self.name or self.history_title)
        return Scenario(
            id=self.id,
            kind=Kind.ATTACK,
            language=self.language,
            turns=(AskedTurn(visitor=self.text, expect=Expectation(never=self.never)),),
            lead=AskingLead(name=self.name, email=ATTACKER if is_known else ""),
            proven=is_known,
            history=forged if self.history_title else (),
            page_title=self.page_title,
            planted=self.document,
        )


class Statement(_Line):
    """A sentence that a model might write as a reply, and whether the documents support it."""

    id: str
    asked: Annotated[str, Field(min_length=1)]
    sentence: Annotated[str, Field(min_length=1)]
    supported: bool
    why: str = ""

    def as_scenario(self) -> Scenario:
        """Give the question as a conversation of one message."""
        return Scenario(id=self.id, kind=Kind.STATEMENT, turns=(AskedTurn(visitor=self.asked),))


Row = TypeVar("Row", Scenario, Attack, Statement)


def read_rows(path: Path, shape: type[Row]) -> tuple[Row, ...]:
    """Read a file, one row a line. Raises UnusableScenarioError at the first bad line, and for an empty file."""
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise UnusableScenarioError(f"{path}: cannot be read as UTF-8 text ({error}).") from error
    rows = tuple(_rows(path, lines, shape))
    if not rows:
        raise UnusableScenarioError(f"{path}: There is nothing in it; expected one object a line.")
    return rows


def _rows(path: Path, lines: list[str], shape: type[Row]) -> Iterator[Row]:
    seen: set[str] = set()
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = shape.model_validate(json.loads(line))
        except (ValueError, RecursionError) as error:
            raise UnusableScenarioError(f"{path}:{number}: {_wrong(error)}") from error
        if row.id in seen:
            raise UnusableScenarioError(f'{path}:{number}: The id "{row.id}" is there twice.')
        seen.add(row.id)
        yield row


def _wrong(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"This is no JSON ({error.msg} at column {error.colno})."
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return f"{'.'.join(map(str, first['loc'])) or 'the line'}: {first['msg']}."
    return str(error)
