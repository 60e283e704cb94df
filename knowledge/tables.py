"""The tables. A row carries the fields of its value under the same names, and what only the store needs."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from agent.briefing import Briefing
from agent.conversation import (
    Attachment,
    Author,
    HandoffId,
    Holder,
    MessageId,
    MessageSource,
    Page,
    RepId,
    Sentence,
    Source,
)
from agent.handoff import CallBack, DeskPostKind, HandoffState, Outcome
from agent.lead import Company, Visitor
from agent.routing import RouteStep
from agent.scoring import Score, Temperature
from agent.second_reading import Verdict
from agent.signals import MessageKind, Readiness, Reading, SignalKind, TextReading
from agent.team_rules import TeamId
from agent.turn import Turn
from knowledge.rows import PostState, Row

ACTIVE = tuple(state for state in HandoffState if state.is_active)


def _one(name: str, column: str, *, where: str) -> Index:
    """Make sure of one row of a kind for each value."""
    which = text(where)
    return Index(name, column, unique=True, sqlite_where=which, postgresql_where=which)


class LeadRow(Row):
    """One person, and their score as last recorded.

    `home` is the identity under which the lead was first known. A lead that was found to be another one is kept,
    with `merged_into` set, so that its id is still found and the merge can be taken back. `company_key` says
    by what colleagues know each other; `last_act_at` is when the lead's newest engagement event was, `due_at` when
    the lead must be looked at again: at once after an act, or when the temperature will have fallen.
    """

    __tablename__ = "leads"
    __table_args__ = (
        Index("leads_by_score", "temperature", "score_total", "id"),
        Index("leads_of_company", "company_key", "last_act_at", "id"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    title: Mapped[str] = mapped_column(default="")
    role: Mapped[str] = mapped_column(default="")
    company: Mapped[Company]
    company_key: Mapped[str] = mapped_column(default="")
    time_zone: Mapped[str] = mapped_column(default="")
    owner: Mapped[str] = mapped_column(default="")
    score: Mapped[Score | None]
    score_total: Mapped[int] = mapped_column(default=0)
    temperature: Mapped[Temperature] = mapped_column(default=Temperature.COLD)
    temperature_since: Mapped[datetime | None]
    created_at: Mapped[datetime]
    home: Mapped[str] = mapped_column(default="", index=True)
    merged_into: Mapped[str | None] = mapped_column(ForeignKey("leads.id"), index=True)
    last_act_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None] = mapped_column(index=True)


class ConversationRow(Row):
    """One conversation: who holds it, who works on it, and when it must be looked at again.

    `due_at` is the earliest of `timer_at`, `words_due_at` and `posts_due_at`. `opened_for_lead` marks one that was
    opened for somebody who had not written, so that a rep can be called for them. `handoff_id` is the latest
    handoff that serves it, which may have been opened in another conversation of the lead.
    """

    __tablename__ = "conversations"

    id: Mapped[str] = mapped_column(primary_key=True)
    lead_id: Mapped[str] = mapped_column(ForeignKey("leads.id"), index=True)
    came_by: Mapped[str] = mapped_column(default="", index=True)
    claimed_lead_id: Mapped[str | None] = mapped_column(ForeignKey("leads.id"), index=True)
    visitor: Mapped[Visitor]
    page: Mapped[Page]
    locale: Mapped[str]
    rehearsal: Mapped[timedelta] = mapped_column("rehearsal_seconds")
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    holder: Mapped[Holder] = mapped_column(default=Holder.AGENT)
    rep_id: Mapped[RepId | None]
    epoch: Mapped[int] = mapped_column(default=0)
    showing_epoch: Mapped[int | None]
    lease_owner: Mapped[str | None] = mapped_column(index=True)
    lease_until: Mapped[datetime | None]
    last_seq: Mapped[int] = mapped_column(default=0)
    answered_seq: Mapped[int] = mapped_column(default=0)
    timer_at: Mapped[datetime | None]
    words_due_at: Mapped[datetime | None]
    posts_due_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None] = mapped_column(index=True)
    opened_for_lead: Mapped[bool] = mapped_column(default=False)
    amended: Mapped[int] = mapped_column(default=0)
    seen_seq: Mapped[int] = mapped_column(default=0)
    handoff_id: Mapped[HandoffId | None] = mapped_column(index=True)
    source: Mapped[MessageSource] = mapped_column(default=MessageSource.CHAT)
    left_email: Mapped[str] = mapped_column(default="")
    rating: Mapped[int | None]
    rating_comment: Mapped[str] = mapped_column(Text, default="")
    rated_at: Mapped[datetime | None]


class MessageRow(Row):
    """One thing said."""

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("conversation_id", "seq"),
        UniqueConstraint("conversation_id", "author", "client_message_id"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"))
    seq: Mapped[int]
    author: Mapped[Author]
    author_name: Mapped[str]
    text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    in_reply_to: Mapped[tuple[MessageId, ...]]
    sources: Mapped[tuple[Source, ...]]
    sentences: Mapped[tuple[Sentence, ...]]
    attachments: Mapped[tuple[Attachment, ...]] = mapped_column(default=())
    edited_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]
    client_message_id: Mapped[str | None]


class TurnRow(Row):
    """One turn, whole, and the columns that histories need."""

    __tablename__ = "turns"

    number: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(unique=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    started_at: Mapped[datetime]
    kind: Mapped[MessageKind]
    readiness: Mapped[Readiness] = mapped_column(default=Readiness.COLD)
    answered: Mapped[tuple[MessageId, ...]] = mapped_column(default=())
    asked: Mapped[str | None]
    turn: Mapped[Turn]


class ReadingRow(Row):
    """A turn's words read twice; `heeded_at` is set once the lead was scored by it, `judged_at` by a person."""

    __tablename__ = "readings"
    __table_args__ = (Index("readings_to_judge", "differs", "judged_at"),)

    number: Mapped[int] = mapped_column(primary_key=True)
    turn_id: Mapped[str] = mapped_column(ForeignKey("turns.id"), unique=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    at: Mapped[datetime]
    reader: Mapped[str]
    prompt_version: Mapped[str]
    local: Mapped[Reading]
    model: Mapped[TextReading]
    merged: Mapped[Reading]
    differs: Mapped[bool]
    heeded_at: Mapped[datetime | None]
    judged_at: Mapped[datetime | None]
    verdict: Mapped[Verdict | None]


class SignalRow(Row):
    """One signal heard from a lead."""

    __tablename__ = "signals"
    __table_args__ = (Index("signals_of_lead", "lead_id", "at"),)

    number: Mapped[int] = mapped_column(primary_key=True)
    lead_id: Mapped[str] = mapped_column(ForeignKey("leads.id"))
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    message_id: Mapped[MessageId]
    kind: Mapped[SignalKind]
    quote: Mapped[str] = mapped_column(Text)
    confidence: Mapped[float]
    at: Mapped[datetime]


class EngagementEventRow(Row):
    """One act before or beside the conversation; `came_by` is `lead:` and the id where no identity was named."""

    __tablename__ = "engagement_events"
    __table_args__ = (
        Index("engagement_of_lead", "lead_id", "at", "id"),
        Index("engagement_of_lead_by_act", "lead_id", "name", "at", "id"),
        Index("engagement_came_by", "came_by", "at"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    lead_id: Mapped[str] = mapped_column(ForeignKey("leads.id"))
    name: Mapped[str]
    at: Mapped[datetime]
    title: Mapped[str]
    url: Mapped[str]
    properties: Mapped[Mapping[str, str]]
    came_by: Mapped[str]
    received_at: Mapped[datetime | None]


class HandoffRow(Row):
    """One handoff; a lead has at most one that is not ended, and so has a conversation.

    `open_for` is the lead that it was opened for, as long as it stands for that lead: of two leads that were found to
    be one, each with a handoff, one handoff stands for the lead and the other (None) goes on beside it.
    """

    __tablename__ = "handoffs"
    __table_args__ = (
        _one("one_active_handoff", "conversation_id", where="state IN ('open', 'claimed')"),
        _one("one_active_handoff_of_lead", "open_for", where="state IN ('open', 'claimed')"),
    )

    number: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(unique=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    lead_id: Mapped[str] = mapped_column(ForeignKey("leads.id"), index=True)
    open_for: Mapped[str | None]
    state: Mapped[HandoffState] = mapped_column(index=True)
    temperature: Mapped[Temperature]
    reason: Mapped[str] = mapped_column(Text)
    opened_at: Mapped[datetime]
    claim_due_at: Mapped[datetime | None]
    briefing: Mapped[Briefing]
    routed_to: Mapped[tuple[RepId, ...]]
    route: Mapped[tuple[RouteStep, ...]]
    claimed_by: Mapped[RepId | None]
    claimed_at: Mapped[datetime | None]
    nudged_at: Mapped[datetime | None]
    backup_at: Mapped[datetime | None]
    escalated_at: Mapped[datetime | None]
    silent_nudged_at: Mapped[datetime | None]
    paged_at: Mapped[datetime | None]
    snoozed_until: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    outcome: Mapped[Outcome | None]
    note: Mapped[str] = mapped_column(Text)
    team: Mapped[TeamId] = mapped_column(default=TeamId(""))
    call_back: Mapped[CallBack | None]
    transferred_at: Mapped[datetime | None]


class HandoffLogRow(Row):
    """The audit log: what happened to a handoff, when, by whom and why."""

    __tablename__ = "handoff_log"

    number: Mapped[int] = mapped_column(primary_key=True)
    handoff_id: Mapped[str] = mapped_column(ForeignKey("handoffs.id"), index=True)
    at: Mapped[datetime]
    state: Mapped[HandoffState]
    rep_id: Mapped[RepId | None]
    because: Mapped[str] = mapped_column(Text)


class DeskPostRow(Row):
    """One thing to be shown at the desk, from intent to reference."""

    __tablename__ = "desk_posts"
    __table_args__ = (
        UniqueConstraint("handoff_id", "kind", "message_id"),
        _one("one_due_update", "handoff_id", where="kind = 'update' AND state = 'due'"),
        Index("desk_posts_of_conversation", "conversation_id", "state"),
        Index("desk_posts_by_reference", "reference"),
    )

    number: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(unique=True)
    handoff_id: Mapped[str] = mapped_column(ForeignKey("handoffs.id"))
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"))
    kind: Mapped[DeskPostKind]
    message_id: Mapped[str | None] = mapped_column(ForeignKey("messages.id"))
    text: Mapped[str] = mapped_column(Text)
    state: Mapped[PostState] = mapped_column(default=PostState.DUE)
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]
    attempted_at: Mapped[datetime | None]
    posted_at: Mapped[datetime | None]
    reference: Mapped[str | None]
    because: Mapped[str] = mapped_column(Text, default="")


class OutcomeRow(Row):
    """What became of a lead, as reps or the CRM tell; `told_of` is the lead as it was called then."""

    __tablename__ = "outcomes"
    __table_args__ = (UniqueConstraint("told_of", "outcome", "at"),)

    number: Mapped[int] = mapped_column(primary_key=True)
    lead_id: Mapped[str] = mapped_column(ForeignKey("leads.id"), index=True)
    told_of: Mapped[str] = mapped_column(ForeignKey("leads.id"))
    outcome: Mapped[Outcome]
    value: Mapped[float | None]
    at: Mapped[datetime]


class SeenEventRow(Row):
    """An event of the Slack wire that was taken in; its key says which."""

    __tablename__ = "seen_events"

    key: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
