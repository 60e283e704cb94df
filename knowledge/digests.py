"""Taking leads out of what the desk was told or is to be told of many: digests that list them."""

import json
from collections.abc import Collection

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from knowledge.desk_tables import NoticeRow
from knowledge.gap_table import GapRow
from knowledge.removal import Belongings, handoffs_of


async def strike(session: AsyncSession, belongings: Belongings) -> list[str]:
    """Strike the handoffs and questions of these from digests; gives where those stand that were told already."""
    handoffs = set(await session.scalars(handoffs_of(belongings)))
    asked = select(GapRow.question).where(GapRow.conversation_id.in_(belongings.conversations))
    questions = set(await session.scalars(asked))
    listed = [NoticeRow.told.contains(each, autoescape=True) for each in sorted(handoffs)]
    spelt = [json.dumps(each, ensure_ascii=False) for each in sorted(questions)]
    listed += [NoticeRow.told.contains(each, autoescape=True) for each in spelt]
    if not listed:
        return []
    rows = list(await session.scalars(select(NoticeRow).where(or_(*listed))))
    for row in rows:
        row.told = _without(row.told, handoffs, questions)
    await session.flush()
    return [row.reference for row in rows if row.reference]


def _without(told: str, handoffs: Collection[str], questions: Collection[str]) -> str:
    """Leave out the lines about these; what a digest tells is lists of handoffs and questions."""

    def stays(item: object) -> bool:
        is_theirs = isinstance(item, dict) and item.get("handoff_id") in handoffs
        return not is_theirs and item not in questions

    lists = json.loads(told)
    kept = {
        name: list(filter(stays, value)) if isinstance(value, list) else value
        for name, value in lists.items()
    }
    return json.dumps(kept, ensure_ascii=False)
