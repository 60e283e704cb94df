"""Small changes between epochs, so that the network learns how things are said and not which names occur."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from integrations.evaluation.examples import Example

OTHER_NAMES = 0.4
SMALL_LETTERS = 0.12
NO_END = 0.12


def varied(example: Example, names: Sequence[str], chance: np.random.Generator) -> Example:
    """Give the message with other competitors' names, in small letters or without its last mark, or as it is."""
    if example.competitors and chance.random() < OTHER_NAMES:
        example = _renamed(example, names, chance)
    if chance.random() < SMALL_LETTERS:
        example = _everywhere(example, _lowered)
    if chance.random() < NO_END and example.text.endswith((".", "?", "!")):
        last = example.text[-1]
        example = _everywhere(example, lambda text: text.removesuffix(last))
    return example


def names_of(examples: Sequence[Example]) -> list[str]:
    """Give all competitors' names of a set of messages, in order."""
    return sorted({name for example in examples for name in example.competitors})


def _renamed(example: Example, names: Sequence[str], chance: np.random.Generator) -> Example:
    for name in example.competitors:
        other = names[int(chance.integers(len(names)))]
        other = other.lower() if name.islower() else other
        found = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
        changed = _everywhere(example, lambda text, f=found, o=other: f.sub(lambda _: o, text))  # type: ignore[misc]  # the default argument binds the loop's value
        if _holds(changed):
            example = changed
    return example


def _everywhere(example: Example, change: Callable[[str], str]) -> Example:
    return replace(
        example,
        text=change(example.text),
        signals={
            kind: tuple(change(q) for q in quotes) for kind, quotes in example.signals.items()
        },
        competitors=tuple(change(name) for name in example.competitors),
    )


def _holds(example: Example) -> bool:
    quotes = [quote for quotes in example.signals.values() for quote in quotes]
    return all(each in example.text for each in (*quotes, *example.competitors))


def _lowered(text: str) -> str:
    lowered = text.lower()
    return lowered if len(lowered) == len(text) else text
