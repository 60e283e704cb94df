"""What Slack refuses to show: the documented limits of texts, blocks and views.

https://docs.slack.dev/reference/block-kit/blocks
"""

import json
from collections.abc import Callable, Iterator
from itertools import chain

from tests.fakes.slack.state import Json, SlackError

POST_TEXT = 40_000
UPDATE_TEXT = 4_000  # chat.update takes far less than chat.postMessage
BLOCKS_IN_MESSAGE = 50
BLOCKS_IN_VIEW = 100
BLOCKS_JSON = 13_200  # not documented: https://github.com/slackapi/bolt-js/issues/2509
ID = 255
OPTIONS = 100

UNCHECKED = {"divider", "rich_text", "video", "file", "table", "context_actions"}
BUTTON_STYLES = {"primary", "danger", None}

Problems = Iterator[str]


def check_text(text: str, limit: int) -> None:
    """Refuse a text that is too long."""
    if len(text) > limit:
        raise SlackError("msg_too_long")


def check_message_blocks(blocks: object) -> list[Json]:
    """The blocks, if a message may carry them."""
    checked = _checked(blocks, BLOCKS_IN_MESSAGE)
    if len(json.dumps(checked, ensure_ascii=False, separators=(",", ":"))) > BLOCKS_JSON:
        raise SlackError("msg_blocks_too_long")
    return checked


def check_metadata(metadata: object) -> Json | None:
    """The metadata, if it has a name and a body."""
    if not metadata:
        return None
    if not isinstance(metadata, dict) or not isinstance(metadata.get("event_payload"), dict):
        raise SlackError("invalid_metadata_format")
    if not isinstance(metadata.get("event_type"), str):
        raise SlackError("invalid_metadata_format")
    return metadata


def check_view(view: object) -> Json:
    """The view, if it can be opened as a modal."""
    return _view(view, "modal")


def check_home(view: object) -> Json:
    """The view, if it can be published as a home tab."""
    return _view(view, "home")


def _view(view: object, kind: str) -> Json:
    if not isinstance(view, dict) or view.get("type") != kind:
        raise SlackError("invalid_arguments", "[ERROR] unsupported type [json-pointer:/view/type]")
    problems = [
        *chain.from_iterable(
            _text(view.get(key), 24, f"/view/{key}") for key in ("submit", "close")
        ),
        *(_text(view.get("title") or {}, 24, "/view/title") if kind == "modal" else ()),
        *_length(view.get("callback_id", ""), ID, "/view/callback_id"),
        *_length(view.get("private_metadata", ""), 3000, "/view/private_metadata"),
    ]
    if problems:
        raise SlackError("invalid_arguments", *problems)
    _checked(view.get("blocks"), BLOCKS_IN_VIEW)
    return view


def _checked(blocks: object, most: int) -> list[Json]:
    if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        raise SlackError("invalid_blocks_format")
    problems = [*_count(blocks, most, "/blocks"), *_unique(blocks, "block_id", "/blocks")]
    for index, block in enumerate(blocks):
        problems += _block(block, f"/blocks/{index}")
    if problems:
        raise SlackError("invalid_blocks", *problems)
    return blocks


def _block(block: Json, at: str) -> Problems:
    yield from _length(block.get("block_id", ""), ID, f"{at}/block_id")
    kind = block.get("type")
    if kind in UNCHECKED:
        return
    check = CHECKS.get(str(kind))
    if check is None:
        yield f"[ERROR] unsupported type: {kind} [json-pointer:{at}/type]"
        return
    yield from check(block, at)


def _header(block: Json, at: str) -> Problems:
    yield from _text(block.get("text") or {}, 150, f"{at}/text")
    if (block.get("text") or {}).get("type") != "plain_text":
        yield f"[ERROR] must be plain_text [json-pointer:{at}/text/type]"


def _section(block: Json, at: str) -> Problems:
    if not block.get("text") and not block.get("fields"):
        yield f"[ERROR] must define either `text` or `fields` [json-pointer:{at}]"
    yield from _text(block.get("text"), 3000, f"{at}/text")
    yield from _count(block.get("fields", []), 10, f"{at}/fields")
    for index, shown in enumerate(block.get("fields", [])):
        yield from _text(shown, 2000, f"{at}/fields/{index}")
    if block.get("accessory"):
        yield from _element(block["accessory"], f"{at}/accessory")


