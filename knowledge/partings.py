"""How visitors part, in the database; see agent/partings.py for what each method promises."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select

from agent.clock import Clock
from agent.conversation import ConversationId
from agent.handoff import CallBack, DeskPostKind, Handoff
from agent.partings import Rating, called_at
from knowledge.database import Database
from knowledge.handoff_changes import save_handoff
from knowledge.handoff_queries import HANDOFF
from knowledge.ids import new_id
from knowledge.ledger import Ledger, Opened
from knowledge.ledgers import Ledgers
from knowledge.tables import ConversationRow


class SqlPartings:
    """Endings, ratings and addresses kept with their conversations."""

    def __init__(
        self, database: Database, clock: Clock, new_id: Callable[[str], str] = new_id
    ) -> None:
        self._database = database
        self._ledgers = Ledgers(database, clock, new_id)

    async def end(self, conversation_id: ConversationId, note: str) -> bool:
        """End a conversation; a second time changes nothing."""

        def end(ledger: Ledger) -> bool:
            if ledger.row.ended_at is not None:
                return False
            ledger.row.ended_at = ledger.now
            if handoff := ledger.active_handoff():
                _note(ledger, handoff, note)
                ledger.post(handoff, DeskPostKind.UPDATE, note)
            return True

        return await self._ledgers.write(conversation_id, end)

    async def rate(self, conversation_id: ConversationId, rating: Rating, note: str) -> bool:
        """Keep the latest rating; an equal one changes nothing."""

        def rate(ledger: Ledger) -> bool:
            row = ledger.row
            if (row.rating, row.rating_comment) == (rating.score, rating.comment):
                return False
            row.rating, row.rating_comment, row.rated_at = rating.score, rating.comment, ledger.now
            if handoff := _taken_by_rep(ledger):
                _note(ledger, handoff, note)
            return True

        return await self._ledgers.write(conversation_id, rate)

    async def leave_email(self, conversation_id: ConversationId, email: str, reach: str) -> bool:
        """Keep the latest address; an equal one changes nothing."""

        def leave(ledger: Ledger) -> bool:
            before, ledger.row.left_email = ledger.row.left_email, email
            if before == email:
                return False
            if handoff := _active(ledger):
                _reach_by(ledger, handoff, called_at(handoff.call_back, before, email), reach)
            return True

        return await self._ledgers.write(conversation_id, leave)

    async def ratings(self, since: datetime) -> list[Rating]:
        """Give the ratings from then on, the oldest first."""
        async with self._database.read() as session:
            rows = await session.execute(
                select(ConversationRow.rating, ConversationRow.rating_comment)
                .where(ConversationRow.rating.is_not(None), ConversationRow.rated_at >= since)
                .order_by(ConversationRow.rated_at, ConversationRow.id)
            )
            return [Rating(score, comment) for score, comment in rows if score is not None]


def _reach_by(ledger: Ledger, handoff: Handoff, call_back: CallBack | None, reach: str) -> None:
    briefing = replace(handoff.briefing, reach=reach)
    save_handoff(ledger.rows, handoff, replace(handoff, call_back=call_back, briefing=briefing))
    ledger.post(handoff, DeskPostKind.UPDATE, reach)


def _note(ledger: Ledger, handoff: Opened, note: str) -> None:
    """Tell the desk in the thread, and whoever reads the log."""
    ledger.log(handoff, note)
    ledger.post(handoff, DeskPostKind.NOTE, note)


def _active(ledger: Ledger) -> Handoff | None:
    served = _served(ledger)
    return served if served and served.state.is_active else None


def _taken_by_rep(ledger: Ledger) -> Handoff | None:
    """Find the handoff in which a rep held this conversation, ended or not."""
    served = _served(ledger)
    return served if served and served.claimed_by else None


def _served(ledger: Ledger) -> Handoff | None:
    handoff_id = ledger.row.handoff_id
    return ledger.rows.first(HANDOFF, id=handoff_id) if handoff_id is not None else None
