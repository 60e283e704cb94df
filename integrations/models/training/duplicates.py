"""Near-duplicates: messages so alike that one more teaches nothing, and would let a test be learned by heart."""

from collections.abc import Sequence

import numpy as np

from integrations.evaluation.examples import Example
from integrations.models.english_embeddings import EnglishEmbeddings
from integrations.models.signal_text import readable

ALIKE = 0.93  # cosine of all-MiniLM-L6-v2; by eye, pairs above it say the same in the same words
FEW_WORDS = 5  # so short a message is a duplicate only when its letters are the same


def without_near_duplicates(
    examples: Sequence[Example], others: Sequence[Example] = (), alike: float = ALIKE
) -> list[Example]:
    """Give the messages that are like none before them and like none of `others`, in order."""
    embeddings = EnglishEmbeddings.load()
    known = embeddings.embed([readable(each.text) for each in others])
    rows = embeddings.embed([readable(each.text) for each in examples])
    letters = {_letters(each) for each in others}
    kept: list[int] = []
    for index, example in enumerate(examples):
        same = _letters(example) in letters
        near = len(example.text.split()) > FEW_WORDS and (
            _nearest(rows[index], known) >= alike or _nearest(rows[index], rows[kept]) >= alike
        )
        if not same and not near:
            kept.append(index)
            letters.add(_letters(example))
    return [examples[index] for index in kept]


def _nearest(row: np.ndarray, rows: np.ndarray) -> float:
    return float((rows @ row).max()) if len(rows) else 0.0


def _letters(example: Example) -> tuple[str, str]:
    said = example.before[-1][1] if example.before else ""
    return said, "".join(letter for letter in example.text.casefold() if letter.isalnum())
