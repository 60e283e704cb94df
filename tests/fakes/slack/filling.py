"""What a person enters into inputs and chooses in menus, as Slack hands it to an app."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tests.fakes.slack.state import Json

# How each kind of element names its value, and the value it starts with.
VALUES = {
    "channels_select": ("selected_channel", "initial_channel"),
    "checkboxes": ("selected_options", "initial_options"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "datepicker": ("selected_date", "initial_date"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "email_text_input": ("value", "initial_value"),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_users_select": ("selected_users", "initial_users"),
    "number_input": ("value", "initial_value"),
    "overflow": ("selected_option", ""),
    "plain_text_input": ("value", "initial_value"),
    "radio_buttons": ("selected_option", "initial_option"),
    "static_select": ("selected_option", "initial_option"),
    "timepicker": ("selected_time", "initial_time"),
    "url_text_input": ("value", "initial_value"),
    "users_select": ("selected_user", "initial_user"),
}
STATELESS = {"button", "overflow", "image"}
LONGEST_INPUT = 3000


class CannotSendError(Exception):
    """Slack would not let a person send this."""


@dataclass(frozen=True, slots=True)
class Placed:
    """An element and the block it stands in."""

    block: Json
    element: Json


def find_element(blocks: list[Json], action_id: str, block_id: str | None = None) -> Placed:
    """The element of this action id."""
    for placed in _interactive(blocks):
        is_place = block_id is None or placed.block.get("block_id") == block_id
        if placed.element.get("action_id") == action_id and is_place:
            return placed
    raise LookupError(f"there is no element {action_id} to act on")


def acted(placed: Placed, choice: object, action_ts: str) -> Json:
    """What a click or a choice says of its element."""
    element = placed.element
    kept = ("type", "action_id", "text", "style", "value", "placeholder", "url")
    named = {"block_id": placed.block.get("block_id"), "action_ts": action_ts}
    known: Json = {key: element[key] for key in kept if key in element}
    if element["type"] == "button":
        return {**known, **named}
    key, _ = VALUES[element["type"]]
    return {**known, **named, key: _entered(element, choice)}


def state_values(blocks: list[Json], entered: Mapping[str, object]) -> Json:
    """What all inputs hold, by block id and action id, after this was entered by action id."""
    values: Json = {}
    for placed in _interactive(blocks):
        element = placed.element
        if element["type"] in STATELESS:
            continue
        block_id, action_id = str(placed.block["block_id"]), str(element["action_id"])
        values.setdefault(block_id, {})[action_id] = _value(element, entered)
    return values


def check_sendable(blocks: list[Json], values: Json) -> None:
    """Refuse what Slack would not let a person send off."""
    for block in blocks:
        if block.get("type") != "input":
            continue
        element = block["element"]
        key, _ = VALUES[element["type"]]
        held = values[block["block_id"]][element["action_id"]].get(key)
        if not held and not block.get("optional"):
            raise CannotSendError(f"{block['block_id']} must be filled")
        if isinstance(held, str):
            _check_length(block, held)


def _check_length(block: Json, held: str) -> None:
    most = block["element"].get("max_length", LONGEST_INPUT)
    least = block["element"].get("min_length", 0)
    if held and not least <= len(held) <= most:
        raise CannotSendError(f"{block['block_id']} takes {least} to {most} characters")


def _interactive(blocks: list[Json]) -> Iterator[Placed]:
    for block in blocks:
        if block.get("type") not in ("section", "actions", "input"):
            continue
        for element in [
            *block.get("elements", []),
            block.get("accessory"),
            block.get("element"),
        ]:
            if element and element.get("type") in {*VALUES, "button"}:
                yield Placed(block, element)


def _value(element: Json, entered: Mapping[str, object]) -> Json:
    key, initial = VALUES[element["type"]]
    action_id = str(element["action_id"])
    if action_id in entered:
        return {"type": element["type"], key: _entered(element, entered[action_id])}
    empty: object = [] if key.endswith("s") else None
    return {"type": element["type"], key: element.get(initial, empty)}


def _entered(element: Json, choice: object) -> object:
    key, _ = VALUES[element["type"]]
    if key == "selected_option" and choice is not None:
        return _option(element, choice)
    if key == "selected_options" and isinstance(choice, list | tuple):
        return [_option(element, one) for one in choice]
    return choice


def _option(element: Json, value: object) -> Json:
    groups = element.get("option_groups") or []
    options = [*element.get("options", []), *(o for g in groups for o in g["options"])]
    for option in options:
        if option.get("value") == value:
            chosen: Json = option
            return chosen
    raise LookupError(f"{element.get('action_id')} offers no {value}")
