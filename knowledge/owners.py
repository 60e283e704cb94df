"""Whose an identity is, looked up."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

from sqlalchemy import String, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from agent.errors import UnknownLeadError
from agent.joining import Ends, Link
from agent.lead import Identity, LeadId
from knowledge.identity_tables import IdentityRow, LinkRow
from knowledge.prepared import Prepared, Rows
from knowledge.tables import LeadRow

T = TypeVar("T")

# Built once: to build these anew for each report costs more than to run them.
_KIND = bindparam("kind", type_=String())
_VALUES = bindparam("identities", expanding=True, type_=String())
_OWNERS = select(IdentityRow.value, IdentityRow.lead_id).where(
    IdentityRow.kind == _KIND, IdentityRow.value.in_(_VALUES)
)
_OWNER = Prepared(
    select(IdentityRow.lead_id).where(
        IdentityRow.kind == _KIND, IdentityRow.value == bindparam("value", type_=String())
    ),
    LeadId,
)
_IDENTITIES = select(IdentityRow.kind, IdentityRow.value, IdentityRow.lead_id).where(
    IdentityRow.lead_id.in_(bindparam("leads", expanding=True, type_=String()))
)
_LINKS_OF_ONE = select(LinkRow).where(LinkRow.one_kind == _KIND, LinkRow.one_value.in_(_VALUES))
_LINKS_OF_OTHER = select(LinkRow).where(
    LinkRow.other_kind == _KIND, LinkRow.other_value.in_(_VALUES)
)


def owner_of(rows: Rows, identity: Identity) -> LeadId | None:
    """Find whose an identity is."""
    return rows.first(_OWNER, kind=identity.kind, value=identity.value)


async def owners(session: AsyncSession, identities: Iterable[Identity]) -> dict[Identity, LeadId]:
    """Find the leads of those identities that are known; a browser's is its latest user's."""
    found: dict[Identity, LeadId] = {}
    for kind, values in _by_kind(identities):
        rows = await session.execute(_OWNERS, {"kind": kind, "identities": values})
        found |= {Identity(kind, value): LeadId(lead_id) for value, lead_id in rows}
    return found


async def identities_of(
    session: AsyncSession, lead_ids: Iterable[LeadId]
) -> dict[Identity, LeadId]:
    """Give all identities of these leads."""
    found = {}
    for some in batched(lead_ids):
        for kind, value, lead_id in await session.execute(_IDENTITIES, {"leads": some}):
            found[Identity(kind, value)] = LeadId(lead_id)
    return found


async def links_of(session: AsyncSession, identities: Iterable[Identity]) -> list[LinkRow]:
    """Give the links of these identities that may be followed."""
    rows: dict[Ends, LinkRow] = {}
    for kind, values in _by_kind(identities):
        for query in (_LINKS_OF_ONE, _LINKS_OF_OTHER):
            found = await session.scalars(query, {"kind": kind, "identities": values})
            rows |= {ends_of(row): row for row in found if may_be_followed(row)}
    return list(rows.values())


async def links_from(session: AsyncSession, identities: Iterable[Identity]) -> dict[Ends, LinkRow]:
    """Give all links in which one of these stands first, followed or not."""
    rows: dict[Ends, LinkRow] = {}
    for kind, values in _by_kind(identities):
        found = await session.scalars(_LINKS_OF_ONE, {"kind": kind, "identities": values})
        rows |= {ends_of(row): row for row in found}
    return rows


def may_be_followed(row: LinkRow) -> bool:
    """Tell whether a link was neither taken back nor refused for good."""
    return row.undone_at is None and not row.is_closed


def batched(values: Iterable[T], size: int = 500) -> Iterator[list[T]]:
    """Part values, each once, into lists that a query can take."""
    rest = iter(dict.fromkeys(values))
    while some := list(islice(rest, size)):
        yield some


def link_of(row: LinkRow) -> Link:
    """Read a link."""
    return Link(*ends_of(row), row.first_at, row.last_at or row.first_at)


def ends_of(row: LinkRow) -> Ends:
    """Read what a link joins."""
    return Identity(row.one_kind, row.one_value), Identity(row.other_kind, row.other_value)


async def get_row(session: AsyncSession, lead_id: LeadId) -> LeadRow:
    """Get a lead's row, or that of the lead it was merged into; raises UnknownLeadError."""
    row = await session.get(LeadRow, lead_id)
    if row is not None and row.merged_into is not None:
        row = await session.get(LeadRow, row.merged_into)
    if row is None:
        raise UnknownLeadError(f"There is no lead {lead_id}.")
    return row


def _by_kind(identities: Iterable[Identity]) -> Iterator[tuple[str, list[str]]]:
    values: dict[str, list[str]] = defaultdict(list)
    for identity in identities:
        values[identity.kind].append(identity.value)
    for kind, wanted in values.items():
        for some in batched(wanted):
            yield kind, some
