"""Tunes the embedding model on visitors' questions and the lines that answer them.

`python -m integrations.models.training.answers.tuning NUMBERS` (half an hour on 2 cores): a question is drawn towards a line that
answers it, and away from those that were found and do not, and from other questions' lines of the same company
(InfoNCE; van den Oord et al. 2018, arXiv 1807.03748). Words keep their vectors; the result takes the place of encoder.onnx.
"""

import argparse
import hashlib
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer

from integrations.models.embeddings import FACT, QUESTION
from integrations.models.signal_text import BEGIN, END
from integrations.models.training import embedding
from integrations.models.training.answers.examples import Passage, Question, read_questions
from integrations.models.training.fitting import (
    freeze_words,
    pace_of,
    seed_everything,
    weight_groups,
)
from integrations.models.training.network import Encoder
from integrations.models.training.start import with_words_of_embeddings

KEPT_APART = ("r4", "r8", "r14", "r15")
LAYERS = 12
MOST_TOKENS = 80
MOST_OF_QUERY = 64
RUN = 16


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to tune."""

    epochs: int = 2
    rate: float = 6e-5
    head_rate: float = 0.0
    layer_decay: float = 0.9
    weight_decay: float = 0.01
    warm_up: float = 0.1
    temperature: float = 0.02
    questions: int = 16
    wrong: int = 4
    with_neighbour: float = 0.4
    likely: float = 0.7
    seed: int = 20261122


@dataclass(frozen=True, slots=True)
class Drawn:
    """One question, a text that answers it and some that do not; `same` are other texts that answer."""

    asked: str
    right: str
    wrong: tuple[str, ...]
    same: frozenset[str]


class Embedder(Encoder):
    """Token ids in; one vector of length one a text out, the mean over its tokens."""

    def __init__(self, words: int) -> None:
        super().__init__(words, LAYERS, 0.05)

    def forward(self, ids: torch.Tensor, there: torch.Tensor) -> torch.Tensor:
        """Shapes (batch, tokens) in, (batch, 384) out."""
        x = self.encoded(ids, there)
        mean = (x * there[:, :, None]).sum(1) / there.sum(1, keepdim=True)
        return torch.nn.functional.normalize(mean.float(), dim=-1)


def fit(network: Encoder, tokenizer: Tokenizer, companies: Sequence[Sequence[Question]], how: Recipe) -> None:  # fmt: skip
    """Tune the network in place."""
    chance = np.random.default_rng(how.seed)
    freeze_words(network)
    optimizer = torch.optim.AdamW(weight_groups(network, how))
    rates = [group["lr"] for group in optimizer.param_groups]
    started, losses = time.perf_counter(), list[float]()
    network.train()
    for epoch in range(how.epochs):
        todo = list(_batches(companies, how, chance))
        for number, batch in enumerate(todo):
            pace = pace_of((epoch + number / len(todo)) / how.epochs, how.warm_up)
            for group, rate in zip(optimizer.param_groups, rates, strict=True):
                group["lr"] = rate * pace
            with torch.autocast("cpu", dtype=torch.bfloat16):
                loss = _loss(network, tokenizer, batch, how)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
            losses.append(float(loss.detach()))
            if number % 10 == 0:
                _tell(f"epoch {epoch + 1}, {number} of {len(todo)}: {np.mean(losses[-10:]):.3f}, {time.perf_counter() - started:.0f} s")  # fmt: skip


def _batches(
    companies: Sequence[Sequence[Question]], how: Recipe, chance: np.random.Generator
) -> Iterator[list[Drawn]]:
    """Give the answerable questions of one company after another, so that a batch's lines are hard to tell apart."""
    batches: list[list[Drawn]] = []
    for questions in companies:
        some = [_drawn(q, how, chance) for q in questions if any(q.answers)]
        order = chance.permutation(len(some))
        batches += [
            [some[i] for i in order[at : at + how.questions]]
            for at in range(0, len(some), how.questions)
        ]
    for number in chance.permutation(len(batches)):
        yield batches[int(number)]


