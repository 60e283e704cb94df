"""Whose an identity is, looked up."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from agent.errors import UnknownLeadError
from agent.joining import Link
from agent.lead import Identity, LeadId
from knowledge.identity_tables import IdentityRow, LinkRow
from knowledge.tables import LeadRow

_AT_ONCE = 500


async def owners(session: AsyncSession, identities: Iterable[Identity]) -> dict[Identity, LeadId]:
    """Find the leads of those identities that are known; a browser's is its latest user's."""
    values: dict[str, list[str]] = defaultdict(list)
    for identity in dict.fromkeys(identities):
        values[identity.kind].append(identity.value)
    found = {}
    for kind, wanted in values.items():
        for start in range(0, len(wanted), _AT_ONCE):
            query = select(IdentityRow.value, IdentityRow.lead_id).where(
                IdentityRow.kind == kind, IdentityRow.value.in_(wanted[start : start + _AT_ONCE])
            )
            for value, lead_id in await session.execute(query):
                found[Identity(kind, value)] = LeadId(lead_id)
    return found


async def identities_of(session: AsyncSession, lead_ids: Iterable[LeadId]) -> list[Identity]:
    """Give all identities of these leads."""
    query = select(IdentityRow.kind, IdentityRow.value).where(IdentityRow.lead_id.in_(lead_ids))
    return [Identity(kind, value) for kind, value in await session.execute(query)]


async def links_of(session: AsyncSession, identities: Iterable[Identity]) -> list[LinkRow]:
    """Give the links of these identities that may be followed."""
    values: dict[str, list[str]] = defaultdict(list)
    for identity in identities:
        values[identity.kind].append(identity.value)
    rows: dict[int, LinkRow] = {}
    for kind, wanted in values.items():
        for start in range(0, len(wanted), _AT_ONCE):
            for row in await _links(session, kind, wanted[start : start + _AT_ONCE]):
                rows[id(row)] = row
    return list(rows.values())


def link_of(row: LinkRow) -> Link:
    """Read a link."""
    one, other = (
        Identity(row.one_kind, row.one_value),
        Identity(row.other_kind, row.other_value),
    )
    return Link(one, other, row.first_at, row.last_at or row.first_at)


async def get_row(session: AsyncSession, lead_id: LeadId) -> LeadRow:
    """Get a lead's row, or that of the lead it was merged into; raises UnknownLeadError."""
    row = await session.get(LeadRow, lead_id)
    if row is not None and row.merged_into is not None:
        row = await session.get(LeadRow, row.merged_into)
    if row is None:
        raise UnknownLeadError(f"There is no lead {lead_id}.")
    return row


async def _links(session: AsyncSession, kind: str, values: Sequence[str]) -> list[LinkRow]:
    may_be_followed = (LinkRow.undone_at.is_(None), ~LinkRow.is_closed)
    as_one = (LinkRow.one_kind == kind, LinkRow.one_value.in_(values))
    as_other = (LinkRow.other_kind == kind, LinkRow.other_value.in_(values))
    return [
        row
        for side in (as_one, as_other)
        for row in await session.scalars(select(LinkRow).where(*side, *may_be_followed))
    ]
