"""PATH 4, somebody did something, or time passed: score the lead anew, and call a rep for behaviour without words.

`look` can be run again at any moment, by anybody: a lead whose acts came meanwhile is due again.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from agent.conversation import ConversationId
from agent.decision import Decision, decide_proactive
from agent.errors import StaleEpochError, UnknownLeadError
from agent.first_response import FirstResponse
from agent.handoff import Handoff
from agent.history import History
from agent.lead import LeadId
from agent.patterns import find_patterns
from agent.scoring import Assessment, Score, score_and_cooling
from agent.signals import MessageKind, Readiness, Reading

log = structlog.get_logger()
PAUSED_AFTER = timedelta(
    seconds=10
)  # each turn judges the lead anyway: no look is needed between two of them
LOOK_AGAIN = timedelta(minutes=1)  # as long as a conversation may be leased by a process that died


@dataclass(frozen=True, slots=True)
class LeadState:
    """What is known of a lead, their latest handoff in any conversation, and since when they are due."""

    history: History
    latest: Handoff | None
    due_at: datetime | None


class WatchedLeads(Protocol):
    """Where it is kept which leads must be looked at."""

    async def due(self, now: datetime, limit: int = 25) -> Sequence[LeadId]:
        """Find leads who did something, or whose temperature has fallen by now."""
        ...

    async def state(self, lead_id: LeadId) -> LeadState:
        """Recall a lead; raises UnknownLeadError."""
        ...

    async def settle(
        self, lead_id: LeadId, score: Score, due_at: datetime | None, seen: datetime | None
    ) -> None:
        """Record the score and when to look again, unless the lead became due anew since `seen`."""
        ...

    async def talk_with(self, lead_id: LeadId) -> ConversationId:
        """Give the newest conversation that has not ended; one is opened for who has not written."""
        ...


@dataclass(frozen=True, slots=True)
class LeadWatch:
    """Keeps every lead's score right, and calls reps for what leads do."""

    first_response: FirstResponse
    leads: WatchedLeads
    wake: Callable[[ConversationId], None]

    async def look(self, lead_id: LeadId) -> None:
        """Do all that is due for one lead."""
        await self._look(lead_id, calls_reps=True)

    async def learn(self, lead_id: LeadId) -> None:
        """Score one lead and call nobody: their history was brought in whole."""
        await self._look(lead_id, calls_reps=False)

    async def catch_up(self) -> None:
        """Look at the leads that are due, so that what is read next is right though no timer has come by."""
        for lead_id in await self.leads.due(self.first_response.clock.now()):
            await self.look(lead_id)

    async def _look(self, lead_id: LeadId, *, calls_reps: bool) -> None:
        path = self.first_response
        try:
            state = await self.leads.state(lead_id)
        except UnknownLeadError:
            return
        now, playbook = path.clock.now(), path.playbook
        score, due_at = score_and_cooling(state.history, playbook, now)
        patterns = find_patterns(state.history, playbook, now)
        decision = decide_proactive(state.history, score, patterns, state.latest, playbook, now)
        if decision.calls_rep and calls_reps:
            is_called = await self._call_rep(lead_id, state.history, score, decision)
            due_at = due_at if is_called else now + LOOK_AGAIN
        await self.leads.settle(lead_id, score, due_at, state.due_at)

    async def _call_rep(
        self, lead_id: LeadId, history: History, score: Score, decision: Decision
    ) -> bool:
        """Open a handoff in the lead's conversation; whoever is writing there right now is answered first.

        Tells whether it was opened; if not, it is tried again.
        """
        path = self.first_response
        conversation_id = await self.leads.talk_with(lead_id)
        silent = Reading(MessageKind.OTHER, Readiness.COLD, "en")
        async with path.conversations.hold(conversation_id) as held:
            if held is None or held.unanswered:
                return False
            try:
                await path.hand_off(held, decision, Assessment(silent, history, score))
            except StaleEpochError:
                return False
        log.info("lead.called_rep", lead_id=lead_id, because=decision.because)
        self.wake(conversation_id)
        return True
