"""What models have used, kept over restarts and added up over all processes."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import Final

from sqlalchemy import delete, select

from agent.spending import Spent
from knowledge.database import Database
from knowledge.shared_tables import SpentRow

KEPT_FOR: Final = timedelta(days=30)
SPENDING: Final = "spending"


class SqlSpending:
    """Totals by the date of a day and by conversations."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, used: Mapping[str, Spent], today: date) -> dict[str, Spent]:
        """Add to totals, and give them as they are now; raises StoreUnavailableError."""
        async with self._database.write(SPENDING) as session:
            totals = {}
            for of, spent in sorted(used.items()):
                row = self._database.insert(SpentRow).values(
                    of=of, day=today, tokens=spent.tokens, money=spent.money
                )
                more = {
                    "day": today,
                    "tokens": SpentRow.tokens + row.excluded.tokens,
                    "money": SpentRow.money + row.excluded.money,
                }
                added = row.on_conflict_do_update(index_elements=[SpentRow.of], set_=more)
                total = await session.execute(added.returning(SpentRow.tokens, SpentRow.money))
                totals[of] = Spent(*total.one())
            return totals

    async def totals(self, of: Collection[str]) -> dict[str, Spent]:
        """Give totals, those that are known."""
        wanted = select(SpentRow.of, SpentRow.tokens, SpentRow.money).where(SpentRow.of.in_(of))
        async with self._database.read() as session:
            rows = await session.execute(wanted)
            return {name: Spent(tokens, money) for name, tokens, money in rows}

    async def forget_old(self, today: date) -> None:
        """Forget what was used long ago."""
        async with self._database.write(SPENDING) as session:
            await session.execute(delete(SpentRow).where(SpentRow.day < today - KEPT_FOR))
