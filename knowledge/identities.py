"""Who is who: the one place where identities are met, linked, and made the same lead's."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from agent.joining import Ends, pair
from agent.lead import ANONYMOUS_ID, EMAIL, USER_ID, Identity, Lead, LeadId, Visitor
from agent.profile import normal_email
from knowledge.columns import columns_of
from knowledge.identity_tables import IdentityRow, LinkRow
from knowledge.owners import links_of, owners
from knowledge.profiles import refresh, tell
from knowledge.settling import Settling
from knowledge.tables import LeadRow

STRONGEST_FIRST = (USER_ID, EMAIL, ANONYMOUS_ID)


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


@dataclass(slots=True)
class Identities:
    """Identities within an open transaction."""

    session: AsyncSession
    now: datetime
    new_id: Callable[[str], str]
    free_mail: Collection[str] = ()

    async def meet(
        self, together: Sequence[Identity], report: Report, record: LeadId | None = None
    ) -> LeadId:
        """Find or make the lead of identities that a report shows together, joining what it links.

        Where none of them is known they become `record`'s, or a new lead's.
        """
        met = sorted(dict.fromkeys(together), key=lambda i: STRONGEST_FIRST.index(i.kind))
        known = await owners(self.session, met)
        fallback = next((known[i] for i in met if i in known), record) or await self.add_lead(
            met[0]
        )
        for identity in met:
            if identity not in known:
                row = IdentityRow(kind=identity.kind, value=identity.value, lead_id=fallback)
                self.session.add(row)
        await self.session.flush()
        links = [await self._link(met[0], other, report) for other in met[1:]]
        changed = [link for link in links if link is not None]
        if not (changed and known):
            return known.get(met[0], fallback)
        await self.settle(changed, report)
        return (await owners(self.session, met[:1]))[met[0]]

    async def settle(self, changed: Sequence[Ends], report: Report) -> None:
        """Work out anew who is who around these links."""
        settling = Settling(self.session, self.now, self.new_id, self.free_mail)
        await settling.settle(changed, report.id, report.how)

    async def add_lead(self, home: Identity | None, lead_id: LeadId | None = None) -> LeadId:
        """Make a lead of whom nothing is known yet but a name."""
        lead = Lead(lead_id or LeadId(self.new_id("l")))
        self.session.add(LeadRow(**lead_columns(lead, self.now, str(home) if home else "")))
        await self.session.flush()
        return lead.id

    async def _link(self, one: Identity, other: Identity, report: Report) -> Ends | None:
        """Keep that two identities belong together; None where that can change nothing."""
        ends = one, other = pair(one, other)
        key = (one.kind, one.value, other.kind, other.value)
        row = await self.session.get(LinkRow, key)
        if row is None:
            self._add_link(ends, report)
            await self.session.flush()
            return ends
        is_earlier = report.at < row.first_at
        if is_earlier:
            row.first_at, row.report, row.how = report.at, report.id, report.how
        is_later = report.identifies and (row.last_at is None or report.at > row.last_at)
        if is_later:
            row.last_at = report.at
        if not is_earlier and not is_later:
            return None
        await self.session.flush()
        return ends if is_earlier or await self._has_several_users(one) else None

    def _add_link(self, ends: Ends, report: Report) -> None:
        one, other = ends
        self.session.add(
            LinkRow(
                one_kind=one.kind,
                one_value=one.value,
                other_kind=other.kind,
                other_value=other.value,
                first_at=report.at,
                last_at=report.at if report.identifies else None,
                report=report.id,
                how=report.how,
            )
        )

    async def _has_several_users(self, browser: Identity) -> bool:
        if browser.kind != ANONYMOUS_ID:
            return False
        links = await links_of(self.session, [browser])
        return sum(link.other_kind == USER_ID for link in links) > 1


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
    if await tell(identities.session, str(vouched[0]), told, report.at):
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


async def find_claimed(session: AsyncSession, visitor: Visitor) -> LeadId | None:
    """Find the lead whom a visitor says to be without proof."""
    claims = [claim for claim in trusted(visitor) if claim not in proven(visitor)]
    return await first_owner(session, claims)


async def first_owner(session: AsyncSession, identities: Sequence[Identity]) -> LeadId | None:
    """Find the lead who owns the first of these that is known."""
    known = await owners(session, identities)
    return next((known[identity] for identity in identities if identity in known), None)


def lead_columns(lead: Lead, now: datetime, home: str) -> dict[str, Any]:
    """Give the columns of a new lead."""
    columns = columns_of(lead)
    del columns["identities"]
    return columns | {"created_at": now, "home": home}
