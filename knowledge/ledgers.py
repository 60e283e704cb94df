"""The ways to the ledgers of conversations: each in a transaction of its own, or within that of a session."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from agent.clock import Clock
from knowledge.database import Database
from knowledge.ids import new_id
from knowledge.ledger import Ledger, opened
from knowledge.prepared import Changes, within

Found = TypeVar("Found")


async def in_ledger(
    session: AsyncSession, conversation_id: str, now: datetime, work: Callable[[Ledger], Found]
) -> Found:
    """Work on one conversation in a session's transaction; what it has read of it already is out of date then."""

    def change(rows: Changes) -> Found:
        with opened(rows, conversation_id, now, new_id) as ledger:
            return work(ledger)

    return await within(session, change)


@dataclass(frozen=True, slots=True)
class Ledgers:
    """The way to the ledgers of conversations, each in a transaction of its own."""

    database: Database
    clock: Clock
    new_id: Callable[[str], str]

    async def write(self, conversation_id: str, work: Callable[[Ledger], Found]) -> Found:
        """Work on one conversation; raises UnknownConversationError."""

        def change(rows: Changes) -> Found:
            with self.opened(rows, conversation_id) as ledger:
                return work(ledger)

        return await self.database.change(change, conversation_id)

    def opened(self, rows: Changes, conversation_id: str) -> AbstractContextManager[Ledger]:
        """Lock a conversation in a transaction that is open; raises UnknownConversationError."""
        return opened(rows, conversation_id, self.clock.now(), self.new_id)

    def lock(self, rows: Changes, conversation_id: str) -> Ledger:
        """Do the same, and leave it to the caller to save it."""
        return Ledger.of(rows, conversation_id, self.clock.now(), self.new_id)
