"""Settling who is who: works out the people around some identities, and gives each what is theirs.

Only the neighbourhood of what changed is looked at. Merging and splitting are the same work: every lead goes where
the identity it was first known by belongs, and everything that came by an identity goes with that identity.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from agent.joining import MOST_OF_A_KIND, Ends, Joined, Link, Stretch, join
from agent.lead import ANONYMOUS_ID, EMAIL, USER_ID, Identity, Lead, LeadId
from knowledge.acts import OF_LEAD
from knowledge.columns import columns_of
from knowledge.identity_tables import IdentityRow, LinkRow, MergeRow
from knowledge.owners import identities_of, link_of, links_of, owners
from knowledge.profiles import refresh
from knowledge.tables import (
    ConversationRow,
    EngagementEventRow,
    HandoffRow,
    LeadRow,
    OutcomeRow,
    SignalRow,
)

MOST_REFUSED = 20
"""How many refused links of one identity are weighed again with each new one; those beyond are refused for good."""

TOO_MANY = f"would make more than {MOST_OF_A_KIND} user ids or {MOST_OF_A_KIND} emails one person's"


@dataclass(slots=True)
class Neighbourhood:
    """Identities, their links, and whose they are so far; `persons` are all but those that only pass by."""

    persons: set[Identity] = field(default_factory=set)
    links: dict[Ends, LinkRow] = field(default_factory=dict)
    owners: dict[Identity, LeadId] = field(default_factory=dict)

    def values(self) -> list[Link]:
        """Give the links as values."""
        return [link_of(row) for row in self.links.values()]


@dataclass(slots=True)
class Settling:
    """One settling, within an open transaction."""

    session: AsyncSession
    now: datetime
    new_id: Callable[[str], str]
    free_mail: Collection[str] = ()

    async def settle(self, changed: Sequence[Ends], report: str, because: str) -> None:
        """Work out anew who is who around links that were changed; a report of a kind says why."""
        around = await self._around({end for ends in changed for end in ends})
        joined = join(around.persons, around.values())
        _mark(around, joined)
        leads = await self._homes(around)
        owner_of = await self._leads_of(around, joined, leads)
        affected = await self._rename(around, joined, owner_of)
        for row in leads:
            root = owner_of[_first_owner(Identity.read(row.home), joined)]
            if row.merged_into != (None if root == row.id else root):
                affected |= {root, LeadId(row.merged_into or root)}
                home = next((lead.home for lead in leads if lead.id == root), "")
                ends = _link_between(row.home, home, around.values(), changed)
                await self._note(
                    row,
                    root,
                    MergeRow(one=str(ends[0]), other=str(ends[1]), report=report, because=because),
                )
                await self._give_record(LeadId(row.id), root)
        await self.session.flush()
        await refresh(self.session, affected, self.free_mail)

    async def _around(self, touched: Collection[Identity]) -> Neighbourhood:
        around = Neighbourhood()
        leads = set((await owners(self.session, touched)).values())
        frontier = {*touched, *await identities_of(self.session, leads)}
        while frontier:
            around.persons |= frontier
            rows = await links_of(self.session, frontier)
            around.links |= {(link_of(row).one, link_of(row).other): row for row in rows}
            frontier = _next_to(frontier, around.values()) - around.persons
        ends = {end for link in around.links for end in link}
        around.owners = await owners(self.session, around.persons | ends)
        return around

    async def _homes(self, around: Neighbourhood) -> list[LeadRow]:
        homes = [str(identity) for identity in around.persons]
        rows: list[LeadRow] = []
        for start in range(0, len(homes), 500):
            query = select(LeadRow).where(LeadRow.home.in_(homes[start : start + 500]))
            rows += await self.session.scalars(query)
        return rows

    async def _leads_of(
        self, around: Neighbourhood, joined: Joined, leads: list[LeadRow]
    ) -> dict[Identity, LeadId]:
        """Give each identity its lead: of the leads that began in its group the best known, else a new one."""
        owner_of: dict[Identity, LeadId] = {}
        group_of = {identity: group for group in joined.people for identity in group}
        began: dict[int, list[LeadRow]] = {}
        for row in leads:
            home = _first_owner(Identity.read(row.home), joined)
            began.setdefault(id(group_of[home]), []).append(row)
        for group in joined.people:
            persons = {i for i in group if i not in joined.stretches}
            if not persons <= around.persons:  # a passer-by's group: it keeps its lead
                lead_id = around.owners[next(iter(persons - around.persons))]
            elif rows := began.get(id(group)):
                lead_id = LeadId(min(rows, key=_rank).id)
            else:
                lead_id = await self._add_lead(min(persons, key=_strength))
            owner_of |= dict.fromkeys(group, lead_id)
        return owner_of

    async def _add_lead(self, home: Identity) -> LeadId:
        lead = Lead(LeadId(self.new_id("l")))
        columns = columns_of(lead)
        del columns["identities"]
        self.session.add(LeadRow(**columns, created_at=self.now, home=str(home)))
        await self.session.flush()
        return lead.id

    async def _rename(
        self, around: Neighbourhood, joined: Joined, owner_of: dict[Identity, LeadId]
    ) -> set[LeadId]:
        """Give each identity to its lead, with all that came by it; gives the leads that this changes."""
        changed: set[LeadId] = set()
        for identity in sorted(around.persons):
            before, now = around.owners.get(identity), owner_of[identity]
            if before != now:
                changed |= {now, before} if before else {now}
                await self.session.execute(
                    update(IdentityRow)
                    .where(IdentityRow.kind == identity.kind, IdentityRow.value == identity.value)
                    .values(lead_id=now)
                )
            turns = joined.stretches.get(identity, (Stretch(None, identity),))
            if before != now or len(turns) > 1:
                changed |= {owner_of[turn.owner] for turn in turns}
                await self._give_turns(identity, turns, owner_of)
        return changed

    async def _give_turns(
        self, identity: Identity, turns: tuple[Stretch, ...], owner_of: dict[Identity, LeadId]
    ) -> None:
        ends = [turn.since for turn in turns[1:]]
        for turn, until in zip(turns, [*ends, None], strict=True):
            await self._give(str(identity), owner_of[turn.owner], turn.since, until)

    async def _give(
        self,
        came_by: str,
        lead_id: LeadId,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> None:
        """Give a lead what came by an identity within a stretch of time."""
        for rows, at in (
            (EngagementEventRow, EngagementEventRow.at),
            (ConversationRow, ConversationRow.started_at),
        ):
            query = update(rows).where(rows.came_by == came_by, rows.lead_id != lead_id)
            query = query.where(*_within(at, since, until)).values(lead_id=lead_id)
            await self.session.execute(query, execution_options={"synchronize_session": False})
        of_talks = select(ConversationRow.id).where(
            ConversationRow.came_by == came_by,
            ConversationRow.lead_id == lead_id,
            *_within(ConversationRow.started_at, since, until),
        )
        for rows_of_talk in (SignalRow, HandoffRow):
            moved = update(rows_of_talk).where(
                rows_of_talk.conversation_id.in_(of_talks), rows_of_talk.lead_id != lead_id
            )
            await self.session.execute(
                moved.values(lead_id=lead_id), execution_options={"synchronize_session": False}
            )

    async def _give_record(self, record: LeadId, root: LeadId) -> None:
        """Give a lead what was recorded under another lead's id."""
        await self._give(OF_LEAD + record, root)
        await self.session.execute(
            update(OutcomeRow).where(OutcomeRow.told_of == record).values(lead_id=root)
        )

    async def _note(self, row: LeadRow, root: LeadId, merge: MergeRow) -> None:
        """Write the log: a merge that ended, one that began."""
        if row.merged_into is not None:
            log = update(MergeRow).where(MergeRow.from_lead == row.id, MergeRow.undone_at.is_(None))
            await self.session.execute(log.values(undone_at=self.now))
        row.merged_into = None if root == row.id else root
        if row.merged_into is not None:
            merge.from_lead, merge.into_lead, merge.at = row.id, root, self.now
            self.session.add(merge)


