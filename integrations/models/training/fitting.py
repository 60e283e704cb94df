"""Fine-tuning: all tasks at once, the words frozen, the upper layers moving more than the lower ones."""

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from integrations.models.signal_model import NAME
from integrations.models.training.network import Encoder, SignalNetwork
from integrations.models.training.samples import Batch, Sample, batches


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to train. Every figure was chosen on the development split."""

    epochs: int = 6
    rate: float = 2e-4
    head_rate: float = 1e-3
    layer_decay: float = 0.9  # each layer below learns that much slower
    warm_up: float = 0.1
    most_tokens: int = 1024
    seed: int = 20261122
    smoothing: float = 0.05
    weight_decay: float = 0.01
    signal_weight: float = 3.0
    token_weight: float = 0.5
    quoted_weight: float = 3.0  # a quoted token counts as much as three others
    name_weight: float = 4.0  # names are rare: their column counts for more


class Rates(Protocol):
    """How fast the parts of a network learn."""

    @property
    def rate(self) -> float:
        """Give the rate of the uppermost layer."""
        ...

    @property
    def head_rate(self) -> float:
        """Give the rate of the heads."""
        ...

    @property
    def layer_decay(self) -> float:
        """Give the share of its rate that the layer below learns with."""
        ...

    @property
    def weight_decay(self) -> float:
        """Give the weight decay of the layers."""
        ...


@dataclass(frozen=True, slots=True)
class Outputs:
    """Logits for a list of samples, in their order."""

    signals: NDArray[np.float32]
    kinds: NDArray[np.float32]
    readiness: NDArray[np.float32]


def fit(
    network: SignalNetwork,
    samples_of: Callable[[np.random.Generator], Sequence[Sample]],
    how: Recipe,
    tell: Callable[[str], None],
) -> None:
    """Train the network in place; the same messages, seed and threads give the same weights.

    `samples_of` is asked once an epoch, so that messages may vary between epochs.
    """
    shuffle = np.random.default_rng(how.seed)
    freeze_words(network)
    optimizer = torch.optim.AdamW(weight_groups(network, how), betas=(0.9, 0.98))
    rates = [group["lr"] for group in optimizer.param_groups]
    started = time.perf_counter()
    network.train()
    for epoch in range(how.epochs):
        todo = list(batches(samples_of(shuffle), how.most_tokens, shuffle))
        losses = []
        for number, (_, batch) in enumerate(todo):
            pace = pace_of((epoch + number / len(todo)) / how.epochs, how.warm_up)
            for group, rate in zip(optimizer.param_groups, rates, strict=True):
                group["lr"] = rate * pace
            losses.append(_step(network, batch, how, optimizer))
        seconds = time.perf_counter() - started
        tell(f"epoch {epoch + 1}: loss {np.mean(losses):.3f}, {seconds:.0f} s")


def outputs(network: SignalNetwork, samples: Sequence[Sample], most_tokens: int = 4096) -> Outputs:
    """Run the network over samples without training it."""
    network.eval()
    signals = np.zeros((len(samples), 11), np.float32)
    kinds = np.zeros((len(samples), 7), np.float32)
    readiness = np.zeros((len(samples), 3), np.float32)
    with torch.no_grad():
        for rows, batch in batches(samples, most_tokens):
            found = network(batch.ids, batch.own, batch.there)
            signals[rows], kinds[rows], readiness[rows] = (part.numpy() for part in found[:3])
    network.train()
    return Outputs(signals, kinds, readiness)


def _step(
    network: SignalNetwork, batch: Batch, how: Recipe, optimizer: torch.optim.Optimizer
) -> float:
    # bfloat16 halves the time on processors that have it, and costs nothing measurable here.
    with torch.autocast("cpu", dtype=torch.bfloat16):
        found = network(batch.ids, batch.own, batch.there)
    loss = _loss([part.float() for part in found], batch, how)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
    return float(loss.detach())


def _loss(found: Sequence[torch.Tensor], batch: Batch, how: Recipe) -> torch.Tensor:
    signals, kinds, readiness, tokens = found
    told = functional.binary_cross_entropy_with_logits(signals, batch.signals)
    kind = functional.cross_entropy(kinds, batch.kinds, label_smoothing=how.smoothing)
    ready = functional.cross_entropy(readiness, batch.readiness, label_smoothing=how.smoothing)
    weight = batch.own[:, :, None] * (1 + batch.tokens * (how.quoted_weight - 1))
    each = functional.binary_cross_entropy_with_logits(tokens, batch.tokens, reduction="none")
    columns = torch.ones(each.shape[-1])
    columns[NAME] = how.name_weight
    shown = (each * weight * columns).sum() / batch.own.sum()
    return how.signal_weight * told + kind + ready + how.token_weight * shown


def weight_groups(network: Encoder, how: Rates) -> list[dict[str, object]]:
    """Give the optimizer's groups: heads fast, each layer slower than the one above it."""
    heads = [value for name, value in network.named_parameters() if name.startswith("head_")]
    groups: list[dict[str, object]] = [{"params": heads, "lr": how.head_rate, "weight_decay": 0.0}]
    depth = len(network.layers)
    for index, layer in enumerate(network.layers):
        rate = how.rate * how.layer_decay ** (depth - 1 - index)
        groups.append(
            {"params": list(layer.parameters()), "lr": rate, "weight_decay": how.weight_decay}
        )
    return groups


def freeze_words(network: Encoder) -> None:
    """Words keep their places, so that a word never seen in training stays beside its neighbours."""
    for value in (network.word.weight, network.position.weight, network.segment):
        value.requires_grad = False
    for value in network.norm.parameters():
        value.requires_grad = False


def pace_of(done: float, warm_up: float) -> float:
    """Give the share of the full rate: rising while warming up, then falling to nothing."""
    return done / warm_up if done < warm_up else max(0.02, (1 - done) / (1 - warm_up))


def seed_everything(seed: int) -> None:
    """Make what follows repeatable; call it before the network is made."""
    random.seed(seed)
    np.random.seed(seed % 2**32)  # torch's data tools read the old generator
    torch.manual_seed(seed)
    torch.use_deterministic_algorithms(True)  # noqa: FBT003  # torch's own signature
