"""Slack's Web API methods, each a function of the workspace and its arguments."""

import time
from collections.abc import Callable, Sequence

from tests.fakes.slack import limits
from tests.fakes.slack.state import (
    APP_ID,
    BOT_ID,
    BOT_USER_ID,
    TEAM_ID,
    Channel,
    Json,
    Message,
    SlackError,
    User,
    View,
    Workspace,
)

TRIGGER_SECONDS = 3.0

Method = Callable[[Workspace, Json], Json]


def show_message(workspace: Workspace, message: Message, *, with_metadata: bool = True) -> Json:
    """A message as Slack shows it; nothing absent is named."""
    known = {
        "type": "message",
        "ts": message.ts,
        "user": message.user,
        "text": message.text,
        "team": TEAM_ID,
        "bot_id": message.bot_id,
        "app_id": message.bot_id and APP_ID,
        "username": message.username,
        "icons": message.icon_url and {"image_48": message.icon_url},
        "thread_ts": message.thread_ts,
        "blocks": message.blocks or None,
        "metadata": message.metadata if with_metadata else None,
        "reactions": _show_reactions(message),
        **_show_thread(workspace, message),
    }
    return {key: value for key, value in known.items() if value is not None}


def show_user(user: User) -> Json:
    """A user as Slack shows it."""
    return {
        "id": user.id,
        "team_id": TEAM_ID,
        "name": user.name.lower().replace(" ", "."),
        "real_name": user.name,
        "tz": user.time_zone,
        "deleted": False,
        "is_bot": user.is_bot,
        "profile": {"real_name": user.name, "display_name": user.name, "email": user.email},
    }


def _show_channel(channel: Channel) -> Json:
    return {
        "id": channel.id,
        "name": channel.name,
        "is_channel": not channel.is_private,
        "is_private": channel.is_private,
        "is_archived": channel.is_archived,
        "is_member": channel.is_member,
    }


def _show_reactions(message: Message) -> list[Json] | None:
    shown = [
        {"name": name, "users": users, "count": len(users)}
        for name, users in message.reactions.items()
    ]
    return shown or None


def _show_thread(workspace: Workspace, message: Message) -> Json:
    replies = workspace.replies(workspace.get_channel(message.channel), message.ts)
    if not replies:
        return {}
    users = sorted({reply.user for reply in replies})
    return {"reply_count": len(replies), "reply_users": users, "latest_reply": replies[-1].ts}


def _auth_test(workspace: Workspace, _arguments: Json) -> Json:
    return {
        "url": "https://twin.slack.com/",
        "team": "Twin",
        "user": workspace.users[BOT_USER_ID].name,
        "team_id": TEAM_ID,
        "user_id": BOT_USER_ID,
        "bot_id": BOT_ID,
        "is_enterprise_install": False,
    }


def _api_test(_workspace: Workspace, arguments: Json) -> Json:
    if error := arguments.get("error"):
        raise SlackError(str(error))
    return {"args": arguments}


def _post_message(workspace: Workspace, arguments: Json) -> Json:
    channel = _writable(workspace, arguments)
    message = workspace.post(channel, _compose(workspace, channel, arguments))
    return {"channel": channel.id, "ts": message.ts, "message": show_message(workspace, message)}


def _post_ephemeral(workspace: Workspace, arguments: Json) -> Json:
    channel = _writable(workspace, arguments)
    if arguments.get("user") not in workspace.users:
        raise SlackError("user_not_in_channel")
    message = _compose(workspace, channel, arguments)
    message.ephemeral_to = str(arguments["user"])
    channel.ephemeral.append(message)
    return {"message_ts": message.ts}


def _compose(workspace: Workspace, channel: Channel, arguments: Json) -> Message:
    text = str(arguments.get("text") or "")
    limits.check_text(text, limits.POST_TEXT)
    blocks = limits.check_message_blocks(arguments.get("blocks") or [])
    if not text and not blocks:
        raise SlackError("no_text")
    return Message(
        ts=workspace.new_ts(),
        channel=channel.id,
        user=BOT_USER_ID,
        bot_id=BOT_ID,
        text=text,
        blocks=workspace.with_block_ids(blocks),
        thread_ts=arguments.get("thread_ts"),
        metadata=limits.check_metadata(arguments.get("metadata")),
        username=arguments.get("username"),
        icon_url=arguments.get("icon_url"),
    )


def _update(workspace: Workspace, arguments: Json) -> Json:
    channel = _writable(workspace, arguments)
    message = workspace.get_message(channel, arguments.get("ts"))
    if message.user != BOT_USER_ID:
        raise SlackError("cant_update_message")
    change_message(workspace, message, arguments)
    shown = show_message(workspace, message)
    return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": shown}


def change_message(workspace: Workspace, message: Message, arguments: Json) -> None:
    """Give a message the text, blocks and metadata that are named."""
    if "text" not in arguments and "blocks" not in arguments:
        raise SlackError("no_text")
    text = str(arguments.get("text") or "")
    limits.check_text(text, limits.UPDATE_TEXT)
    # A text without blocks takes the old blocks away; blocks without a text leave no text behind.
    blocks = limits.check_message_blocks(arguments.get("blocks") or [])
    if not text and not blocks:
        raise SlackError("no_text")
    if "metadata" in arguments:
        message.metadata = limits.check_metadata(arguments["metadata"])
    message.text, message.blocks = text, workspace.with_block_ids(blocks)
    message.n_updates += 1


