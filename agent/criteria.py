"""What must be known before a lead is qualified, and what a visitor said of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from agent.conversation import MessageId


class Criterion(StrEnum):
    """A criterion of BANT (the first four) or MEDDIC."""

    BUDGET = "budget"
    AUTHORITY = "authority"
    NEED = "need"
    TIMELINE = "timeline"
    METRICS = "metrics"
    ECONOMIC_BUYER = "economic_buyer"
    DECISION_CRITERIA = "decision_criteria"
    DECISION_PROCESS = "decision_process"
    IDENTIFY_PAIN = "identify_pain"
    CHAMPION = "champion"


BANT = (Criterion.BUDGET, Criterion.AUTHORITY, Criterion.NEED, Criterion.TIMELINE)
MEDDIC = tuple(criterion for criterion in Criterion if criterion not in BANT)


class Question(StrEnum):
    """A question the agent may ask; each has a phrase `ask_<question>`."""

    SEATS = "seats"
    CONTACT = "contact"
    NEED = "need"
    TIMELINE = "timeline"
    AUTHORITY = "authority"
    BUDGET = "budget"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a text says of a criterion: the verbatim words, and whether they say that there is none.

    `confidence` is in [0, 1].
    """

    criterion: Criterion
    quote: str
    is_negative: bool
    confidence: float


@dataclass(frozen=True, slots=True)
class HeardAnswer:
    """An answer with the message that carried it and when that was said."""

    criterion: Criterion
    quote: str
    is_negative: bool
    message_id: MessageId
    at: datetime


@dataclass(frozen=True, slots=True)
class VisitorMessage:
    """What a visitor said, and the question (a `Question`) that our last turn had put, if any."""

    id: MessageId
    text: str
    at: datetime
    asked: str | None = None
