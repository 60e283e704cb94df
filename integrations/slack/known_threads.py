"""Whose thread it is, also while a card stands in Slack and the process died before it noted where."""

from dataclasses import dataclass

from slack_sdk.web.async_client import AsyncWebClient

from agent.handoff import HandoffId
from integrations.slack.desk_actions import Threads


@dataclass(frozen=True, slots=True)
class KnownThreads:
    """Asks our own rows first, and the card itself where these may lag behind."""

    client: AsyncWebClient
    threads: Threads

    async def handoff_of(self, channel: str, thread_ts: str) -> HandoffId | None:
        """Find the handoff whose card begins this thread; raises SlackApiError when it cannot be told."""
        if known := await self.threads.handoff_of(channel, thread_ts):
            return known
        if not (in_doubt := await self.threads.cards_in_doubt()):
            return None
        answer = await self.client.conversations_replies(
            channel=channel, ts=thread_ts, limit=1, include_all_metadata=True
        )
        card: dict[str, dict[str, dict[str, str]]] = next(iter(answer["messages"]), {})
        payload = (card.get("metadata") or {}).get("event_payload") or {}
        return in_doubt.get(str(payload.get("post_id")))
