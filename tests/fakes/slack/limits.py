"""What Slack refuses to show: the documented limits of texts, blocks and views.

https://docs.slack.dev/reference/block-kit/blocks
"""

import json
from collections.abc import Iterator, Sequence

from tests.fakes.slack.elements import (
    IMAGE,
    IMAGE_PLACE,
    IN_ACTIONS,
    IN_INPUT,
    IN_SECTION,
    any_text,
    plain,
)
from tests.fakes.slack.rich import RICH_TEXT
from tests.fakes.slack.schema import (
    Check,
    Checks,
    Problems,
    anything,
    boolean,
    both,
    by_type,
    either,
    list_of,
    problem,
    shape,
    string,
)
from tests.fakes.slack.state import Json, SlackError

POST_TEXT = 40_000
UPDATE_TEXT = 4_000  # chat.update takes far less than chat.postMessage
BLOCKS_IN_MESSAGE = 50
BLOCKS_IN_VIEW = 100
BLOCKS_JSON = 13_200  # not documented: https://github.com/slackapi/bolt-js/issues/2509
MARKDOWN = 12_000  # all such blocks of a message together
VIEW_JSON = 250_000
BLOCK_ID: Checks = {"block_id": string(255, 1)}

IN_CONTEXT: Checks = {
    "image": IMAGE,
    "mrkdwn": any_text(2000),
    "plain_text": any_text(2000),
}
IN_VIEWS: Checks = {
    "actions": shape({"elements": list_of(by_type(IN_ACTIONS), 25, 1)}, BLOCK_ID),
    "context": shape({"elements": list_of(by_type(IN_CONTEXT), 10, 1)}, BLOCK_ID),
    "divider": shape({}, BLOCK_ID),
    "header": shape({"text": plain(150)}, BLOCK_ID),
    "image": both(
        shape({"alt_text": string(2000, 1)}, {**IMAGE_PLACE, "title": plain(2000), **BLOCK_ID}),
        either("image_url", "slack_file"),
    ),
    "input": shape(
        {"label": plain(2000), "element": by_type(IN_INPUT)},
        {"hint": plain(2000), "optional": boolean, "dispatch_action": boolean, **BLOCK_ID},
    ),
    "rich_text": RICH_TEXT,
    "section": both(
        shape(
            {},
            {
                "text": any_text(3000),
                "fields": list_of(any_text(2000), 10, 1),
                "accessory": by_type(IN_SECTION),
                "expand": boolean,
                **BLOCK_ID,
            },
        ),
        either("text", "fields"),
    ),
    "video": anything,
}
IN_MESSAGES: Checks = {
    **IN_VIEWS,
    "context_actions": anything,
    "file": anything,
    "markdown": shape({"text": string(MARKDOWN, 1)}, BLOCK_ID),
    "table": anything,
}
VIEW_PARTS: Checks = {
    "private_metadata": string(3000),
    "callback_id": string(255),
    "external_id": string(255),
}
HOME = shape({"blocks": list_of(by_type(IN_VIEWS), BLOCKS_IN_VIEW)}, VIEW_PARTS)
MODAL = shape(
    {"title": plain(24), "blocks": list_of(by_type(IN_VIEWS), BLOCKS_IN_VIEW)},
    {
        "submit": plain(24),
        "close": plain(24),
        "clear_on_close": boolean,
        "notify_on_close": boolean,
        **VIEW_PARTS,
    },
)


def check_text(text: str, limit: int) -> None:
    """Refuse a text that is too long."""
    if len(text) > limit:
        raise SlackError("msg_too_long")


def check_message_blocks(blocks: object) -> list[Json]:
    """The blocks, if a message may carry them."""
    if not isinstance(blocks, list):
        raise SlackError("invalid_blocks_format")
    check = list_of(by_type(IN_MESSAGES), BLOCKS_IN_MESSAGE)
    problems = [*check(blocks, "/blocks"), *_twins(blocks, "/blocks"), *_markdown(blocks)]
    if problems:
        raise SlackError("invalid_blocks", *problems)
    if len(json.dumps(blocks, ensure_ascii=False, separators=(",", ":"))) > BLOCKS_JSON:
        raise SlackError("msg_blocks_too_long")
    return blocks


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
    return _view(view, "modal", MODAL)


def check_home(view: object) -> Json:
    """The view, if it can be published as a home tab."""
    return _view(view, "home", HOME)


def _view(view: object, kind: str, check: Check) -> Json:
    problems = list(by_type({kind: check})(view, "/view"))
    if not isinstance(view, dict):
        raise SlackError("invalid_arguments", *problems)
    blocks = view.get("blocks")
    if isinstance(blocks, list):
        problems += [*_twins(blocks, "/view/blocks"), *_unsendable(view)]
    if problems:
        mismatch = problem("failed to match all allowed schemas", "/view")
        raise SlackError("invalid_arguments", mismatch, *problems)
    if len(json.dumps(view)) > VIEW_JSON:
        raise SlackError("view_too_large")
    return view


def _unsendable(view: Json) -> Problems:
    has_inputs = any(isinstance(b, dict) and b.get("type") == "input" for b in view["blocks"])
    if view.get("type") == "modal" and has_inputs and "submit" not in view:
        yield problem("missing required field: submit", "/view")


def _markdown(blocks: list[Json]) -> Problems:
    written = [b.get("text") for b in _objects(blocks) if b.get("type") == "markdown"]
    if sum(len(text) for text in written if isinstance(text, str)) > MARKDOWN:
        yield problem(f"markdown blocks must be less than {MARKDOWN + 1} characters", "/blocks")


def _twins(blocks: list[Json], at: str) -> Problems:
    """Block ids that a message has twice, and action ids that a block has twice."""
    seen: set[str] = set()
    for index, block in enumerate(_objects(blocks)):
        yield from _repeated(block, "block_id", seen, f"{at}/{index}")
        elements = block.get("elements") if block.get("type") == "actions" else None
        acted: set[str] = set()
        for place, element in enumerate(_objects(elements or [])):
            yield from _repeated(element, "action_id", acted, f"{at}/{index}/elements/{place}")


def _repeated(named: Json, key: str, seen: set[str], at: str) -> Problems:
    name = named.get(key)
    if isinstance(name, str) and name in seen:
        yield problem(f'`{key}` "{name}" already exists', f"{at}/{key}")
    if isinstance(name, str):
        seen.add(name)


def _objects(items: Sequence[object]) -> Iterator[Json]:
    return (item if isinstance(item, dict) else {} for item in items)
