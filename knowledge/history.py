"""Histories, read from the database: all that is known of whoever writes.

What a recall reads is bounded, and found by index alone, so that it costs the same for a lead of a thousand events
and one of a hundred thousand, and among a thousand leads or a million.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from agent.conversation import Conversation
from agent.criteria import HeardAnswer
from agent.engagement import EngagementEvent
from agent.errors import UnknownLeadError
from agent.history import History
from agent.lead import Lead, LeadId
from knowledge.database import Database
from knowledge.prepared import Prepared, Rows
from knowledge.recall_queries import (
    ANSWERED_BY,
    ASKED_IN,
    COLLEAGUE_IDS,
    COLLEAGUES_DID,
    COLLEAGUES_OF,
    IDENTITIES_OF,
    KINDS_OF,
    LEAD,
    SAID_BY,
    SIGNALS_OF,
    TALKS_OF,
    WHOSE,
    KnownLead,
    WhoseTalk,
    colleagues_did,
    freshest_of,
    signals_of,
)
from knowledge.tables import EngagementEventRow, SignalRow


class SqlHistories:
    """Histories read from SQL; `acts` are the names of which the freshest are always recalled."""

    def __init__(self, database: Database, acts: Sequence[str] = ()) -> None:
        self._database = database
        self._acts = tuple(acts)
        self._freshest = freshest_of(acts)

    async def recall(self, conversation: Conversation) -> History:
        """Recall what is known of this conversation's visitor; empty when nobody is known."""
        return await self._database.look(lambda rows: self._recall(rows, conversation))

    async def of_lead(self, lead_id: LeadId, until: datetime | None = None) -> History:
        """Give what is known of a lead outside any conversation; raises UnknownLeadError.

        With `until`, acts and words are those that were the freshest then.
        """
        return await self._database.look(lambda rows: self._of_lead(rows, lead_id, until))

    def _recall(self, rows: Rows, conversation: Conversation) -> History:
        # The lead may have been joined with another one since the conversation was read.
        whose = rows.first(WHOSE, conversation_id=conversation.id)
        lead_id = whose.lead_id if whose else conversation.lead_id
        lead = rows.first(LEAD, lead_id=lead_id)
        if whose is None or lead is None:
            return History(Lead(lead_id))
        return replace(
            self._history(rows, lead),
            talks=tuple(rows.all(TALKS_OF, lead_id=lead_id, conversation_id=conversation.id)),
            claimed=_claimed(rows, whose),
            asked=tuple(rows.all(ASKED_IN, conversation_id=conversation.id)),
        )

    def _of_lead(self, rows: Rows, lead_id: LeadId, until: datetime | None) -> History:
        history = self._history(rows, _get(rows, lead_id))
        return history if until is None else self._until(rows, history, until)

    def _until(self, rows: Rows, history: History, until: datetime) -> History:
        """Read anew what later acts and words push out of a history."""
        by_then, lead_id = EngagementEventRow.at <= until, history.lead.id
        return replace(
            history,
            events=tuple(rows.all(freshest_of(self._acts, by_then), lead_id=lead_id)),
            company_events=_newest(
                rows, list(history.colleagues), lambda n: colleagues_did(n, by_then)
            ),
            signals=tuple(rows.all(signals_of(SignalRow.at <= until), lead_id=lead_id)),
        )

    def _history(self, rows: Rows, known: KnownLead) -> History:
        lead_id = known.lead.id
        colleagues = _colleagues(rows, known)
        return History(
            lead=_with_identities(rows, known.lead),
            events=tuple(rows.all(self._freshest, lead_id=lead_id)),
            company_events=_newest(rows, list(colleagues)),
            signals=tuple(rows.all(SIGNALS_OF, lead_id=lead_id)),
            heard=tuple(rows.all(KINDS_OF, lead_id=lead_id)),
            home=known.home,
            temperature=known.temperature,
            temperature_since=known.temperature_since,
            colleagues=colleagues,
            said=tuple(rows.all(SAID_BY, lead_id=lead_id)),
            answers=_answers(rows, lead_id),
        )


def _get(rows: Rows, lead_id: LeadId) -> KnownLead:
    """Get a lead, or the one it was merged into; raises UnknownLeadError."""
    lead = rows.first(LEAD, lead_id=lead_id)
    if lead is not None and lead.merged_into is not None:
        lead = rows.first(LEAD, lead_id=lead.merged_into)
    if lead is None:
        raise UnknownLeadError(f"There is no lead {lead_id}.")
    return lead


def _with_identities(rows: Rows, lead: Lead) -> Lead:
    identities: dict[str, tuple[str, ...]] = {}
    for kind, value in rows.all(IDENTITIES_OF, lead_id=lead.id):
        identities[kind] = (*identities.get(kind, ()), value)
    return replace(lead, identities=identities)


def _colleagues(rows: Rows, known: KnownLead) -> dict[LeadId, Lead]:
    if not known.company_key:
        return {}
    found = rows.all(COLLEAGUES_OF, company_key=known.company_key, lead_id=known.lead.id)
    return {lead.id: lead for lead in found}


def _newest(
    rows: Rows,
    lead_ids: Sequence[LeadId],
    did: Callable[[int], Prepared[EngagementEvent]] = COLLEAGUES_DID,
) -> tuple[EngagementEvent, ...]:
    """Give the newest acts of several leads."""
    asked = dict(zip(COLLEAGUE_IDS, lead_ids, strict=False))
    return tuple(rows.all(did(len(asked)), **asked)) if asked else ()


def _claimed(rows: Rows, whose: WhoseTalk) -> Lead | None:
    if whose.claimed_lead_id is None:
        return None
    known = _get(rows, whose.claimed_lead_id)
    return _with_identities(rows, known.lead) if known.lead.id != whose.lead_id else None


def _answers(rows: Rows, lead_id: LeadId) -> tuple[HeardAnswer, ...]:
    readings = rows.all(ANSWERED_BY, lead_id=lead_id)
    return tuple(answer for reading in readings for answer in reading.answers)
