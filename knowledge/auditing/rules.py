"""What a rule of the store is: how it finds what breaks it, what to do about that, and what mends it."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncSession

from agent.playbook import Playbook
from knowledge.attachment_bytes import AttachmentBytes

PATIENCE: Final = timedelta(minutes=10)
"""For how long something may be due before somebody must look: longer than any takeover and any retry."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What an audit knows beside the database; without a playbook or files their rules are left out."""

    now: datetime
    playbook: Playbook | None = None
    files: AttachmentBytes | None = None

    @property
    def long_ago(self) -> datetime:
        """Give the instant before which nothing should be due any more."""
        return self.now - PATIENCE


@dataclass(frozen=True, slots=True)
class Break:
    """One promise that one row breaks: which, in a sentence, and what to do."""

    rule: str
    about: str
    sentence: str
    advice: str
    can_be_mended: bool = False


Find = Callable[[AsyncSession], AsyncIterator[Break]]
Mend = Callable[[AsyncSession, str], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One promise; `mend` puts the row that a break is about in order without losing anything, and says `mended`."""

    name: str
    find: Find
    mend: Mend | None = None
    mended: str = ""


def rule(
    name: str,
    sentence: str,
    advice: str,
    broken: "Select[*tuple[Any, ...]]",
    mend: Mend | None = None,
    mended: str = "",
) -> Rule:
    """Make a rule of a query for what breaks it; the sentence names columns, the first of which is what it is about."""

    async def find(session: AsyncSession) -> AsyncIterator[Break]:
        async for row in await session.stream(broken):
            told = sentence.format(**_told(row._mapping))
            yield Break(name, str(row[0]), told, advice, mend is not None)

    return Rule(name, find, mend, mended)


def _told(columns: Mapping[Any, Any]) -> dict[str, object]:
    return {str(name): _plain(value) for name, value in columns.items()}


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S} UTC"
    return "none" if value is None else value
