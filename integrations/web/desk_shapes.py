"""The JSON of the desk: a handoff with all there is on it, the desk at a glance, and who is at it."""

from datetime import datetime

from pydantic import Field

from agent.handoff import HandoffState, Outcome
from agent.outcome import NotHotReason
from agent.scoring import Temperature
from integrations.web.qualification import QualificationShape
from integrations.web.shapes import (
    AT,
    CaseMessageShape,
    ConversationShape,
    HandoffShape,
    Shape,
    TurnShape,
)


class LogEntryShape(Shape):
    """One line of a handoff's log: who did or saw what; where it stood then."""

    at: datetime = Field(examples=[AT])
    state: HandoffState = Field(examples=["claimed"])
    rep_id: str | None = Field(description="null: Hotline itself", examples=["mia"])
    because: str = Field(examples=["claimed"])


class FeedbackShape(Shape):
    """What a rep said of a handoff at its end, beside the decision that led to it."""

    rep_id: str = Field(examples=["mia"])
    outcome: Outcome | None = Field(examples=["meeting_booked"])
    value: float | None = Field(examples=[4800])
    reason: NotHotReason | None = Field(description="why it was not hot", examples=[None])
    note: str = Field(examples=["Thursday at ten."])
    at: datetime = Field(examples=[AT])
    decision: str = Field(examples=["hand off: asked for a quote with a date"])
    score: int = Field(examples=[82])
    temperature: Temperature = Field(examples=["hot"])
    playbook_version: str = Field(examples=["2026.11"])


class HandoffDetailShape(HandoffShape):
    """A handoff with the whole conversation and why the agent did what it did; log and feedback oldest first."""

    conversation: ConversationShape
    messages: list[CaseMessageShape]
    turns: list[TurnShape]
    qualification: QualificationShape
    log: list[LogEntryShape]
    feedback: list[FeedbackShape]


class CaseMessagesShape(Shape):
    """What was said under a handoff, in order of time."""

    messages: list[CaseMessageShape]


class WordsShape(Shape):
    """What may be said to the visitor; nothing was sent."""

    text: str = Field(examples=["Growth costs $42 a technician and month."])


class DeskRepShape(Shape):
    """Somebody who may act at the desk."""

    id: str = Field(examples=["mia"])
    name: str = Field(examples=["Mia Hartung"])
    title: str = Field(examples=["Account Executive"])


class DeskTeamShape(Shape):
    """Reps who share a channel."""

    id: str = Field(examples=["emea"])
    name: str = Field(examples=["EMEA"])
    reps: list[str] = Field(examples=[["mia", "jonas"]])


class DeskShape(Shape):
    """What the desk's page needs to start; `rep` is who signed in, null with the key that all share."""

    company: str = Field(examples=["Tourvane"])
    reps: list[DeskRepShape]
    teams: list[DeskTeamShape]
    rep: str | None = Field(examples=[None])
    is_open: bool = Field(description="the demo's desk opens without a key", examples=[False])


class WaitShape(Shape):
    """How long leads waited for a claim: half of them no longer than this."""

    claimed: int = Field(examples=[7])
    median_seconds: float | None = Field(
        description="in business time; null when nothing was claimed", examples=[94.0]
    )


class DeskSummaryShape(Shape):
    """The desk at a glance. Today begins at midnight where the desk is."""

    open: dict[Temperature, int] = Field(examples=[{"red_hot": 1, "hot": 2, "warm": 0, "cold": 0}])
    unclaimed: int = Field(examples=[3])
    mine: int | None = Field(
        description="what the rep holds; null when none is named", examples=[2]
    )
    time_to_claim_today: WaitShape
    time_to_claim_7_days: WaitShape
