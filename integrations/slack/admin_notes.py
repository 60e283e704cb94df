"""What is set up wrongly in Slack, told once to those who can mend it, and again only when a week has passed."""

from dataclasses import dataclass, field

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from agent.clock import Clock
from agent.playbook import Playbook
from integrations.slack.desk_actions import SeenEvents
from integrations.slack.markup import escape
from integrations.slack.members import SlackMembers
from integrations.slack.refusals import CONNECTION_ERRORS, code_of

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class AdminNotes:
    """Tells the admins by direct message."""

    client: AsyncWebClient
    playbook: Playbook
    members: SlackMembers
    seen: SeenEvents
    clock: Clock
    _told_of: set[str] = field(default_factory=set)

    async def tell(self, about: str, problem: str, else_in: str = "") -> None:
        """Tell of a problem, once a week for each thing it is about; in a channel where Slack reaches no admin."""
        key = f"problem:{about}:{self.clock.now():%G-W%V}"
        if key in self._told_of:
            return
        self._told_of.add(key)
        if not await self.seen.first_time(key):
            return
        log.warning("slack.problem", about=about, problem=problem)
        found = await self.members.all_of(self.playbook.admins())
        users = [member.user for member in found.values() if member.user]
        reached = [await self._told(user, problem) for user in users]
        if else_in and not any(reached):
            await self._told(else_in, problem)

    async def _told(self, where: str, problem: str) -> bool:
        try:
            await self.client.chat_postMessage(channel=where, text=escape(problem))
        except SlackApiError as error:
            log.warning("slack.admin_unreached", error=code_of(error))
            return False
        except CONNECTION_ERRORS as error:
            log.warning("slack.admin_unreached", error=type(error).__name__)
            return False
        return True
