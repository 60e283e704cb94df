"""Slack as the rep desk: shows each post once, as near to exactly once as Slack allows.

Slack's API has no idempotency key. Every post carries its id as message metadata; when an earlier attempt
may have got through, the desk looks for it there before it posts again.
"""

import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Final

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from agent.conversation import Author, Message
from agent.errors import DeskRefusedError, DeskUnavailableError
from agent.handoff import DeskPost, DeskPostKind
from agent.playbook import Playbook
from integrations.slack import blocks, relays, reminders
from integrations.slack.refusals import BLOCK_ERRORS, code_of, translated
from integrations.slack.rich_text import Block

log = structlog.get_logger()

EVENT_TYPE: Final = "hotline_post"
# What `ThreadReply.words_id` gives: these words stand in the thread already.
SPOKEN_IN_SLACK: Final = re.compile(r"slack:(\w+:\d+\.\d+)")
PAGE: Final = 200
MOST_PAGES: Final = 5
NO_CARD_YET: Final = 3.0
ATTEMPTS_WITHOUT_CARD: Final = 5
ICONS: Final = {
    Author.VISITOR: ":speech_balloon:",
    Author.AGENT: ":robot_face:",
    Author.REP: ":technologist:",
    Author.SYSTEM: ":information_source:",
}


@dataclass(frozen=True, slots=True)
class SlackRepDesk:
    """Shows posts in a Slack channel and in the threads of its cards; `channel` is an id (C0…)."""

    client: AsyncWebClient
    channel: str
    playbook: Playbook

    async def deliver(self, post: DeskPost) -> str:
        """Show one post and give its reference, `channel:ts`; see RepDesk."""
        with translated():
            match post.kind:
                case DeskPostKind.CARD:
                    return await self._card(post)
                case DeskPostKind.UPDATE:
                    return await self._update(post)
                case DeskPostKind.RELAY:
                    return await self._relay(post)
                case _:
                    return await self._tell(post)

    async def _card(self, post: DeskPost) -> str:
        if found := await self._found(post, self._recent()):
            return f"{self.channel}:{found[0]}"
        try:
            shown, text = blocks.card(post.handoff, self.playbook)
            return await self._post_card(post, shown, text)
        except SlackApiError as error:
            _must_be_about_blocks(error)
            shown, text = blocks.small_card(post.handoff, self.playbook)
            return await self._post_card(post, shown, text)

    async def _post_card(self, post: DeskPost, shown: list[Block], text: str) -> str:
        posted = await self.client.chat_postMessage(
            channel=self.channel,
            text=text,
            blocks=shown,
            metadata=_mark(post, 0),
            unfurl_links=False,
            unfurl_media=False,
        )
        return f"{posted['channel']}:{posted['ts']}"

    async def _update(self, post: DeskPost) -> str:
        channel, ts = _thread(post)
        try:
            shown, text = blocks.card(post.handoff, self.playbook)
            await self.client.chat_update(channel=channel, ts=ts, text=text, blocks=shown)
        except SlackApiError as error:
            _must_be_about_blocks(error)
            shown, text = blocks.small_card(post.handoff, self.playbook)
            await self.client.chat_update(channel=channel, ts=ts, text=text, blocks=shown)
        return f"{channel}:{ts}"

    async def _close_card(self, post: DeskPost, channel: str, ts: str) -> None:
        """Take the buttons off a card whose handoff goes on in another team's channel."""
        team = self.playbook.team(post.handoff.team)
        place = (team.slack_channel if team else "") or self.channel
        shown, text = blocks.moved_card(post.handoff, self.playbook, place)
        await self.client.chat_update(channel=channel, ts=ts, text=text, blocks=shown)

    async def _relay(self, post: DeskPost) -> str:
        message = _message(post)
        if spoken := message.author is Author.REP and SPOKEN_IN_SLACK.fullmatch(post.text):
            return spoken[1]
        channel, thread_ts = _thread(post)
        shown = await self._found(post, self._thread_of(channel, thread_ts))
        name, icon = relays.relay_name(message, post.handoff), ICONS[message.author]
        for index, text in enumerate(relays.relay_text(message)):
            if index in shown:
                continue
            # mrkdwn=False: asterisks and backticks of a visitor show as typed.
            posted = await self.client.chat_postMessage(
                channel=channel, thread_ts=thread_ts, text=text, username=name, icon_emoji=icon,
                mrkdwn=False, metadata=_mark(post, index), unfurl_links=False, unfurl_media=False,
            )  # fmt: skip
            shown[index] = posted["ts"]
        return f"{channel}:{shown[0]}"

    async def _tell(self, post: DeskPost) -> str:
        channel, thread_ts = _thread(post)
        if found := await self._found(post, self._thread_of(channel, thread_ts)):
            return f"{channel}:{found[0]}"
        if post.kind is DeskPostKind.MOVED:
            await self._close_card(post, channel, thread_ts)
        shown, text = reminders.told(post, self.playbook)
        posted = await self.client.chat_postMessage(
            channel=channel,
            thread_ts=thread_ts,
            text=text,
            blocks=shown,
            metadata=_mark(post, 0),
            unfurl_links=False,
            unfurl_media=False,
        )
        return f"{channel}:{posted['ts']}"

    async def _found(
        self, post: DeskPost, pages: AsyncIterator[AsyncSlackResponse]
    ) -> dict[int, str]:
        """Give the ts of each part of the post that got through earlier, if that is in doubt."""
        found: dict[int, str] = {}
        if not post.is_in_doubt:
            return found
        async for page in pages:
            for message in page["messages"]:
                if (part := _part(message, post)) is not None:
                    found.setdefault(part, message["ts"])
        log.info("desk_post.looked_for", post_id=post.id, kind=post.kind.value, parts=len(found))
        return found

    async def _recent(self) -> AsyncIterator[AsyncSlackResponse]:
        cursor = ""
        for _ in range(MOST_PAGES):
            page = await self.client.conversations_history(
                channel=self.channel, limit=PAGE, include_all_metadata=True, cursor=cursor or None
            )
            yield page
            if not (cursor := _next(page)):
                return

    async def _thread_of(self, channel: str, ts: str) -> AsyncIterator[AsyncSlackResponse]:
        cursor = ""
        for _ in range(MOST_PAGES):
            page = await self.client.conversations_replies(
                channel=channel, ts=ts, limit=PAGE, include_all_metadata=True, cursor=cursor or None
            )
            yield page
            if not (cursor := _next(page)):
                return


