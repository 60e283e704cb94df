"""Which rep of the playbook a Slack user is: by Slack id, else by the e-mail address of the profile."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from agent.playbook import Playbook
from agent.team_rules import RepRules
from integrations.slack.refusals import CONNECTION_ERRORS, code_of

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class SlackPeople:
    """Finds reps; asks Slack for an address once a user, and remembers it while this process runs."""

    client: AsyncWebClient
    playbook: Playbook
    _emails: dict[str, str] = field(default_factory=dict)

    async def rep(self, slack_user_id: str) -> RepRules | None:
        """Find the rep who is this Slack user."""
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
            try:
                answer = await self.client.users_info(user=slack_user_id)
            except SlackApiError as error:
                log.warning("slack.user_unreadable", error=code_of(error))
                return ""
            except CONNECTION_ERRORS as error:
                log.warning("slack.user_unreadable", error=type(error).__name__)
                return ""
            self._emails[slack_user_id] = _trusted_email(answer["user"])
        return self._emails[slack_user_id]


def _trusted_email(user: Mapping[str, Any]) -> str:
    # People of other workspaces in a shared channel, apps and former colleagues are nobody's rep.
    if user.get("is_stranger") or user.get("is_bot") or user.get("deleted"):
        return ""
    return str((user.get("profile") or {}).get("email") or "").lower()
