"""The Slack app as a file: what a workspace admin pastes into Slack to install Hotline."""

import json
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

import yaml

from integrations.slack.commands import COMMAND

EVENTS_PATH: Final = "/slack/events"

SCOPES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "chat:write": "post the briefing card, keep it up to date, answer in its thread",
        "chat:write.customize": "show the visitor's words and the agent's under their own names",
        "channels:history": "read replies in the card's thread, and find a post after doubt (public channel)",
        "groups:history": "the same in a private channel",
        "channels:read": "check that the channel exists and Hotline is a member (public channel)",
        "groups:read": "the same in a private channel",
        "files:read": "pass files on to the visitor that the rep who holds the conversation drops into the thread",
        "files:write": "show files that the visitor sends in the thread",
        "commands": "answer /hotline",
        "reactions:write": "mark a reply that reached the visitor, was read, was changed, or did not get through",
        "users:read": "tell which rep pressed a button, when the playbook has no Slack id",
        "users:read.email": "the same, by e-mail address, and check that each rep is found",
    }
)
EVENTS: Final = ("message.channels", "message.groups", "app_home_opened")

_DESCRIPTION: Final = "Briefs your team on hot leads and lets a rep take over the chat."
_LONG_DESCRIPTION: Final = (
    "Hotline answers visitors of your web site at once. When somebody is about to buy, it posts a briefing here: "
    "who they are, why now, what they know already, what to say next. A rep presses Claim and writes in the thread; "
    "what the rep writes goes to the visitor, and the visitor's answers appear in the thread. The home tab and /hotline "
    "show who is hot, what waits and what you hold. Hotline runs on your own servers."
)


def manifest(public_url: str | None) -> dict[str, object]:
    """Give the manifest: over HTTP for this public address, in Socket Mode without one."""
    address = "" if public_url is None else public_url.rstrip("/") + EVENTS_PATH
    request = {"request_url": address} if address else {}
    return {
        "_metadata": {"major_version": 2, "minor_version": 1},
        "display_information": {
            "name": "Hotline",
            "description": _DESCRIPTION,
            "long_description": _LONG_DESCRIPTION,
            "background_color": "#1d2b3a",
        },
        "features": {
            "bot_user": {"display_name": "Hotline", "always_online": True},
            # Direct messages of the app show in the messages tab; nobody is read there.
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": True,
            },
            "slash_commands": [_command(address)],
        },
        "oauth_config": {"scopes": {"bot": list(SCOPES)}},
        "settings": {
            "event_subscriptions": {**request, "bot_events": list(EVENTS)},
            "interactivity": {"is_enabled": True, **request},
            "org_deploy_enabled": False,
            "socket_mode_enabled": public_url is None,
            "token_rotation_enabled": False,
        },
    }


def as_yaml(public_url: str | None) -> str:
    """Give the manifest as YAML, with the reason of each scope."""
    text = yaml.safe_dump(manifest(public_url), sort_keys=False, allow_unicode=True, width=100)
    return "\n".join(_with_reasons(text)) + "\n"


def as_json(public_url: str | None) -> str:
    """Give the manifest as JSON, which has no room for reasons."""
    return json.dumps(manifest(public_url), indent=2, ensure_ascii=False) + "\n"


def _command(address: str) -> dict[str, object]:
    """Give the slash command; only over HTTP it has an address."""
    command: dict[str, object] = {
        "command": COMMAND,
        "description": "Who is hot, what waits, what you hold",
        "usage_hint": "leads | hot | mine | lead NAME | pause 30m | hours",
        "should_escape": False,
    }
    return command | ({"url": address} if address else {})


def _with_reasons(text: str) -> Iterator[str]:
    for line in text.splitlines():
        scope = line.strip().removeprefix("- ")
        yield f"{line}  # {SCOPES[scope]}" if scope in SCOPES else line
