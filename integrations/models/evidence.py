"""Which words show a signal: verbatim spans of the message, from the model's scores of its tokens."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING

from agent.signals import SignalKind
from integrations.models.signal_model import NAME, SIGNALS, TokenScores

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LONGEST_QUOTE = 240
OF_THE_BEST = (
    0.4  # a neighbour belongs to the quote when it scores this much of the strongest token
)
OF_A_NAME = 0.6  # the same for a name, whose strongest token must reach the threshold
GAP = 2  # weak tokens inside a quote
LONGEST_NAME = 5  # words
OWNED = re.compile(r"['’]s?$", re.IGNORECASE)
EDGES = " \t\r\n\"'“”„«»‘’()[]{}<>.,;:!?¿¡…-–—*_|/"


def quote(text: str, tokens: TokenScores, kind: SignalKind) -> str:
    """Give the span that shows this signal best, in whole words; never empty for a text with words."""
    column = tokens.evidence[:, SIGNALS.index(kind)]
    best = int(column.argmax())
    first, last = _around(column, best)
    start, end = tokens.offsets[first][0], tokens.offsets[last][1]
    return _whole_words(text, start, end)


def names(text: str, tokens: TokenScores, least: float) -> tuple[str, ...]:
    """Give the competitors' names as written, each once, in the order of the text."""
    found: dict[str, str] = {}
    for start, end in _runs(tokens, least):
        name = _without_small_words(OWNED.sub("", _whole_words(text, start, end)))
        if name and any(letter.isalnum() for letter in name) and len(name.split()) <= LONGEST_NAME:
            found.setdefault(name.casefold(), name)
    return tuple(found.values())


def sureness_of_a_name(tokens: TokenScores) -> float:
    """Give the score of the token that looks most like a competitor's name."""
    return float(tokens.evidence[:, NAME].max(initial=0.0))


def _without_small_words(name: str) -> str:
    """Cut what stands beside a capitalised name: "currently Sage" is called Sage."""
    words = name.split(" ")
    large = [at for at, word in enumerate(words) if word[:1].isupper() or word[:1].isdigit()]
    return " ".join(words[large[0] : large[-1] + 1]) if large else name


def _around(column: NDArray[np.float32], best: int) -> tuple[int, int]:
    """Grow from the strongest token to both sides while the neighbours are strong enough."""
    least = OF_THE_BEST * float(column[best])
    return _grown(column, best, -1, least), _grown(column, best, 1, least)


def _grown(column: NDArray[np.float32], best: int, step: int, least: float) -> int:
    edge, at, weak = best, best + step, 0
    while 0 <= at < len(column) and weak <= GAP:
        if column[at] >= least:
            edge, weak = at, 0
        else:
            weak += 1
        at += step
    return edge


def _runs(tokens: TokenScores, least: float) -> Iterator[tuple[int, int]]:
    """Give [start, end) of neighbouring tokens of which one is surely part of a name and all are likely to be."""
    column = tokens.evidence[:, NAME]
    likely = [index for index, score in enumerate(column) if score >= OF_A_NAME * least]
    for _, group in groupby(enumerate(likely), key=lambda pair: pair[1] - pair[0]):
        run = [index for _, index in group]
        if column[run].max() >= least:
            yield tokens.offsets[run[0]][0], tokens.offsets[run[-1]][1]


def _whole_words(text: str, start: int, end: int) -> str:
    while start > 0 and _is_word(text[start - 1]) and _is_word(text[start]):
        start -= 1
    while end < len(text) and _is_word(text[end]) and _is_word(text[end - 1]):
        end += 1
    words = text[start:end].strip(EDGES)
    if len(words) > LONGEST_QUOTE:
        words = re.sub(r"\s+\S*$", "", words[:LONGEST_QUOTE])
    return words or text[start:end].strip()


def _is_word(letter: str) -> bool:
    return (letter.isalnum() or letter in "'’&+_") and not _stands_alone(letter)


def _stands_alone(letter: str) -> bool:
    """Tell whether a script writes no spaces between words (Chinese, Japanese, Korean, Thai)."""
    return "\u0e00" <= letter <= "\u0e7f" or "\u2e80" <= letter <= "\ud7ff"
