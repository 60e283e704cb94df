"""Who is called to a card: only who is on duty then. Who is called alone gets a direct message and no mention."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from agent.clock import Clock
from agent.conversation import RepId
from agent.duty import Duty
from agent.handoff import DeskPost, DeskPostKind, Handoff, HandoffState
from agent.playbook import Playbook
from agent.team_rules import RepRules
from integrations.slack import rich_text as shape
from integrations.slack.admin_notes import AdminNotes
from integrations.slack.blocks import notice
from integrations.slack.desk_actions import SeenEvents
from integrations.slack.members import Member, SlackMembers
from integrations.slack.refusals import CONNECTION_ERRORS, code_of
from integrations.slack.rich_text import Block

log = structlog.get_logger()

# What asks those who were called to come; all else is for whom it names.
REMINDERS: Final = frozenset({DeskPostKind.NUDGE, DeskPostKind.NOTE, DeskPostKind.ESCALATE})


@dataclass(frozen=True, slots=True)
class Called:
    """Slack users to be called: mentioned on the card, or called `alone` and told by direct message.

    `unknown` are reps on duty whom Slack cannot call.
    """

    mentioned: tuple[str, ...] = ()
    alone: str = ""
    unknown: tuple[RepRules, ...] = ()


@dataclass(frozen=True, slots=True)
class Calling:
    """Knows who is on duty and who they are in Slack; says to the admins who cannot be called."""

    client: AsyncWebClient
    playbook: Playbook
    duty: Duty
    members: SlackMembers
    notes: AdminNotes
    seen: SeenEvents
    clock: Clock

    async def called(self, handoff: Handoff) -> Called:
        """Say who is to be called to a handoff now; nobody once somebody has it."""
        on_duty = await self._on_duty(handoff)
        found = await self.members.all_of(on_duty)
        users = tuple(found[rep.id].user for rep in on_duty if found[rep.id].user)
        unknown = tuple(rep for rep in on_duty if found[rep.id].problem)
        if len(on_duty) == 1:
            return Called(alone="".join(users), unknown=unknown)
        return Called(mentioned=users, unknown=unknown)

    async def follow_up(self, post: DeskPost, called: Called, reference: str) -> None:
        """Do what a card that is there leaves to do: tell who is called alone, and the admins whom nobody can call."""
        if called.alone:
            await self._tell_alone(post, called.alone, reference)
        for rep in called.unknown:
            problem = (await self.members.of(rep)).problem
            await self.notes.tell(f"rep:{rep.id}", f"{rep.name} {problem}")

    async def page(self, post: DeskPost, reference: str) -> None:
        """Send each rep on call one line and the link, once; the thread mentions them as well."""
        on_call = [rep for rep in self.playbook.reps if rep.is_on_call]
        found = await self.members.all_of(on_call)
        channel, _, ts = reference.partition(":")
        for rep in on_call:
            user = found[rep.id].user
            if user and await self.seen.first_time(f"paged:{post.id}:{rep.id}"):
                link = await self._link(channel, ts)
                text = f"You are on call: {notice(post.handoff, self.playbook)}{link}"
                await self._sent(channel=user, text=text)

    async def addressed(self, post: DeskPost) -> tuple[DeskPost, Playbook]:
        """Give a post for the thread with the reps it may address, and the playbook with their Slack users."""
        handoff = post.handoff
        if handoff.state is HandoffState.OPEN and post.kind in REMINDERS:
            reps = tuple(rep.id for rep in await self._on_duty(handoff))
            post = replace(post, handoff=replace(handoff, routed_to=reps))
        found = await self.members.all_of(_concerned(handoff, self.playbook))
        return post, _with_users(self.playbook, found)

    async def _on_duty(self, handoff: Handoff) -> list[RepRules]:
        """Give the reps called who are on duty; of those only who is active in Slack, where anybody is."""
        if handoff.state is not HandoffState.OPEN:
            return []
        roster, now = await self.duty.roster(), self.clock.now()
        routed = [rep for rep_id in handoff.routed_to if (rep := self.playbook.rep(rep_id))]
        on_duty = [rep for rep in routed if roster.is_on_duty(rep, now)]
        return [rep for rep in on_duty if rep.id not in roster.away] or on_duty

    async def _tell_alone(self, post: DeskPost, user: str, reference: str) -> None:
        """Send who is called alone one line and the link, once; where that fails, mention them below the card."""
        if not await self.seen.first_time(f"called:{post.id}"):
            return
        channel, _, ts = reference.partition(":")
        link = await self._link(channel, ts)
        text = f"This one waits for you alone: {notice(post.handoff, self.playbook)}{link}"
        if not await self._sent(channel=user, text=text):
            await self._sent(channel=channel, thread_ts=ts, text=f"<@{user}> please claim this one.")  # fmt: skip

    async def _link(self, channel: str, ts: str) -> str:
        try:
            answer = await self.client.chat_getPermalink(channel=channel, message_ts=ts)
        except (SlackApiError, *CONNECTION_ERRORS) as error:
            log.warning("slack.link_unknown", error=type(error).__name__)
            return ""
        return f" <{answer['permalink']}|Open the card>"

    async def _sent(self, channel: str, text: str, thread_ts: str | None = None) -> bool:
        try:
            await self.client.chat_postMessage(
                channel=channel, text=text, thread_ts=thread_ts, unfurl_links=False
            )
        except SlackApiError as error:
            log.warning("slack.call_failed", error=code_of(error))
            return False
        except CONNECTION_ERRORS as error:
            log.warning("slack.call_failed", error=type(error).__name__)
            return False
        return True


def with_mentions(shown: list[Block], text: str, users: Sequence[str]) -> tuple[list[Block], str]:
    """Add those who are called to a card, below its heading, and to the text of its notification."""
    if not users:
        return shown, text
    mentions = [element for user in users for element in (shape.mention(user), shape.words(" "))]
    called = shape.rich_text([shape.line(*mentions, shape.words("you are on duty for this one."))])
    return [*shown[:1], called, *shown[1:]], "".join(f"<@{user}> " for user in users) + text


def _concerned(handoff: Handoff, playbook: Playbook) -> Iterator[RepRules]:
    for rep in playbook.reps:
        is_called = rep.id in handoff.routed_to or rep.id == handoff.claimed_by
        if is_called or rep.is_manager or rep.is_on_call:
            yield rep


def _with_users(playbook: Playbook, found: Mapping[RepId, Member]) -> Playbook:
    """Give the playbook with the Slack users that were found, and without those who left."""
    reps = tuple(
        rep.model_copy(update={"slack_user_id": found[rep.id].user}) if rep.id in found else rep
        for rep in playbook.reps
    )
    return playbook.model_copy(update={"reps": reps})
