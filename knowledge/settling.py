"""Settling who is who: works out the people around some identities, and gives each what is theirs.

Only the neighbourhood of what changed is looked at. Merging and splitting are the same work: every lead goes where
the identity it was first known by belongs, and everything that came by an identity goes with that identity.
"""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from agent.joining import MOST_OF_A_KIND, Ends, Joined, Link, Stretch, join
from agent.lead import ANONYMOUS_ID, EMAIL, USER_ID, Identity, Lead, LeadId
from knowledge.acts import OF_LEAD
from knowledge.columns import columns_of
from knowledge.identity_tables import IdentityRow, MergeRow
from knowledge.neighbourhood import Neighbourhood, look_around
from knowledge.owners import batched
from knowledge.profiles import refresh
from knowledge.tables import (
    ACTIVE,
    ConversationRow,
    EngagementEventRow,
    HandoffRow,
    LeadRow,
    OutcomeRow,
    SignalRow,
)

MOST_REFUSED = 20
"""How many refused links of one identity are weighed again with each new one; those beyond are refused for good."""

_AS_IT_IS = {"synchronize_session": False}

TOO_MANY = f"would make more than {MOST_OF_A_KIND} user ids or {MOST_OF_A_KIND} emails one person's"


@dataclass(frozen=True, slots=True)
class Report:
    """Where knowledge of identities comes from: which report, of what kind, and of when."""

    id: str
    how: str
    at: datetime

    @property
    def identifies(self) -> bool:
        """Tell whether somebody was identified, not merely seen under two names."""
        return self.how not in ("track", "page", "screen", "group")


class OthersTouchedError(Exception):
    """Leads may change that this transaction has not locked; it must be begun anew, alone."""


