"""Running the rules: beside a running server, at one moment of the database, and in bounded memory."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Final

from pydantic import ValidationError
from sqlalchemy.exc import DatabaseError
from sqlalchemy.ext.asyncio import AsyncSession

from knowledge.auditing.answer_rules import answer_rules
from knowledge.auditing.file_rules import file_rules
from knowledge.auditing.handoff_rules import handoff_rules
from knowledge.auditing.lead_rules import lead_rules
from knowledge.auditing.row_rules import row_rules
from knowledge.auditing.rules import Break, Rule, Surroundings
from knowledge.auditing.store_rules import store_rules
from knowledge.auditing.talk_rules import talk_rules
from knowledge.auditing.time_rules import time_rules
from knowledge.database import Database

MOST_SHOWN: Final = 20
UNREADABLE: Final = "Restore a back-up, or mend the row by hand."


@dataclass(frozen=True, slots=True)
class Kept:
    """How one promise is kept: by all, or how many break it, with the first of them."""

    rule: str
    breaks: tuple[Break, ...] = ()
    count: int = 0


@dataclass(frozen=True, slots=True)
class Mended:
    """What was put in order: how many rows, and what was done to each."""

    rule: str
    count: int
    done: str


def all_rules(around: Surroundings) -> list[Rule]:
    """Give every rule, in the order in which a person would look."""
    return [
        *store_rules(),
        *talk_rules(around),
        *answer_rules(),
        *handoff_rules(around),
        *time_rules(around),
        *lead_rules(around),
        *row_rules(),
        *file_rules(around),
    ]


async def audit(
    database: Database, around: Surroundings, note: Callable[[str], None] = lambda _: None
) -> list[Kept]:
    """Check every rule at one moment; `note` hears the name of each before it is checked."""
    kept = []
    async with database.read() as session:
        for rule in all_rules(around):
            note(rule.name)
            kept.append(await _check(session, rule))
    return kept


async def mend(database: Database, around: Surroundings) -> list[Mended]:
    """Put in order what can be without losing anything, a rule at a time, each in one transaction."""
    rules = [rule for rule in all_rules(around) if rule.mend]
    done = [await _mend(database, rule) for rule in rules]
    return [each for each in done if each.count]


async def _check(session: AsyncSession, rule: Rule) -> Kept:
    first: list[Break] = []
    count = 0
    async for found in _found(session, rule):
        count += 1
        if len(first) < MOST_SHOWN:
            first.append(found)
    return Kept(rule.name, tuple(first), count)


async def _mend(database: Database, rule: Rule) -> Mended:
    """Look again inside the transaction: what was in flight before has arrived by now."""
    mended: set[str] = set()
    async with database.write() as session:
        found = [each.about async for each in _found(session, rule) if each.can_be_mended]
        for about in dict.fromkeys(found):
            if rule.mend:
                await rule.mend(session, about)
                mended.add(about)
    return Mended(rule.name, len(mended), rule.mended)


async def _found(session: AsyncSession, rule: Rule) -> AsyncIterator[Break]:
    try:
        async for found in rule.find(session):
            yield found
    except ValidationError as error:
        told = f"A row cannot be read: {error.title} is not what it should be."
        yield Break(rule.name, "", told, UNREADABLE)
    except DatabaseError as error:
        await session.rollback()
        told = f"The database cannot be read: {error.orig}."
        yield Break(rule.name, "", told, UNREADABLE)
