"""What reps said of handoffs, kept beside the decisions that led to them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, String, bindparam, select

from agent.feedback import Feedback
from agent.handoff import Change, Handoff, HandoffId
from agent.lead import LeadId
from agent.outcome import Closing
from agent.turn import Turn
from knowledge.columns import value_of
from knowledge.database import Database
from knowledge.desk_tables import FeedbackRow
from knowledge.prepared import Changes, Prepared, insertion
from knowledge.tables import HandoffRow, OutcomeRow, TurnRow

_KEEP = insertion(
    FeedbackRow,
    *("handoff_id", "lead_id", "turn_id", "rep_id", "outcome", "value", "reason", "note"),
    *("at", "decision", "score", "temperature", "playbook_version"),
)
_TELL = insertion(OutcomeRow, "lead_id", "told_of", "outcome", "value", "at")
_TURN_AT: Prepared[Turn] = Prepared(
    select(TurnRow.turn)
    .where(
        TurnRow.conversation_id == bindparam("id", type_=String()),
        TurnRow.started_at <= bindparam("opened_at", type_=TurnRow.started_at.type),
    )
    .order_by(TurnRow.started_at.desc(), TurnRow.number.desc())
    .limit(1),
    lambda turn: turn,
)


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


def keep_closing(
    rows: Changes, handoff: Handoff, closing: Closing, change: Change, now: datetime
) -> None:
    """Keep what a rep said at the end, beside the decision that led to the handoff, and as the lead's outcome."""
    turn = _turn_that_opened(rows, handoff)
    rows.run(
        _KEEP,
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
    if closing.outcome is not None:
        told = {"outcome": closing.outcome, "value": closing.value, "at": now}
        rows.run(_TELL, lead_id=handoff.lead_id, told_of=handoff.lead_id, **told)


def _turn_that_opened(rows: Changes, handoff: Handoff) -> Turn | None:
    """Find the turn in which the handoff was opened; there is none for somebody who had not written."""
    asked = {"id": handoff.conversation_id, "opened_at": handoff.opened_at}
    turn = rows.first(_TURN_AT, **asked)
    is_it = turn is not None and turn.handoff is not None and turn.handoff.id == handoff.id
    return turn if is_it else None
