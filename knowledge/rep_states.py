"""What reps say of themselves, in SQL; see agent/rep_states.py for what each method promises."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select

from agent.clock import Clock
from agent.conversation import RepId
from knowledge.database import Database
from knowledge.desk_tables import RepStateRow


class SqlRepStates:
    """States of reps kept in SQL."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def pause(self, rep_id: RepId, until: datetime | None) -> None:
        """Let a rep take nothing new until then; None ends the pause."""
        row = RepStateRow(rep_id=rep_id, paused_until=until, changed_at=self._clock.now())
        async with self._database.write() as session:
            await session.merge(row)

    async def paused(self, now: datetime) -> Mapping[RepId, datetime]:
        """Give the reps who take nothing new now, and until when."""
        query = select(RepStateRow).where(RepStateRow.paused_until > now)
        async with self._database.read() as session:
            rows = await session.scalars(query)
            return {RepId(row.rep_id): row.paused_until for row in rows if row.paused_until}
