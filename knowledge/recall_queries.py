"""What a recall asks of the database: statements whose cost is bounded by index, whatever else there is."""

from collections.abc import Sequence
from dataclasses import fields
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    String,
    bindparam,
    func,
    literal_column,
    select,
    union_all,
)
from sqlalchemy.orm import aliased

from agent.conversation import Author
from agent.lead import Lead
from agent.signals import HeardSignal
from knowledge.acts import EVENT
from knowledge.identity_tables import IdentityRow
from knowledge.tables import (
    ConversationRow,
    EngagementEventRow,
    LeadRow,
    MessageRow,
    ReadingRow,
    SignalRow,
    TurnRow,
)

_NEWEST_FIRST = EngagementEventRow.at.desc(), EngagementEventRow.id.desc()
_OF_EACH_ACT = 12
_NEWEST = 50
_COLLEAGUES = 50
_SIGNALS = 100
_TALKS = 20
_SAID = 50
_ANSWERED = 50

# Built once: to build these anew at each recall costs more than to run them.
_LEAD_ID = bindparam("lead_id", type_=String())
_CONVERSATION_ID = bindparam("conversation_id", type_=String())
WHOSE = select(ConversationRow.lead_id, ConversationRow.claimed_lead_id).where(
    ConversationRow.id == _CONVERSATION_ID
)
LEAD_FIELDS = [field.name for field in fields(Lead) if field.name != "identities"]
_LEAD_COLUMNS = [getattr(LeadRow, name) for name in LEAD_FIELDS]
# Not the score as last recorded: it is long, and nothing here asks for it.
LEAD: Select[Any] = select(
    *_LEAD_COLUMNS,
    LeadRow.company_key,
    LeadRow.merged_into,
    LeadRow.home,
    LeadRow.temperature,
    LeadRow.temperature_since,
).where(LeadRow.id == _LEAD_ID)
IDENTITIES_OF = (
    select(IdentityRow.kind, IdentityRow.value)
    .where(IdentityRow.lead_id == _LEAD_ID)
    .order_by(IdentityRow.kind, IdentityRow.value)
)
# The newest fifty acts of all colleagues are among those of the fifty who did something last.
COLLEAGUES_OF = (
    select(*_LEAD_COLUMNS)
    .where(
        LeadRow.company_key == bindparam("company_key", type_=String()),
        LeadRow.id != _LEAD_ID,
        LeadRow.merged_into.is_(None),
        LeadRow.last_act_at.is_not(None),
    )
    .order_by(LeadRow.last_act_at.desc(), LeadRow.id.desc())
    .limit(_COLLEAGUES)
)
SIGNALS_OF = (
    select(*(getattr(SignalRow, field.name) for field in fields(HeardSignal)))
    .where(SignalRow.lead_id == _LEAD_ID)
    .order_by(SignalRow.at.desc(), SignalRow.number.desc())
    .limit(_SIGNALS)
)
_FIRST_WORDS = aliased(MessageRow)
TALKS_OF = (
    select(MessageRow.created_at, MessageRow.text, ConversationRow.came_by)
    .join(ConversationRow, ConversationRow.id == MessageRow.conversation_id)
    .where(ConversationRow.lead_id == _LEAD_ID, ConversationRow.id != _CONVERSATION_ID)
    .where(
        MessageRow.seq
        == select(func.min(_FIRST_WORDS.seq))
        .where(
            _FIRST_WORDS.conversation_id == ConversationRow.id,
            _FIRST_WORDS.author == Author.VISITOR,
        )
        .correlate(ConversationRow)
        .scalar_subquery()
    )
    .order_by(MessageRow.created_at.desc(), MessageRow.id.desc())
    .limit(_TALKS)
)
KINDS_OF = (
    select(TurnRow.kind, TurnRow.started_at, TurnRow.answered, TurnRow.readiness)
    .join(ConversationRow, ConversationRow.id == TurnRow.conversation_id)
    .where(ConversationRow.lead_id == _LEAD_ID)
    .order_by(TurnRow.number.desc())
    .limit(_SIGNALS)
)
_ASKED_BEFORE = (
    select(TurnRow.asked)
    .where(
        TurnRow.conversation_id == MessageRow.conversation_id,
        TurnRow.started_at < MessageRow.created_at,
    )
    .order_by(TurnRow.number.desc())
    .limit(1)
    .correlate(MessageRow)
    .scalar_subquery()
)
SAID_BY = (
    select(MessageRow.id, MessageRow.text, MessageRow.created_at, _ASKED_BEFORE)
    .join(ConversationRow, ConversationRow.id == MessageRow.conversation_id)
    .where(ConversationRow.lead_id == _LEAD_ID, MessageRow.author == Author.VISITOR)
    .order_by(MessageRow.created_at.desc(), MessageRow.seq.desc())
    .limit(_SAID)
)
ANSWERED_BY = (
    select(ReadingRow.merged)
    .join(ConversationRow, ConversationRow.id == ReadingRow.conversation_id)
    .where(ConversationRow.lead_id == _LEAD_ID)
    .order_by(ReadingRow.number.desc())
    .limit(_ANSWERED)
)
ASKED_IN = (
    select(TurnRow.asked)
    .where(TurnRow.conversation_id == _CONVERSATION_ID, TurnRow.asked.is_not(None))
    .order_by(TurnRow.number.desc())
)


def _newest_of(
    lead_id: BindParameter[str], act: str | None, most: int, *where: ColumnElement[bool]
) -> Select[Any]:
    """Ask for the ids and times of a lead's newest acts, found by index alone."""
    query = select(EngagementEventRow.id, EngagementEventRow.at)
    query = query.where(EngagementEventRow.lead_id == lead_id, *where)
    if act is not None:
        query = query.where(EngagementEventRow.name == act)
    newest = query.order_by(*_NEWEST_FIRST)
    # Written out: as parameters, these would be the greater part of all that the statement takes.
    return select(newest.limit(literal_column(str(most))).subquery())


def freshest_of(acts: Sequence[str], *where: ColumnElement[bool]) -> Select[Any]:
    """Ask for the freshest of each act and the newest of all: one index seek a name, whatever else there is."""
    wanted = [_newest_of(_LEAD_ID, None, _NEWEST, *where)]
    wanted += [_newest_of(_LEAD_ID, act, _OF_EACH_ACT, *where) for act in acts]
    ids = select(union_all(*wanted).subquery().c.id)
    return select(*EVENT).where(EngagementEventRow.id.in_(ids)).order_by(*_NEWEST_FIRST)


def colleagues_did(count: int, *where: ColumnElement[bool]) -> Select[Any]:
    """Ask for the newest acts of so many leads together."""
    names = (bindparam(name, type_=String()) for name in COLLEAGUE_IDS[:count])
    theirs = union_all(*(_newest_of(name, None, _NEWEST, *where) for name in names)).subquery()
    newest = select(theirs.c.id).order_by(theirs.c.at.desc(), theirs.c.id.desc()).limit(_NEWEST)
    return select(*EVENT).where(EngagementEventRow.id.in_(newest)).order_by(*_NEWEST_FIRST)


COLLEAGUE_IDS = [f"colleague_{number}" for number in range(_COLLEAGUES)]
COLLEAGUES_DID = cache(colleagues_did)