def _drawn(question: Question, how: Recipe, chance: np.random.Generator) -> Drawn:
    right: list[str] = []
    wrong: list[str] = []
    same: set[str] = set()
    for passage, answers in zip(question.passages, question.answers, strict=True):
        for number in range(len(passage.lines)):
            text = _text(passage, number, how, chance)
            (right if number in answers else wrong).append(text)
        if answers:
            same.update(f"{passage.title}\n{passage.lines[n]}" for n in answers)
    # What stands beside an answer may answer, too: only texts without one count as wrong.
    lines = {text.partition("\n")[2] for text in same}
    wrong = [text for text in wrong if not any(line in text for line in lines)]
    weights = how.likely ** (np.arange(len(wrong)) / 4)
    count = min(len(wrong), how.wrong)
    drawn = chance.choice(max(1, len(wrong)), count, replace=False, p=weights / weights.sum() if count else None)  # fmt: skip
    asked = f"{question.before} {question.text}".strip()
    return Drawn(
        asked,
        right[int(chance.integers(len(right)))],
        tuple(wrong[int(place)] for place in drawn),
        frozenset(lines),
    )


def _text(passage: Passage, number: int, how: Recipe, chance: np.random.Generator) -> str:
    """Give a line under its title, sometimes with the next one, as long facts are embedded."""
    last = number + 2 if chance.random() < how.with_neighbour else number + 1
    return f"{passage.title}\n{' '.join(passage.lines[number:last])}"


def _loss(
    network: Encoder, tokenizer: Tokenizer, batch: Sequence[Drawn], how: Recipe
) -> torch.Tensor:
    texts = [each.right for each in batch] + [text for each in batch for text in each.wrong]
    asked = _vectors(network, tokenizer, [QUESTION + each.asked for each in batch], MOST_OF_QUERY)
    found = _vectors(network, tokenizer, [FACT + text for text in texts], MOST_TOKENS)
    scores = asked @ found.T / how.temperature
    blocked = torch.zeros_like(scores)
    for row, each in enumerate(batch):
        for column, text in enumerate(texts):
            if column != row and any(line in text for line in each.same):
                blocked[row, column] = -1e4
    return torch.nn.functional.cross_entropy(scores + blocked, torch.arange(len(batch)))


def _vectors(
    network: Encoder, tokenizer: Tokenizer, texts: Sequence[str], most: int
) -> torch.Tensor:
    """Embed texts in a few runs of about one length each, as padding costs as much as words."""
    rows = [[BEGIN, *tokenizer.encode(t, add_special_tokens=False).ids[: most - 2], END] for t in texts]  # fmt: skip
    order = sorted(range(len(rows)), key=lambda place: len(rows[place]))
    found: list[torch.Tensor] = []
    for at in range(0, len(order), RUN):
        some = [rows[place] for place in order[at : at + RUN]]
        shape = (len(some), max(map(len, some)))
        ids: NDArray[np.int64] = np.zeros(shape, np.int64)
        there: NDArray[np.float32] = np.zeros(shape, np.float32)
        for number, row in enumerate(some):
            ids[number, : len(row)], there[number, : len(row)] = row, 1
        found.append(network(torch.from_numpy(ids), torch.from_numpy(there)))
    back = torch.tensor(order).argsort()
    return torch.cat(found)[back]


def main(arguments: Sequence[str]) -> int:
    """Tune and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("numbers", type=Path, help="what integrations.app.answer_features wrote")
    parser.add_argument("--out", type=Path, default=Path("integrations/models/multilingual_e5"))
    asked = parser.parse_args(arguments)
    how = Recipe()
    torch.set_num_threads(2)
    seed_everything(how.seed)
    learned = [
        p for p in sorted(asked.numbers.glob("*.jsonl")) if p.stem.split("-")[0] not in KEPT_APART
    ]
    companies = [read_questions(path) for path in learned]
    begun = with_words_of_embeddings(Embedder, LAYERS)
    fit(begun.network, begun.tokenizer, companies, how)
    write(begun.network, asked.out / "encoder.onnx")
    return 0


def write(network: Encoder, path: Path) -> None:
    """Write what runs: the encoder without its words, which stay as they are."""
    tuned = {name: value for name, value in network.state_dict().items() if name != "word.weight"}
    encoder = embedding.Encoder()
    encoder.load_state_dict(tuned)
    path.parent.mkdir(parents=True, exist_ok=True)
    embedding.export(encoder.eval(), path)
    _tell(f"{path}: sha256 {hashlib.sha256(path.read_bytes()).hexdigest()}")


def _tell(text: str) -> None:
    sys.stderr.write(text + "\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
