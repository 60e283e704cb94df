"""The tables of the desk beside single handoffs: notices, files, what reps said of themselves and of decisions."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from agent.conversation import Author, RepId
from agent.outcome import NotHotReason, Outcome
from agent.scoring import Temperature
from agent.team_rules import TeamId
from knowledge.rows import PostState, Row


class NoticeRow(Row):
    """Something due at the desk that belongs to no single card: a digest, a summary, a word to an admin.

    `key` says which, so that it is due once: `opening_digest:sales:2026-11-23`. `told` is what it tells, as JSON.
    """

    __tablename__ = "notices"
    __table_args__ = (Index("notices_due", "state", "due_at"),)

    number: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(unique=True)
    key: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    team: Mapped[TeamId] = mapped_column(default=TeamId(""))
    rep_id: Mapped[RepId | None]
    told: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[PostState] = mapped_column(default=PostState.DUE)
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    attempted_at: Mapped[datetime | None]
    posted_at: Mapped[datetime | None]
    reference: Mapped[str | None]
    because: Mapped[str] = mapped_column(Text, default="")


class AttachmentRow(Row):
    """A file of a conversation; its bytes lie in the data folder under its id. `origin` is where it came from."""

    __tablename__ = "attachments"

    id: Mapped[str] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    author: Mapped[Author]
    name: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]
    created_at: Mapped[datetime]
    origin: Mapped[str | None] = mapped_column(unique=True)


class AmendmentRow(Row):
    """An amendment that came before the words it is about; no text takes them back."""

    __tablename__ = "amendments"

    words_id: Mapped[str] = mapped_column(primary_key=True)
    text: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime]


class RepStateRow(Row):
    """What a rep said of themselves: that they take nothing new until then."""

    __tablename__ = "rep_states"

    rep_id: Mapped[str] = mapped_column(primary_key=True)
    paused_until: Mapped[datetime | None]
    changed_at: Mapped[datetime]


class FeedbackRow(Row):
    """What a rep said of a handoff, beside the decision that led to it, for calibration later."""

    __tablename__ = "feedback"

    number: Mapped[int] = mapped_column(primary_key=True)
    handoff_id: Mapped[str] = mapped_column(ForeignKey("handoffs.id"), index=True)
    lead_id: Mapped[str] = mapped_column(ForeignKey("leads.id"), index=True)
    turn_id: Mapped[str | None]
    rep_id: Mapped[RepId]
    outcome: Mapped[Outcome | None]
    value: Mapped[float | None]
    reason: Mapped[NotHotReason | None]
    note: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime]
    decision: Mapped[str] = mapped_column(Text)
    score: Mapped[int]
    temperature: Mapped[Temperature]
    playbook_version: Mapped[str] = mapped_column(default="")


class InboundRow(Row):
    """A message that came by form or mail; `key` is its source and its id there, `headers` what it said of itself, as JSON."""

    __tablename__ = "inbound_messages"

    key: Mapped[str] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    message_id: Mapped[str]
    subject: Mapped[str] = mapped_column(Text, default="")
    headers: Mapped[str] = mapped_column(Text, default="{}")
    received_at: Mapped[datetime]
