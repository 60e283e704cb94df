"""Taking a person's names out of what is others': words are replaced one by one, and all else stays as it was."""

import json
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from sqlalchemy import ColumnElement, Table, Text, or_, select, true, type_coerce, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

ERASED: Final = "[erased]"
SHORTEST: Final = 3
Json: TypeAlias = "str | int | float | bool | list[Json] | dict[str, Json] | None"


@dataclass(frozen=True, slots=True)
class Place:
    """A column in which somebody may be named; `which` rows, all without."""

    table: Table
    column: str
    which: ColumnElement[bool]

    @classmethod
    def of(
        cls, column: InstrumentedAttribute[object], which: ColumnElement[bool] | None = None
    ) -> "Place":
        """Name a column by its attribute."""
        return cls(column.class_.__table__, column.key, true() if which is None else which)


async def unname(session: AsyncSession, places: Sequence[Place], words: Collection[str]) -> int:
    """Replace these words in these places; gives how many rows that changed."""
    wanted = sorted((word for word in words if len(word) >= SHORTEST), key=len, reverse=True)
    if not wanted:
        return 0
    return sum([await _unname(session, place, wanted) for place in places])


def without(text: str, words: Sequence[str]) -> str:
    """Give a text, JSON or not, without these words; a word within another word is none."""
    pattern = re.compile("|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in words))
    if not text.startswith(("{", "[")):
        return pattern.sub(ERASED, text)
    try:
        return json.dumps(_walk(json.loads(text), pattern), ensure_ascii=False)
    except ValueError:
        return pattern.sub(ERASED, text)


def _walk(value: Json, pattern: re.Pattern[str]) -> Json:
    """Look at texts alone: keys and numbers are not words."""
    match value:
        case str():
            return pattern.sub(ERASED, value)
        case list():
            return [_walk(each, pattern) for each in value]
        case dict():
            return {key: _walk(each, pattern) for key, each in value.items()}
        case _:
            return value


async def _unname(session: AsyncSession, place: Place, words: Sequence[str]) -> int:
    table = place.table
    text = type_coerce(table.c[place.column], Text)
    spelt = {*words, *(json.dumps(word, ensure_ascii=False)[1:-1] for word in words)}
    mentions = or_(*[text.contains(word, autoescape=True) for word in sorted(spelt)])
    keys = list(table.primary_key)
    found = list(await session.execute(select(text, *keys).where(place.which, mentions)))
    changed = 0
    for old, *key in found:
        new = without(old, words)
        if new != old:
            changed += 1
            which = [column == value for column, value in zip(keys, key, strict=True)]
            change = update(table).where(*which).values({place.column: type_coerce(new, Text)})
            await session.execute(change)
    return changed
