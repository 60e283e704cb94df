"""From what the desk knows to JSON shapes; pure."""

from collections.abc import Iterable

from agent.conversation import Conversation
from agent.dossier import Dossier
from agent.feedback import Feedback
from agent.handoff import LogEntry
from agent.playbook import Playbook
from agent.turn import Turn
from integrations.web.desk_shapes import FeedbackShape, HandoffDetailShape, LogEntryShape
from integrations.web.explain import (
    explain_case_message,
    explain_conversation,
    explain_handoff,
    explain_turn,
)
from integrations.web.qualification import explain_qualification
from integrations.web.shapes import HandoffShape


def explain_fully(
    dossier: Dossier,
    conversation: Conversation,
    turns: Iterable[Turn],
    feedback: Iterable[Feedback],
    playbook: Playbook,
) -> HandoffDetailShape:
    """Give a handoff with the conversation it was opened in, and what was said and done in all that it serves."""
    shape = explain_handoff(dossier.handoff)
    return HandoffDetailShape(
        **{name: getattr(shape, name) for name in HandoffShape.model_fields},
        conversation=explain_conversation(conversation),
        messages=[explain_case_message(m, dossier.handoff, playbook) for m in dossier.messages],
        turns=[explain_turn(turn) for turn in turns],
        qualification=explain_qualification(dossier.qualification),
        log=[_entry(entry) for entry in dossier.log],
        feedback=[_feedback(each) for each in feedback],
    )


def _entry(entry: LogEntry) -> LogEntryShape:
    return LogEntryShape(at=entry.at, state=entry.state, rep_id=entry.rep_id, because=entry.because)


def _feedback(feedback: Feedback) -> FeedbackShape:
    return FeedbackShape(
        rep_id=feedback.rep_id,
        outcome=feedback.outcome,
        value=feedback.value,
        reason=feedback.reason,
        note=feedback.note,
        at=feedback.at,
        decision=feedback.decision,
        score=feedback.score,
        temperature=feedback.temperature,
        playbook_version=feedback.playbook_version,
    )
