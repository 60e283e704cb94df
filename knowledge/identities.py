"""Who is who: which lead a user id, an email or a browser belongs to."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from agent.lead import Lead, LeadId, Visitor
from knowledge.columns import columns_of
from knowledge.tables import (
    ConversationRow,
    EngagementEventRow,
    HandoffRow,
    IdentityRow,
    LeadRow,
    OutcomeRow,
    SignalRow,
)

ANONYMOUS_ID, USER_ID, EMAIL = "anonymous_id", "user_id", "email"


@dataclass(frozen=True, slots=True)
class Identity:
    """One name somebody goes by."""

    kind: str
    value: str


def proven(visitor: Visitor) -> list[Identity]:
    """Give what a proof covers: the user id, or the email of those who have none."""
    return trusted(visitor)[:1] if visitor.is_proven else []


def trusted(visitor: Visitor) -> list[Identity]:
    """Give all that is said, strongest first; for callers who vouch for it."""
    said = [(USER_ID, visitor.user_id or ""), (EMAIL, normal_email(visitor.email or ""))]
    return [Identity(kind, value) for kind, value in said if value]


def normal_email(email: str) -> str:
    """Write an email address the way it is compared."""
    return email.strip().lower()


async def bind(
    session: AsyncSession,
    visitor: Visitor,
    identities: Sequence[Identity],
    now: datetime,
    new_id: Callable[[str], str],
) -> LeadId:
    """Find or make the lead of these identities, and keep those that nobody owned as theirs.

    A browser that belongs to nobody in particular joins the lead who proves to use it.
    """
    browser = [Identity(ANONYMOUS_ID, visitor.anonymous_id)] if visitor.anonymous_id else []
    stranger = await first_owner(session, browser)
    if stranger and identities and not await _is_nobody(session, stranger):
        stranger = None
    lead_id = await first_owner(session, identities) or stranger
    if lead_id is None:
        lead_id = await _add_lead(session, visitor if identities else None, now, new_id)
    if stranger and stranger != lead_id:
        await _merge(session, stranger, lead_id)
    await keep(session, lead_id, [*identities, *browser])
    return lead_id


async def find_claimed(session: AsyncSession, visitor: Visitor) -> LeadId | None:
    """Find the lead whom a visitor says to be without proof."""
    claims = [claim for claim in trusted(visitor) if claim not in proven(visitor)]
    return await first_owner(session, claims)


async def first_owner(session: AsyncSession, identities: Sequence[Identity]) -> LeadId | None:
    """Find the lead who owns the first of these that is known."""
    for identity in identities:
        row = await session.get(IdentityRow, (identity.kind, identity.value))
        if row is not None:
            return LeadId(row.lead_id)
    return None


async def keep(session: AsyncSession, lead_id: LeadId, identities: Sequence[Identity]) -> None:
    """Give a lead those identities that nobody owns yet."""
    for identity in dict.fromkeys(identities):
        if await first_owner(session, [identity]) is None:
            session.add(IdentityRow(kind=identity.kind, value=identity.value, lead_id=lead_id))
    await session.flush()


def lead_row(lead: Lead, now: datetime) -> LeadRow:
    """Make the row of a new lead."""
    columns = columns_of(lead)
    del columns["identities"]
    return LeadRow(**columns, company_domain=lead.company.domain.lower(), created_at=now)


async def _is_nobody(session: AsyncSession, lead_id: LeadId) -> bool:
    named = select(IdentityRow.value).where(
        IdentityRow.lead_id == lead_id, IdentityRow.kind != ANONYMOUS_ID
    )
    return await session.scalar(named.limit(1)) is None


async def _add_lead(
    session: AsyncSession, visitor: Visitor | None, now: datetime, new_id: Callable[[str], str]
) -> LeadId:
    lead_id = LeadId(new_id("l"))
    lead = (
        Lead(lead_id, name=visitor.name or "", email=visitor.email or "")
        if visitor
        else Lead(lead_id)
    )
    session.add(lead_row(lead, now))
    await session.flush()
    return lead_id


async def _merge(session: AsyncSession, stranger: LeadId, lead_id: LeadId) -> None:
    for rows in (
        ConversationRow,
        EngagementEventRow,
        HandoffRow,
        IdentityRow,
        OutcomeRow,
        SignalRow,
    ):
        await session.execute(update(rows).where(rows.lead_id == stranger).values(lead_id=lead_id))
    await session.execute(
        update(ConversationRow)
        .where(ConversationRow.claimed_lead_id == stranger)
        .values(claimed_lead_id=lead_id)
    )
    await session.execute(delete(LeadRow).where(LeadRow.id == stranger))
