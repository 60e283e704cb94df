"""The manifest installs the app in both ways, with no scope too many."""

import json
import re
from itertools import chain
from pathlib import Path

import pytest
import yaml

from integrations.slack import manifest as module
from integrations.slack.commands import COMMAND
from integrations.slack.manifest import EVENTS, SCOPES, as_json, as_yaml, manifest

HTTP = "https://hotline.example"
SOURCES = {
    path: path.read_text("utf-8")
    for path in Path(module.__file__).parent.glob("*.py")
    if path.name != "manifest.py"
}
# Which scopes a method asks for; https://docs.slack.dev/reference/methods
CONVERSATIONS = {"channels", "groups"}
ASKED_BY = {
    "apps_connections_open": set(),
    "auth_test": set(),
    "chat_delete": {"chat:write"},
    "chat_getPermalink": set(),
    "chat_postEphemeral": {"chat:write"},
    "chat_postMessage": {"chat:write"},
    "chat_update": {"chat:write"},
    "conversations_history": {f"{kind}:history" for kind in CONVERSATIONS},
    "conversations_info": {f"{kind}:read" for kind in CONVERSATIONS},
    "conversations_open": {"im:write"},
    "conversations_replies": {f"{kind}:history" for kind in CONVERSATIONS},
    "files_delete": {"files:write"},
    "files_info": {"files:read"},
    "files_upload_v2": {"files:write"},
    "issue_new_wss_url": set(),
    "reactions_add": {"reactions:write"},
    "reactions_remove": {"reactions:write"},
    "users_getPresence": {"users:read"},
    "users_info": {"users:read", "users:read.email"},
    "users_lookupByEmail": {"users:read.email"},
    "views_open": set(),
    "views_publish": set(),
    "views_push": set(),
    "views_update": set(),
}
# What is written in the sources where a scope is used without a method of its own.
SEEN_AS = {
    "chat:write.customize": "username=",
    "commands": "app.command(",
    "files:read": "url_private",
}


def calls() -> set[str]:
    """Give all methods of Slack's that the adapter calls."""
    return set(chain(*(re.findall(r"client\.([a-z]+_\w+)\(", text) for text in SOURCES.values())))


def test_posts_events_to_the_public_address() -> None:
    settings = manifest(f"{HTTP}/")["settings"]
    assert isinstance(settings, dict)
    assert settings["event_subscriptions"]["request_url"] == f"{HTTP}/slack/events"
    assert settings["interactivity"] == {
        "is_enabled": True,
        "request_url": f"{HTTP}/slack/events",
    }
    assert settings["socket_mode_enabled"] is False


def test_needs_no_address_in_socket_mode() -> None:
    assert "url" not in str(manifest(None))
    assert manifest(None)["settings"]["socket_mode_enabled"] is True  # type: ignore[index]


@pytest.mark.parametrize("url", [None, HTTP])
def test_has_the_command_and_a_home_tab(url: str | None) -> None:
    features = manifest(url)["features"]
    assert isinstance(features, dict)
    (command,) = features["slash_commands"]
    assert command["command"] == COMMAND
    assert command.get("url") == (f"{HTTP}/slack/events" if url else None)
    assert features["app_home"]["home_tab_enabled"]


@pytest.mark.parametrize("url", [None, HTTP])
def test_yaml_is_the_same_with_the_reason_of_each_scope(url: str | None) -> None:
    text = as_yaml(url)
    assert yaml.safe_load(text) == manifest(url)
    assert all(f"- {scope}  # {reason}" in text for scope, reason in SCOPES.items())


def test_json_is_the_same() -> None:
    assert json.loads(as_json(HTTP)) == manifest(HTTP)


def test_keeps_to_slacks_lengths() -> None:
    shown = manifest(None)["display_information"]
    assert isinstance(shown, dict)
    assert len(shown["name"]) <= 35
    assert len(shown["description"]) <= 140
    assert 174 <= len(shown["long_description"]) <= 4_000


def test_asks_for_every_scope_that_a_method_needs() -> None:
    assert set(SCOPES) >= set(chain(*(ASKED_BY[method] for method in calls())))


@pytest.mark.parametrize("scope", SCOPES)
def test_asks_for_no_scope_that_nothing_uses(scope: str) -> None:
    is_called = any(scope in ASKED_BY[method] for method in calls())
    sign = SEEN_AS.get(scope)
    assert is_called or (sign and any(sign in text for text in SOURCES.values()))


@pytest.mark.parametrize("event", EVENTS)
def test_asks_for_no_event_that_nobody_listens_to(event: str) -> None:
    listened = f'app.event("{event.partition(".")[0]}"'
    assert any(listened in text for text in SOURCES.values())
