"""The reports of other systems, in memory; they pass the same contract as those in SQL."""

from collections.abc import Sequence

from agent.acts import act_of
from agent.engagement import EngagementEvent, EngagementEventId
from agent.joining import why_unusable
from agent.lead import USER_ID, Identity
from agent.playbook import Playbook
from agent.profile import GROUP, traits_of_company, traits_of_person
from agent.tracking import CallKind, Named, TakenIn, TrackingCall, named
from tests.fakes.memory_store import MemoryStore

SEEN = (CallKind.TRACK, CallKind.PAGE, CallKind.SCREEN, CallKind.GROUP)


class MemoryTracking:
    """Reports in dictionaries."""

    def __init__(self, store: MemoryStore, playbook: Playbook) -> None:
        self.store = store
        self.playbook = playbook
        self.known: set[str] = set()
        store.who.free_mail = playbook.scoring.fit.free_mail_domains

    async def take_in(self, calls: Sequence[TrackingCall]) -> TakenIn:
        """Keep these once."""
        new = known = 0
        refused: list[str] = []
        for call in calls:
            if call.id in self.known | set(self.store.events):
                known += 1
                continue
            whom = named(call)
            refused += map(str, whom.refused)
            if whom.identities:
                new += 1
                self.known.add(call.id)
                self._keep(call, whom)
        self.store.give_back()
        return TakenIn(new, known, tuple(refused))

    def _keep(self, call: TrackingCall, whom: Named) -> None:
        at, strongest, who = min(call.at, call.received_at), str(whom.identities[0]), self.store.who
        met = 1 if call.kind is CallKind.ALIAS else len(whom.identities)
        lead_id = who.meet(
            whom.identities[:met],
            at,
            identifies=call.kind not in SEEN,
            mentioned=whom.identities[met:],
        )
        if call.kind is CallKind.IDENTIFY:
            who.tell(strongest, traits_of_person(call.traits), at)
        group = call.group_id.strip()
        if call.kind is CallKind.GROUP and not why_unusable(Identity(USER_ID, group)):
            who.tell(strongest, {GROUP: group}, at)
            who.tell(f"group:{group}", traits_of_company(call.traits), at)
        if act := act_of(call, self.playbook):
            self.store.came_by[call.id] = strongest
            self.store.events[call.id] = EngagementEvent(
                id=EngagementEventId(call.id),
                lead_id=lead_id,
                name=act,
                at=at,
                title=call.title,
                url=call.url,
                properties=call.properties,
                came_by=strongest,
            )
