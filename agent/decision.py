"""Whether to call a rep now: arithmetic over the playbook, with a sentence that says why."""

from dataclasses import dataclass
from datetime import datetime

from agent.briefing import brief
from agent.conversation import Held
from agent.handoff import Handoff, HandoffId, HandoffState
from agent.playbook import Playbook
from agent.routing import route
from agent.scoring import Assessment, Score
from agent.signals import MessageKind, Reading, SignalKind
from prompts.phrases import reasons

NOT_FOR_SALES = (
    MessageKind.SUPPORT,
    MessageKind.VENDOR_PITCH,
    MessageKind.JOB_SEEKER,
    MessageKind.STUDENT_PRESS,
    MessageKind.SPAM,
)


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a rep is called, and why or why not."""

    calls_rep: bool
    because: str


def decide_handoff(
    reading: Reading, score: Score, latest: Handoff | None, playbook: Playbook
) -> Decision:
    """Decide by the reading, the score and the conversation's latest handoff.

    One handoff an episode: after one has ended, a new one needs new words that ask for a rep.
    """
    if refusal := _refusal(reading, latest):
        return Decision(calls_rep=False, because=refusal)
    if reading.has(SignalKind.HUMAN):
        return Decision(calls_rep=True, because=reasons().fill("decision_asked"))
    if reading.has(SignalKind.COOLING):
        return Decision(calls_rep=False, because=reasons().fill("decision_cooled"))
    return _by_score(reading, score, latest, playbook)


def open_handoff(
    handoff_id: HandoffId,
    decision: Decision,
    held: Held,
    assessment: Assessment,
    playbook: Playbook,
    now: datetime,
) -> Handoff:
    """Make the handoff with its briefing, its reps and its due time (business time)."""
    conversation = held.conversation
    local_now = conversation.now_in(now)
    way = route(assessment.history.lead, assessment.reading.language, playbook)
    due = playbook.hours.hours().add(local_now, playbook.claim_within())
    return Handoff(
        id=handoff_id,
        conversation_id=conversation.id,
        lead_id=conversation.lead_id,
        state=HandoffState.OPEN,
        temperature=assessment.score.temperature,
        reason=decision.because,
        opened_at=now,
        claim_due_at=due - conversation.rehearsal if due else None,
        briefing=brief(held, assessment, playbook, local_now),
        routed_to=way.reps,
        route=way.log,
    )


def _refusal(reading: Reading, latest: Handoff | None) -> str | None:
    if latest and latest.state.is_active:
        return reasons().fill("decision_active")
    if reading.kind in NOT_FOR_SALES:
        return reasons().fill("decision_not_sales", kind=reading.kind.value.replace("_", " "))
    return None


def _by_score(
    reading: Reading, score: Score, latest: Handoff | None, playbook: Playbook
) -> Decision:
    words, hot_from = reasons(), str(playbook.scoring.temperature.hot_from)
    values = {
        "temperature": score.temperature.value.replace("_", "-"),
        "total": str(score.total),
        "hot_from": hot_from,
    }
    if not score.temperature.is_hot:
        return Decision(calls_rep=False, because=words.fill("decision_below", **values))
    if latest and not reading.wants_rep:
        return Decision(calls_rep=False, because=words.fill("decision_same_episode"))
    return Decision(calls_rep=True, because=words.fill("decision_hot", **values))
