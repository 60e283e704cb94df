"""What Slack sends us, reduced to what matters: a press of a button, a reply in a thread."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from agent.handoff import HandoffId

PLAIN_REPLIES = frozenset({"", "file_share"})
BROADCAST = "thread_broadcast"


@dataclass(frozen=True, slots=True)
class Press:
    """Somebody pressed a button of a card."""

    user: str
    channel: str
    handoff_id: HandoffId
    key: str
    thread_ts: str = ""
    trigger_id: str = ""

    @classmethod
    def read(cls, body: Mapping[str, Any]) -> Self:
        """Read a `block_actions` payload."""
        action = body["actions"][0]
        place = body.get("container") or {}
        message_ts = (body.get("message") or {}).get("ts") or place.get("message_ts", "")
        return cls(
            user=body["user"]["id"],
            channel=(body.get("channel") or {}).get("id") or place.get("channel_id", ""),
            handoff_id=HandoffId(str(action.get("value", ""))),
            trigger_id=str(body.get("trigger_id") or ""),
            key=f"action:{message_ts}:{action['action_id']}:{action.get('action_ts') or body.get('trigger_id')}",
        )


@dataclass(frozen=True, slots=True)
class ThreadReply:
    """Somebody wrote in a thread; the same message is the same reply however often Slack tells of it."""

    user: str
    channel: str
    thread_ts: str
    ts: str
    text: str
    has_files: bool
    is_broadcast: bool

    @property
    def words_id(self) -> str:
        """Give the id under which these words are said to the visitor."""
        return f"slack:{self.channel}:{self.ts}"

    @classmethod
    def read(cls, event: Mapping[str, Any]) -> Self | None:
        """Read a `message` event; None for all that no person wrote as a reply in a thread.

        That leaves out top-level messages, apps and ourselves, edits, deletions, joins and the like.
        """
        subtype = event.get("subtype") or ""
        is_ours_to_read = subtype in PLAIN_REPLIES or subtype == BROADCAST
        is_by_app = bool(event.get("bot_id") or event.get("bot_profile") or event.get("hidden"))
        thread_ts, ts = event.get("thread_ts"), event.get("ts")
        if (
            not is_ours_to_read
            or is_by_app
            or not event.get("user")
            or not thread_ts
            or thread_ts == ts
        ):
            return None
        return cls(
            user=event["user"],
            channel=event["channel"],
            thread_ts=thread_ts,
            ts=event["ts"],
            text=event.get("text") or "",
            has_files=bool(event.get("files")),
            is_broadcast=subtype == BROADCAST,
        )
