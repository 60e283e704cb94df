"""Who is who: the one place where identities are met, linked, and made the same lead's."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from agent.joining import Ends, pair
from agent.lead import ANONYMOUS_ID, EMAIL, USER_ID, Identity, Lead, LeadId, Visitor
from agent.profile import normal_email
from knowledge.identity_tables import LinkRow
from knowledge.owners import ends_of, links_from, links_of, may_be_followed, owner_of, owners
from knowledge.prepared import Rows
from knowledge.profiles import Told, refresh, tell
from knowledge.settling import Report, Settling, lead_columns
from knowledge.tables import LeadRow


@dataclass(frozen=True, slots=True)
class Meeting:
    """Identities that a report shows together, strongest first; those only `mentioned` count from when they are met."""

    met: tuple[Identity, ...]
    report: Report
    mentioned: tuple[Identity, ...] = ()

    @property
    def links(self) -> list[Ends]:
        """Give what it links: the strongest with each other."""
        return [(self.met[0], other) for other in (*self.met[1:], *self.mentioned)]


@dataclass(slots=True)
class Identities:
    """Identities within an open transaction; where that writes beside others, `locked` are the leads it may change."""

    session: AsyncSession
    now: datetime
    new_id: Callable[[str], str]
    free_mail: Collection[str] = ()
    locked: Collection[LeadId] | None = None

    async def meet(self, together: Sequence[Identity], report: Report) -> LeadId:
        """Find or make the lead of identities that a report shows together, joining what it links."""
        await self.meet_all([Meeting(tuple(together), report)])
        return (await owners(self.session, together[:1]))[together[0]]

    async def meet_all(self, meetings: Sequence[Meeting]) -> None:
        """Get to know everybody whom these reports show together."""
        met = {identity for meeting in meetings for identity in meeting.met}
        strangers = met.difference(await owners(self.session, met))
        changed = await self._link_all(meetings)
        for row in await links_of(self.session, strangers):
            changed.setdefault(ends_of(row), Report(row.report, row.how, row.first_at))
        if strangers or changed:
            await self.settle(changed, strangers)

    async def settle(
        self, changed: Mapping[Ends, Report], strangers: Collection[Identity] = ()
    ) -> None:
        """Work out anew who is who around these links and strangers."""
        settling = Settling(self.session, self.now, self.new_id, self.free_mail, self.locked)
        await settling.settle(changed, strangers)

    async def add_lead(self, home: Identity | None, lead_id: LeadId | None = None) -> LeadId:
        """Make a lead of whom nothing is known yet but a name."""
        lead = Lead(lead_id or LeadId(self.new_id("l")))
        self.session.add(LeadRow(**lead_columns(lead, self.now, str(home) if home else "")))
        await self.session.flush()
        return lead.id

    async def _link_all(self, meetings: Sequence[Meeting]) -> dict[Ends, Report]:
        """Keep what belongs together; gives the links that may change who is who."""
        pairs = [(pair(*ends), meeting.report) for meeting in meetings for ends in meeting.links]
        known = await links_from(self.session, {one for (one, _), _ in pairs})
        changed: dict[Ends, Report] = {}
        for ends, report in pairs:
            if (row := known.get(ends)) is None:
                known[ends] = row = _new_link(ends, report, self.now)
                self.session.add(row)
                changed[ends] = report
            elif _updated(row, report, self.now) and may_be_followed(row):
                changed.setdefault(ends, report)
        await self.session.flush()
        return changed


def _new_link(ends: Ends, report: Report, now: datetime) -> LinkRow:
    one, other = ends
    return LinkRow(
        one_kind=one.kind,
        one_value=one.value,
        other_kind=other.kind,
        other_value=other.value,
        first_at=report.at,
        last_at=report.at if report.identifies else None,
        seen_at=now,
        report=report.id,
        how=report.how,
    )


def _updated(row: LinkRow, report: Report, now: datetime) -> bool:
    """Keep when a link was seen; tells whether it may matter: earlier, or by one of a browser's users again."""
    is_earlier = report.at < row.first_at
    is_later = report.identifies and (row.last_at is None or report.at > row.last_at)
    if is_earlier:
        row.first_at, row.report, row.how = report.at, report.id, report.how
    if is_later:
        row.last_at = report.at
    if is_earlier or is_later:
        row.seen_at = now
    return is_earlier or (is_later and (row.one_kind, row.other_kind) == (ANONYMOUS_ID, USER_ID))


def proven(visitor: Visitor) -> list[Identity]:
    """Give what a proof covers: the user id, or the email of those who have none."""
    return trusted(visitor)[:1] if visitor.is_proven else []


def trusted(visitor: Visitor) -> list[Identity]:
    """Give all that is said, strongest first; for callers who vouch for it."""
    said = [(USER_ID, visitor.user_id or ""), (EMAIL, normal_email(visitor.email or ""))]
    return [Identity(kind, value) for kind, value in said if value]


async def bind(
    identities: Identities, visitor: Visitor, vouched: Sequence[Identity], report: Report
) -> LeadId:
    """Find or make the lead of these identities, and keep those that nobody owned as theirs.

    A browser that belongs to nobody in particular joins the lead who proves to use it; one in which somebody
    merely left an address does not.
    """
    browser = [Identity(ANONYMOUS_ID, visitor.anonymous_id)] if visitor.anonymous_id else []
    if not vouched:
        return (
            await identities.meet(browser, report) if browser else await identities.add_lead(None)
        )
    links = await links_of(identities.session, browser)
    is_open = not links or any(link.other_kind == USER_ID for link in links)
    lead_id = await identities.meet([*vouched, *(browser if is_open else ())], report)
    said = {"name": visitor.name or "", "email": normal_email(visitor.email or "")}
    told = {name: text for name, text in said.items() if text}
    if await tell(identities.session, [Told(str(vouched[0]), told, report.at)]):
        await refresh(identities.session, [lead_id], identities.free_mail)
    return lead_id


def came_by(visitor: Visitor, lead_id: LeadId) -> str:
    """Say under which identity a conversation is kept."""
    if known := proven(visitor):
        return str(known[0])
    return (
        str(Identity(ANONYMOUS_ID, visitor.anonymous_id))
        if visitor.anonymous_id
        else f"lead:{lead_id}"
    )


def find_claimed(rows: Rows, visitor: Visitor) -> LeadId | None:
    """Find the lead whom a visitor says to be without proof."""
    claims = [claim for claim in trusted(visitor) if claim not in proven(visitor)]
    return next((found for claim in claims if (found := owner_of(rows, claim))), None)


async def first_owner(session: AsyncSession, identities: Sequence[Identity]) -> LeadId | None:
    """Find the lead who owns the first of these that is known."""
    known = await owners(session, identities)
    return next((known[identity] for identity in identities if identity in known), None)
