"""What the widget says unasked: a fixed text of the playbook, the same for everybody, chosen by what the page tells.

Nothing of what is known of a person stands in it; their temperature only chooses which text it is.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from agent.playbook import Playbook
from agent.temperature import Temperature
from agent.widget_rules import GreetingRule, is_pattern

FALLBACK = "en"
Words = TypeVar("Words")


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody on a page of ours who has said nothing: the page's address and act, and whether the desk is open."""

    url: str
    act: str
    is_open: bool
    is_returning: bool = False
    temperature: Temperature = Temperature.COLD
    is_talking: bool = False


@dataclass(frozen=True, slots=True)
class KnownReader:
    """What is known of a browser from before this visit."""

    was_here: bool = False
    temperature: Temperature = Temperature.COLD
    is_talking: bool = False


class PassersBy(Protocol):
    """Where it is known who reads on our pages without a word."""

    async def known(self, anonymous_id: str, now: datetime) -> KnownReader:
        """Tell what is known of a browser; a fresh one is cold and was never here."""
        ...


def decide_greeting(reader: Reader, playbook: Playbook) -> GreetingRule | None:
    """Choose the first greeting whose conditions all hold; none for whoever is in a conversation already."""
    if reader.is_talking:
        return None
    rules = may_greet(reader, playbook)
    return next((rule for rule in rules if _fits_person(rule, reader)), None)


def may_greet(reader: Reader, playbook: Playbook) -> tuple[GreetingRule, ...]:
    """Give the greetings that page and hours allow, whoever it is that reads."""
    return tuple(rule for rule in playbook.widget.greetings if _fits_page(rule, reader))


def greeting_words(greeting_id: str, language: str, playbook: Playbook) -> str:
    """Give what a greeting says in a language; empty when the playbook has no such greeting any more."""
    rule = playbook.widget.greeting(greeting_id)
    return in_language(rule.text, language) or "" if rule else ""


def in_language(words: Mapping[str, Words], language: str) -> Words | None:
    """Give words in a language, else in English, else in the first there is."""
    return words.get(language) or words.get(FALLBACK) or next(iter(words.values()), None)


def _fits_page(rule: GreetingRule, reader: Reader) -> bool:
    is_at_hours = rule.hours is None or (rule.hours == "open") is reader.is_open
    return is_at_hours and (not rule.pages or any(_shows(page, reader) for page in rule.pages))


def _shows(page: str, reader: Reader) -> bool:
    if is_pattern(page):
        return re.search(page, reader.url) is not None
    return page == reader.act


def _fits_person(rule: GreetingRule, reader: Reader) -> bool:
    is_expected = rule.returning is None or rule.returning is reader.is_returning
    return is_expected and (not rule.temperatures or reader.temperature in rule.temperatures)
