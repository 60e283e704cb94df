"""What Slack sends us, reduced to what matters: a press of a button, a window sent off, a reply in a thread."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from agent.handoff import HandoffId

PLAIN_REPLIES = frozenset({"", "file_share"})
BROADCAST = "thread_broadcast"
TOMBSTONE = "tombstone"


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
class SharedFile:
    """A file that came with words in Slack; `url` asks for the bot's token, and is empty for what is not there.

    Of a veiled one Slack tells only the id: `files.info` tells the rest.
    """

    id: str
    name: str
    size: int
    url: str
    is_veiled: bool = False

    @classmethod
    def read(cls, file: Mapping[str, Any]) -> Self:
        """Read a file object."""
        # Files of elsewhere (external) have no bytes in Slack.
        is_here = not file.get("is_external") and file.get("mode") not in ("tombstone", "external")
        url = file.get("url_private_download") or file.get("url_private") or ""
        return cls(
            id=str(file.get("id") or ""),
            name=str(file.get("name") or file.get("title") or ""),
            size=int(file.get("size") or 0),
            url=str(url) if is_here else "",
            is_veiled=file.get("file_access") == "check_file_info",
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
    files: tuple[SharedFile, ...]
    is_broadcast: bool

    @property
    def words_id(self) -> str:
        """Give the id under which these words are said to the visitor."""
        return words_id_of(self.channel, self.ts)

    @property
    def key(self) -> str:
        """Give what tells this reply from all others."""
        return key_of(self.channel, self.ts, is_broadcast=self.is_broadcast)

    @classmethod
    def read(cls, event: Mapping[str, Any]) -> Self | None:
        """Read a `message` event; None for all that no person wrote as a reply in a thread.

        That leaves out top-level messages, apps and ourselves, edits, deletions, joins and the like.
        """
        subtype = event.get("subtype") or ""
        is_ours_to_read = subtype in PLAIN_REPLIES or subtype == BROADCAST
        is_by_person = event.get("user") and not _is_by_app(event) and not event.get("hidden")
        if not is_ours_to_read or not is_by_person or not _is_reply(event):
            return None
        return cls(
            user=event["user"],
            channel=event["channel"],
            thread_ts=event["thread_ts"],
            ts=event["ts"],
            text=event.get("text") or "",
            files=tuple(SharedFile.read(file) for file in event.get("files") or ()),
            is_broadcast=subtype == BROADCAST,
        )


@dataclass(frozen=True, slots=True)
class Correction:
    """Somebody changed what stood in a thread, or took it away (`text` is None); `at` orders such changes."""

    user: str
    channel: str
    thread_ts: str
    ts: str
    text: str | None
    at: datetime

    @property
    def words_id(self) -> str:
        """Give the id under which the words were said to the visitor."""
        return words_id_of(self.channel, self.ts)

    @property
    def key(self) -> str:
        """Give what tells the reply that is corrected from all others."""
        return key_of(self.channel, self.ts)

    @classmethod
    def read(cls, event: Mapping[str, Any]) -> Self | None:
        """Read a `message` event; None for all that corrects no words of a person in a thread.

        Slack tells of link previews as of edits: the words are the same before and after.
        """
        before = event.get("previous_message") or {}
        match event.get("subtype"):
            case "message_deleted":
                return cls._of(event, before, None)
            case "message_changed":
                after = event.get("message") or {}
                if after.get("subtype") == TOMBSTONE:
                    return cls._of(event, before, None)
                text = after.get("text") or ""
                has_changed = not before or text != (before.get("text") or "")
                return cls._of(event, after, text) if has_changed else None
            case _:
                return None

    @classmethod
    def _of(
        cls, event: Mapping[str, Any], message: Mapping[str, Any], text: str | None
    ) -> Self | None:
        is_plain = (message.get("subtype") or "") in PLAIN_REPLIES
        if not is_plain or _is_by_app(message) or not _is_reply(message):
            return None
        return cls(
            user=str(message.get("user") or ""),
            channel=event["channel"],
            thread_ts=message["thread_ts"],
            ts=message["ts"],
            text=text,
            at=_instant(event.get("event_ts") or event["ts"]),
        )


@dataclass(frozen=True, slots=True)
class Disappearance:
    """A message that stood in the channel itself, perhaps a card, was deleted."""

    channel: str
    ts: str
    user: str = ""
    thread_ts: str = ""

    @classmethod
    def read(cls, event: Mapping[str, Any]) -> Self | None:
        """Read a `message` event; a card with replies leaves a stone in its place, which Slack calls a change."""
        before = event.get("previous_message") or {}
        is_stone = (event.get("message") or {}).get("subtype") == TOMBSTONE
        is_gone = event.get("subtype") == "message_deleted" or is_stone
        ts = event.get("deleted_ts") or before.get("ts")
        if not is_gone or not ts or _is_reply(before):
            return None
        return cls(channel=event["channel"], ts=str(ts))


def words_id_of(channel: str, ts: str) -> str:
    """Give the id under which words that stand in Slack are said to the visitor."""
    return f"slack:{channel}:{ts}"


def key_of(channel: str, ts: str, *, is_broadcast: bool = False) -> str:
    """Give what tells a message in Slack from all others."""
    return f"{'broadcast' if is_broadcast else 'message'}:{channel}:{ts}"


def _is_by_app(message: Mapping[str, Any]) -> bool:
    return bool(message.get("bot_id") or message.get("bot_profile"))


def _is_reply(message: Mapping[str, Any]) -> bool:
    thread_ts, ts = message.get("thread_ts"), message.get("ts")
    return bool(thread_ts and ts) and thread_ts != ts


def _instant(ts: str) -> datetime:
    seconds, _, micros = str(ts).partition(".")
    return datetime.fromtimestamp(int(seconds), UTC) + timedelta(microseconds=int(micros or 0))
