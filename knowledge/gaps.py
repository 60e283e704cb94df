"""Gaps in the database; see agent/gaps.py for what each method promises."""

from collections.abc import Callable, Sequence
from dataclasses import fields
from datetime import datetime

from sqlalchemy import select

from agent.gaps import MOST_LOOKED_AT, Gap
from agent.lead import LeadId
from knowledge.columns import columns_of, value_of
from knowledge.database import Database
from knowledge.gap_table import GapRow
from knowledge.prepared import Changes, PreparedChange
from knowledge.tables import ConversationRow

_KEPT = tuple(field.name for field in fields(Gap) if field.name != "lead_id")


class SqlGaps:
    """Gaps kept in SQL; `redact` takes personal data out of a question before it is kept."""

    def __init__(self, database: Database, redact: Callable[[str], str]) -> None:
        self._database = database
        keep = database.insert(GapRow).on_conflict_do_nothing()
        self._keep = PreparedChange(keep, _KEPT)
        self._redact = redact

    async def record(self, gaps: Sequence[Gap]) -> None:
        """Keep these; the same question of the same turn again changes nothing."""
        if not gaps:
            return

        def keep(rows: Changes) -> None:
            for gap in gaps:
                rows.run(self._keep, **self._columns(gap))

        await self._database.change(keep, gaps[0].conversation_id)

    async def since(self, at: datetime | None, limit: int = MOST_LOOKED_AT) -> list[Gap]:
        """Give those asked at or after an instant, newest first, each with its conversation's lead of today."""
        query = select(GapRow, ConversationRow.lead_id).join(
            ConversationRow, ConversationRow.id == GapRow.conversation_id
        )
        if at is not None:
            query = query.where(GapRow.at >= at)
        newest = query.order_by(GapRow.at.desc(), GapRow.number.desc()).limit(limit)
        async with self._database.read() as session:
            rows = (await session.execute(newest)).all()
            return [value_of(Gap, row, lead_id=LeadId(lead_id)) for row, lead_id in rows]

    def _columns(self, gap: Gap) -> dict[str, object]:
        columns = columns_of(gap) | {"question": self._redact(gap.question)}
        del columns["lead_id"]
        return columns
