"""How a message becomes tokens, the same in training and in service. No offset ever moves."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent.own_words import own_words

if TYPE_CHECKING:
    from tokenizers import Tokenizer

MOST_TOKENS = 256
MOST_WINDOWS = 4
OVERLAP = 32
MOST_BEFORE = 48
MANY_CAPITALS = 0.7
FEW_LETTERS = 8
PLAYED = re.compile(
    r"^[ \t]*(?:[\[<#*|]{0,3}\s?(?:system|assistant|developer|im_start|im_end)(?: (?:prompt|message|note|override))?\s?[\]>#*|]{0,3}\s?[:>|]|<\|?(?:system|im_start)\b).*$",
    re.IGNORECASE | re.MULTILINE,
)
NO_TEXT = re.compile(r"[^\n -~\x80-\ud7ff\ue000-\U0010ffff]")
BEGIN, END = 0, 2  # <s> and </s> of the vocabulary


@dataclass(frozen=True, slots=True)
class Window:
    """One run of the model: token ids, which of them are the message's own, and where these stand in it."""

    ids: tuple[int, ...]
    own: tuple[int, ...]
    """1 for a token of the message, 0 for what was said before and for marks."""
    offsets: tuple[tuple[int, int], ...]
    """[start, end) in the message, in characters; (0, 0) where `own` is 0."""


def readable(text: str) -> str:
    """Blank what is not the sender's own words or no character at all, and lower what is shouted.

    Lines that play the part of the system are nobody's own words.
    """
    words = NO_TEXT.sub(" ", own_words(text))
    return _spoken(PLAYED.sub(lambda line: " " * len(line[0]), words))


def windows(text: str, tokenizer: Tokenizer, before: str = "") -> list[Window]:
    """Cut a text into at most four windows of at most 256 tokens; a long one is read at both ends.

    `before` is what was said last, of which the end is read along.
    """
    earlier = tokenizer.encode(readable(before), add_special_tokens=False).ids[-MOST_BEFORE:]
    encoding = tokenizer.encode(readable(text), add_special_tokens=False)
    room = MOST_TOKENS - len(earlier) - 4
    pieces = _cut(len(encoding.ids), room)
    return [_window(earlier, encoding.ids[a:b], encoding.offsets[a:b]) for a, b in pieces]


def _window(
    earlier: Sequence[int], ids: Sequence[int], offsets: Sequence[tuple[int, int]]
) -> Window:
    head = [BEGIN, *earlier, END, BEGIN] if earlier else [BEGIN]
    return Window(
        ids=(*head, *ids, END),
        own=(*(0 for _ in head), *(1 for _ in ids), 0 if ids else 1),
        offsets=(*((0, 0) for _ in head), *offsets, (0, 0)),
    )


def _cut(count: int, room: int) -> list[tuple[int, int]]:
    """Give the token ranges to read: all in order, or the first windows and the very end."""
    if count <= room:
        return [(0, count)]
    starts = list(range(0, count - OVERLAP, room - OVERLAP))
    ranges = [(start, min(count, start + room)) for start in starts]
    if len(ranges) <= MOST_WINDOWS:
        return ranges
    return [*ranges[: MOST_WINDOWS - 1], (count - room, count)]


def _spoken(text: str) -> str:
    """Lower a shouted text, as the model has seen few capitals; kept if that would move an offset."""
    letters = [*filter(str.isalpha, text)]
    shouted = sum(map(str.isupper, letters))
    if len(letters) < FEW_LETTERS or shouted < MANY_CAPITALS * len(letters):
        return text
    lowered = text.lower()
    return lowered if len(lowered) == len(text) else text
