"""What Slack sends to an app: events, clicks, submissions and commands, and their signature."""

import time

from tests.fakes.slack.shown import show_message, show_view
from tests.fakes.slack.state import (
    APP_ID,
    BOT_USER_ID,
    TEAM_ID,
    Json,
    Message,
    Trigger,
    User,
    View,
    Workspace,
)

TEAM = {"id": TEAM_ID, "domain": "twin"}


def event_callback(event: Json, event_id: str) -> Json:
    """The wrapping in which an event arrives."""
    bot = {"team_id": TEAM_ID, "user_id": BOT_USER_ID, "is_bot": True, "enterprise_id": None}
    return {
        "type": "event_callback",
        "team_id": TEAM_ID,
        "api_app_id": APP_ID,
        "event_id": event_id,
        "event_time": int(time.time()),
        "authorizations": [{**bot, "is_enterprise_install": False}],
        "is_ext_shared_channel": False,
        "event": event,
    }


def block_actions(
    workspace: Workspace,
    user_id: str,
    message: Message,
    action: Json,
    response_url: str,
    values: Json | None = None,
) -> Json:
    """A click on an element of a message."""
    container = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": message.channel,
        "is_ephemeral": message.ephemeral_to is not None,
    }
    # An ephemeral message is stored nowhere, so Slack cannot show it again.
    shown = {} if message.ephemeral_to else {"message": show_message(workspace, message)}
    return {
        **_interaction(workspace, "block_actions", user_id),
        "container": container,
        "channel": {"id": message.channel, "name": workspace.get_channel(message.channel).name},
        **shown,
        "state": {"values": values or {}},
        "response_url": response_url,
        "actions": [action],
    }


def clicked(message: Message, action_id: str, value: str | None, action_ts: str) -> Json:
    """The element of a message as a click names it, with its own value unless another is given."""
    found = message.find_element(action_id)
    if found is None:
        raise LookupError(f"no element {action_id} in the message {message.ts}")
    block_id, element = found
    chosen = element.get("value") if value is None else value
    known: Json = {key: element[key] for key in ("type", "text", "style") if key in element}
    named = {"action_id": action_id, "block_id": block_id, "action_ts": action_ts}
    return {**known, **named} if chosen is None else {**known, **named, "value": chosen}


def view_actions(
    workspace: Workspace, shown: View, user_id: str, action: Json, values: Json
) -> Json:
    """A click on an element of a modal or of the home tab."""
    view = {**show_view(shown), "state": {"values": values}}
    return {
        **_interaction(workspace, "block_actions", user_id, shown.id),
        "container": {"type": "view", "view_id": shown.id},
        "view": view,
        "actions": [action],
    }


def view_submission(workspace: Workspace, opened: View, values: Json) -> Json:
    """A modal sent off, with the values of its inputs by block id and action id."""
    view = {**show_view(opened), "state": {"values": values}}
    interaction = _interaction(workspace, "view_submission", opened.user, opened.id)
    return {**interaction, "view": view, "response_urls": []}


def view_closed(workspace: Workspace, opened: View, *, is_cleared: bool) -> Json:
    """A modal closed without being sent off."""
    interaction = _interaction(workspace, "view_closed", opened.user, opened.id)
    del interaction["trigger_id"]
    return {**interaction, "view": show_view(opened), "is_cleared": is_cleared}


def message_shortcut(
    workspace: Workspace, user_id: str, callback_id: str, message: Message, response_url: str
) -> Json:
    """A shortcut chosen from the menu of a message."""
    return {
        **_interaction(workspace, "message_action", user_id),
        "callback_id": callback_id,
        "action_ts": workspace.new_ts(),
        "message_ts": message.ts,
        "channel": {"id": message.channel, "name": workspace.get_channel(message.channel).name},
        "message": show_message(workspace, message),
        "response_url": response_url,
    }


def global_shortcut(workspace: Workspace, user_id: str, callback_id: str) -> Json:
    """A shortcut chosen from anywhere in Slack."""
    interaction = _interaction(workspace, "shortcut", user_id)
    return {**interaction, "callback_id": callback_id, "action_ts": workspace.new_ts()}


def slash_command(
    workspace: Workspace, user_id: str, channel_id: str, command: str, text: str
) -> dict[str, str]:
    """A command typed into a channel."""
    return {
        "command": command,
        "text": text,
        "user_id": user_id,
        "user_name": _show_person(workspace.get_user(user_id))["name"],
        "channel_id": channel_id,
        "channel_name": workspace.get_channel(channel_id).name,
        "team_id": TEAM_ID,
        "team_domain": TEAM["domain"],
        "api_app_id": APP_ID,
        "trigger_id": issue_trigger(workspace, user_id),
    }


def issue_trigger(workspace: Workspace, user_id: str, view_id: str | None = None) -> str:
    """A fresh trigger id, for a modal, or for one over the view in which it was pulled."""
    trigger_id = workspace.new_id("trigger.")
    workspace.triggers[trigger_id] = Trigger(user_id, time.monotonic(), view_id=view_id)
    return trigger_id


def _interaction(workspace: Workspace, kind: str, user_id: str, view_id: str | None = None) -> Json:
    return {
        "type": kind,
        "team": TEAM,
        "api_app_id": APP_ID,
        "enterprise": None,
        "is_enterprise_install": False,
        "user": _show_person(workspace.get_user(user_id)),
        "trigger_id": issue_trigger(workspace, user_id, view_id),
    }


def _show_person(user: User) -> dict[str, str]:
    name = user.name.lower().replace(" ", ".")
    return {"id": user.id, "username": name, "name": name, "team_id": TEAM_ID}
