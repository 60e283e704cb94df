"""Taking reports in, within one transaction: first who is who, then what was told, then what was done."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import insert, select

from agent.acts import act_of
from agent.engagement import EngagementEvent, EngagementEventId
from agent.joining import Stretch, join, owner_at, why_unusable
from agent.lead import ANONYMOUS_ID, USER_ID, Identity, Lead, LeadId
from agent.playbook import Playbook
from agent.profile import GROUP, traits_of_company, traits_of_person
from agent.tracking import CallKind, Refusal, TakenIn, TrackingCall, named
from knowledge.acts import keep_events, known_events
from knowledge.identities import Identities, Report, lead_columns
from knowledge.identity_tables import IdentityRow, RefusalRow, ReportRow
from knowledge.owners import link_of, links_of, owners
from knowledge.profiles import OF_GROUP, members, refresh, tell
from knowledge.tables import LeadRow

_ACTS = (CallKind.TRACK, CallKind.PAGE, CallKind.SCREEN)
_LONGEST_NAME = 200
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Fresh:
    """A report that was not known yet, and whom it is about, strongest first."""

    call: TrackingCall
    whom: tuple[Identity, ...]

    @property
    def is_act(self) -> bool:
        """Tell whether it reports that something was done."""
        return self.call.kind in _ACTS


@dataclass(slots=True)
class Intake:
    """One transaction's worth of reports."""

    identities: Identities
    playbook: Playbook
    _known: set[str] = field(default_factory=set)

    async def take_in(self, batches: Sequence[Sequence[TrackingCall]]) -> list[TakenIn]:
        """Keep the calls of several batches; gives what became of each batch."""
        await self._look_up(sorted({call.id for batch in batches for call in batch}))
        fresh: list[Fresh] = []
        refusals: list[Refusal] = []
        taken = []
        for batch in batches:
            new, known, refused = self._sort_out(batch)
            taken.append(TakenIn(len(new), known, tuple(map(str, refused))))
            fresh += new
            refusals += refused
        await self._meet(fresh)
        await self._tell(fresh)
        await self._record([each for each in fresh if each.is_act])
        await self._remember([each.call for each in fresh if not each.is_act])
        await self._note(refusals)
        return taken

    async def _look_up(self, ids: Sequence[str]) -> None:
        session = self.identities.session
        for start in range(0, len(ids), _AT_ONCE):
            some = ids[start : start + _AT_ONCE]
            query = select(ReportRow.id).where(ReportRow.id.in_(some))
            self._known |= await known_events(session, some) | set(await session.scalars(query))

    def _sort_out(self, batch: Sequence[TrackingCall]) -> tuple[list[Fresh], int, list[Refusal]]:
        """Tell what is new in a batch, how much is known, and what is refused."""
        new: list[Fresh] = []
        refused: list[Refusal] = []
        known = 0
        for call in batch:
            if call.id in self._known:
                known += 1
                continue
            whom = named(call)
            refused += whom.refused
            if whom.identities:
                self._known.add(call.id)
                new.append(Fresh(replace(call, at=min(call.at, call.received_at)), whom.identities))
        return new, known, refused

    async def _meet(self, fresh: Sequence[Fresh]) -> None:
        """Get to know everybody; those who are seen under one name only, all at once."""
        linked = await self._linked(fresh)
        alone = {each.whom[0] for each in fresh if len(each.whom) == 1}
        for each in fresh:
            if len(each.whom) > 1 and not _is_old(each, linked):
                report = Report(each.call.id, each.call.kind, each.call.at)
                await self.identities.meet(each.whom, report)
        strangers = sorted(alone.difference(await owners(self.identities.session, alone)))
        if strangers:
            await self._add_strangers(strangers)

    async def _linked(self, fresh: Sequence[Fresh]) -> dict[tuple[Identity, Identity], datetime]:
        """Give since when the pairs are known that acts are reported of."""
        browsers = {each.whom[-1] for each in fresh if each.is_act and len(each.whom) > 1}
        links = map(link_of, await links_of(self.identities.session, browsers))
        return {(link.other, link.one): link.first_at for link in links}

    async def _add_strangers(self, strangers: Sequence[Identity]) -> None:
        session, now = self.identities.session, self.identities.now
        leads, names = [], []
        for identity in strangers:
            lead_id = LeadId(self.identities.new_id("l"))
            leads.append(lead_columns(Lead(lead_id), now, str(identity)))
            names.append({"kind": identity.kind, "value": identity.value, "lead_id": lead_id})
        await session.execute(insert(LeadRow), leads)
        await session.execute(insert(IdentityRow), names)

    async def _tell(self, fresh: Sequence[Fresh]) -> None:
        """Keep what was told of people and companies, and work out the leads that it changes."""
        session, people = self.identities.session, set()
        groups: set[str] = set()
        for each in fresh:
            if each.call.kind is CallKind.IDENTIFY:
                traits = traits_of_person(each.call.traits)
                if await tell(session, str(each.whom[0]), traits, each.call.at):
                    people.add(each.whom[0])
            elif each.call.kind is CallKind.GROUP and (group := _group(each.call)):
                if await tell(session, str(each.whom[0]), {GROUP: group}, each.call.at):
                    people.add(each.whom[0])
                company = traits_of_company(each.call.traits)
                if await tell(session, OF_GROUP + group, company, each.call.at):
                    groups.add(group)
        leads = set((await owners(session, people)).values())
        for group in groups:
            leads |= await members(session, group)
        await refresh(session, leads, self.identities.free_mail)

    async def _record(self, acts: Sequence[Fresh]) -> None:
        session = self.identities.session
        whose = await owners(session, {each.whom[0] for each in acts})
        turns = await self._turns([each.whom[0] for each in acts])
        late = {turn.owner for of_browser in turns.values() for turn in of_browser}
        whose |= await owners(session, late.difference(whose))
        events = [_event(each, self.playbook) for each in acts]
        leads = [whose[owner_at(turns, each.whom[0], each.call.at)] for each in acts]
        await keep_events(session, events, leads, [each.call.received_at for each in acts])

    async def _turns(self, whom: Iterable[Identity]) -> Mapping[Identity, tuple[Stretch, ...]]:
        """Give the stretches of those browsers that several people use."""
        browsers = {identity for identity in whom if identity.kind == ANONYMOUS_ID}
        rows = await links_of(self.identities.session, browsers)
        links = [link_of(row) for row in rows if row.other_kind == USER_ID]
        return join((), links).stretches

    async def _remember(self, calls: Sequence[TrackingCall]) -> None:
        if calls:
            rows = [{"id": call.id, "received_at": call.received_at} for call in calls]
            await self.identities.session.execute(insert(ReportRow), rows)

    async def _note(self, refusals: Sequence[Refusal]) -> None:
        """Count what was refused, with the last example of each reason."""
        session, now = self.identities.session, self.identities.now
        for refusal in refusals:
            row = await session.get(RefusalRow, refusal.because)
            if row is None:
                row = RefusalRow(because=refusal.because, count=0, last_at=now, example="")
                session.add(row)
                await session.flush()
            row.count, row.last_at, row.example = row.count + 1, now, refusal.example


def _is_old(each: Fresh, linked: Mapping[tuple[Identity, Identity], datetime]) -> bool:
    """Tell whether an act shows two identities together that are known to belong together by then."""
    since = linked.get((each.whom[0], each.whom[-1]))
    return each.is_act and since is not None and since <= each.call.at


def _group(call: TrackingCall) -> str:
    group = call.group_id.strip()
    return "" if why_unusable(Identity(USER_ID, group)) else group


def _event(each: Fresh, playbook: Playbook) -> EngagementEvent:
    call = each.call
    return EngagementEvent(
        id=EngagementEventId(call.id),
        lead_id=LeadId(""),
        name=act_of(call, playbook)[:_LONGEST_NAME],
        at=call.at,
        title=call.title,
        url=call.url,
        properties=call.properties,
        came_by=str(each.whom[0]),
    )
