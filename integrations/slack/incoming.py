"""What Slack sends us, reduced to what matters: a press of a button, a window sent off, a reply in a thread."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from agent.handoff import HandoffId

PLAIN_REPLIES = frozenset({"", "file_share"})
BROADCAST = "thread_broadcast"


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody pressed the button that opened a window, and of which handoff."""

    handoff_id: HandoffId
    channel: str = ""
    thread_ts: str = ""

    def write(self) -> str:
        """Write it so that a window can carry it."""
        return json.dumps(asdict(self))

    @classmethod
    def read(cls, written: str) -> Self:
        """Read what `write` wrote."""
        known = json.loads(written or "{}")
        handoff_id = HandoffId(str(known.get("handoff_id", "")))
        return cls(handoff_id, str(known.get("channel", "")), str(known.get("thread_ts", "")))


@dataclass(frozen=True, slots=True)
class Press:
    """Somebody pressed a button of a card; `value` is what the button carries, or what was chosen of a menu."""

    user: str
    channel: str
    handoff_id: HandoffId
    key: str
    thread_ts: str = ""
    trigger_id: str = ""
    value: str = ""

    @property
    def place(self) -> Place:
        """Give where it was pressed."""
        return Place(self.handoff_id, self.channel, self.thread_ts)

    @classmethod
    def read(cls, body: Mapping[str, Any]) -> Self:
        """Read a `block_actions` payload."""
        action = body["actions"][0]
        place = body.get("container") or {}
        message_ts = (body.get("message") or {}).get("ts") or place.get("message_ts", "")
        option = action.get("selected_option") or {}
        value = str(action.get("value") or option.get("value") or "")
        return cls(
            user=body["user"]["id"],
            channel=(body.get("channel") or {}).get("id") or place.get("channel_id", ""),
            handoff_id=HandoffId(value.rpartition("|")[2]),
            trigger_id=str(body.get("trigger_id") or ""),
            key=f"action:{message_ts}:{action['action_id']}:{action.get('action_ts') or body.get('trigger_id')}",
            value=value,
        )


@dataclass(frozen=True, slots=True)
class WindowPress:
    """Somebody pressed a button within a window, to read on."""

    user: str
    channel: str
    thread_ts: str
    place: Place
    view_id: str
    view_hash: str
    value: str

    @classmethod
    def read(cls, body: Mapping[str, Any]) -> Self:
        """Read a `block_actions` payload of a view."""
        view = body["view"]
        place = Place.read(view.get("private_metadata", ""))
        value = str(body["actions"][0].get("value") or "")
        where = (place.channel, place.thread_ts)
        return cls(body["user"]["id"], *where, place, view["id"], view.get("hash", ""), value)


@dataclass(frozen=True, slots=True)
class Submission:
    """Somebody sent a window off; the same window is the same submission however often Slack tells of it."""

    user: str
    channel: str
    thread_ts: str
    handoff_id: HandoffId
    view_id: str
    values: Mapping[str, Any] = field(repr=False)

    @property
    def key(self) -> str:
        """Give what says that it was taken in."""
        return f"view:{self.view_id}"

    @classmethod
    def read(cls, body: Mapping[str, Any]) -> Self:
        """Read a `view_submission` payload."""
        view = body["view"]
        place = Place.read(view.get("private_metadata", ""))
        values = (view.get("state") or {}).get("values") or {}
        where = (place.channel, place.thread_ts)
        return cls(body["user"]["id"], *where, place.handoff_id, view["id"], values)


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
