"""The workspace the Slack twin keeps: channels, messages, users, views."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]  # bodies as they travel; their shape is Slack's, not ours

TEAM_ID = "T0TWIN"
APP_ID = "A0TWIN"
BOT_ID = "B0TWIN"
BOT_USER_ID = "U0TWINBOT"


class SlackError(Exception):
    """An answer with ok: false, under the name Slack gives the error."""

    def __init__(self, error: str, *details: str) -> None:
        super().__init__(error)
        self.error = error
        self.details = details


@dataclass(slots=True)
class Message:
    """One message; it changes when it is updated or reacted to."""

    ts: str
    channel: str
    user: str
    text: str
    blocks: list[Json] = field(default_factory=list)
    thread_ts: str | None = None
    metadata: Json | None = None
    username: str | None = None
    icon_url: str | None = None
    bot_id: str | None = None
    ephemeral_to: str | None = None
    reactions: dict[str, list[str]] = field(default_factory=dict)
    n_updates: int = 0

    @property
    def is_reply(self) -> bool:
        """Whether it stands in a thread below another message."""
        return self.thread_ts is not None and self.thread_ts != self.ts

    def find_element(self, action_id: str) -> tuple[str, Json] | None:
        """The interactive element with this action id, after the id of its block."""
        for block in self.blocks:
            for element in [*block.get("elements", []), block.get("accessory") or {}]:
                if element.get("action_id") == action_id:
                    return block["block_id"], element
        return None


@dataclass(slots=True)
class Channel:
    """A channel, and whether the bot is in it."""

    id: str
    name: str
    is_member: bool = True
    is_private: bool = False
    is_archived: bool = False
    messages: list[Message] = field(default_factory=list)
    ephemeral: list[Message] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class User:
    """A person or the bot."""

    id: str
    name: str
    email: str
    time_zone: str = "Europe/Berlin"
    is_bot: bool = False


@dataclass(frozen=True, slots=True)
class View:
    """A modal that was opened."""

    id: str
    user: str
    view: Json


@dataclass(slots=True)
class Trigger:
    """The right to open one modal, for the three seconds after a click."""

    user: str
    issued_at: float
    is_used: bool = False


@dataclass(slots=True)
class Workspace:
    """Everything the twin remembers."""

    channels: dict[str, Channel] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    views: list[View] = field(default_factory=list)
    triggers: dict[str, Trigger] = field(default_factory=dict)
    _last_micros: int = 0
    _n_ids: int = 0

    def __post_init__(self) -> None:
        self.users[BOT_USER_ID] = User(BOT_USER_ID, "hotline", "", is_bot=True)

    def new_id(self, prefix: str) -> str:
        """An id of Slack's shape that nothing else has."""
        self._n_ids += 1
        return f"{prefix}0{self._n_ids:08d}"

    def new_ts(self) -> str:
        """A timestamp later than every other one."""
        self._last_micros = max(self._last_micros + 1, int(time.time() * 1_000_000))
        return f"{self._last_micros // 1_000_000}.{self._last_micros % 1_000_000:06d}"

    def get_channel(self, name: object) -> Channel:
        """The channel of this id or name; a user's id means the direct messages with them."""
        if name in self.users and name not in self.channels:
            self.channels[str(name)] = Channel(self.new_id("D"), str(name), is_private=True)
        wanted = str(name).removeprefix("#")
        for key, channel in self.channels.items():
            if wanted in (key, channel.id, channel.name):
                return channel
        raise SlackError("channel_not_found")

    def get_user(self, user_id: object) -> User:
        """The user of this id."""
        if user := self.users.get(str(user_id)):
            return user
        raise SlackError("user_not_found")

    def get_message(
        self, channel: Channel, ts: object, error: str = "message_not_found"
    ) -> Message:
        """The message of this timestamp."""
        for message in channel.messages:
            if message.ts == ts:
                return message
        raise SlackError(error)

    def post(self, channel: Channel, message: Message) -> Message:
        """Store a message, in its thread if it names one."""
        if message.thread_ts is not None:
            parent = self.get_message(channel, message.thread_ts, "thread_not_found")
            message.thread_ts = parent.thread_ts = parent.thread_ts or parent.ts
        channel.messages.append(message)
        return message

    def replies(self, channel: Channel, ts: str) -> list[Message]:
        """What stands in the thread below this message."""
        return [m for m in channel.messages if m.is_reply and m.thread_ts == ts]

    def with_block_ids(self, blocks: Iterable[Json]) -> list[Json]:
        """The blocks, named where the app left them nameless, as Slack does."""
        return [
            {**block, "block_id": block.get("block_id") or self.new_id("b")} for block in blocks
        ]
