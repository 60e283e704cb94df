"""Blocks and their elements as HTML."""

from collections.abc import Callable
from html import escape

from tests.fakes.slack.filling import VALUES
from tests.fakes.slack.inline_html import Names, of_mrkdwn, of_rich_text, of_text
from tests.fakes.slack.state import Json

PLACEHOLDERS = {
    "channels_select": "Select a channel",
    "conversations_select": "Select a conversation",
    "datepicker": "Select a date",
    "datetimepicker": "Select a date and time",
    "multi_static_select": "Select options",
    "multi_users_select": "Select people",
    "static_select": "Select an item",
    "timepicker": "Select a time",
    "users_select": "Select a person",
}


def of_blocks(blocks: list[Json], names: Names) -> str:
    """Blocks as HTML."""
    return "".join(f'<div class="block">{_block(block, names)}</div>' for block in blocks)


def _block(block: Json, names: Names) -> str:
    draw = BLOCKS.get(str(block.get("type")), _unknown)
    return draw(block, names)


def of_element(element: Json, names: Names) -> str:
    """A button, a menu or an input as HTML."""
    if element["type"] in PLACEHOLDERS:
        return f'<span class="menu">{_held(element, names)}<i>⌄</i></span>'
    draw = ELEMENTS.get(element["type"], _field)
    return draw(element, names)


def _header(block: Json, names: Names) -> str:
    return f"<h3>{of_text(block['text'], names)}</h3>"


def _divider(_block: Json, _names: Names) -> str:
    return "<hr>"


def _context(block: Json, names: Names) -> str:
    shown = "".join(_context_element(one, names) for one in block["elements"])
    return f'<div class="context">{shown}</div>'


def _actions(block: Json, names: Names) -> str:
    shown = "".join(of_element(one, names) for one in block["elements"])
    return f'<div class="actions">{shown}</div>'


def _picture(block: Json, names: Names) -> str:
    title = of_text(block["title"], names) if "title" in block else ""
    return f'<div class="title">{title}</div>{_image(block, "picture")}'


def _rich_text(block: Json, names: Names) -> str:
    return f'<div class="text">{of_rich_text(block["elements"], names)}</div>'


def _markdown(block: Json, names: Names) -> str:
    return f'<div class="text">{of_mrkdwn(block["text"], names)}</div>'


def _unknown(block: Json, _names: Names) -> str:
    return f'<div class="unknown">{escape(str(block.get("type")))}</div>'


def _button(element: Json, names: Names) -> str:
    style = escape(str(element.get("style", "")))
    return f'<span class="button {style}">{of_text(element["text"], names)}</span>'


def _overflow(element: Json, names: Names) -> str:
    shown = "".join(f"<li>{of_text(o['text'], names)}</li>" for o in element["options"])
    return f'<span class="overflow">⋯<ul>{shown}</ul></span>'


def _thumbnail(element: Json, _names: Names) -> str:
    return _image(element, "thumbnail")


def _field(element: Json, names: Names) -> str:
    lines = " tall" if element.get("multiline") else ""
    return f'<div class="field{lines}">{_held(element, names)}</div>'


def _section(block: Json, names: Names) -> str:
    text = f'<div class="text">{of_text(block["text"], names)}</div>' if "text" in block else ""
    fields = "".join(f"<div>{of_text(one, names)}</div>" for one in block.get("fields", []))
    grid = f'<div class="fields">{fields}</div>' if fields else ""
    accessory = of_element(block["accessory"], names) if "accessory" in block else ""
    beside = f'<div class="accessory">{accessory}</div>' if accessory else ""
    return f'<div class="section"><div class="words">{text}{grid}</div>{beside}</div>'


def _context_element(element: Json, names: Names) -> str:
    if element["type"] == "image":
        return _image(element, "small")
    return f"<span>{of_text(element, names)}</span>"


def _input(block: Json, names: Names) -> str:
    optional = ' <span class="optional">(optional)</span>' if block.get("optional") else ""
    hint = f'<div class="hint">{of_text(block["hint"], names)}</div>' if "hint" in block else ""
    label = f"<label>{of_text(block['label'], names)}{optional}</label>"
    return f"{label}{of_element(block['element'], names)}{hint}"


def _choices(element: Json, names: Names) -> str:
    chosen = element.get("initial_options") or [element.get("initial_option")]
    marks = "◉○" if element["type"] == "radio_buttons" else "☑☐"
    lines = []
    for option in element["options"]:
        more = option.get("description")
        below = f'<div class="hint">{of_text(more, names)}</div>' if more else ""
        mark = marks[0] if option in chosen else marks[1]
        lines.append(f"<div>{mark} {of_text(option['text'], names)}{below}</div>")
    return f'<div class="choices">{"".join(lines)}</div>'


def _held(element: Json, names: Names) -> str:
    _, initial = VALUES.get(element["type"], ("", ""))
    held = element.get(initial)
    if isinstance(held, dict):
        return of_text(held["text"], names)
    if held:
        return escape(names.get(str(held), str(held))).replace("\n", "<br>")
    asked = element.get("placeholder")
    shown = of_text(asked, names) if asked else PLACEHOLDERS.get(element["type"], "")
    return f'<span class="placeholder">{shown}&nbsp;</span>'


def _image(image: Json, kind: str) -> str:
    alt = escape(str(image["alt_text"]))
    return f'<img class="{kind}" src="{escape(str(image.get("image_url", "")))}" alt="{alt}" title="{alt}">'


Draw = Callable[[Json, Names], str]
BLOCKS: dict[str, Draw] = {
    "actions": _actions,
    "context": _context,
    "divider": _divider,
    "header": _header,
    "image": _picture,
    "input": _input,
    "markdown": _markdown,
    "rich_text": _rich_text,
    "section": _section,
}
ELEMENTS: dict[str, Draw] = {
    "button": _button,
    "checkboxes": _choices,
    "image": _thumbnail,
    "overflow": _overflow,
    "radio_buttons": _choices,
}
