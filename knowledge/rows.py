"""What all tables share: how the types of values are kept, and how constraints are called."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import BigInteger, Integer, MetaData, String
from sqlalchemy.orm import DeclarativeBase

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
from agent.handoff import CallBack, DeskPostKind, HandoffState
from agent.lead import Company, Visitor
from agent.outcome import NotHotReason, Outcome
from agent.routing import RouteStep
from agent.scoring import Score, Temperature
from agent.second_reading import Verdict
from agent.signals import MessageKind, Readiness, Reading, SignalKind, TextReading
from agent.team_rules import TeamId
from agent.turn import Turn
from knowledge.columns import Instant, Json, Span, choice

WHOLE = Integer().with_variant(BigInteger(), "postgresql")


class PostState(StrEnum):
    """How far a desk post is."""

    DUE = "due"
    ATTEMPTED = "attempted"
    POSTED = "posted"
    GIVEN_UP = "given_up"


UNFINISHED = (PostState.DUE, PostState.ATTEMPTED)


class Row(DeclarativeBase):
    """What all rows share: how Python types are kept, and how constraints are called."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads a plain dict here
        str: String,
        int: WHOLE,
        RepId: String,
        HandoffId: String,
        TeamId: String,
        MessageId: String,
        datetime: Instant,
        timedelta: Span,
        Author: choice(Author),
        Holder: choice(Holder),
        MessageSource: choice(MessageSource),
        HandoffState: choice(HandoffState),
        Temperature: choice(Temperature),
        Outcome: choice(Outcome),
        NotHotReason: choice(NotHotReason),
        MessageKind: choice(MessageKind),
        Readiness: choice(Readiness),
        SignalKind: choice(SignalKind),
        DeskPostKind: choice(DeskPostKind),
        PostState: choice(PostState),
        Verdict: choice(Verdict),
        Company: Json(Company),
        Visitor: Json(Visitor),
        Page: Json(Page),
        Briefing: Json(Briefing),
        CallBack: Json(CallBack),
        Score: Json(Score),
        Turn: Json(Turn),
        Reading: Json(Reading),
        TextReading: Json(TextReading),
        tuple[MessageId, ...]: Json(tuple[MessageId, ...]),
        tuple[Source, ...]: Json(tuple[Source, ...]),
        tuple[Sentence, ...]: Json(tuple[Sentence, ...]),
        tuple[Attachment, ...]: Json(tuple[Attachment, ...]),
        tuple[RepId, ...]: Json(tuple[RepId, ...]),
        tuple[RouteStep, ...]: Json(tuple[RouteStep, ...]),
        Mapping[str, str]: Json(Mapping[str, str]),
    }
