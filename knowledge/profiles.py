"""What was told of people and companies, and the leads' fields worked out from it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from agent.lead import ANONYMOUS_ID, USER_ID, Identity, Lead, LeadId
from agent.profile import GROUP, Trait, company_key, filled
from knowledge.acts import OF_LEAD
from knowledge.columns import columns_of, value_of
from knowledge.identity_tables import IdentityRow, LinkRow, TraitRow
from knowledge.owners import owners
from knowledge.tables import EngagementEventRow, LeadRow

OF_GROUP = "group:"


async def tell(
    session: AsyncSession, told_by: str, traits: Mapping[str, str], at: datetime
) -> bool:
    """Keep what was told at an instant, unless something newer was; tells whether anything changed."""
    query = select(TraitRow).where(TraitRow.told_by == told_by, TraitRow.name.in_(traits))
    known = {row.name: row for row in await session.scalars(query)}
    has_changed = False
    for name, value in traits.items():
        row = known.get(name)
        if row is None:
            session.add(TraitRow(told_by=told_by, name=name, value=value, at=at))
            has_changed = True
        elif _is_newer(row, value, at, told_by):
            has_changed |= row.value != value
            row.value, row.at = value, at
    await session.flush()
    return has_changed


async def refresh(
    session: AsyncSession, lead_ids: Iterable[LeadId], free_mail: Collection[str] = ()
) -> None:
    """Work out the fields of these leads anew, and when they did something last."""
    for lead_id in sorted(set(lead_ids)):
        row = await session.get_one(LeadRow, lead_id)
        if row.merged_into is not None:
            continue
        traits = await _traits_of(session, lead_id)
        group = await _group(traits)
        if group:
            traits += await _told(session, [OF_GROUP + group])
        lead = filled(Lead(lead_id), traits, free_mail)
        fields = columns_of(lead)
        del fields["id"], fields["identities"]
        for name, value in fields.items():
            setattr(row, name, value)
        row.company_key = company_key(lead.company, group)
        row.last_act_at = await session.scalar(
            select(func.max(EngagementEventRow.at)).where(EngagementEventRow.lead_id == lead_id)
        )
    await session.flush()


async def members(session: AsyncSession, group: str) -> set[LeadId]:
    """Find the leads who were ever told to belong to a group."""
    query = select(TraitRow.told_by).where(TraitRow.name == GROUP, TraitRow.value == group)
    identities = [Identity.read(told_by) for told_by in await session.scalars(query)]
    return set((await owners(session, identities)).values())


def _is_newer(row: TraitRow, value: str, at: datetime, told_by: str) -> bool:
    """Of two told at the same instant a record's later one counts; else the greater, whichever came first."""
    return at > row.at or (at == row.at and (told_by.startswith(OF_LEAD) or value > row.value))


async def _traits_of(session: AsyncSession, lead_id: LeadId) -> list[Trait]:
    identities = await session.execute(
        select(IdentityRow.kind, IdentityRow.value).where(IdentityRow.lead_id == lead_id)
    )
    names = [(kind, value) for kind, value in identities]
    shared = await _shared(session, [value for kind, value in names if kind == ANONYMOUS_ID])
    records = await session.scalars(
        select(LeadRow.id).where((LeadRow.merged_into == lead_id) | (LeadRow.id == lead_id))
    )
    told_by = [f"{kind}:{value}" for kind, value in names if (kind, value) not in shared]
    return await _told(session, [*told_by, *(OF_LEAD + record for record in records)])


async def _shared(session: AsyncSession, browsers: Sequence[str]) -> set[tuple[str, str]]:
    """Find browsers with several users: what was told of them may be any user's."""
    users = (
        select(LinkRow.one_value)
        .where(
            LinkRow.one_kind == ANONYMOUS_ID,
            LinkRow.one_value.in_(browsers),
            LinkRow.other_kind == USER_ID,
            LinkRow.undone_at.is_(None),
        )
        .group_by(LinkRow.one_value)
        .having(func.count() > 1)
    )
    return {(ANONYMOUS_ID, value) for value in await session.scalars(users)} if browsers else set()


async def _told(session: AsyncSession, told_by: Sequence[str]) -> list[Trait]:
    rows = await session.scalars(select(TraitRow).where(TraitRow.told_by.in_(told_by)))
    return [value_of(Trait, row) for row in rows]


async def _group(traits: Sequence[Trait]) -> str:
    groups = [trait for trait in traits if trait.name == GROUP]
    return max(groups, key=lambda t: (t.at, t.told_by, t.value)).value if groups else ""