def _mark(around: Neighbourhood, joined: Joined) -> None:
    """Say of each link whether it is followed."""
    refusals: Counter[Identity] = Counter()
    for ends, row in sorted(around.links.items(), key=lambda item: item[1].first_at):
        if around.persons.issuperset(ends):
            row.refused = TOO_MANY if ends in joined.refused else ""
            refusals.update(ends if row.refused else ())
            row.is_closed = bool(row.refused) and max(refusals[e] for e in ends) > MOST_REFUSED


def _link_between(
    home: str, root_home: str, links: Sequence[Link], changed: Sequence[Ends]
) -> Ends:
    """Find which of the changed links it is without which a lead would not be another."""
    one, other = Identity.read(home), Identity.read(root_home)
    for ends in changed:
        without = join((one, other), [link for link in links if (link.one, link.other) != ends])
        owners_then = _first_owner(one, without), _first_owner(other, without)
        if not any(group.issuperset(owners_then) for group in without.people):
            return ends
    return changed[-1]


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


def _first_owner(home: Identity, joined: Joined) -> Identity:
    stretches = joined.stretches.get(home)
    return stretches[0].owner if stretches else home


def _rank(row: LeadRow) -> tuple[bool, datetime, str]:
    return row.home.startswith(ANONYMOUS_ID), row.created_at, row.id


def _strength(identity: Identity) -> tuple[int, str]:
    return (USER_ID, EMAIL, ANONYMOUS_ID).index(identity.kind), identity.value


def _within(
    at: InstrumentedAttribute[datetime], since: datetime | None, until: datetime | None
) -> list[object]:
    return [*([at >= since] if since else []), *([at < until] if until else [])]
