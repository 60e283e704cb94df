"""A turn, written down whole: what was heard, how the lead stands now, the reply, and what the desk must show."""

from sqlalchemy import String, bindparam, select

from agent.conversation import Held, Message
from agent.handoff import DeskPostKind
from agent.turn import Turn
from knowledge.handoff_queries import MESSAGE
from knowledge.ledger import Ledger
from knowledge.prepared import Changes, Prepared, insertion
from knowledge.tables import TurnRow

_KNOWN = Prepared(select(TurnRow.number).where(TurnRow.id == bindparam("id", type_=String())), int)
_KEEP = insertion(
    TurnRow,
    "id",
    "conversation_id",
    "started_at",
    "kind",
    "readiness",
    "answered",
    "asked",
    "turn",
)


def record(ledger: Ledger, held: Held, turn: Turn, agent_name: str) -> Message | None:
    """Record it, once; gives the reply. Raises StaleEpochError when the hold is out of date."""
    if ledger.rows.first(_KNOWN, id=turn.id) is not None:
        return _recorded_reply(ledger.rows, turn)
    ledger.must_be_current(held)
    _keep(ledger, turn)
    ledger.hear(turn.reading.signals)
    ledger.save_score(turn.score)
    ledger.row.answered_seq = max(
        [ledger.row.answered_seq, *(message.seq for message in held.unanswered)]
    )
    reply = ledger.reply(turn.reply, agent_name, turn.answered) if turn.reply else None
    _update_desk(ledger, turn, reply)
    if not ledger.has_unanswered():
        ledger.row.words_due_at = None
    ledger.settle()
    return reply


def _recorded_reply(rows: Changes, turn: Turn) -> Message | None:
    return rows.first(MESSAGE, id=turn.reply.message_id) if turn.reply else None


def _keep(ledger: Ledger, turn: Turn) -> None:
    ledger.rows.run(
        _KEEP,
        id=turn.id,
        conversation_id=ledger.row.id,
        started_at=turn.started_at,
        kind=turn.reading.kind,
        readiness=turn.reading.readiness,
        answered=turn.answered,
        asked=turn.asked,
        turn=turn,
    )


def _update_desk(ledger: Ledger, turn: Turn, reply: Message | None) -> None:
    handoff = ledger.active_handoff()
    if handoff is None:
        return
    ledger.look_again()
    ledger.post(handoff, DeskPostKind.UPDATE, turn.decision)
    if reply is not None:
        ledger.post(handoff, DeskPostKind.RELAY, reply.text, reply)
