"""Who a person is: all leads, conversations and identities that are theirs, and what only says to be."""

import json
from collections.abc import Collection

from sqlalchemy import ColumnElement, Select, Text, func, or_, select, type_coerce
from sqlalchemy.ext.asyncio import AsyncSession

from agent.lead import ANONYMOUS_ID, EMAIL, Identity, LeadId
from agent.profile import normal_email
from knowledge.identities import first_owner
from knowledge.identity_tables import IdentityRow
from knowledge.owners import get_row, identities_of
from knowledge.removal import Belongings
from knowledge.tables import ConversationRow, LeadRow


async def find_lead(session: AsyncSession, reference: str) -> LeadId:
    """Find the lead whom our id or an identity names; raises UnknownLeadError."""
    kind, _, value = reference.partition(":")
    identity = Identity(kind, normal_email(value) if kind == EMAIL else value)
    lead_id = await first_owner(session, [identity]) if value else None
    return LeadId((await get_row(session, lead_id or LeadId(reference))).id)


async def person_of(session: AsyncSession, roots: Collection[str]) -> Belongings:
    """Find all that belongs to a person."""
    leads = {*roots, *await session.scalars(_ids(LeadRow.merged_into.in_(roots)))}
    emails = await _emails(session, leads)
    strangers = LeadRow.email.in_(emails) & LeadRow.id.not_in(leads) & _is_nobody()
    leads |= set(await session.scalars(_ids(strangers)))
    leads |= await _who_only_claim(session, leads, emails)
    theirs = select(ConversationRow.id).where(
        or_(ConversationRow.lead_id.in_(leads), _claims(leads, emails) & _of_nobody())
    )
    talks = frozenset(await session.scalars(theirs))
    identities = set(await identities_of(session, map(LeadId, leads)))
    return Belongings(frozenset(leads), talks, frozenset(identities))


async def _emails(session: AsyncSession, leads: Collection[str]) -> set[str]:
    """Give the addresses that are a person's."""
    known = select(IdentityRow.value).where(
        IdentityRow.kind == EMAIL, IdentityRow.lead_id.in_(leads)
    )
    told = select(LeadRow.email).where(LeadRow.id.in_(leads), LeadRow.email != "")
    return {*await session.scalars(known), *await session.scalars(told)}


async def _who_only_claim(
    session: AsyncSession, leads: Collection[str], emails: Collection[str]
) -> set[str]:
    """Find unknown leads who said in every conversation of theirs that they are this person."""
    other = ConversationRow.lead_id.not_in(leads) & _of_nobody()
    claims = _claims(leads, emails)
    asked = select(ConversationRow.lead_id).where(other, claims).distinct()
    claiming = set(await session.scalars(asked))
    others = select(ConversationRow.lead_id).where(ConversationRow.lead_id.in_(claiming), ~claims)
    return claiming - set(await session.scalars(others))


def _claims(leads: Collection[str], emails: Collection[str]) -> ColumnElement[bool]:
    """Tell conversations in which somebody said to be one of these."""
    visitor = type_coerce(ConversationRow.visitor, Text)
    said = [visitor.contains(f'"email":{json.dumps(email)}', autoescape=True) for email in emails]
    claimed = func.coalesce(ConversationRow.claimed_lead_id, "")
    return or_(claimed.in_(leads), ConversationRow.left_email.in_(emails), *said)


def _is_nobody() -> ColumnElement[bool]:
    """Tell leads of whom no user id and no address is known."""
    named = select(IdentityRow.lead_id).where(IdentityRow.kind != ANONYMOUS_ID)
    return LeadRow.id.not_in(named)


def _of_nobody() -> ColumnElement[bool]:
    return ConversationRow.lead_id.in_(select(LeadRow.id).where(_is_nobody()))


def _ids(where: ColumnElement[bool]) -> Select[str]:
    return select(LeadRow.id).where(where)
