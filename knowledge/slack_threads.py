"""What the Slack wire must remember: which events it has seen, and whose thread is whose."""

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from agent.clock import Clock
from agent.handoff import DeskPostKind, HandoffId
from knowledge.database import Database
from knowledge.tables import DeskPostRow, SeenEventRow


class SqlSeenEvents:
    """Events seen, durably: Slack delivers an event up to four times."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def first_time(self, key: str) -> bool:
        """Note the key; true for the first caller ever, false for all others."""
        try:
            async with self._database.write() as session:
                session.add(SeenEventRow(key=key, at=self._clock.now()))
        except IntegrityError:
            return False
        return True


class SqlThreads:
    """Threads begun by our cards; a card's reference is `channel:ts`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def handoff_of(self, channel: str, thread_ts: str) -> HandoffId | None:
        """Find the handoff whose card begins this thread."""
        async with self._database.read() as session:
            found = await session.scalar(
                select(DeskPostRow.handoff_id).where(
                    DeskPostRow.kind == DeskPostKind.CARD,
                    DeskPostRow.reference == f"{channel}:{thread_ts}",
                )
            )
            return HandoffId(found) if found else None