def _context(block: Json, at: str) -> Problems:
    elements = block.get("elements") or []
    yield from _count(elements, 10, f"{at}/elements", least=1)
    for index, shown in enumerate(elements):
        if shown.get("type") != "image":
            yield from _text(shown, 2000, f"{at}/elements/{index}")


def _actions(block: Json, at: str) -> Problems:
    elements = block.get("elements") or []
    yield from _count(elements, 25, f"{at}/elements", least=1)
    yield from _unique(elements, "action_id", f"{at}/elements")
    for index, element in enumerate(elements):
        yield from _element(element, f"{at}/elements/{index}")


def _input(block: Json, at: str) -> Problems:
    yield from _text(block.get("label") or {}, 2000, f"{at}/label")
    yield from _text(block.get("hint"), 2000, f"{at}/hint")
    yield from _element(block.get("element") or {}, f"{at}/element")


def _image(block: Json, at: str) -> Problems:
    yield from _length(block.get("image_url", ""), 3000, f"{at}/image_url")
    yield from _length(block.get("alt_text", ""), 2000, f"{at}/alt_text", least=1)


def _markdown(block: Json, at: str) -> Problems:
    yield from _length(block.get("text", ""), 12_000, f"{at}/text", least=1)


def _element(element: Json, at: str) -> Problems:
    yield from _length(element.get("action_id", ""), ID, f"{at}/action_id")
    if element.get("type") == "button":
        yield from _button(element, at)
    yield from _text(element.get("placeholder"), 150, f"{at}/placeholder")
    yield from _count(element.get("options", []), OPTIONS, f"{at}/options")
    for index, option in enumerate(element.get("options", [])):
        yield from _text(option.get("text"), 75, f"{at}/options/{index}/text")
        yield from _length(option.get("value", ""), 150, f"{at}/options/{index}/value")
    yield from _confirm(element.get("confirm") or {}, f"{at}/confirm")


def _button(button: Json, at: str) -> Problems:
    yield from _text(button.get("text") or {}, 75, f"{at}/text")
    yield from _length(button.get("value", ""), 2000, f"{at}/value")
    yield from _length(button.get("url", ""), 3000, f"{at}/url")
    if button.get("style") not in BUTTON_STYLES:
        yield f"[ERROR] must be one of: primary, danger [json-pointer:{at}/style]"


def _confirm(confirm: Json, at: str) -> Problems:
    for key, most in {"title": 100, "text": 300, "confirm": 30, "deny": 30}.items():
        yield from _text(confirm.get(key), most, f"{at}/{key}")


def _text(shown: Json | None, most: int, at: str) -> Problems:
    if shown is None:
        return
    if shown.get("type") not in ("plain_text", "mrkdwn"):
        yield f"[ERROR] must be a text object [json-pointer:{at}/type]"
    yield from _length(shown.get("text", ""), most, f"{at}/text", least=1)


def _length(value: str, most: int, at: str, least: int = 0) -> Problems:
    if len(value) > most:
        yield f"[ERROR] must be less than {most + 1} characters [json-pointer:{at}]"
    if len(value) < least:
        yield f"[ERROR] must be more than {least - 1} characters [json-pointer:{at}]"


def _count(items: list[Json], most: int, at: str, least: int = 0) -> Problems:
    if len(items) > most:
        yield f"[ERROR] no more than {most} items allowed [json-pointer:{at}]"
    if len(items) < least:
        yield f"[ERROR] no less than {least} items allowed [json-pointer:{at}]"


def _unique(items: list[Json], key: str, at: str) -> Problems:
    named = [item[key] for item in items if item.get(key)]
    for name in {name for name in named if named.count(name) > 1}:
        yield f"[ERROR] `{key}` {name} already exists [json-pointer:{at}]"


CHECKS: dict[str, Callable[[Json, str], Problems]] = {
    "actions": _actions,
    "context": _context,
    "header": _header,
    "image": _image,
    "input": _input,
    "markdown": _markdown,
    "section": _section,
}
