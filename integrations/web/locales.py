"""What a visitor's locale chooses: the language of our words, the disclosure, and whose hours count."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from agent.playbook import Playbook
from agent.routing import Case, opens_at
from integrations.web.shapes import HoursShape
from prompts.phrases import FALLBACK, languages

Locale = Annotated[
    str,
    Field(max_length=35, pattern=r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{1,8})*$", examples=["en-GB"]),
]


def spoken(locale: str) -> str:
    """Give the code of the language that a locale names."""
    return locale.replace("_", "-").split("-")[0].lower()


def language_of(locale: str) -> str:
    """Give the language in which we answer it: its own where there are words in it, else English."""
    language = spoken(locale)
    return language if language in languages() else FALLBACK


def disclosure(playbook: Playbook, locale: str) -> str:
    """Give the sentence that says this is an AI."""
    disclosures = playbook.company.disclosure
    first = next(iter(disclosures.values()), "")
    return disclosures.get(spoken(locale)) or disclosures.get(FALLBACK, first)


def hours_of(case: Case, playbook: Playbook, now: datetime) -> HoursShape:
    """Tell whether anybody who may be called is at work, and when somebody next is."""
    at = opens_at(case, playbook, now)
    return HoursShape(open=at == now, next_open_at=at)
