"""Slack as the rep desk: shows each post once, as near to exactly once as Slack allows.

Slack's API has no idempotency key. Every post carries its id as message metadata; when an earlier attempt
may have got through, the desk looks for it there before it posts again.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Container, Mapping
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
from integrations.slack.calendars import share_call
from integrations.slack.calling import Called, Calling, with_mentions
from integrations.slack.files import FilesToSlack
from integrations.slack.places import Place, places, unreached
from integrations.slack.refusals import (
    BLOCK_ERRORS,
    PLACE_ERRORS,
    RETRY_MENDED_AFTER,
    code_of,
    translated,
)
from integrations.slack.rich_text import Block
from integrations.slack.spoken import SPOKEN_IN_SLACK

log = structlog.get_logger()

EVENT_TYPE: Final = "hotline_post"
PAGE: Final = 200
MOST_PAGES: Final = 5
NO_CARD_YET: Final = 3.0
ATTEMPTS_WITHOUT_CARD: Final = 5
NOBODY: Final = Called()
ICONS: Final = {
    Author.VISITOR: ":speech_balloon:",
    Author.AGENT: ":robot_face:",
    Author.REP: ":technologist:",
    Author.SYSTEM: ":information_source:",
}


@dataclass(frozen=True, slots=True)
class SlackRepDesk:
    """Shows cards in their team's channel, else in the common one, and all else in the threads of the cards.

    `channel` is the common one, an id (C0…). Without `calling` nobody is mentioned on a card.
    """

    client: AsyncWebClient
    channel: str
    playbook: Playbook
    calling: Calling | None = None
    files: FilesToSlack | None = None

    async def deliver(self, post: DeskPost) -> str:
        """Show one post and give its reference, `channel:ts`; see RepDesk."""
        with translated():
            try:
                return await self._deliver(post)
            except SlackApiError as error:
                if post.thread and code_of(error) in PLACE_ERRORS:
                    channel = _thread(post)[0]
                    await self._note(Place(channel, f"the channel {channel}"), error, None)
                raise

    async def _deliver(self, post: DeskPost) -> str:
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
        called = await self.calling.called(post.handoff) if self.calling else NOBODY
        reference = await self._found_card(post) or await self._post_somewhere(post, called)
        if self.calling:
            await self.calling.follow_up(post, called, reference)
        return reference

    async def _found_card(self, post: DeskPost) -> str:
        """Find a card that may have got through earlier, wherever it may stand."""
        for place in places(post.handoff, self.playbook, self.channel):
            try:
                found = await self._found(post, self._recent(place.channel))
            except SlackApiError as error:
                _must_be_about(PLACE_ERRORS, error)
                continue
            if found:
                return f"{place.channel}:{found[0]}"
        return ""

    async def _post_somewhere(self, post: DeskPost, called: Called) -> str:
        """Post a card in the first place that takes it, and say to the admins which did not; raises the last refusal."""
        possible = places(post.handoff, self.playbook, self.channel)
        refusal = None
        for place, following in zip(possible, [*possible[1:], None], strict=True):
            try:
                return await self._post_card(post, place.channel, called)
            except SlackApiError as error:
                _must_be_about(PLACE_ERRORS, error)
                await self._note(place, error, following)
                refusal = error
        raise refusal or DeskUnavailableError(
            "No Slack channel is set for cards.", RETRY_MENDED_AFTER
        )

    async def _note(self, place: Place, error: SlackApiError, following: Place | None) -> None:
        code = code_of(error)
        log.warning("slack.place_refused", channel=place.channel, error=code)
        if self.calling:
            about = f"channel:{place.channel}:{code}"
            elsewhere = following.channel if following else ""
            await self.calling.notes.tell(about, unreached(place, code, following), elsewhere)

    async def _post_card(self, post: DeskPost, channel: str, called: Called) -> str:
        async def write(shown: list[Block], text: str) -> str:
            posted = await self.client.chat_postMessage(
                channel=channel,
                text=text,
                blocks=shown,
                metadata=_mark(post, 0),
                unfurl_links=False,
                unfurl_media=False,
            )
            return f"{posted['channel']}:{posted['ts']}"

        return await self._write_card(post, called, write)

    async def _update(self, post: DeskPost) -> str:
        channel, ts = _thread(post)
        called = await self.calling.called(post.handoff) if self.calling else NOBODY

        async def write(shown: list[Block], text: str) -> str:
            await self.client.chat_update(channel=channel, ts=ts, text=text, blocks=shown)
            return f"{channel}:{ts}"

        return await self._write_card(post, called, write)

    async def _write_card(
        self, post: DeskPost, called: Called, write: Callable[[list[Block], str], Awaitable[str]]
    ) -> str:
        """Write the card, in its simple shape where Slack does not take the full one."""
        try:
            shown, text = blocks.card(post.handoff, self.playbook)
            return await write(*with_mentions(shown, text, called.mentioned))
        except SlackApiError as error:
            _must_be_about(BLOCK_ERRORS, error)
            log.warning("card.simplified", error=code_of(error))
            shown, text = blocks.small_card(post.handoff, self.playbook)
            return await write(*with_mentions(shown, text, called.mentioned))

    async def _close_card(self, post: DeskPost, channel: str, ts: str) -> None:
        """Take the buttons off a card whose handoff goes on in another team's channel."""
        team = self.playbook.team(post.handoff.team)
        place = (team.slack_channel if team else "") or self.channel
        shown, text = blocks.moved_card(post.handoff, self.playbook, place)
        await self.client.chat_update(channel=channel, ts=ts, text=text, blocks=shown)

    async def _relay(self, post: DeskPost) -> str:
        message = _message(post)
        if spoken := message.author is Author.REP and SPOKEN_IN_SLACK.fullmatch(post.text):
            return f"{spoken[1]}:{spoken[2]}"
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
        if self.files:
            await self.files.show(message, channel, thread_ts, is_in_doubt=post.is_in_doubt)
        return f"{channel}:{shown[0]}"

    async def _tell(self, post: DeskPost) -> str:
        channel, thread_ts = _thread(post)
        if found := await self._found(post, self._thread_of(channel, thread_ts)):
            return f"{channel}:{found[0]}"
        if post.kind is DeskPostKind.MOVED:
            await self._close_card(post, channel, thread_ts)
        told, playbook = (
            await self.calling.addressed(post) if self.calling else (post, self.playbook)
        )
        shown, text = reminders.told(told, playbook)
        posted = await self.client.chat_postMessage(
            channel=channel,
            thread_ts=thread_ts,
            text=text,
            blocks=shown,
            metadata=_mark(post, 0),
            unfurl_links=False,
            unfurl_media=False,
        )
        if post.kind is DeskPostKind.CALL_BACK:
            await share_call(self.client, post.handoff, self.playbook, channel, thread_ts)
        if post.kind is DeskPostKind.PAGE and self.calling:
            await self.calling.page(post, f"{channel}:{thread_ts}")
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

    async def _recent(self, channel: str) -> AsyncIterator[AsyncSlackResponse]:
        cursor = ""
        for _ in range(MOST_PAGES):
            page = await self.client.conversations_history(
                channel=channel, limit=PAGE, include_all_metadata=True, cursor=cursor or None
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


def _must_be_about(errors: Container[str], error: SlackApiError) -> None:
    if code_of(error) not in errors:
        raise error
