"""Which rep of the playbook a Slack user is: by Slack id, else by the e-mail address of the profile."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from agent.errors import DeskUnavailableError
from agent.playbook import Playbook
from agent.team_rules import RepRules
from integrations.slack.refusals import code_of, translated

log = structlog.get_logger()
TRIES: Final = 3
LONGEST_REST: Final = 2.0  # Slack waits three seconds for an acknowledgement
NOBODYS: Final = frozenset(
    {"user_not_found", "users_not_found", "user_not_visible", "missing_scope"}
)


@dataclass(frozen=True, slots=True)
class SlackPeople:
    """Finds reps; asks Slack for an address once a user, and remembers it while this process runs."""

    client: AsyncWebClient
    playbook: Playbook
    rest: Callable[[float], Awaitable[None]] = asyncio.sleep
    _emails: dict[str, str] = field(default_factory=dict)

    async def rep(self, slack_user_id: str) -> RepRules | None:
        """Find the rep who is this Slack user; raises DeskUnavailableError while Slack does not say who it is."""
        if not slack_user_id:
            return None
        known = self.playbook.rep_in_slack(slack_user_id)
        return known or self._rep_with(await self._email(slack_user_id))

    def name(self, slack_user_id: str) -> str | None:
        """Find the name of a rep without asking Slack."""
        known = self.playbook.rep_in_slack(slack_user_id) or self._rep_with(
            self._emails.get(slack_user_id, "")
        )
        return known.name if known else None

    def _rep_with(self, email: str) -> RepRules | None:
        if not email:
            return None
        return next((rep for rep in self.playbook.reps if rep.email.lower() == email), None)

    async def _email(self, slack_user_id: str) -> str:
        if slack_user_id not in self._emails:
            self._emails[slack_user_id] = await self._asked(slack_user_id)
        return self._emails[slack_user_id]

    async def _asked(self, slack_user_id: str) -> str:
        """Ask, and again after trouble that passes: a rep who is taken for nobody would not be heard."""
        for _ in range(TRIES - 1):
            try:
                return await self._ask(slack_user_id)
            except DeskUnavailableError as error:
                log.warning("slack.user_unreadable", reason=str(error))
                await self.rest(min(error.retry_after, LONGEST_REST))
        return await self._ask(slack_user_id)

    async def _ask(self, slack_user_id: str) -> str:
        with translated():
            try:
                answer = await self.client.users_info(user=slack_user_id)
            except SlackApiError as error:
                if code_of(error) not in NOBODYS:
                    raise
                log.warning("slack.user_unreadable", reason=code_of(error))
                return ""
        return _trusted_email(answer["user"])


def _trusted_email(user: Mapping[str, Any]) -> str:
    # People of other workspaces in a shared channel, apps and former colleagues are nobody's rep.
    if user.get("is_stranger") or user.get("is_bot") or user.get("deleted"):
        return ""
    return str((user.get("profile") or {}).get("email") or "").lower()
