"""What holds between rows that no foreign key ties together."""

from typing import Any

from sqlalchemy import Select, String, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from knowledge.acts import OF_LEAD
from knowledge.auditing.rules import Rule, rule
from knowledge.desk_tables import FeedbackRow, InboundRow
from knowledge.gap_table import GapRow
from knowledge.identity_tables import TraitRow
from knowledge.tables import (
    ConversationRow,
    EngagementEventRow,
    HandoffRow,
    LeadRow,
    MessageRow,
    ReadingRow,
    SignalRow,
    TurnRow,
)

LOST = "What it points to was removed by hand, or a copy was put back in part. Restore a back-up."


def row_rules() -> list[Rule]:
    """Give them all."""
    return [*_parents(), *_same_conversation()]


def _parents() -> list[Rule]:
    return [
        _points_to("conversation", ConversationRow.id, "handoff", ConversationRow.handoff_id, HandoffRow.id),
        _points_to("signal", SignalRow.number, "message", SignalRow.message_id, MessageRow.id),
        _points_to("gap", GapRow.id, "turn", GapRow.turn_id, TurnRow.id),
        _points_to("feedback", FeedbackRow.number, "turn", FeedbackRow.turn_id, TurnRow.id),
        _points_to(
            "form or mail", InboundRow.key, "message", InboundRow.message_id, MessageRow.id,
            InboundRow.headers.not_like('%"seq":null%'),
        ),
        _recorded_of("trait", TraitRow.name, TraitRow.told_by),
        _recorded_of("engagement event", EngagementEventRow.id, EngagementEventRow.came_by),
    ]  # fmt: skip


def _points_to(what: str, called: Any, to: str, by: Any, target: Any, *which: Any) -> Rule:
    columns: Select[*tuple[Any, ...]] = select(called.cast(String).label("id"), by.label("missing"))
    is_lost = (by.is_not(None), ~exists().where(target == by), *which)
    return rule(
        f"no {what} without its {to}",
        f"The {what} {{id}} points to the {to} {{missing}}, which is not there.",
        LOST,
        columns.where(*is_lost),
    )


def _recorded_of(what: str, called: Any, of: Any) -> Rule:
    """What was recorded under no identity names its lead."""
    lead_id = func.substr(of, len(OF_LEAD) + 1)
    columns: Select[*tuple[Any, ...]] = select(called.label("id"), lead_id.label("missing"))
    is_lost = (of.startswith(OF_LEAD), ~exists().where(LeadRow.id == lead_id))
    return rule(
        f"no {what} without its lead",
        f"The {what} {{id}} was recorded of lead {{missing}}, which is not there.",
        LOST,
        columns.where(*is_lost),
    )


def _same_conversation() -> list[Rule]:
    turn, talk = aliased(TurnRow), aliased(ConversationRow)
    readings = select(ReadingRow.turn_id.label("id"), ReadingRow.conversation_id)
    readings = readings.join(turn, turn.id == ReadingRow.turn_id)
    signals = select(SignalRow.number.label("id"), SignalRow.lead_id, SignalRow.conversation_id)
    signals = signals.join(talk, talk.id == SignalRow.conversation_id)
    said_there = exists().where(
        MessageRow.id == SignalRow.message_id,
        MessageRow.conversation_id != SignalRow.conversation_id,
    )
    return [
        rule(
            "readings are of their turn's conversation",
            "The reading of turn {id} is of conversation {conversation_id}, and its turn is of another.",
            LOST,
            readings.where(turn.conversation_id != ReadingRow.conversation_id),
        ),
        rule(
            "signals are of who wrote",
            "Signal {id} is of lead {lead_id} and conversation {conversation_id}, but others wrote that.",
            LOST,
            signals.where(or_(talk.lead_id != SignalRow.lead_id, and_(said_there))),
        ),
    ]  # fmt: skip
