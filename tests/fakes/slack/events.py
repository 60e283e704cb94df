"""The events that tell of what happened in the workspace."""

import uuid

from tests.fakes.slack.shown import show_file, show_message, show_view
from tests.fakes.slack.state import TEAM_ID, Channel, Json, Message, View, Workspace


def message_event(workspace: Workspace, message: Message) -> Json:
    """The event that tells of a message, with its files and the bot that wrote it."""
    event: Json = {
        "type": "message",
        "user": message.user,
        "text": message.text,
        "ts": message.ts,
        "team": TEAM_ID,
        **_place(workspace.get_channel(message.channel), message.ts),
    }
    if message.thread_ts is not None:
        event["thread_ts"] = message.thread_ts
    if message.files:
        shared = [show_file(workspace, file) for file in message.files]
        event.update(subtype="file_share", files=shared, upload=False)
    if message.bot_id:
        shown = show_message(workspace, message)
        named = ("bot_id", "app_id", "blocks", "metadata", "username", "icons")
        return {**event, **{key: shown[key] for key in named if key in shown}}
    typed = {"blocks": message.blocks} if message.blocks else {}
    return {**event, **typed, "client_msg_id": str(uuid.uuid4())}


def changed_event(workspace: Workspace, message: Message, before: Json) -> Json:
    """The event that tells of an edit, with what the message said before."""
    event_ts = workspace.new_ts()
    return {
        "type": "message",
        "subtype": "message_changed",
        "hidden": True,
        "ts": event_ts,
        "message": show_message(workspace, message),
        "previous_message": before,
        **_place(workspace.get_channel(message.channel), event_ts),
    }


def deleted_event(workspace: Workspace, channel: Channel, before: Json) -> Json:
    """The event that tells of a deletion, with what the message said."""
    event_ts = workspace.new_ts()
    return {
        "type": "message",
        "subtype": "message_deleted",
        "hidden": True,
        "ts": event_ts,
        "deleted_ts": before["ts"],
        "previous_message": before,
        **_place(channel, event_ts),
    }


def reaction_event(workspace: Workspace, kind: str, message: Message, user: str, name: str) -> Json:
    """The event that tells of a reaction that came or went."""
    item = {"type": "message", "channel": message.channel, "ts": message.ts}
    ends = {"item": item, "item_user": message.user, "event_ts": workspace.new_ts()}
    return {"type": kind, "user": user, "reaction": name, **ends}


def home_opened_event(workspace: Workspace, user: str, tab: str, home: View | None) -> Json:
    """The event that tells that a person looks at the app's home or messages."""
    event: Json = {
        "type": "app_home_opened",
        "user": user,
        "channel": workspace.get_direct(user).id,
        "tab": tab,
        "event_ts": workspace.new_ts(),
    }
    return event if home is None else {**event, "view": show_view(home)}


def _place(channel: Channel, event_ts: str) -> Json:
    kind = "group" if channel.is_private else "channel"
    kind = "im" if channel.is_direct else kind
    return {"channel": channel.id, "channel_type": kind, "event_ts": event_ts}
