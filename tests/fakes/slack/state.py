"""The workspace the Slack twin keeps: channels, messages, users, views."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]  # bodies as they travel; their shape is Slack's, not ours

TEAM_ID = "T0TWIN"
APP_ID = "A0TWIN"
BOT_ID = "B0TWIN"
BOT_USER_ID = "U0TWINBOT"


DEFAULT_SCOPES = frozenset(
    [
        "app_mentions:read",
        "channels:history",
        "channels:join",
        "channels:read",
        "chat:write",
        "chat:write.customize",
        "commands",
        "files:read",
        "files:write",
        "groups:history",
        "groups:read",
        "im:history",
        "im:read",
        "im:write",
        "reactions:read",
        "reactions:write",
        "team:read",
        "usergroups:read",
        "users:read",
        "users:read.email",
    ]
)


class SlackError(Exception):
    """An answer with ok: false, under the name Slack gives the error."""

    def __init__(self, error: str, *details: str) -> None:
        super().__init__(error)
        self.error = error
        self.details = details


@dataclass(slots=True)
class File:
    """A file; nobody sees it before its upload is completed."""

    id: str
    name: str
    user: str
    length: int
    content: bytes | None = None
    title: str = ""
    is_complete: bool = False
    shared_in: list[str] = field(default_factory=list)


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
    files: list[File] = field(default_factory=list)
    edited_at: str | None = None
    is_tombstone: bool = False
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
    members: list[str] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    ephemeral: list[Message] = field(default_factory=list)

    @property
    def is_direct(self) -> bool:
        """Whether it is a talk of the bot with one person."""
        return self.id.startswith("D")


@dataclass(frozen=True, slots=True)
class User:
    """A person or the bot."""

    id: str
    name: str
    email: str
    time_zone: str = "Europe/Berlin"
    is_bot: bool = False
    is_deleted: bool = False
    is_away: bool = False


@dataclass(frozen=True, slots=True)
class Usergroup:
    """A named group of people that can be mentioned together."""

    id: str
    handle: str
    users: tuple[str, ...]


@dataclass(slots=True)
class View:
    """A modal or a home tab; it changes when it is updated."""

    id: str
    user: str
    view: Json
    hash: str = ""
    root_id: str = ""
    previous_id: str | None = None
    is_open: bool = True


@dataclass(slots=True)
class Trigger:
    """The right to open one modal, for the three seconds after a click."""

    user: str
    issued_at: float
    is_used: bool = False
    view_id: str | None = None


@dataclass(slots=True)
class Workspace:
    """Everything the twin remembers."""

    channels: dict[str, Channel] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    views: list[View] = field(default_factory=list)
    homes: dict[str, View] = field(default_factory=dict)
    files: dict[str, File] = field(default_factory=dict)
    uploads: dict[str, str] = field(default_factory=dict)
    usergroups: dict[str, Usergroup] = field(default_factory=dict)
    triggers: dict[str, Trigger] = field(default_factory=dict)
    listeners: list[Callable[[Json], None]] = field(default_factory=list)
    scopes: frozenset[str] = DEFAULT_SCOPES
    host: str = ""
    unthreads: bool = False
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
        if name in self.users:
            return self.get_direct(str(name))
        wanted = str(name).removeprefix("#")
        for key, channel in self.channels.items():
            if wanted in (key, channel.id, channel.name):
                return channel
        raise SlackError("channel_not_found")

    def get_direct(self, user_id: str) -> Channel:
        """The direct messages of the bot with this person, opened when there were none."""
        if user_id not in self.channels:
            opened = Channel(self.new_id("D"), user_id, is_private=True, members=[user_id])
            self.channels[user_id] = opened
        return self.channels[user_id]

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

    def get_view(self, view_id: object) -> View:
        """The modal or home tab of this id, or of this external id."""
        for opened in [*self.views, *self.homes.values()]:
            if opened.is_open and view_id in (opened.id, opened.view.get("external_id") or None):
                return opened
        raise SlackError("not_found")

    def tell(self, event: Json) -> None:
        """Let everybody who listens know what happened."""
        for listener in self.listeners:
            listener(event)

    def post(self, channel: Channel, message: Message) -> Message:
        """Store a message, in its thread if it names one."""
        # A reply to what was deleted may come to stand in the channel itself:
        # https://github.com/slack-go/slack/issues/1571
        if self.unthreads and message.thread_ts not in {one.ts for one in channel.messages}:
            message.thread_ts = None
        if message.thread_ts is not None:
            parent = self.get_message(channel, message.thread_ts, "thread_not_found")
            message.thread_ts = parent.thread_ts = parent.thread_ts or parent.ts
        channel.messages.append(message)
        return message

    def replies(self, channel: Channel, ts: str) -> list[Message]:
        """What stands in the thread below this message."""
        return [m for m in channel.messages if m.is_reply and m.thread_ts == ts]

    def with_action_ids(self, blocks: Iterable[Json]) -> list[Json]:
        """The blocks, with names for the inputs that the app left nameless."""
        return [self._with_action_id(block) for block in blocks]

    def _with_action_id(self, block: Json) -> Json:
        element = block.get("element")
        if not isinstance(element, dict) or element.get("action_id"):
            return block
        return {**block, "element": {**element, "action_id": self.new_id("a")}}

    def with_block_ids(self, blocks: Iterable[Json]) -> list[Json]:
        """The blocks, named where the app left them nameless, as Slack does."""
        return [
            {**block, "block_id": block.get("block_id") or self.new_id("b")} for block in blocks
        ]
