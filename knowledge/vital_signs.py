"""How a database is: what runs, how much it holds, and who serves from it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import func, select, text

from knowledge.database import Database
from knowledge.heartbeat import DEAD_AFTER
from knowledge.rows import Row
from knowledge.service_tables import ReplicaRow
from knowledge.tables import ConversationRow, EngagementEventRow, LeadRow, MessageRow

COUNTED: Final[tuple[type[Row], ...]] = (LeadRow, ConversationRow, MessageRow, EngagementEventRow)
_SQLITE: Final = text("SELECT sqlite_version()")
_SQLITE_SIZE: Final = text(
    "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
)
_POSTGRES: Final = text("SHOW server_version")
_POSTGRES_SIZE: Final = text("SELECT pg_database_size(current_database())")
_POSTGRES_CLOCK: Final = text("SELECT clock_timestamp()")


@dataclass(frozen=True, slots=True)
class VitalSigns:
    """What was found; `replicas` are the versions of the processes that serve from it now, where several may."""

    runs: str
    size: int
    rows: Mapping[str, int] = field(default_factory=dict)
    replicas: tuple[str, ...] = ()
    is_shared: bool = False


async def vital_signs(database: Database) -> VitalSigns:
    """Look; raises StoreUnavailableError."""
    async with database.read() as session:
        rows = {
            row.__tablename__: await session.scalar(select(func.count()).select_from(row)) or 0
            for row in COUNTED
        }
        if not database.is_shared:
            runs, size = await session.scalar(_SQLITE), await session.scalar(_SQLITE_SIZE)
            return VitalSigns(f"SQLite {runs}", int(size or 0), rows)
        runs, size = await session.scalar(_POSTGRES), await session.scalar(_POSTGRES_SIZE)
        now = (await session.execute(_POSTGRES_CLOCK)).scalar_one()
        living = select(ReplicaRow.version).where(ReplicaRow.seen_at > now - DEAD_AFTER)
        alive = tuple(await session.scalars(living))
        return VitalSigns(f"PostgreSQL {runs}", int(size or 0), rows, alive, is_shared=True)
