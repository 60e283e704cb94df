"""Text of other systems: any value becomes lines of plain text, within bounds."""

import math
import re
from collections.abc import Iterator, Mapping
from itertools import islice

DEEPEST = 5
MOST_FIELDS = 200
LONGEST_FIELD = 100
LONGEST_VALUE = 1_000
EXACT = 2**53  # up to here a float holds every whole number

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
_LONE_SURROGATES = re.compile(r"[\ud800-\udfff]")


def one_line(text: str) -> str:
    """Give the text as one line of valid Unicode without control characters."""
    return " ".join(_LONE_SURROGATES.sub("\ufffd", _CONTROLS.sub(" ", text)).split())


def flatten(nested: Mapping[str, object]) -> dict[str, str]:
    """Give what is in an object as texts, inner fields with dots (`company.name`, `products.0.sku`).

    Plain values in a list are joined by commas. What is empty, named too long or too deep is left out: 200
    fields, 5 levels, 100 characters a name; a value is cut at 1,000.
    """
    return dict(islice(_leaves(nested, "", 1), MOST_FIELDS))


def _leaves(value: object, path: str, depth: int) -> Iterator[tuple[str, str]]:
    inner: Iterator[tuple[str, object]] = iter(())
    text = _text(value)
    if isinstance(value, Mapping):
        inner = ((one_line(str(field)), within) for field, within in value.items())
    elif isinstance(value, list | tuple):
        text = ", ".join(filter(None, map(_text, value)))
        inner = ((str(at), one) for at, one in enumerate(value) if isinstance(one, Mapping | list))
    if text and path:
        yield path, text[:LONGEST_VALUE]
    if depth <= DEEPEST:
        for field, within in inner:
            below = f"{path}.{field}" if path else field
            if field and len(below) <= LONGEST_FIELD:
                yield from _leaves(within, below, depth + 1)


def _text(value: object) -> str:
    """Give a plain value as text; empty for anything else."""
    if isinstance(value, str):
        return one_line(value)
    if isinstance(value, bool):
        return str(value).lower()
    return _number(value) if isinstance(value, int | float) else ""


def _number(value: int | float) -> str:
    if isinstance(value, float) and value.is_integer() and abs(value) < EXACT:
        return str(int(value))
    return str(value) if isinstance(value, int) or math.isfinite(value) else ""
