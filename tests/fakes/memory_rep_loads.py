"""Loads of reps in memory; they pass the same contract as those in SQL."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from agent.conversation import RepId
from agent.duty import RepLoad
from agent.handoff import HandoffState
from tests.fakes.memory_store import MemoryStore


@dataclass(slots=True)
class MemoryRepLoads:
    """Counts what is in the store; `pauses` is what reps said of themselves."""

    store: MemoryStore
    pauses: dict[RepId, datetime] = field(default_factory=dict)

    async def loads(self) -> Mapping[RepId, RepLoad]:
        """Give the load of each rep who has, had or has paused anything."""
        given = list(self._given())
        reps = {rep_id for rep_id, _, _ in given} | set(self.pauses)
        return {rep: self._load(rep, [one for one in given if one[0] == rep]) for rep in reps}

    def _load(self, rep_id: RepId, given: list[tuple[RepId, datetime, bool]]) -> RepLoad:
        last = max((at for _, at, _ in given), default=None)
        on_hand = sum(is_on_hand for _, _, is_on_hand in given)
        return RepLoad(on_hand, last, self.pauses.get(rep_id))

    def _given(self) -> Iterator[tuple[RepId, datetime, bool]]:
        for handoff in self.store.handoffs.values():
            for rep_id in handoff.routed_to[:1]:
                yield rep_id, handoff.opened_at, handoff.state is HandoffState.OPEN
            if handoff.claimed_by:
                at = handoff.claimed_at or handoff.opened_at
                yield handoff.claimed_by, at, handoff.state is HandoffState.CLAIMED
