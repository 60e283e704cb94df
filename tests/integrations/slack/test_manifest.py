"""The manifest installs the app in both ways, with no scope too many."""

import pytest
import yaml

from integrations.slack.manifest import SCOPES, as_yaml, manifest


def test_posts_events_to_the_public_address() -> None:
    settings = manifest("https://hotline.example/")["settings"]
    assert isinstance(settings, dict)
    assert settings["event_subscriptions"]["request_url"] == "https://hotline.example/slack/events"
    assert settings["interactivity"] == {
        "is_enabled": True,
        "request_url": "https://hotline.example/slack/events",
    }
    assert settings["socket_mode_enabled"] is False


def test_needs_no_address_in_socket_mode() -> None:
    assert "request_url" not in str(manifest(None))
    assert manifest(None)["settings"]["socket_mode_enabled"] is True  # type: ignore[index]


@pytest.mark.parametrize("url", [None, "https://hotline.example"])
def test_yaml_is_the_same_with_the_reason_of_each_scope(url: str | None) -> None:
    text = as_yaml(url)
    assert yaml.safe_load(text) == manifest(url)
    assert all(f"- {scope}  # {reason}" in text for scope, reason in SCOPES.items())


def test_keeps_to_slacks_lengths() -> None:
    shown = manifest(None)["display_information"]
    assert isinstance(shown, dict)
    assert len(shown["name"]) <= 35
    assert len(shown["description"]) <= 140
    assert 174 <= len(shown["long_description"]) <= 4_000
