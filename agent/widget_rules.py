"""What the widget looks like and says unasked, as the playbook states it."""

import re
from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, field_validator, model_validator

from agent.rules import Rules
from agent.team_rules import Name

MOST_SUGGESTIONS = 3


def _language(code: str) -> str:
    if not re.fullmatch(r"[a-z]{2,3}", code):
        raise ValueError(f"{code!r} is no language code such as en")
    return code


def _colour(written: str) -> str:
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", written):
        raise ValueError(f'{written!r} is no colour; write it in quotes, as "#1a6b52"')
    return written


Language = Annotated[str, AfterValidator(_language)]
Suggestion = Annotated[str, Field(min_length=1, max_length=80)]
Suggestions = Mapping[Language, Annotated[tuple[Suggestion, ...], Field(max_length=MOST_SUGGESTIONS)]]  # fmt: skip
Words = Annotated[str, Field(min_length=1, max_length=300)]


class GreetingRule(Rules):
    """Words said unasked to whoever fulfils all conditions; without conditions, to everybody."""

    id: Name
    pages: tuple[str, ...] = Field(
        default=(),
        description="acts of `pages`, or regular expressions for URLs; none: every page",
    )
    after_seconds: Annotated[int, Field(ge=0, le=3600)] = Field(
        default=20, description="so long on the page before it is said"
    )
    returning: bool | None = Field(
        default=None, description="true: only who was here before; false: only who was not"
    )
    temperatures: tuple[Literal["cold", "warm", "hot", "red_hot"], ...] = Field(
        default=(), description="none: any; who is new is cold"
    )
    hours: Literal["open", "closed"] | None = Field(
        default=None, description="open: only while somebody is at the desk; closed: only while not"
    )
    text: Mapping[Language, Words] = Field(
        min_length=1, description="a language code: the words, the same for everybody"
    )
    suggestions: Suggestions = Field(
        default_factory=dict, description="unset: those of the section"
    )

    @field_validator("pages")
    @classmethod
    def _readable(cls, pages: tuple[str, ...]) -> tuple[str, ...]:
        for pattern in filter(is_pattern, pages):
            try:
                re.compile(pattern)
            except re.error as error:
                raise ValueError(f"{pattern!r} is no regular expression: {error}") from error
        return pages


class WidgetRules(Rules):
    """How the widget presents itself."""

    accent: Annotated[str, AfterValidator(_colour)] | None = Field(
        default=None, description="the colour of its buttons, as #1a6b52; unset: the widget's own"
    )
    suggestions: Suggestions = Field(
        default_factory=dict, description="a language code: questions to begin with, three at most"
    )
    asks_email: bool = Field(
        default=True, description="ask where to reach a visitor while nobody is at the desk"
    )
    greetings: tuple[GreetingRule, ...] = Field(
        default=(), description="the first whose conditions all hold is said"
    )

    @model_validator(mode="after")
    def _ids_differ(self) -> Self:
        ids = [rule.id for rule in self.greetings]
        for rule_id in ids:
            if ids.count(rule_id) > 1:
                raise ValueError(f"greetings: two greetings have the id {rule_id!r}")
        return self

    def greeting(self, greeting_id: str) -> GreetingRule | None:
        """Find a greeting by id."""
        return next((rule for rule in self.greetings if rule.id == greeting_id), None)


def is_pattern(page: str) -> bool:
    """Tell whether this is a pattern of an address, which has a slash, and not the name of an act."""
    return "/" in page
