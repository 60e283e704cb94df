"""What reps said of handoffs, beside the decisions that led to them: so that the rules can be calibrated."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from agent.conversation import RepId
from agent.handoff import HandoffId
from agent.lead import LeadId
from agent.outcome import NotHotReason, Outcome
from agent.temperature import Temperature


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a rep said of one handoff; decision, score and temperature are those that opened it.

    `turn_id` is None when nobody had written: the lead was handed off by what they did.
    """

    handoff_id: HandoffId
    lead_id: LeadId
    turn_id: str | None
    rep_id: RepId
    outcome: Outcome | None
    value: float | None
    reason: NotHotReason | None
    note: str
    at: datetime
    decision: str
    score: int
    temperature: Temperature
    playbook_version: str


@dataclass(frozen=True, slots=True)
class Verdicts:
    """How many of one temperature were told of, and how many of them were called not hot."""

    temperature: Temperature
    told: int
    not_hot: int


@dataclass(frozen=True, slots=True)
class Tally:
    """Feedback in figures, the hottest first; `reasons` are of those called not hot, the commonest first."""

    verdicts: tuple[Verdicts, ...]
    reasons: Mapping[NotHotReason, int]
    outcomes: Mapping[Outcome, int]


class FeedbackLog(Protocol):
    """Where feedback is kept."""

    async def since(self, at: datetime) -> Sequence[Feedback]:
        """Give what reps said from then on, oldest first."""
        ...

    async def of_handoff(self, handoff_id: HandoffId) -> Sequence[Feedback]:
        """Give what was said of one handoff, oldest first; more than once when it was taken again."""
        ...


def tally(feedback: Iterable[Feedback]) -> Tally:
    """Count what reps said: how many hot were called not hot, why, and what became of the others."""
    told = [each for each in feedback if each.outcome is not None]
    wrong = [each for each in told if each.outcome is Outcome.NOT_HOT]
    counts = Counter(each.temperature for each in told)
    mistakes = Counter(each.temperature for each in wrong)
    hottest_first = [each for each in reversed(Temperature) if counts[each]]
    return Tally(
        verdicts=tuple(Verdicts(each, counts[each], mistakes[each]) for each in hottest_first),
        reasons=dict(Counter(each.reason or NotHotReason.OTHER for each in wrong).most_common()),
        outcomes=dict(Counter(each.outcome for each in told if each.outcome).most_common()),
    )
