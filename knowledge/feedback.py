"""What reps said of handoffs, kept beside the decisions that led to them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from agent.feedback import Feedback
from agent.handoff import Change, HandoffId
from agent.lead import LeadId
from agent.outcome import Closing
from agent.turn import Turn
from knowledge.columns import value_of
from knowledge.database import Database
from knowledge.desk_tables import FeedbackRow
from knowledge.tables import HandoffRow, OutcomeRow, TurnRow


class SqlFeedback:
    """Feedback kept in SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def since(self, at: datetime) -> Sequence[Feedback]:
        """Give what reps said from then on, oldest first; a lead that was merged goes by its name of today."""
        return await self._find(FeedbackRow.at >= at)

    async def of_handoff(self, handoff_id: HandoffId) -> Sequence[Feedback]:
        """Give what was said of one handoff, oldest first; more than once when it was taken again."""
        return await self._find(FeedbackRow.handoff_id == handoff_id)

    async def _find(self, which: ColumnElement[bool]) -> Sequence[Feedback]:
        async with self._database.read() as session:
            query = (
                select(FeedbackRow, HandoffRow.lead_id)
                .join(HandoffRow, HandoffRow.id == FeedbackRow.handoff_id)
                .where(which)
                .order_by(FeedbackRow.number)
            )
            found = await session.execute(query)
            return [value_of(Feedback, row, lead_id=LeadId(lead)) for row, lead in found]


async def keep_closing(
    session: AsyncSession, handoff: HandoffRow, closing: Closing, change: Change, now: datetime
) -> None:
    """Keep what a rep said at the end, beside the decision that led to the handoff, and as the lead's outcome."""
    turn = await _turn_that_opened(session, handoff)
    session.add(
        FeedbackRow(
            handoff_id=handoff.id,
            lead_id=handoff.lead_id,
            turn_id=turn.id if turn else None,
            rep_id=change.rep_id,
            outcome=closing.outcome,
            value=closing.value,
            reason=closing.reason,
            note=closing.note,
            at=now,
            decision=turn.decision if turn else handoff.reason,
            score=turn.score.total if turn else handoff.briefing.score.total,
            temperature=turn.score.temperature if turn else handoff.temperature,
            playbook_version=turn.playbook_version if turn else change.playbook_version,
        )
    )
    if closing.outcome is not None:
        told = {"outcome": closing.outcome, "value": closing.value, "at": now}
        session.add(OutcomeRow(lead_id=handoff.lead_id, told_of=handoff.lead_id, **told))


async def _turn_that_opened(session: AsyncSession, handoff: HandoffRow) -> Turn | None:
    """Find the turn in which the handoff was opened; there is none for somebody who had not written."""
    rows = await session.scalars(
        select(TurnRow.turn)
        .where(
            TurnRow.conversation_id == handoff.conversation_id,
            TurnRow.started_at <= handoff.opened_at,
        )
        .order_by(TurnRow.started_at.desc(), TurnRow.number.desc())
        .limit(1)
    )
    turn = rows.first()
    is_it = turn is not None and turn.handoff is not None and turn.handoff.id == handoff.id
    return turn if is_it else None
