"""What became of a lead, as reps and the CRM tell: an outcome, why it was not hot, money, a note."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Outcome(StrEnum):
    """What became of it, in the rep's judgement."""

    MEETING_BOOKED = "meeting_booked"
    MEETING_HELD = "meeting_held"
    OPPORTUNITY = "opportunity"
    WON = "won"
    LOST = "lost"
    NOT_HOT = "not_hot"


class NotHotReason(StrEnum):
    """Why somebody who was called hot is not."""

    NO_BUYER = "no_buyer"
    TOO_SMALL = "too_small"
    NO_BUDGET = "no_budget"
    NOT_NOW = "not_now"
    CUSTOMER = "customer"
    SPAM = "spam"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class ToldOutcome:
    """What became of a lead, as reps or the CRM tell; `value` is money, in no particular currency."""

    outcome: Outcome
    value: float | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Closing:
    """What a rep says of a handoff when closing it; `reason` only where it was not hot."""

    outcome: Outcome | None = None
    value: float | None = None
    reason: NotHotReason | None = None
    note: str = ""
