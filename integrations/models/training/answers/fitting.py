"""Fits the answer reader: `python -m integrations.models.training.answers.fitting NUMBERS`.

NUMBERS is the folder that `integrations.app.answer_features` wrote. A question's statements compete with each other
and with "nothing answers" (softmax), and each is judged on its own (cross entropy). Seconds on one core.
"""

import argparse
import hashlib
import json
import random
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

from integrations.models.answer_reader import FARTHEST, Weights

FOLDER = Path("integrations/models/answer_reader")
MEASURED = ("r4", "r8", "r14", "r15")
EPOCHS = 10
RATE = 2e-3
AT_ONCE = 16
EACH = 0.5
SEED = 20261122
WIDTHS = (48, 24)


@dataclass(frozen=True, slots=True)
class Asked:
    """One question's statements as numbers."""

    features: NDArray[np.float32]
    answers: NDArray[np.bool_]
    is_answerable: bool
    author: str


def read_all(folder: Path) -> list[Asked]:
    """Read every company's questions."""
    asked: list[Asked] = []
    for path in sorted(folder.glob("*.npz")):
        kept = np.load(path)
        ends = np.cumsum(kept["counts"])
        for start, end, is_answerable in zip(ends - kept["counts"], ends, kept["answerable"], strict=True):  # fmt: skip
            asked.append(
                Asked(
                    kept["features"][start:end],
                    kept["answers"][start:end],
                    bool(is_answerable),
                    path.stem.split("-")[0],
                )
            )
    return asked


def fit(asked: Sequence[Asked]) -> tuple[nn.Sequential, NDArray[np.float32], NDArray[np.float32]]:
    """Give the network with the mean and the deviation of the features."""
    everything = np.concatenate([each.features for each in asked])
    mean, deviation = everything.mean(0), everything.std(0) + 1e-6
    torch.manual_seed(SEED)
    torch.set_num_threads(1)
    inner, second = WIDTHS
    network = nn.Sequential(
        nn.Linear(everything.shape[1], inner),
        nn.ReLU(),
        nn.Dropout(0.1),
        nn.Linear(inner, second),
        nn.ReLU(),
        nn.Linear(second, 1),
    )
    optimizer = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=1e-2)
    rows = [
        (torch.tensor(_scaled(each.features, mean, deviation)), torch.tensor(each.answers))
        for each in asked
    ]
    for epoch in range(EPOCHS):
        random.Random(epoch).shuffle(rows)  # noqa: S311  # no secret
        for group in optimizer.param_groups:
            group["lr"] = RATE * (1 - epoch / EPOCHS)
        for at in range(0, len(rows), AT_ONCE):
            losses = [_loss(network(x)[:, 0], y) for x, y in rows[at : at + AT_ONCE]]
            optimizer.zero_grad()
            torch.stack(losses).sum().backward()
            optimizer.step()
    return network.eval(), mean, deviation


def _scaled(features: NDArray[np.float32], mean: NDArray[np.float32], deviation: NDArray[np.float32]) -> NDArray[np.float32]:  # fmt: skip
    scaled: NDArray[np.float32] = np.clip((features - mean) / deviation, -FARTHEST, FARTHEST)
    return scaled


def _loss(logits: torch.Tensor, answers: torch.Tensor) -> torch.Tensor:
    odds = torch.log_softmax(torch.cat([logits, logits.new_zeros(1)]), 0)
    chosen = -torch.logsumexp(odds[:-1][answers], 0) if answers.any() else -odds[-1]
    return chosen + EACH * functional.binary_cross_entropy_with_logits(logits, answers.float())


def platt(logits: NDArray[np.float32], truth: NDArray[np.bool_]) -> tuple[float, float]:
    """Fit slope and offset that make logits probabilities (Platt 1999)."""
    slope, offset = (torch.tensor(each, requires_grad=True) for each in (1.0, 0.0))
    optimizer = torch.optim.LBFGS([slope, offset], max_iter=100)
    x, y = torch.tensor(logits), torch.tensor(truth).float()

    def again() -> torch.Tensor:
        optimizer.zero_grad()
        loss = functional.binary_cross_entropy_with_logits(slope * x + offset, y)
        loss.backward()
        return loss

    optimizer.step(again)
    return float(slope.detach()), float(offset.detach())


def write(network: nn.Sequential, mean: NDArray[np.float32], deviation: NDArray[np.float32], calibration: tuple[float, float], figures: dict[str, float]) -> None:  # fmt: skip
    """Write weights.npz and answer_reader.json."""
    linear = [each for each in network if isinstance(each, nn.Linear)]
    arrays = {"mean": mean, "deviation": deviation}
    for number, layer in enumerate(linear):
        arrays[f"weight{number}"] = layer.weight.detach().numpy()
        arrays[f"bias{number}"] = layer.bias.detach().numpy()
    FOLDER.mkdir(parents=True, exist_ok=True)
    np.savez(FOLDER / "weights.npz", **arrays)  # type: ignore[arg-type]  # numpy's keywords are arrays, too
    card = {
        "sha256": hashlib.sha256((FOLDER / "weights.npz").read_bytes()).hexdigest(),
        "layers": len(linear),
        "slope": calibration[0],
        "offset": calibration[1],
        "figures": figures,
    }
    (FOLDER / "answer_reader.json").write_text(json.dumps(card, indent=2) + "\n", "utf-8")


def figures_of(reader: Weights, asked: Sequence[Asked]) -> dict[str, float]:
    """Measure on questions of authors that were not learned from."""
    best, first, three = [], [], []
    for each in asked:
        chances = reader.chances(each.features)
        best.append(float(chances.max()))
        if each.is_answerable:
            order = np.argsort(-chances)
            first.append(bool(each.answers[order[0]]))
            three.append(bool(each.answers[order[:3]].any()))
    sure, has = np.array(best), np.array([each.is_answerable for each in asked])
    return {
        "questions": float(len(asked)),
        "first statement answers": round(float(np.mean(first)), 3),
        "one of the first three answers": round(float(np.mean(three)), 3),
        "answerable above unanswerable": round(
            float((sure[has][:, None] > sure[~has][None]).mean()), 3
        ),
        **{
            f"sure from {cut}": round(float((sure[has] >= cut).mean()), 3)
            for cut in (0.2, 0.3, 0.4, 0.5)
        },
        **{
            f"not sure from {cut}, of unanswerable": round(float((sure[~has] < cut).mean()), 3)
            for cut in (0.2, 0.3, 0.4, 0.5)
        },
    }


def main(arguments: Sequence[str]) -> int:
    """Fit, measure, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("numbers", type=Path)
    everything = read_all(parser.parse_args(arguments).numbers)
    learned = [each for each in everything if each.author not in MEASURED]
    kept_apart = [each for each in everything if each.author in MEASURED]
    network, mean, deviation = fit(learned)
    layers = tuple(
        (each.weight.detach().numpy(), each.bias.detach().numpy())
        for each in network
        if isinstance(each, nn.Linear)
    )
    raw = Weights(mean, deviation, layers)
    logits = np.concatenate([raw.logits(each.features) for each in kept_apart])
    calibration = platt(logits, np.concatenate([each.answers for each in kept_apart]))
    figures = figures_of(Weights(mean, deviation, layers, *calibration), kept_apart)
    write(network, mean, deviation, calibration, figures)
    sys.stderr.write(json.dumps(figures, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
