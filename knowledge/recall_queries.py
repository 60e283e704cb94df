"""What a recall asks of the database: statements whose cost is bounded by index, whatever else there is."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
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
from agent.criteria import VisitorMessage
from agent.engagement import EngagementEvent
from agent.history import EarlierTalk
from agent.lead import Lead, LeadId
from agent.signals import HeardKind, HeardSignal, Reading
from knowledge.acts import EVENT, read_event
from knowledge.identity_tables import IdentityRow
from knowledge.prepared import Prepared
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


@dataclass(frozen=True, slots=True)
class WhoseTalk:
    """Whose conversation it is, and whose the visitor says it is."""

    lead_id: LeadId
    claimed_lead_id: LeadId | None


@dataclass(frozen=True, slots=True)
class KnownLead:
    """A lead without their identities, and what else the table says."""

    lead: Lead
    company_key: str
    merged_into: LeadId | None
    home: str
    temperature: str
    temperature_since: datetime | None


WHOSE = Prepared(
    select(ConversationRow.lead_id, ConversationRow.claimed_lead_id).where(
        ConversationRow.id == _CONVERSATION_ID
    ),
    WhoseTalk,
)
_LEAD_FIELDS = [field.name for field in fields(Lead) if field.name != "identities"]
_LEAD_COLUMNS = [getattr(LeadRow, name) for name in _LEAD_FIELDS]


def _lead(*columns: Any) -> Lead:
    return Lead(**dict(zip(_LEAD_FIELDS, columns, strict=True)))


def _known_lead(*columns: Any) -> KnownLead:
    own = len(_LEAD_FIELDS)
    return KnownLead(_lead(*columns[:own]), *columns[own:])


# Not the score as last recorded: it is long, and nothing here asks for it.
LEAD = Prepared(
    select(
        *_LEAD_COLUMNS,
        LeadRow.company_key,
        LeadRow.merged_into,
        LeadRow.home,
        LeadRow.temperature,
        LeadRow.temperature_since,
    ).where(LeadRow.id == _LEAD_ID),
    _known_lead,
)
IDENTITIES_OF = Prepared(
    select(IdentityRow.kind, IdentityRow.value)
    .where(IdentityRow.lead_id == _LEAD_ID)
    .order_by(IdentityRow.kind, IdentityRow.value),
    lambda kind, value: (kind, value),
)
# The newest fifty acts of all colleagues are among those of the fifty who did something last.
COLLEAGUES_OF = Prepared(
    select(*_LEAD_COLUMNS)
    .where(
        LeadRow.company_key == bindparam("company_key", type_=String()),
        LeadRow.id != _LEAD_ID,
        LeadRow.merged_into.is_(None),
        LeadRow.last_act_at.is_not(None),
    )
    .order_by(LeadRow.last_act_at.desc(), LeadRow.id.desc())
    .limit(_COLLEAGUES),
    _lead,
)
_FIRST_WORDS = aliased(MessageRow)
_TALKS_OF = (
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
TALKS_OF = Prepared(_TALKS_OF, EarlierTalk)
_KINDS_OF = (
    select(TurnRow.kind, TurnRow.started_at, TurnRow.answered, TurnRow.readiness)
    .join(ConversationRow, ConversationRow.id == TurnRow.conversation_id)
    .where(ConversationRow.lead_id == _LEAD_ID)
    .order_by(TurnRow.number.desc())
    .limit(_SIGNALS)
)
KINDS_OF = Prepared(_KINDS_OF, HeardKind)
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
_SAID_BY = (
    select(MessageRow.id, MessageRow.text, MessageRow.created_at, _ASKED_BEFORE)
    .join(ConversationRow, ConversationRow.id == MessageRow.conversation_id)
    .where(ConversationRow.lead_id == _LEAD_ID, MessageRow.author == Author.VISITOR)
    .order_by(MessageRow.created_at.desc(), MessageRow.seq.desc())
    .limit(_SAID)
)
SAID_BY = Prepared(_SAID_BY, VisitorMessage)
_ANSWERED_BY = (
    select(ReadingRow.merged)
    .join(ConversationRow, ConversationRow.id == ReadingRow.conversation_id)
    .where(ConversationRow.lead_id == _LEAD_ID)
    .order_by(ReadingRow.number.desc())
    .limit(_ANSWERED)
)
ANSWERED_BY: Prepared[Reading] = Prepared(_ANSWERED_BY, lambda merged: merged)
ASKED_IN: Prepared[str] = Prepared(
    select(TurnRow.asked)
    .where(TurnRow.conversation_id == _CONVERSATION_ID, TurnRow.asked.is_not(None))
    .order_by(TurnRow.number.desc()),
    lambda asked: asked,
)


def signals_of(*where: ColumnElement[bool]) -> Prepared[HeardSignal]:
    """Ask for the newest signals that a lead has shown."""
    query = select(*(getattr(SignalRow, field.name) for field in fields(HeardSignal)))
    query = query.where(SignalRow.lead_id == _LEAD_ID, *where)
    newest = query.order_by(SignalRow.at.desc(), SignalRow.number.desc()).limit(_SIGNALS)
    return Prepared(newest, HeardSignal)


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


def freshest_of(acts: Sequence[str], *where: ColumnElement[bool]) -> Prepared[EngagementEvent]:
    """Ask for the freshest of each act and the newest of all: one index seek a name, whatever else there is."""
    wanted = [_newest_of(_LEAD_ID, None, _NEWEST, *where)]
    wanted += [_newest_of(_LEAD_ID, act, _OF_EACH_ACT, *where) for act in acts]
    ids = select(union_all(*wanted).subquery().c.id)
    return _events(ids)


def colleagues_did(count: int, *where: ColumnElement[bool]) -> Prepared[EngagementEvent]:
    """Ask for the newest acts of so many leads together."""
    names = (bindparam(name, type_=String()) for name in COLLEAGUE_IDS[:count])
    theirs = union_all(*(_newest_of(name, None, _NEWEST, *where) for name in names)).subquery()
    newest = select(theirs.c.id).order_by(theirs.c.at.desc(), theirs.c.id.desc()).limit(_NEWEST)
    return _events(newest)


def _events(ids: Select[Any]) -> Prepared[EngagementEvent]:
    chosen = select(*EVENT).where(EngagementEventRow.id.in_(ids)).order_by(*_NEWEST_FIRST)
    return Prepared(chosen, lambda *columns: read_event(columns))


COLLEAGUE_IDS = [f"colleague_{number}" for number in range(_COLLEAGUES)]
COLLEAGUES_DID = cache(colleagues_did)
SIGNALS_OF = signals_of()