@dataclass(slots=True)
class Settling:
    """One settling, within an open transaction; where that writes beside others, `locked` are the leads it may change."""

    session: AsyncSession
    now: datetime
    new_id: Callable[[str], str]
    free_mail: Collection[str] = ()
    locked: Collection[LeadId] | None = None

    async def settle(
        self, changed: Mapping[Ends, Report], strangers: Collection[Identity] = ()
    ) -> None:
        """Work out anew who is who around links that were changed by reports, and strangers just met."""
        touched = {end for ends in changed for end in ends} | set(strangers)
        around, leads = await look_around(self.session, touched, strangers)
        self._must_be_locked(
            {LeadId(row.merged_into or row.id) for row in leads} | set(around.owners.values())
        )
        joined = join(around.persons, around.values())
        _mark(around, joined)
        owner_of = await self._leads_of(around, joined, leads)
        await self._name(strangers, owner_of)
        affected = await self._rename(around, joined, owner_of, touched)
        for row in leads:
            root = owner_of[_first_owner(Identity.read(row.home), joined)]
            if row.merged_into != (None if root == row.id else root):
                affected |= {root, LeadId(row.merged_into or root)}
                home = next((lead.home for lead in leads if lead.id == root), "")
                await self._note(row, root, _evidence(row.home, home, around.values(), changed))
                await self._give_record(LeadId(row.id), root)
        await self.session.flush()
        await refresh(self.session, affected, self.free_mail, has_moved=True)
        await self._look_at(affected)
        await self._let_one_stand(affected)

    def _must_be_locked(self, lead_ids: Collection[LeadId]) -> None:
        if self.locked is not None and not set(lead_ids) <= set(self.locked):
            raise OthersTouchedError

    async def _leads_of(
        self, around: Neighbourhood, joined: Joined, leads: list[LeadRow]
    ) -> dict[Identity, LeadId]:
        """Give each identity its lead: of the leads that began in its group the best known, else a new one."""
        owner_of: dict[Identity, LeadId] = {}
        new: list[dict[str, Any]] = []
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
                lead_id = LeadId(self.new_id("l"))
                home = min(persons, key=strength)
                new.append(lead_columns(Lead(lead_id), self.now, str(home)))
            owner_of |= dict.fromkeys(group, lead_id)
        if new:
            await self.session.execute(insert(LeadRow), new)
        return owner_of

    async def _name(
        self, strangers: Collection[Identity], owner_of: Mapping[Identity, LeadId]
    ) -> None:
        rows = [{"kind": i.kind, "value": i.value, "lead_id": owner_of[i]} for i in strangers]
        if rows:
            await self.session.execute(insert(IdentityRow), rows)

    async def _rename(
        self,
        around: Neighbourhood,
        joined: Joined,
        owner_of: Mapping[Identity, LeadId],
        touched: Collection[Identity],
    ) -> set[LeadId]:
        """Give each identity to its lead, with all that came by it; gives the leads that this changes."""
        affected: set[LeadId] = set()
        moved = {i for i, before in around.owners.items() if before != owner_of.get(i, before)}
        for identity in sorted(moved):
            affected |= {around.owners[identity], owner_of[identity]}
            query = update(IdentityRow).where(
                IdentityRow.kind == identity.kind, IdentityRow.value == identity.value
            )
            await self.session.execute(
                query.values(lead_id=owner_of[identity]), execution_options=_AS_IT_IS
            )
        for identity in sorted(around.persons):
            turns = joined.stretches.get(identity, (Stretch(None, identity),))
            is_shared = len(turns) > 1 and identity in touched
            if is_shared or moved.intersection((identity, *(turn.owner for turn in turns))):
                affected |= {owner_of[turn.owner] for turn in turns}
                await self._give_turns(identity, turns, owner_of)
        return affected

    async def _give_turns(
        self, identity: Identity, turns: tuple[Stretch, ...], owner_of: Mapping[Identity, LeadId]
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
            await self.session.execute(query, execution_options=_AS_IT_IS)
        of_talks = select(ConversationRow.id).where(
            ConversationRow.came_by == came_by,
            ConversationRow.lead_id == lead_id,
            *_within(ConversationRow.started_at, since, until),
        )
        for rows_of_talk, values in ((SignalRow, {}), (HandoffRow, {"open_for": None})):
            moved = update(rows_of_talk).where(
                rows_of_talk.conversation_id.in_(of_talks), rows_of_talk.lead_id != lead_id
            )
            await self.session.execute(
                moved.values(lead_id=lead_id, **values), execution_options=_AS_IT_IS
            )

    async def _give_record(self, record: LeadId, root: LeadId) -> None:
        """Give a lead what was recorded under another lead's id."""
        await self._give(OF_LEAD + record, root)
        await self.session.execute(
            update(OutcomeRow).where(OutcomeRow.told_of == record).values(lead_id=root)
        )

    async def _look_at(self, lead_ids: Collection[LeadId]) -> None:
        """Make leads due whose score rests on what they had before."""
        for some in batched(sorted(lead_ids)):
            changed = update(LeadRow).where(LeadRow.id.in_(some), LeadRow.merged_into.is_(None))
            await self.session.execute(changed.values(due_at=self.now))

    async def _let_one_stand(self, lead_ids: Collection[LeadId]) -> None:
        """Let one of the active handoffs of each lead stand for the lead; the others go on beside it."""
        for some in batched(sorted(lead_ids)):
            query = select(HandoffRow.id, HandoffRow.lead_id, HandoffRow.open_for).where(
                HandoffRow.lead_id.in_(some), HandoffRow.state.in_(ACTIVE)
            )
            active = list(await self.session.execute(query.order_by(HandoffRow.number.desc())))
            has_one = {each.lead_id for each in active if each.open_for is not None}
            first = {each.lead_id: each.id for each in active if each.lead_id not in has_one}
            for lead_id, handoff_id in first.items():
                stands = update(HandoffRow).where(HandoffRow.id == handoff_id)
                await self.session.execute(
                    stands.values(open_for=lead_id), execution_options=_AS_IT_IS
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


def _evidence(
    home: str, root_home: str, links: Sequence[Link], changed: Mapping[Ends, Report]
) -> MergeRow:
    """Find by which of the changed links a lead became another: the first without which it would not be."""
    one, other = Identity.read(home), Identity.read(root_home)
    found = next(iter(changed)) if changed else (one, other)
    for ends in changed if len(changed) > 1 else ():
        without = join((one, other), [link for link in links if (link.one, link.other) != ends])
        owners_then = _first_owner(one, without), _first_owner(other, without)
        if not any(group.issuperset(owners_then) for group in without.people):
            found = ends
            break
    report = changed.get(found)
    return MergeRow(
        one=str(found[0]),
        other=str(found[1]),
        report=report.id if report else "",
        because=report.how if report else "",
    )


def _first_owner(home: Identity, joined: Joined) -> Identity:
    stretches = joined.stretches.get(home)
    return stretches[0].owner if stretches else home


def _rank(row: LeadRow) -> tuple[bool, datetime, str]:
    return row.home.startswith(ANONYMOUS_ID), row.created_at, row.id


def strength(identity: Identity) -> tuple[int, str]:
    """Give an order in which what says most of a person comes first: a user id, an email, a browser."""
    return (USER_ID, EMAIL, ANONYMOUS_ID).index(identity.kind), identity.value


def _within(
    at: InstrumentedAttribute[datetime], since: datetime | None, until: datetime | None
) -> list[ColumnElement[bool]]:
    return [*([at >= since] if since else []), *([at < until] if until else [])]


def lead_columns(lead: Lead, now: datetime, home: str) -> dict[str, Any]:
    """Give the columns of a new lead."""
    columns = columns_of(lead)
    del columns["identities"]
    return columns | {"created_at": now, "home": home}
