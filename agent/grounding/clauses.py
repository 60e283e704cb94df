"""A sentence cut into its clauses: each states something of its own and is backed on its own."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from agent.grounding.figures import Figure, read_figures
from agent.grounding.keeping import LONGEST_TEXT, keeping
from agent.grounding.tone import is_denied
from agent.grounding.words import content

BREAK = re.compile(
    r"\s*[;:—–](?=\s)\s*|,\s+(?=(?:and|but|so|which|who|where|whereas|while|though|although|because|since|as|then|after which|plus|und|aber|also|sodass|da|weil|denn|y|pero|así que|porque|et|mais|donc|car|e|mas|então|en|maar|dus|want|with|mit|con|avec|com|met)\s)|\s+(?=(?:but|because|whereas|although|aber|pero|mais|mas|maar)\s)",
    re.IGNORECASE,
)
INNER = re.compile(r",\s+|\s+(?=(?:and|or|und|oder|y|o|et|ou|e|en|of)\s)")


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause: what it says and the figures in it."""

    text: str
    words: frozenset[str]
    figures: tuple[Figure, ...]
    is_denied: bool


def clauses_of(sentence: str) -> list[Clause]:
    """Cut a sentence into clauses; pieces without a word of their own join the one before."""
    return list(_clauses(sentence))


@keeping(LONGEST_TEXT)
def _clauses(sentence: str) -> tuple[Clause, ...]:
    pieces = [piece for piece in BREAK.split(sentence) if piece.strip()]
    return tuple(_clause(piece) for piece in _joined(pieces))


def near(figure: Figure, clause: Clause) -> frozenset[str]:
    """Give the words of the part of a clause that a figure stands in."""
    start = 0
    for part in INNER.split(clause.text):
        end = clause.text.find(part, start) + len(part)
        if figure.at < end:
            return content(part)
        start = end
    return clause.words


def part_of(at: int, clause: Clause) -> int:
    """Give the number of the part of a clause that a place is in."""
    start = 0
    for number, part in enumerate(INNER.split(clause.text)):
        start = clause.text.find(part, start) + len(part)
        if at < start:
            return number
    return -1


def _joined(pieces: list[str]) -> Iterator[str]:
    held = ""
    for piece in pieces:
        held = f"{held} {piece}".strip()
        if len(content(held)) > 1 or read_figures(held):
            yield held
            held = ""
    if held:
        yield held


def _clause(text: str) -> Clause:
    return Clause(text, content(text), tuple(read_figures(text)), is_denied(text))
