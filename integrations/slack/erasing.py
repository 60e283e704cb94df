"""Taking what Hotline posted of a person out of Slack: their cards say so, and nothing of ours is left below them.

What reps wrote and shared themselves is theirs; Slack lets no app take that away.
"""

from collections.abc import AsyncIterator, Awaitable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from integrations.slack.delivery_words import ERASED_CARD
from integrations.slack.refusals import code_of, translated

PAGE: Final = 200
GONE: Final = frozenset(
    {"message_not_found", "thread_not_found", "channel_not_found", "file_not_found", "file_deleted"}
)
NOT_OURS: Final = frozenset({"cant_delete_message", "cant_delete_file", "cant_update_message"})


@dataclass(frozen=True, slots=True)
class SlackEraser:
    """Erases by the references of cards, `channel:ts`."""

    client: AsyncWebClient

    async def erase(self, reference: str) -> None:
        """Blank a card and delete what we posted below it; raises DeskUnavailableError or DeskRefusedError."""
        channel, _, ts = reference.partition(":")
        if not ts:
            return
        with translated():
            bot_id = str((await self.client.auth_test())["bot_id"])
            async for message in self._thread(channel, ts):
                if message["ts"] != ts and message.get("bot_id") == bot_id:
                    await self._delete(channel, message)
            blank = self.client.chat_update(channel=channel, ts=ts, text=ERASED_CARD, blocks=[])
            await _unless_gone(blank)

    async def _thread(self, channel: str, ts: str) -> AsyncIterator[Mapping[str, Any]]:
        cursor = ""
        while True:
            try:
                page = await self.client.conversations_replies(
                    channel=channel, ts=ts, limit=PAGE, cursor=cursor or None
                )
            except SlackApiError as error:
                if code_of(error) in GONE:
                    return
                raise
            for message in list(page["messages"]):
                yield message
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return

    async def _delete(self, channel: str, message: Mapping[str, Any]) -> None:
        for file in message.get("files") or ():
            await _unless_gone(self.client.files_delete(file=file["id"]))
        await _unless_gone(self.client.chat_delete(channel=channel, ts=message["ts"]))


async def _unless_gone(call: Awaitable[object]) -> None:
    """Make a call that has nothing to do where somebody else took the thing away."""
    try:
        await call
    except SlackApiError as error:
        if code_of(error) not in GONE | NOT_OURS:
            raise
