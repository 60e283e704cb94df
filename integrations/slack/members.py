"""Which Slack user a rep is, and why there is none: Slack is asked once in a while, not at every card."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from agent.clock import Clock
from agent.conversation import RepId
from agent.team_rules import RepRules
from integrations.slack.refusals import CONNECTION_ERRORS, code_of

log = structlog.get_logger()

ASK_AGAIN_AFTER: Final = timedelta(minutes=10)
AT_MOST: Final = 1.0  # a card waits for the answer
MEMBER_ID: Final = "their member id (Slack profile, ⋮, Copy member ID) as slack_user_id"
NO_USER: Final = f"has no Slack user and cannot be called there. Give the playbook {MEMBER_ID}."
LEFT: Final = (
    f"has left the Slack workspace. Take them out of the playbook, or give it {MEMBER_ID}."
)
UNKNOWN: Final = f"is nobody whom Slack knows as a person. Give the playbook {MEMBER_ID}."
NOBODYS: Final = frozenset({"user_not_found", "users_not_found", "user_not_visible"})


@dataclass(frozen=True, slots=True)
class Member:
    """A rep as Slack knows them: `user` is empty when there is nobody, and `problem` says why."""

    user: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class SlackMembers:
    """Finds the Slack users of reps, by id or e-mail address, and remembers them for a while."""

    client: AsyncWebClient
    clock: Clock
    _known: dict[RepId, tuple[datetime, Member]] = field(default_factory=dict)

    async def of(self, rep: RepRules) -> Member:
        """Find a rep's Slack user; while Slack does not answer, the playbook is believed."""
        now = self.clock.now()
        asked_at, known = self._known.get(rep.id, (None, Member("")))
        if asked_at is not None and now - asked_at < ASK_AGAIN_AFTER:
            return known
        try:
            async with asyncio.timeout(AT_MOST):
                member = await self._ask(rep)
        except SlackApiError as error:
            log.warning("slack.user_unreadable", rep_id=rep.id, error=code_of(error))
            return Member(rep.slack_user_id)
        except CONNECTION_ERRORS as error:
            log.warning("slack.user_unreadable", rep_id=rep.id, error=type(error).__name__)
            return Member(rep.slack_user_id)
        self._known[rep.id] = (now, member)
        return member

    async def all_of(self, reps: Iterable[RepRules]) -> Mapping[RepId, Member]:
        """Find several at once."""
        wanted = list(reps)
        found = await asyncio.gather(*(self.of(rep) for rep in wanted))
        return {rep.id: member for rep, member in zip(wanted, found, strict=True)}

    async def _ask(self, rep: RepRules) -> Member:
        if not rep.slack_user_id and not rep.email:
            return Member("", NO_USER)
        try:
            if rep.slack_user_id:
                answer = await self.client.users_info(user=rep.slack_user_id)
            else:
                answer = await self.client.users_lookupByEmail(email=rep.email)
        except SlackApiError as error:
            if code_of(error) not in NOBODYS:
                raise
            return Member("", UNKNOWN if rep.slack_user_id else NO_USER)
        return _member(answer["user"])


def _member(user: Mapping[str, Any]) -> Member:
    if user.get("deleted"):
        return Member("", LEFT)
    return Member("", UNKNOWN) if user.get("is_bot") else Member(str(user["id"]))
