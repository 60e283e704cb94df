"""The methods that read channels, threads and direct messages, and enter them."""

from collections.abc import Sequence

from tests.fakes.slack.arguments import cut, is_set, listed, readable, visible
from tests.fakes.slack.shown import members_of, show_channel, show_message
from tests.fakes.slack.state import Channel, Json, Message, SlackError, Workspace


def history(workspace: Workspace, arguments: Json) -> Json:
    """conversations.history."""
    channel = readable(workspace, arguments)
    shown = [message for message in channel.messages if not message.is_reply]
    return _page(workspace, _within(shown, arguments)[::-1], arguments, default_limit=100)


def replies(workspace: Workspace, arguments: Json) -> Json:
    """conversations.replies."""
    channel = readable(workspace, arguments)
    parent = workspace.get_message(channel, arguments.get("ts"), "thread_not_found")
    if parent.is_reply:
        return _page(workspace, [parent], arguments, default_limit=1000)
    thread = [parent, *_within(workspace.replies(channel, parent.ts), arguments)]
    return _page(workspace, thread, arguments, default_limit=1000)


def info(workspace: Workspace, arguments: Json) -> Json:
    """conversations.info."""
    return {"channel": show_channel(visible(workspace, arguments))}


def join(workspace: Workspace, arguments: Json) -> Json:
    """conversations.join."""
    channel = workspace.get_channel(arguments.get("channel"))
    if channel.is_private:
        raise SlackError("method_not_supported_for_channel_type")
    if channel.is_archived:
        raise SlackError("is_archived")
    channel.is_member = True
    return {"channel": show_channel(channel)}


def open_direct(workspace: Workspace, arguments: Json) -> Json:
    """conversations.open, for one person; again gives the same direct messages."""
    users = listed(arguments.get("users"))
    if not users:
        raise SlackError("users_list_not_supplied")
    if len(users) > 1:
        raise SlackError("method_not_supported_for_channel_type")
    if workspace.get_user(users[0]).is_deleted:
        raise SlackError("user_disabled")
    was_open = users[0] in workspace.channels
    channel = workspace.get_direct(users[0])
    shown = show_channel(channel) if is_set(arguments, "return_im") else {"id": channel.id}
    known = {"no_op": True, "already_open": True} if was_open else {}
    return {**known, "channel": shown}


def members(workspace: Workspace, arguments: Json) -> Json:
    """conversations.members."""
    everybody = members_of(readable(workspace, arguments))
    start, end, cursor = cut(len(everybody), arguments, 100)
    return {"members": everybody[start:end], "response_metadata": {"next_cursor": cursor}}


def list_all(workspace: Workspace, arguments: Json) -> Json:
    """conversations.list: private channels and direct messages only where the bot is."""
    seen = [c for c in workspace.channels.values() if c.is_member or not c.is_private]
    return _list(seen, arguments)


def list_of_user(workspace: Workspace, arguments: Json) -> Json:
    """users.conversations: where the bot is, or a person is."""
    user = arguments.get("user")
    if user is None:
        return _list([c for c in workspace.channels.values() if c.is_member], arguments)
    known = workspace.get_user(user)
    seen = [c for c in workspace.channels.values() if known.id in members_of(c)]
    return _list(seen, arguments)


def kind_of(channel: Channel) -> str:
    """Which of Slack's kinds of conversation it is."""
    if channel.is_direct:
        return "im"
    return "private_channel" if channel.is_private else "public_channel"


def _list(channels: Sequence[Channel], arguments: Json) -> Json:
    kinds = listed(arguments.get("types")) or ["public_channel"]
    wanted = [c for c in channels if kind_of(c) in kinds]
    if is_set(arguments, "exclude_archived"):
        wanted = [c for c in wanted if not c.is_archived]
    start, end, cursor = cut(len(wanted), arguments, 100)
    shown = [show_channel(channel) for channel in wanted[start:end]]
    return {"channels": shown, "response_metadata": {"next_cursor": cursor}}


def _within(messages: list[Message], arguments: Json) -> list[Message]:
    oldest = float(arguments.get("oldest") or 0)
    latest = float(arguments.get("latest") or "inf")
    if is_set(arguments, "inclusive"):
        return [m for m in messages if oldest <= float(m.ts) <= latest]
    return [m for m in messages if oldest < float(m.ts) < latest]


def _page(
    workspace: Workspace, messages: Sequence[Message], arguments: Json, *, default_limit: int
) -> Json:
    start, end, cursor = cut(len(messages), arguments, default_limit)
    wanted = is_set(arguments, "include_all_metadata")
    shown = [show_message(workspace, m, with_metadata=wanted) for m in messages[start:end]]
    return {
        "messages": shown,
        "has_more": bool(cursor),
        "response_metadata": {"next_cursor": cursor},
    }
