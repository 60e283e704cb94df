"""What a person's words look like as the rich text that Slack makes of them."""

import re

from tests.fakes.slack.state import Json

ENTITY = re.compile(r"<([^<>\s][^<>]*)>|:([a-z0-9_+-]+):")
ESCAPES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))


def rich_text(text: str) -> list[Json]:
    """The block that travels with a typed message; none with an empty one."""
    if not text:
        return []
    section = {"type": "rich_text_section", "elements": list(_elements(text))}
    return [{"type": "rich_text", "elements": [section]}]


def _elements(text: str) -> list[Json]:
    found: list[Json] = []
    end = 0
    for match in ENTITY.finditer(text):
        found += _plain(text[end : match.start()])
        found.append(_entity(match[1]) if match[1] else {"type": "emoji", "name": match[2]})
        end = match.end()
    return [*found, *_plain(text[end:])]


def _plain(text: str) -> list[Json]:
    for escaped, plain in ESCAPES:
        text = text.replace(escaped, plain)
    return [{"type": "text", "text": text}] if text else []


def _entity(inner: str) -> Json:
    target, _, label = inner.partition("|")
    match target[0]:
        case "@":
            return {"type": "user", "user_id": target[1:]}
        case "#":
            return {"type": "channel", "channel_id": target[1:]}
        case "!":
            return {"type": "broadcast", "range": target[1:]}
        case _:
            link: Json = {"type": "link", "url": target}
            return {**link, "text": label} if label else link