def _replies(workspace: Workspace, arguments: Json) -> Json:
    channel = _readable(workspace, arguments)
    parent = workspace.get_message(channel, arguments.get("ts"), "thread_not_found")
    if parent.is_reply:
        return _page(workspace, [parent], arguments, default_limit=1000)
    thread = [parent, *_within(workspace.replies(channel, parent.ts), arguments)]
    return _page(workspace, thread, arguments, default_limit=1000)


def _history(workspace: Workspace, arguments: Json) -> Json:
    channel = _readable(workspace, arguments)
    shown = [message for message in channel.messages if not message.is_reply]
    return _page(workspace, _within(shown, arguments)[::-1], arguments, default_limit=100)


def _within(messages: list[Message], arguments: Json) -> list[Message]:
    oldest = float(arguments.get("oldest") or 0)
    latest = float(arguments.get("latest") or "inf")
    if str(arguments.get("inclusive", "0")) in ("1", "true", "True"):
        return [m for m in messages if oldest <= float(m.ts) <= latest]
    return [m for m in messages if oldest < float(m.ts) < latest]


def _page(
    workspace: Workspace, messages: Sequence[Message], arguments: Json, *, default_limit: int
) -> Json:
    start, end, cursor = _cut(len(messages), arguments, default_limit)
    wanted = str(arguments.get("include_all_metadata", "0")) in ("1", "true", "True")
    shown = [show_message(workspace, m, with_metadata=wanted) for m in messages[start:end]]
    return {
        "messages": shown,
        "has_more": bool(cursor),
        "response_metadata": {"next_cursor": cursor},
    }


def _cut(total: int, arguments: Json, default_limit: int) -> tuple[int, int, str]:
    start = int(arguments.get("cursor") or 0)
    end = start + int(arguments.get("limit") or default_limit)
    return start, end, str(end) if end < total else ""


def _channel_info(workspace: Workspace, arguments: Json) -> Json:
    return {"channel": _show_channel(workspace.get_channel(arguments.get("channel")))}


def _join(workspace: Workspace, arguments: Json) -> Json:
    channel = workspace.get_channel(arguments.get("channel"))
    if channel.is_private:
        raise SlackError("method_not_supported_for_channel_type")
    if channel.is_archived:
        raise SlackError("is_archived")
    channel.is_member = True
    return {"channel": _show_channel(channel)}


def _user_info(workspace: Workspace, arguments: Json) -> Json:
    return {"user": show_user(workspace.get_user(arguments.get("user")))}


def _user_list(workspace: Workspace, arguments: Json) -> Json:
    users = list(workspace.users.values())
    start, end, cursor = _cut(len(users), arguments, 1000)
    members = [show_user(user) for user in users[start:end]]
    return {"members": members, "response_metadata": {"next_cursor": cursor}}


def _add_reaction(workspace: Workspace, arguments: Json) -> Json:
    channel = _readable(workspace, arguments)
    message = workspace.get_message(channel, arguments.get("timestamp"))
    users = message.reactions.setdefault(str(arguments.get("name")), [])
    if BOT_USER_ID in users:
        raise SlackError("already_reacted")
    users.append(BOT_USER_ID)
    return {}


def _open_view(workspace: Workspace, arguments: Json) -> Json:
    trigger = workspace.triggers.get(str(arguments.get("trigger_id")))
    if trigger is None:
        raise SlackError("invalid_trigger_id")
    if trigger.is_used:
        raise SlackError("exchanged_trigger_id")
    if time.monotonic() - trigger.issued_at > TRIGGER_SECONDS:
        raise SlackError("expired_trigger_id")
    view = limits.check_view(arguments.get("view"))
    trigger.is_used = True
    opened = View(workspace.new_id("V"), trigger.user, view)
    workspace.views.append(opened)
    return {"view": {**view, "id": opened.id, "team_id": TEAM_ID, "bot_id": BOT_ID}}


def _readable(workspace: Workspace, arguments: Json) -> Channel:
    channel = workspace.get_channel(arguments.get("channel"))
    if not channel.is_member:
        raise SlackError("not_in_channel")
    return channel


def _writable(workspace: Workspace, arguments: Json) -> Channel:
    channel = _readable(workspace, arguments)
    if channel.is_archived:
        raise SlackError("is_archived")
    return channel


METHODS: dict[str, Method] = {
    "api.test": _api_test,
    "auth.test": _auth_test,
    "chat.postEphemeral": _post_ephemeral,
    "chat.postMessage": _post_message,
    "chat.update": _update,
    "conversations.history": _history,
    "conversations.info": _channel_info,
    "conversations.join": _join,
    "conversations.replies": _replies,
    "reactions.add": _add_reaction,
    "users.info": _user_info,
    "users.list": _user_list,
    "views.open": _open_view,
}
