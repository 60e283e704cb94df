"""Taking reports in, within one transaction: first who is who, then what was told, then what was done."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import insert, select

from agent.acts import act_of
from agent.engagement import EngagementEvent, EngagementEventId
from agent.joining import Stretch, join, owner_at, why_unusable
from agent.lead import ANONYMOUS_ID, USER_ID, Identity, LeadId
from agent.playbook import Playbook
from agent.profile import GROUP, traits_of_company, traits_of_person
from agent.tracking import CallKind, Refusal, TakenIn, TrackingCall, named
from knowledge.acts import keep_events, known_events
from knowledge.identities import Identities, Meeting
from knowledge.identity_tables import UNUSED_KEPT, RefusalRow, ReportRow
from knowledge.owners import link_of, links_of, owners
from knowledge.profiles import OF_GROUP, Told, members, refresh, tell
from knowledge.settling import Report

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

    @property
    def meeting(self) -> Meeting:
        """Tell whom it shows together; what an alias calls the previous id is only mentioned."""
        met = 1 if self.call.kind is CallKind.ALIAS else len(self.whom)
        report = Report(self.call.id, self.call.kind, self.call.at)
        return Meeting(self.whom[:met], report, self.whom[met:])


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
        """Get to know everybody, all at once."""
        linked = await self._linked(fresh)
        meetings: dict[object, Meeting] = {}
        for each in fresh:
            if not _is_old(each, linked):
                meeting = each.meeting
                # Somebody seen alone a hundred times is met once.
                meetings.setdefault(meeting.met if len(each.whom) == 1 else each.call.id, meeting)
        await self.identities.meet_all(list(meetings.values()))

    async def _linked(self, fresh: Sequence[Fresh]) -> dict[tuple[Identity, Identity], datetime]:
        """Give since when the pairs are known that acts are reported of."""
        session = self.identities.session
        browsers = {each.whom[-1] for each in fresh if each.is_act and len(each.whom) > 1}
        links = [link_of(row) for row in await links_of(session, browsers)]
        # A link may be with somebody who was only mentioned so far.
        met = await owners(session, {end for link in links for end in (link.one, link.other)})
        return {
            (link.other, link.one): link.first_at
            for link in links
            if link.one in met and link.other in met
        }

    async def _tell(self, fresh: Sequence[Fresh]) -> None:
        """Keep what was told of people and companies, and work out the leads that it changes."""
        session = self.identities.session
        told = [told for each in fresh for told in _told(each)]
        changed = await tell(session, told) if told else set()
        groups = {name.removeprefix(OF_GROUP) for name in changed if name.startswith(OF_GROUP)}
        people = [Identity.read(name) for name in changed if not name.startswith(OF_GROUP)]
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
            before = row.count if now - row.last_at <= UNUSED_KEPT else 0
            row.count, row.last_at, row.example = before + 1, now, refusal.example


def _is_old(each: Fresh, linked: Mapping[tuple[Identity, Identity], datetime]) -> bool:
    """Tell whether an act shows two identities together that are known to belong together by then."""
    since = linked.get((each.whom[0], each.whom[-1]))
    return each.is_act and since is not None and since <= each.call.at


def _told(each: Fresh) -> Iterator[Told]:
    """Give what a report tells of people and companies."""
    call, told_by = each.call, str(each.whom[0])
    if call.kind is CallKind.IDENTIFY:
        yield Told(told_by, traits_of_person(call.traits), call.at)
    elif call.kind is CallKind.GROUP and (group := _group(call)):
        yield Told(told_by, {GROUP: group}, call.at)
        yield Told(OF_GROUP + group, traits_of_company(call.traits), call.at)


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
