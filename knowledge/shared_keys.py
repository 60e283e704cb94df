"""Keys that nobody set, made once and known alike to all processes on one database."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select

from knowledge.database import Database
from knowledge.service_tables import SharedKeyRow


@dataclass(frozen=True, slots=True)
class SqlSharedKeys:
    """Keeps keys in the database."""

    database: Database

    async def agree(self, proposed: Mapping[str, str]) -> Mapping[str, str]:
        """Keep what is proposed under names that have no key yet, and give the keys of these names as they are."""
        if known := await self._known(proposed):
            proposed = {name: key for name, key in proposed.items() if name not in known}
        if not proposed:
            return known
        rows = [{"name": name, "value": key} for name, key in proposed.items()]
        async with self.database.write() as session:
            await session.execute(
                self.database.insert(SharedKeyRow).values(rows).on_conflict_do_nothing()
            )
        return {**known, **await self._known(proposed)}

    async def _known(self, names: Mapping[str, str]) -> dict[str, str]:
        query = select(SharedKeyRow).where(SharedKeyRow.name.in_(names))
        async with self.database.read() as session:
            return {row.name: row.value for row in await session.scalars(query)}
