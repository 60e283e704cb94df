"""The merge log: which leads were found to be one, by what, and how to take that back."""

from collections.abc import Callable, Collection

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from agent.clock import Clock
from agent.errors import UnknownMergeError
from agent.joining import pair
from agent.lead import Identity, LeadId
from agent.merges import Merge, RefusedLink
from knowledge.columns import value_of
from knowledge.database import Database
from knowledge.identities import Identities
from knowledge.identity_tables import UNUSED_KEPT, LinkRow, MergeRow
from knowledge.ids import new_id
from knowledge.owners import ends_of, get_row, links_of
from knowledge.settling import Report


class SqlMerges:
    """Merges kept in SQL."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        new_id: Callable[[str], str] = new_id,
        free_mail: Collection[str] = (),
    ) -> None:
        self._database = database
        self._clock = clock
        self._new_id = new_id
        self._free_mail = free_mail

    async def of_lead(self, lead_id: LeadId) -> list[Merge]:
        """Give the merges of a lead and of those that went into it, newest first; raises UnknownLeadError."""
        async with self._database.read() as session:
            root = (await get_row(session, lead_id)).id
            ours = or_(
                MergeRow.into_lead.in_((root, lead_id)), MergeRow.from_lead.in_((root, lead_id))
            )
            query = select(MergeRow).where(ours).order_by(MergeRow.number.desc())
            return [await _merge(session, row) for row in await session.scalars(query)]

    async def get(self, number: int) -> Merge:
        """Get a merge; raises UnknownMergeError."""
        async with self._database.read() as session:
            return await _merge(session, await _row(session, number))

    async def refused(self, limit: int = 50) -> list[RefusedLink]:
        """Give the links that were not followed and were seen of late (see `UNUSED_KEPT`), newest first."""
        since = self._clock.now() - UNUSED_KEPT
        query = select(LinkRow).where(LinkRow.refused != "", LinkRow.seen_at >= since)
        query = query.order_by(LinkRow.first_at.desc())
        async with self._database.read() as session:
            return [_refused(row) for row in await session.scalars(query.limit(limit))]

    async def unmerge(self, number: int, because: str) -> None:
        """Take the link back that made a merge, for good, and part what it joined.

        Each side gets back the events, conversations, signals, handoffs and outcomes that came by its identities.
        Nothing happens when the merge was taken back before. Raises UnknownMergeError.
        """
        async with self._database.write() as session:
            await self._take_back(session, await _row(session, number), because)

    async def _take_back(self, session: AsyncSession, merge: MergeRow, because: str) -> None:
        now, taken = self._clock.now(), []
        ends = pair(Identity.read(merge.one), Identity.read(merge.other))
        for link in await links_of(session, ends):
            # An alias is one statement, though it may be about a user or a browser.
            if ends_of(link) == ends or (link.how == "alias" and link.report == merge.report):
                link.undone_at, link.undone_because = now, because
                taken.append(ends_of(link))
        await session.flush()
        if taken:
            identities = Identities(session, now, self._new_id, self._free_mail)
            report = Report(merge.report, f"taken back: {because}", now)
            await identities.settle(dict.fromkeys(taken, report))


async def _row(session: AsyncSession, number: int) -> MergeRow:
    row = await session.get(MergeRow, number)
    if row is None:
        raise UnknownMergeError(f"There is no merge {number}.")
    return row


async def _merge(session: AsyncSession, row: MergeRow) -> Merge:
    one, other = pair(Identity.read(row.one), Identity.read(row.other))
    link = await session.get(LinkRow, (one.kind, one.value, other.kind, other.value))
    return value_of(Merge, row, undone_because=link.undone_because if link else "")


def _refused(row: LinkRow) -> RefusedLink:
    return RefusedLink(*ends_of(row), row.first_at, row.report, row.refused, row.seen_at)
