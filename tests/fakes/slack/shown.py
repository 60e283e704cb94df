"""How Slack shows what it keeps: messages, users, channels, views and files as JSON."""

import mimetypes

from tests.fakes.slack.state import (
    APP_ID,
    BOT_ID,
    BOT_USER_ID,
    TEAM_ID,
    Channel,
    File,
    Json,
    Message,
    User,
    View,
    Workspace,
)

TOMBSTONE = {"subtype": "tombstone", "user": "USLACKBOT", "hidden": True}


def show_message(workspace: Workspace, message: Message, *, with_metadata: bool = True) -> Json:
    """A message as Slack shows it; nothing absent is named."""
    known = {
        "type": "message",
        "subtype": "file_share" if message.files else None,
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
        "files": [show_file(workspace, file) for file in message.files] or None,
        "edited": message.edited_at and {"user": message.user, "ts": message.edited_at},
        "metadata": message.metadata if with_metadata else None,
        "reactions": _show_reactions(message),
        **_show_thread(workspace, message),
        **(TOMBSTONE if message.is_tombstone else {}),
    }
    return {key: value for key, value in known.items() if value is not None}


def show_user(user: User, *, with_email: bool = True) -> Json:
    """A user as Slack shows it."""
    profile = {"real_name": user.name, "display_name": user.name}
    return {
        "id": user.id,
        "team_id": TEAM_ID,
        "name": user.name.lower().replace(" ", "."),
        "real_name": user.name,
        "tz": user.time_zone,
        "deleted": user.is_deleted,
        "is_bot": user.is_bot,
        "profile": {**profile, "email": user.email} if with_email else profile,
    }


def show_channel(channel: Channel) -> Json:
    """A channel as Slack shows it; direct messages name their user instead."""
    if channel.is_direct:
        return {"id": channel.id, "is_im": True, "user": channel.name, "is_archived": False}
    return {
        "id": channel.id,
        "name": channel.name,
        "is_channel": not channel.is_private,
        "is_group": False,
        "is_im": False,
        "is_private": channel.is_private,
        "is_archived": channel.is_archived,
        "is_member": channel.is_member,
        "num_members": len(members_of(channel)),
    }


def members_of(channel: Channel) -> list[str]:
    """Who is in a channel, the bot last."""
    if channel.is_direct or not channel.is_member:
        return list(channel.members)
    return [*channel.members, BOT_USER_ID]


def show_view(opened: View) -> Json:
    """A modal or home tab as Slack shows it."""
    absent: Json = {"private_metadata": "", "callback_id": "", "external_id": ""}
    switches: Json = {"clear_on_close": False, "notify_on_close": False}
    return {
        **absent,
        **switches,
        "submit": None,
        "close": None,
        "state": {"values": {}},
        **opened.view,
        "id": opened.id,
        "hash": opened.hash,
        "root_view_id": opened.root_id,
        "previous_view_id": opened.previous_id,
        "team_id": TEAM_ID,
        "app_id": APP_ID,
        "bot_id": BOT_ID,
    }


def show_file(workspace: Workspace, file: File) -> Json:
    """A file as Slack shows it, with the addresses that ask for the token."""
    mimetype = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    at = f"http://{workspace.host}/files-pri/{TEAM_ID}-{file.id}"
    return {
        "id": file.id,
        "name": file.name,
        "title": file.title or file.name,
        "user": file.user,
        "mimetype": mimetype,
        "filetype": file.name.rpartition(".")[2],
        "mode": "hosted",
        "size": file.length,
        "is_external": False,
        "is_public": bool(file.shared_in),
        "channels": list(file.shared_in),
        "url_private": f"{at}/{file.name}",
        "url_private_download": f"{at}/download/{file.name}",
        "permalink": f"https://twin.slack.com/files/{file.user}/{file.id}/{file.name}",
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
