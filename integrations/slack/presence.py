"""Who is active in Slack: read where the playbook wants it, and believed only where Slack answers."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from agent.clock import Clock
from agent.conversation import RepId
from agent.playbook import Playbook
from agent.team_rules import RepRules
from integrations.slack.members import SlackMembers
from integrations.slack.refusals import CONNECTION_ERRORS, code_of

log = structlog.get_logger()

LOOK_AGAIN_AFTER: Final = timedelta(seconds=60)
AT_MOST: Final = 0.7  # a visitor waits for the answer
Seen = tuple[datetime, frozenset[RepId]]


@dataclass(frozen=True, slots=True)
class SlackPresence:
    """Looks at all reps who are within their hours together, once a minute at most."""

    client: AsyncWebClient
    playbook: Playbook
    members: SlackMembers
    clock: Clock
    _seen: list[Seen] = field(default_factory=list)

    async def away(self) -> frozenset[RepId]:
        """Give the reps who are seen to be away; whoever cannot be seen counts as active."""
        now = self.clock.now()
        if not self._seen or now - self._seen[-1][0] >= LOOK_AGAIN_AFTER:
            working = [r for r in self.playbook.reps if self.playbook.hours_of(r).is_open(now)]
            self._seen[:] = [(now, await self._look(working))]
        return self._seen[-1][1]

    async def _look(self, reps: Sequence[RepRules]) -> frozenset[RepId]:
        looks = {asyncio.create_task(self._is_away(rep)): rep.id for rep in reps}
        if not looks:
            return frozenset()
        done, late = await asyncio.wait(looks, timeout=AT_MOST)
        for look in late:
            look.cancel()
        return frozenset(looks[look] for look in done if look.result())

    async def _is_away(self, rep: RepRules) -> bool:
        user = (await self.members.of(rep)).user
        if not user:
            return False
        try:
            answer = await self.client.users_getPresence(user=user)
        except SlackApiError as error:
            log.warning("slack.presence_unreadable", rep_id=rep.id, error=code_of(error))
            return False
        except CONNECTION_ERRORS as error:
            log.warning("slack.presence_unreadable", rep_id=rep.id, error=type(error).__name__)
            return False
        return bool(answer["presence"] == "away")
