"""How visitors part, in the database; see agent/partings.py for what each method promises."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from agent.clock import Clock
from agent.conversation import ConversationId
from agent.handoff import DeskPostKind
from agent.partings import Rating, called_at
from knowledge.database import Database
from knowledge.ids import new_id
from knowledge.ledger import Ledger
from knowledge.tables import ConversationRow, HandoffLogRow, HandoffRow


class SqlPartings:
    """Endings, ratings and addresses kept with their conversations."""

    def __init__(
        self, database: Database, clock: Clock, new_id: Callable[[str], str] = new_id
    ) -> None:
        self._database = database
        self._clock = clock
        self._new_id = new_id

    async def end(self, conversation_id: ConversationId, note: str) -> bool:
        """End a conversation; a second time changes nothing."""
        async with self._database.write(conversation_id) as session:
            ledger = await self._ledger(session, conversation_id)
            if ledger.row.ended_at is not None:
                return False
            ledger.row.ended_at = ledger.now
            if handoff := await ledger.active_handoff():
                await _note(ledger, handoff, note)
                await ledger.post(handoff, DeskPostKind.UPDATE, note)
            return True

    async def rate(self, conversation_id: ConversationId, rating: Rating, note: str) -> bool:
        """Keep the latest rating; an equal one changes nothing."""
        async with self._database.write(conversation_id) as session:
            ledger = await self._ledger(session, conversation_id)
            row = ledger.row
            if (row.rating, row.rating_comment) == (rating.score, rating.comment):
                return False
            row.rating, row.rating_comment, row.rated_at = rating.score, rating.comment, ledger.now
            if handoff := await _taken_by_rep(ledger):
                await _note(ledger, handoff, note)
            return True

    async def leave_email(self, conversation_id: ConversationId, email: str, reach: str) -> bool:
        """Keep the latest address; an equal one changes nothing."""
        async with self._database.write(conversation_id) as session:
            ledger = await self._ledger(session, conversation_id)
            if ledger.row.left_email == email:
                return False
            before, ledger.row.left_email = ledger.row.left_email, email
            if handoff := await ledger.active_handoff():
                handoff.call_back = called_at(handoff.call_back, before, email)
                handoff.briefing = replace(handoff.briefing, reach=reach)
                await ledger.post(handoff, DeskPostKind.UPDATE, reach)
            return True

    async def ratings(self, since: datetime) -> list[Rating]:
        """Give the ratings from then on, the oldest first."""
        async with self._database.read() as session:
            rows = await session.execute(
                select(ConversationRow.rating, ConversationRow.rating_comment)
                .where(ConversationRow.rating.is_not(None), ConversationRow.rated_at >= since)
                .order_by(ConversationRow.rated_at, ConversationRow.id)
            )
            return [Rating(score, comment) for score, comment in rows if score is not None]

    async def _ledger(self, session: AsyncSession, conversation_id: ConversationId) -> Ledger:
        return await Ledger.of(session, conversation_id, self._clock.now(), self._new_id)


async def _note(ledger: Ledger, handoff: HandoffRow, note: str) -> None:
    """Tell the desk in the thread, and whoever reads the log."""
    told = {"handoff_id": handoff.id, "at": ledger.now, "state": handoff.state}
    ledger.session.add(HandoffLogRow(**told, because=note))
    await ledger.post(handoff, DeskPostKind.NOTE, note)


async def _taken_by_rep(ledger: Ledger) -> HandoffRow | None:
    """Find the handoff in which a rep held this conversation, ended or not."""
    if ledger.row.handoff_id is None:
        return None
    which = select(HandoffRow).where(HandoffRow.id == ledger.row.handoff_id)
    handoff = await ledger.session.scalar(which)
    return handoff if handoff and handoff.claimed_by else None
