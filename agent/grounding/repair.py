"""A sentence that may not be shown, made true: without the clause that nothing backs, else in the fact's own words."""

import re
from collections.abc import Iterator

from agent.grounding.checking import objection
from agent.grounding.sources import Sources
from agent.grounding.words import content, shared

JOINT = re.compile(
    r"\s*;\s+|,\s+(?=(?:and|but|so|und|aber|y|pero|et|mais|e|mas|en|maar)\s)|\s+[—–]\s+", re.I
)
FEWEST_WORDS = 4
LONGEST = 40
ENOUGH = 0.5


def repaired(sentence: str, sources: Sources, said: str) -> str | None:
    """Give what may be shown in a refused sentence's place and was not said yet; None when nothing is left of it."""
    space = sentence[len(sentence.rstrip()) :] or " "
    for candidate in (*_shortened(sentence.strip()), *_own_words(sentence, sources)):
        if candidate not in said and objection(candidate, sources) is None:
            return f"{candidate}{space}"
    return None


def _shortened(sentence: str) -> Iterator[str]:
    """Give the sentence without its last clauses, the longest first."""
    ends = [match.start() for match in JOINT.finditer(sentence)]
    for end in reversed(ends):
        head = sentence[:end].rstrip(" ,;")
        if len(head.split()) >= FEWEST_WORDS:
            yield f"{head}."


def _own_words(sentence: str, sources: Sources) -> Iterator[str]:
    """Give the prose statement of a fact that is about the same, in the visitor's language."""
    words = content(sentence)
    spoken = [
        each
        for each in sources.stock.statements
        if each.fact and each.fact.language == sources.language and not each.cells
        and each.text.endswith((".", "!")) and len(each.text.split()) <= LONGEST
    ]  # fmt: skip
    best = max(spoken, key=lambda each: sources.stock.overlap(words, each), default=None)
    if best and sources.stock.weight(shared(words, best.words)) >= ENOUGH * sources.stock.weight(
        words
    ):
        yield best.text
