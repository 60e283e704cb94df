"""Shows blocks as plain text, about as a rep sees them, so that a human can judge a card."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Json = Mapping[str, Any]


def as_plain_text(blocks: Sequence[Json]) -> str:
    return "\n".join(line for block in blocks for line in _lines(block))


def _lines(block: Json) -> Iterator[str]:
    match block["type"]:
        case "header" | "section":
            yield block["text"]["text"]
        case "rich_text":
            yield from (_rich_line(element) for element in block["elements"])
        case "context":
            yield from (f"  {element['text']}" for element in block["elements"])
        case "actions":
            yield "  ".join(_button(element) for element in block["elements"])
        case other:
            raise AssertionError(f"no reader for {other}")


def _button(element: Json) -> str:
    if element["type"] == "overflow":
        return f"[… {' | '.join(option['text']['text'] for option in element['options'])}]"
    return f"[{element['text']['text']}]"


def _rich_line(element: Json) -> str:
    text = "".join(part.get("text") or f"@{part['user_id']}" for part in element["elements"])
    return f"> {text}" if element["type"] == "rich_text_quote" else text
