"""The few Block Kit shapes a card is made of; text elements show every character as typed."""

from collections.abc import Sequence
from typing import TypeAlias

Block: TypeAlias = dict[str, object]


def header(text: str) -> Block:
    """Give a large first line."""
    return {"type": "header", "text": _plain(text)}


def rich_text(lines: Sequence[Block]) -> Block:
    """Give a block of lines."""
    return {"type": "rich_text", "elements": list(lines)}


def line(*elements: Block) -> Block:
    """Give a line of text elements."""
    return {"type": "rich_text_section", "elements": list(elements)}


def quote(text: str) -> Block:
    """Give somebody's own words, set apart."""
    return {"type": "rich_text_quote", "elements": [words(text)]}


def words(text: str) -> Block:
    """Give text as typed."""
    return {"type": "text", "text": text}


def bold(text: str) -> Block:
    """Give text as typed, in bold."""
    return {"type": "text", "text": text, "style": {"bold": True}}


def mention(slack_user_id: str) -> Block:
    """Give a person's name, who is told."""
    return {"type": "user", "user_id": slack_user_id}


def channel(channel_id: str) -> Block:
    """Give a channel's name, which leads there."""
    return {"type": "channel", "channel_id": channel_id}


def section(text: str) -> Block:
    """Give a paragraph without any mark-up."""
    return {"type": "section", "text": _plain(text)}


def context(*texts: str) -> Block:
    """Give small grey lines."""
    return {"type": "context", "elements": [_plain(text) for text in texts if text]}


def actions(*buttons: Block) -> Block:
    """Give a row of buttons."""
    return {"type": "actions", "elements": list(buttons)}


def button(label: str, action_id: str, value: str) -> Block:
    """Give a button."""
    return {"type": "button", "text": _plain(label), "action_id": action_id, "value": value}


def option(label: str, value: str) -> Block:
    """Give one of several to choose from."""
    return {"text": _plain(label), "value": value}


def confirm(title: str, text: str, yes: str, no: str) -> Block:
    """Give the question that a button asks first."""
    return {
        "title": _plain(title),
        "text": _plain(text),
        "confirm": _plain(yes),
        "deny": _plain(no),
    }


def _plain(text: str) -> Block:
    return {"type": "plain_text", "text": text, "emoji": False}
