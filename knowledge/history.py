"""Histories, read from the database: all that is known of whoever writes.

What a recall reads is bounded, and found by index alone, so that it costs the same for a lead of a thousand events
and one of a hundred thousand, and among a thousand leads or a million.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, Row, Select

from agent.conversation import Conversation
from agent.criteria import HeardAnswer, VisitorMessage
from agent.engagement import EngagementEvent
from agent.errors import UnknownLeadError
from agent.history import EarlierTalk, History
from agent.lead import Lead, LeadId
from agent.signals import HeardKind, HeardSignal
from knowledge.acts import read_event
from knowledge.database import Database
from knowledge.recall_queries import (
    ANSWERED_BY,
    ASKED_IN,
    COLLEAGUE_IDS,
    COLLEAGUES_DID,
    COLLEAGUES_OF,
    IDENTITIES_OF,
    KINDS_OF,
    LEAD,
    LEAD_FIELDS,
    SAID_BY,
    SIGNALS_OF,
    TALKS_OF,
    WHOSE,
    colleagues_did,
    freshest_of,
)
from knowledge.tables import EngagementEventRow, SignalRow

T = TypeVar("T")


class SqlHistories:
    """Histories read from SQL; `acts` are the names of which the freshest are always recalled."""

    def __init__(self, database: Database, acts: Sequence[str] = ()) -> None:
        self._database = database
        self._acts = tuple(acts)
        self._freshest = freshest_of(acts)

    async def recall(self, conversation: Conversation) -> History:
        """Recall what is known of this conversation's visitor; empty when nobody is known."""
        return await self._reading(lambda rows: self._recall(rows, conversation))

    async def of_lead(self, lead_id: LeadId, until: datetime | None = None) -> History:
        """Give what is known of a lead outside any conversation; raises UnknownLeadError.

        With `until`, acts and words are those that were the freshest then.
        """
        return await self._reading(lambda rows: self._of_lead(rows, lead_id, until))

    async def _reading(self, read: Callable[[Connection], T]) -> T:
        """Read all in one go: statement by statement, the way in and out would cost as much as the statements."""
        async with self._database.read() as session:
            return await session.run_sync(lambda rows: read(rows.connection()))

    def _recall(self, rows: Connection, conversation: Conversation) -> History:
        # The lead may have been joined with another one since the conversation was read.
        whose = rows.execute(WHOSE, {"conversation_id": conversation.id}).first()
        lead_id = LeadId(whose.lead_id) if whose else conversation.lead_id
        lead = rows.execute(LEAD, {"lead_id": lead_id}).first()
        if whose is None or lead is None:
            return History(Lead(lead_id))
        here = {"lead_id": lead_id, "conversation_id": conversation.id}
        return replace(
            self._history(rows, lead),
            talks=tuple(EarlierTalk(*row) for row in rows.execute(TALKS_OF, here)),
            claimed=_claimed(rows, whose),
            asked=tuple(rows.scalars(ASKED_IN, here)),
        )

    def _of_lead(self, rows: Connection, lead_id: LeadId, until: datetime | None) -> History:
        history = self._history(rows, _get(rows, lead_id))
        return history if until is None else self._until(rows, history, until)

    def _until(self, rows: Connection, history: History, until: datetime) -> History:
        """Read anew what later acts and words push out of a history."""
        by_then, own = EngagementEventRow.at <= until, {"lead_id": history.lead.id}
        freshest = freshest_of(self._acts, by_then)
        return replace(
            history,
            events=_events(rows, freshest, own),
            company_events=_newest(
                rows, list(history.colleagues), lambda n: colleagues_did(n, by_then)
            ),
            signals=_signals(rows, SIGNALS_OF.where(SignalRow.at <= until), own),
        )

    def _history(self, rows: Connection, lead: Row[Any]) -> History:
        own = {"lead_id": lead.id}
        colleagues = _colleagues(rows, lead)
        return History(
            lead=_lead(rows, lead),
            events=_events(rows, self._freshest, own),
            company_events=_newest(rows, list(colleagues)),
            signals=_signals(rows, SIGNALS_OF, own),
            heard=tuple(HeardKind(*row) for row in rows.execute(KINDS_OF, own)),
            home=lead.home,
            temperature=lead.temperature,
            temperature_since=lead.temperature_since,
            colleagues=colleagues,
            said=tuple(VisitorMessage(*row) for row in rows.execute(SAID_BY, own)),
            answers=_answers(rows, own),
        )


def _get(rows: Connection, lead_id: LeadId) -> Row[Any]:
    """Get a lead, or the one it was merged into; raises UnknownLeadError."""
    lead = rows.execute(LEAD, {"lead_id": lead_id}).first()
    if lead is not None and lead.merged_into is not None:
        lead = rows.execute(LEAD, {"lead_id": lead.merged_into}).first()
    if lead is None:
        raise UnknownLeadError(f"There is no lead {lead_id}.")
    return lead


def _lead(rows: Connection, lead: Row[Any]) -> Lead:
    identities: dict[str, tuple[str, ...]] = {}
    for kind, value in rows.execute(IDENTITIES_OF, {"lead_id": lead.id}):
        identities[kind] = (*identities.get(kind, ()), value)
    return replace(_record(lead), identities=identities)


def _record(lead: Row[Any]) -> Lead:
    return Lead(**dict(zip(LEAD_FIELDS, lead, strict=False)))


def _colleagues(rows: Connection, lead: Row[Any]) -> dict[LeadId, Lead]:
    if not lead.company_key:
        return {}
    at_home = {"company_key": lead.company_key, "lead_id": lead.id}
    return {LeadId(row.id): _record(row) for row in rows.execute(COLLEAGUES_OF, at_home)}


def _events(
    rows: Connection, query: Select[Any], asked: Mapping[str, str]
) -> tuple[EngagementEvent, ...]:
    return tuple(read_event(row) for row in rows.execute(query, asked).all())


def _newest(
    rows: Connection,
    lead_ids: Sequence[LeadId],
    did: Callable[[int], Select[Any]] = COLLEAGUES_DID,
) -> tuple[EngagementEvent, ...]:
    """Give the newest acts of several leads."""
    asked = dict(zip(COLLEAGUE_IDS, lead_ids, strict=False))
    return _events(rows, did(len(asked)), asked) if asked else ()


def _signals(
    rows: Connection, query: Select[Any], own: Mapping[str, str]
) -> tuple[HeardSignal, ...]:
    return tuple(HeardSignal(*row) for row in rows.execute(query, own))


def _claimed(rows: Connection, whose: Row[str, str | None]) -> Lead | None:
    if whose.claimed_lead_id is None:
        return None
    lead = _get(rows, LeadId(whose.claimed_lead_id))
    return _lead(rows, lead) if lead.id != whose.lead_id else None


def _answers(rows: Connection, own: Mapping[str, str]) -> tuple[HeardAnswer, ...]:
    return tuple(answer for reading in rows.scalars(ANSWERED_BY, own) for answer in reading.answers)
