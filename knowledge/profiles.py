"""What was told of people and companies, and the leads' fields worked out from it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import String, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from agent.lead import ANONYMOUS_ID, USER_ID, Identity, Lead, LeadId
from agent.profile import GROUP, Trait, company_key, filled
from knowledge.acts import OF_LEAD
from knowledge.columns import columns_of, value_of
from knowledge.identity_tables import IS_SHORT, LinkRow, TraitRow
from knowledge.owners import batched, identities_of, owners
from knowledge.tables import EngagementEventRow, LeadRow

OF_GROUP = "group:"

_TOLD = select(TraitRow).where(
    TraitRow.told_by.in_(bindparam("told_by", expanding=True, type_=String()))
)
_LAST_ACT = select(func.max(EngagementEventRow.at)).where(
    EngagementEventRow.lead_id == bindparam("lead_id", type_=String())
)


@dataclass(frozen=True, slots=True)
class Told:
    """What was told at an instant of an identity, a group (`group:g-1`) or a record (`lead:l-1`)."""

    told_by: str
    traits: Mapping[str, str]
    at: datetime


async def tell(session: AsyncSession, told: Sequence[Told]) -> set[str]:
    """Keep what was told, unless something newer was; gives of whom anything changed.

    The same told again later is a change, too: it may now outrank what another source said in between.
    """
    names = [each.told_by for each in told if each.traits]
    known = {(row.told_by, row.name): row for row in await _rows(session, names)}
    changed = set()
    for each in told:
        for name, value in each.traits.items():
            row = known.get((each.told_by, name))
            if row is None:
                row = TraitRow(told_by=each.told_by, name=name, value=value, at=each.at)
                known[each.told_by, name] = row
                session.add(row)
                changed.add(each.told_by)
            elif _is_newer(row, value, each.at):
                changed.add(each.told_by)
                row.value, row.at = value, each.at
    await session.flush()
    return changed


async def refresh(
    session: AsyncSession,
    lead_ids: Iterable[LeadId],
    free_mail: Collection[str] = (),
    *,
    has_moved: bool = False,
) -> None:
    """Work out the fields of these leads anew; where events moved, also when they did something last."""
    for some in batched(sorted(lead_ids)):
        query = select(LeadRow).where(LeadRow.id.in_(some), LeadRow.merged_into.is_(None))
        rows = list(await session.scalars(query))
        traits = await _traits_of(session, some)
        groups = {lead_id: _group(theirs) for lead_id, theirs in traits.items()}
        told = await _told(session, [OF_GROUP + group for group in groups.values() if group])
        for row in rows:
            lead_id = LeadId(row.id)
            group = groups.get(lead_id, "")
            _fill(
                row, [*traits.get(lead_id, ()), *told.get(OF_GROUP + group, ())], group, free_mail
            )
            if has_moved:
                row.last_act_at = await session.scalar(_LAST_ACT, {"lead_id": lead_id})
    await session.flush()


def _fill(row: LeadRow, traits: Sequence[Trait], group: str, free_mail: Collection[str]) -> None:
    lead = filled(Lead(LeadId(row.id)), traits, free_mail)
    fields = columns_of(lead)
    del fields["id"], fields["identities"]
    for name, value in fields.items():
        setattr(row, name, value)
    row.company_key = company_key(lead.company, group)


async def members(session: AsyncSession, group: str) -> set[LeadId]:
    """Find the leads who were ever told to belong to a group."""
    query = select(TraitRow.told_by).where(
        TraitRow.name == GROUP, TraitRow.value == group, IS_SHORT
    )
    identities = [Identity.read(told_by) for told_by in await session.scalars(query)]
    return set((await owners(session, identities)).values())


def _is_newer(row: TraitRow, value: str, at: datetime) -> bool:
    """Tell which of two counts: the later; of the same instant the greater, whichever came first.

    A record that says again what it said before says nothing new.
    """
    if row.told_by.startswith(OF_LEAD):
        return value != row.value
    return (at, value) > (row.at, row.value)


async def _traits_of(
    session: AsyncSession, lead_ids: Sequence[LeadId]
) -> dict[LeadId, list[Trait]]:
    names = await identities_of(session, lead_ids)
    shared = await _shared(session, [i.value for i in names if i.kind == ANONYMOUS_ID])
    records = select(LeadRow.id, LeadRow.merged_into).where(LeadRow.merged_into.in_(lead_ids))
    whose = {
        str(identity): lead_id for identity, lead_id in names.items() if identity not in shared
    }
    whose |= {OF_LEAD + lead_id: lead_id for lead_id in lead_ids}
    whose |= {
        OF_LEAD + record: LeadId(root) for record, root in await session.execute(records) if root
    }
    traits: dict[LeadId, list[Trait]] = defaultdict(list)
    for told_by, told in (await _told(session, list(whose))).items():
        traits[whose[told_by]] += told
    return traits


async def _shared(session: AsyncSession, browsers: Sequence[str]) -> set[Identity]:
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
    return {Identity(ANONYMOUS_ID, value) for value in await session.scalars(users)}


async def _told(session: AsyncSession, told_by: Sequence[str]) -> dict[str, list[Trait]]:
    traits: dict[str, list[Trait]] = defaultdict(list)
    for row in await _rows(session, told_by):
        traits[row.told_by].append(value_of(Trait, row))
    return traits


async def _rows(session: AsyncSession, told_by: Iterable[str]) -> list[TraitRow]:
    rows: list[TraitRow] = []
    for some in batched(told_by):
        rows += await session.scalars(_TOLD, {"told_by": some})
    return rows


def _group(traits: Sequence[Trait]) -> str:
    groups = [trait for trait in traits if trait.name == GROUP]
    return max(groups, key=lambda t: (t.at, t.told_by, t.value)).value if groups else ""
