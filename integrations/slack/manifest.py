"""The Slack app as a file: what a workspace admin pastes into Slack to install Hotline."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

import yaml

EVENTS_PATH: Final = "/slack/events"

SCOPES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "chat:write": "post the briefing card, keep it up to date, answer in its thread",
        "chat:write.customize": "show the visitor's words and the agent's under their own names",
        "channels:history": "read replies in the card's thread, and find a post after doubt (public channel)",
        "groups:history": "the same in a private channel",
        "channels:read": "check that the channel exists and Hotline is a member (public channel)",
        "groups:read": "the same in a private channel",
        "reactions:write": "put a check mark on a reply that reached the visitor",
        "users:read": "tell which rep pressed a button, when the playbook has no Slack id",
        "users:read.email": "the same, by e-mail address",
    }
)
EVENTS: Final = ("message.channels", "message.groups")

_DESCRIPTION: Final = "Briefs your team on hot leads and lets a rep take over the chat."
_LONG_DESCRIPTION: Final = (
    "Hotline answers visitors of your web site at once. When somebody is about to buy, it posts a briefing here: "
    "who they are, why now, what they know already, what to say next. A rep presses Claim and writes in the thread; "
    "what the rep writes goes to the visitor, and the visitor's answers appear in the thread. Hotline runs on your "
    "own servers."
)


def manifest(public_url: str | None) -> dict[str, object]:
    """Give the manifest: over HTTP for this public address, in Socket Mode without one."""
    request = {} if public_url is None else {"request_url": public_url.rstrip("/") + EVENTS_PATH}
    return {
        "_metadata": {"major_version": 2, "minor_version": 1},
        "display_information": {
            "name": "Hotline",
            "description": _DESCRIPTION,
            "long_description": _LONG_DESCRIPTION,
            "background_color": "#1d2b3a",
        },
        "features": {"bot_user": {"display_name": "Hotline", "always_online": True}},
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


def _with_reasons(text: str) -> Iterator[str]:
    for line in text.splitlines():
        scope = line.strip().removeprefix("- ")
        yield f"{line}  # {SCOPES[scope]}" if scope in SCOPES else line
