"""BANT and MEDDIC, filled only from the visitor's own words, and the one question worth asking next."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from agent.conversation import MessageId
from agent.signals import HeardSignal, Reading, SignalKind


class Criterion(StrEnum):
    """What must be known before a lead is qualified."""

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


class Question(StrEnum):
    """A question the agent may ask; each has a phrase `ask_<question>`."""

    SEATS = "seats"
    CONTACT = "contact"
    NEED = "need"
    TIMELINE = "timeline"
    AUTHORITY = "authority"
    BUDGET = "budget"


BANT = (Criterion.BUDGET, Criterion.AUTHORITY, Criterion.NEED, Criterion.TIMELINE)
MEDDIC = tuple(criterion for criterion in Criterion if criterion not in BANT)
FROM_SIGNALS: Mapping[Criterion, tuple[SignalKind, str]] = {
    Criterion.BUDGET: (SignalKind.BUDGET, r""),
    Criterion.AUTHORITY: (SignalKind.AUTHORITY, r""),
    Criterion.NEED: (SignalKind.NEED, r""),
    Criterion.TIMELINE: (SignalKind.TIMELINE, r""),
    Criterion.METRICS: (SignalKind.NEED, r"\d"),
    Criterion.ECONOMIC_BUYER: (
        SignalKind.AUTHORITY,
        r"\b(?:cfo|ceo|owner|board|managing director)\b",
    ),
    Criterion.DECISION_CRITERIA: (SignalKind.IMPLEMENTATION, r"must|require|need"),
    Criterion.DECISION_PROCESS: (
        SignalKind.AUTHORITY,
        r"\b(?:procurement|legal|purchasing|board|committee)\b",
    ),
    Criterion.IDENTIFY_PAIN: (SignalKind.NEED, r""),
}
MOST_USEFUL = (Question.NEED, Question.TIMELINE, Question.AUTHORITY)
MONTHS = (
    "jan|january|feb|february|mar|march|apr|april|may|jun|june|jul|july|aug|august|sep|september"
    "|oct|october|nov|november|dec|december"
)
NOT_COUNTED_AFTER = (
    *"$€£/.,:+#",
    "$ ",
    "€ ",
    "£ ",
    "usd ",
    "eur ",
    "net ",
    "soc ",
    "iso ",
    "office ",
)
QUANTITY = re.compile(
    "".join(f"(?<!{re.escape(mark)})" for mark in NOT_COUNTED_AFTER)
    + "".join(rf"(?<!\b{month} )" for month in MONTHS.split("|"))
    + r"\b(?!20[2-4]\d\b)(\d{1,3}(?:[.,]\d{3})+|\d{1,6})\b(?![.,/:-]\d)"
    rf"(?!\.? (?:{MONTHS})\b)"
    r"(?!\s*(?:%|€|\$|£|euro|dollar|usd|eur|k\b|am\b|pm\b|:|h\b|days?|weeks?|months?))",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A known criterion: its value and the verbatim words it rests on."""

    value: str
    quote: str
    message_id: MessageId


@dataclass(frozen=True, slots=True)
class Qualification:
    """The criteria that are known; all others are missing."""

    known: Mapping[Criterion, Evidence] = field(default_factory=dict)

    def missing(self) -> tuple[Criterion, ...]:
        """Give what BANT still lacks."""
        return tuple(criterion for criterion in BANT if criterion not in self.known)


def qualify(signals: tuple[HeardSignal, ...]) -> Qualification:
    """Fill in what the visitor's own words show; the newest mention counts."""
    known: dict[Criterion, Evidence] = {}
    for criterion, (kind, pattern) in FROM_SIGNALS.items():
        for signal in sorted(signals, key=lambda signal: signal.at):
            if signal.kind is kind and re.search(pattern, signal.quote, re.IGNORECASE):
                known[criterion] = Evidence(signal.quote, signal.quote, signal.message_id)
    return Qualification(known)


def next_question(
    qualification: Qualification, reading: Reading, said: str, asked: tuple[str, ...]
) -> Question | None:
    """Pick the most useful question that was neither asked nor answered; None when there is none.

    `said` is all the visitor wrote in this conversation, `asked` the questions put already.
    """
    wanted = (
        [Question.SEATS] if reading.has(SignalKind.PRICING) and not QUANTITY.search(said) else []
    )
    wanted += [
        question for question in MOST_USEFUL if Criterion(question.value) not in qualification.known
    ]
    return next((question for question in wanted if question.value not in asked), None)
