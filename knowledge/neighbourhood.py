"""What must be looked at when it is worked out anew who is who: all whose lead may change."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from sqlalchemy import String, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from agent.joining import Ends, Link
from agent.lead import ANONYMOUS_ID, EMAIL, USER_ID, Identity, LeadId
from knowledge.identity_tables import LinkRow
from knowledge.owners import batched, ends_of, identities_of, link_of, links_of, owners
from knowledge.tables import LeadRow

_BEGAN_AS = select(LeadRow).where(
    LeadRow.home.in_(bindparam("homes", expanding=True, type_=String()))
)


@dataclass(slots=True)
class Neighbourhood:
    """Identities, their links, and whose they are so far; `persons` are all but those that only pass by."""

    persons: set[Identity] = field(default_factory=set)
    links: dict[Ends, LinkRow] = field(default_factory=dict)
    owners: dict[Identity, LeadId] = field(default_factory=dict)

    def values(self) -> list[Link]:
        """Give the links as values."""
        return [link_of(row) for row in self.links.values()]


async def look_around(
    session: AsyncSession, touched: Collection[Identity], strangers: Collection[Identity]
) -> tuple[Neighbourhood, list[LeadRow]]:
    """Find all whose lead may change, their links, and the leads that began among them."""
    around, leads, frontier = Neighbourhood(), dict[str, LeadRow](), set(touched)
    while frontier:
        around.persons |= frontier
        rows = await links_of(session, frontier)
        around.links |= {ends_of(row): row for row in rows}
        begun = {row.id: row for row in await _began_as(session, frontier) if row.id not in leads}
        leads |= begun
        named = await identities_of(session, map(LeadId, begun))
        frontier = (_next_to(frontier, around.values()) | named.keys()) - around.persons
    ends = {end for link in around.links for end in link}
    around.owners = await owners(session, around.persons | ends)
    # Whom reports only mentioned does not count yet.
    met = around.owners.keys() | set(strangers)
    around.persons &= met
    around.links = {ends: row for ends, row in around.links.items() if met >= set(ends)}
    return around, [row for row in leads.values() if Identity.read(row.home) in met]


async def _began_as(session: AsyncSession, identities: Collection[Identity]) -> list[LeadRow]:
    rows: list[LeadRow] = []
    for some in batched(map(str, identities)):
        rows += await session.scalars(_BEGAN_AS, {"homes": some})
    return rows


def _next_to(frontier: Collection[Identity], links: Iterable[Link]) -> set[Identity]:
    """Give the identities that these are linked with.

    From a browser the way leads to its users only where it may join them, by an address left in it.
    """
    mailed = {
        link.one for link in links if link.one.kind == ANONYMOUS_ID and link.other.kind == EMAIL
    }
    found = set()
    for link in links:
        if link.other in frontier:
            found.add(link.one)
        if link.one in frontier and (
            link.one.kind != ANONYMOUS_ID or link.other.kind != USER_ID or link.one in mailed
        ):
            found.add(link.other)
    return found
