"""Labelled messages as numbers: what the network is shown and what it should say."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer

from integrations.evaluation.examples import Example
from integrations.models.signal_model import KINDS, NAME, READINESS, SIGNALS
from integrations.models.signal_text import Window, windows

COLUMNS = len(SIGNALS) + 1


@dataclass(frozen=True, slots=True)
class Sample:
    """One message's first window and its labels."""

    example: Example
    window: Window
    signals: NDArray[np.float32]
    """Shape (11,): 1 where the signal is there."""
    tokens: NDArray[np.float32]
    """Shape (tokens, 12): 1 where a token is part of a quote or of a competitor's name."""
    kind: int
    readiness: int


@dataclass(frozen=True, slots=True)
class Batch:
    """Samples of about one length, padded to the longest; the first axis is the sample."""

    ids: torch.Tensor
    own: torch.Tensor
    there: torch.Tensor
    signals: torch.Tensor
    tokens: torch.Tensor
    kinds: torch.Tensor
    readiness: torch.Tensor


def sample(example: Example, tokenizer: Tokenizer) -> Sample:
    """Turn one message into numbers."""
    window = windows(example.text, tokenizer, said_before(example))[0]
    tokens = np.zeros((len(window.ids), COLUMNS), dtype=np.float32)
    for column, kind in enumerate(SIGNALS):
        for quote in example.signals.get(kind, ()):
            _mark(tokens, column, example.text, quote, window)
    for name in example.competitors:
        _mark(tokens, NAME, example.text, name, window)
    return Sample(
        example=example,
        window=window,
        signals=np.array([float(kind in example.signals) for kind in SIGNALS], dtype=np.float32),
        tokens=tokens,
        kind=KINDS.index(example.kind),
        readiness=READINESS.index(example.readiness),
    )


def said_before(example: Example) -> str:
    """Give what the other side said last, which is what a message answers."""
    return next((text for author, text in reversed(example.before) if author != "visitor"), "")


def _mark(tokens: NDArray[np.float32], column: int, text: str, quote: str, window: Window) -> None:
    start = text.find(quote) if quote else -1
    while start >= 0:
        end = start + len(quote)
        for row, (first, last) in enumerate(window.offsets):
            if last > first and first < end and last > start:
                tokens[row, column] = 1.0
        start = text.find(quote, end)


def batches(
    samples: Sequence[Sample], most_tokens: int, shuffle: np.random.Generator | None = None
) -> Iterator[tuple[list[int], Batch]]:
    """Give batches of about one length each, with the samples' positions; shuffled if asked."""
    jitter = shuffle.random(len(samples)) * 6 if shuffle else np.zeros(len(samples))
    order = np.argsort([len(s.window.ids) + j for s, j in zip(samples, jitter, strict=True)])
    groups = list(_groups(samples, [int(i) for i in order], most_tokens))
    if shuffle:
        shuffle.shuffle(groups)  # type: ignore[arg-type]  # a list is a sequence
    for group in groups:
        yield group, _batch([samples[i] for i in group])


def _groups(
    samples: Sequence[Sample], order: Iterable[int], most_tokens: int
) -> Iterator[list[int]]:
    group: list[int] = []
    for index in order:
        if group and len(samples[index].window.ids) * (len(group) + 1) > most_tokens:
            yield group
            group = []
        group.append(index)
    if group:
        yield group


def _batch(samples: Sequence[Sample]) -> Batch:
    shape = (len(samples), max(len(s.window.ids) for s in samples))
    ids, own, there = (
        np.zeros(shape, np.int64),
        np.zeros(shape, np.float32),
        np.zeros(shape, np.float32),
    )
    tokens = np.zeros((*shape, COLUMNS), np.float32)
    for row, each in enumerate(samples):
        length = len(each.window.ids)
        ids[row, :length], own[row, :length] = each.window.ids, each.window.own
        there[row, :length] = 1
        tokens[row, :length] = each.tokens
    return Batch(
        ids=torch.from_numpy(ids),
        own=torch.from_numpy(own),
        there=torch.from_numpy(there),
        signals=torch.from_numpy(np.stack([s.signals for s in samples])),
        tokens=torch.from_numpy(tokens),
        kinds=torch.tensor([s.kind for s in samples]),
        readiness=torch.tensor([s.readiness for s in samples]),
    )
