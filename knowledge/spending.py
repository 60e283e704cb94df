"""What models have used, kept over restarts and added up over all processes."""

from collections.abc import Collection, Mapping
from dataclasses import fields
from datetime import date, timedelta
from typing import Final

from sqlalchemy import String, bindparam, delete, select

from agent.spending import Spent
from knowledge.database import Database
from knowledge.prepared import Changes, Prepared, PreparedChange, Rows, columns_for
from knowledge.shared_tables import SpentRow

KEPT_FOR: Final = timedelta(days=30)
SPENDING: Final = "spending"
_USED: Final = tuple(field.name for field in fields(Spent))
_TOTAL = Prepared(
    select(*columns_for(Spent, SpentRow)).where(SpentRow.of == bindparam("wanted", type_=String())),
    Spent,
)


class SqlSpending:
    """Totals by the date of a day and by conversations."""

    def __init__(self, database: Database) -> None:
        self._database = database
        row = database.insert(SpentRow)
        more = {name: getattr(SpentRow, name) + row.excluded[name] for name in _USED}
        added = row.on_conflict_do_update(
            index_elements=[SpentRow.of], set_={"day": row.excluded.day, **more}
        )
        self._add = PreparedChange(added, ("of", "day", *_USED))

    async def add(self, used: Mapping[str, Spent], today: date) -> dict[str, Spent]:
        """Add to totals, and give them as they are now; raises StoreUnavailableError."""

        def add(rows: Changes) -> dict[str, Spent]:
            for of, spent in sorted(used.items()):
                rows.run(self._add, of=of, day=today, tokens=spent.tokens, money=spent.money)
            return _totals(rows, used)

        return await self._database.change(add, SPENDING)

    async def totals(self, of: Collection[str]) -> dict[str, Spent]:
        """Give totals, those that are known."""
        return await self._database.look(lambda rows: _totals(rows, of))

    async def forget_old(self, today: date) -> None:
        """Forget what was used long ago."""
        async with self._database.write(SPENDING) as session:
            await session.execute(delete(SpentRow).where(SpentRow.day < today - KEPT_FOR))


def _totals(rows: Rows, of: Collection[str]) -> dict[str, Spent]:
    found = ((name, rows.first(_TOTAL, wanted=name)) for name in of)
    return {name: total for name, total in found if total is not None}
