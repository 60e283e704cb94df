"""Small marks on what reps write: delivered, changed, read by the visitor, kept among colleagues, not delivered."""

from dataclasses import dataclass
from typing import Final

from slack_sdk.web.async_client import AsyncWebClient

from integrations.slack.errands import quietly
from integrations.slack.spoken import SPOKEN_IN_SLACK

DELIVERED: Final = "white_check_mark"
EDITED: Final = "pencil2"
SEEN: Final = "eyes"
NOTE: Final = "memo"
NOT_DELIVERED: Final = "warning"


@dataclass(frozen=True, slots=True)
class SlackMarks:
    """Puts marks on messages; one that cannot be put changes nothing for the visitor."""

    client: AsyncWebClient

    async def put(self, channel: str, ts: str, mark: str) -> None:
        """Put a mark on a message."""
        await quietly(self.client.reactions_add(channel=channel, timestamp=ts, name=mark))

    async def seen(self, words_id: str) -> None:
        """Mark what the visitor's browser has fetched, if it was written in Slack; see ReadReceipts."""
        if spoken := SPOKEN_IN_SLACK.fullmatch(words_id):
            await self.put(spoken[1], spoken[2], SEEN)