def _mark(post: DeskPost, part: int) -> dict[str, object]:
    return {"event_type": EVENT_TYPE, "event_payload": {"post_id": post.id, "part": part}}


def _part(message: Mapping[str, object], post: DeskPost) -> int | None:
    metadata = message.get("metadata")
    if not isinstance(metadata, dict) or metadata.get("event_type") != EVENT_TYPE:
        return None
    payload = metadata.get("event_payload") or {}
    return int(payload.get("part", 0)) if payload.get("post_id") == post.id else None


def _next(page: AsyncSlackResponse) -> str:
    following = page.get("response_metadata") or {}
    return str(following.get("next_cursor") or "")


def _thread(post: DeskPost) -> tuple[str, str]:
    if post.thread is None and post.attempts >= ATTEMPTS_WITHOUT_CARD:
        raise DeskRefusedError("The card of this conversation never reached Slack.")
    if post.thread is None:
        raise DeskUnavailableError(
            "The card of this conversation is not in Slack yet.", NO_CARD_YET
        )
    channel, _, ts = post.thread.partition(":")
    return channel, ts


def _message(post: DeskPost) -> Message:
    if post.message is None:
        raise DeskRefusedError("There is no message to show in this post.")
    return post.message


def _must_be_about_blocks(error: SlackApiError) -> None:
    if code_of(error) not in BLOCK_ERRORS:
        raise error
    log.warning("card.simplified", error=code_of(error))
