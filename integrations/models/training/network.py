"""The signal model's network: a BERT encoder with one head a task."""

import math

import torch
from torch import nn
from torch.nn import functional

from integrations.models.signal_model import KINDS, READINESS, SIGNALS

WIDTH = 384
INNER = 1536
HEADS = 12
POSITIONS = 512
EPSILON = 1e-12
FAR_BELOW = -1e4
COLUMNS = len(SIGNALS) + 1  # the last one marks a competitor's name


class Layer(nn.Module):
    """One encoder layer, normalized after each half, as in BERT."""

    def __init__(self) -> None:
        super().__init__()
        self.qkv = nn.Linear(WIDTH, 3 * WIDTH)
        self.attention_out = nn.Linear(WIDTH, WIDTH)
        self.attention_norm = nn.LayerNorm(WIDTH, eps=EPSILON)
        self.inner = nn.Linear(WIDTH, INNER)
        self.outer = nn.Linear(INNER, WIDTH)
        self.outer_norm = nn.LayerNorm(WIDTH, eps=EPSILON)

    def forward(self, x: torch.Tensor, bias: torch.Tensor, drop: nn.Module) -> torch.Tensor:
        batch, length, _ = x.shape
        split = self.qkv(x).view(batch, length, 3, HEADS, WIDTH // HEADS).permute(2, 0, 3, 1, 4)
        query, key, value = split[0], split[1], split[2]
        weights = query @ key.transpose(-1, -2) / math.sqrt(WIDTH // HEADS) + bias
        mixed = drop(functional.softmax(weights, -1)) @ value
        joined = mixed.transpose(1, 2).reshape(batch, length, WIDTH)
        x = self.attention_norm(x + drop(self.attention_out(joined)))
        return self.outer_norm(x + drop(self.outer(functional.gelu(self.inner(x)))))


class Encoder(nn.Module):
    """Words in their places, then layers of attention."""

    def __init__(self, words: int, layers: int, dropout: float) -> None:
        super().__init__()
        self.word = nn.Embedding(words, WIDTH)
        self.position = nn.Embedding(POSITIONS, WIDTH)
        self.segment = nn.Parameter(torch.zeros(WIDTH))
        self.norm = nn.LayerNorm(WIDTH, eps=EPSILON)
        self.layers = nn.ModuleList(Layer() for _ in range(layers))
        self.drop = nn.Dropout(dropout)

    def encoded(
        self, ids: torch.Tensor, there: torch.Tensor | None, beside: torch.Tensor | None = None
    ) -> torch.Tensor:
        """Shapes (batch, tokens) in, (batch, tokens, 384) out; `beside` is added to the words' vectors."""
        return self.read(self.word(ids), there, beside)

    def read(
        self, words: torch.Tensor, there: torch.Tensor | None, beside: torch.Tensor | None = None
    ) -> torch.Tensor:
        """Encode words given as vectors."""
        x = words + self.position.weight[: words.shape[1]] + self.segment
        x = self.drop(self.norm(x if beside is None else x + beside))
        bias = x.new_zeros(1) if there is None else (1 - there)[:, None, None, :] * FAR_BELOW
        for layer in self.layers:
            x = layer(x, bias.to(x.dtype), self.drop)
        return x


class SignalNetwork(Encoder):
    """Token ids in; logits of signals, kind, readiness and of each token out.

    Every task looks at the message through its own attention over the message's own tokens, beside their
    mean; a signal also hears its strongest token, so that what is shown as evidence is what decides.
    """

    def __init__(self, words: int, layers: int, dropout: float = 0.1) -> None:
        super().__init__(words, layers, dropout)
        tasks = len(SIGNALS) + 2
        self.head_token = nn.Linear(WIDTH, COLUMNS)
        self.head_look = nn.Linear(WIDTH, tasks)
        self.head_signal = nn.Parameter(torch.randn(len(SIGNALS), 2 * WIDTH) * 0.02)
        self.head_signal_bias = nn.Parameter(torch.zeros(len(SIGNALS)))
        self.head_strongest = nn.Parameter(torch.full((len(SIGNALS),), 0.5))
        self.head_kind = nn.Linear(2 * WIDTH, len(KINDS))
        self.head_readiness = nn.Linear(2 * WIDTH, len(READINESS))

    def forward(
        self, ids: torch.Tensor, own: torch.Tensor, there: torch.Tensor | None = None
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
        """Shapes (batch, tokens) in; `own` marks the message's tokens, `there` all that are no padding."""
        x = self.encoded(ids, there)
        return self._heads(x, own.to(x.dtype))

    def _heads(
        self, x: torch.Tensor, own: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
        outside = ((1 - own) * FAR_BELOW)[:, :, None]
        tokens = self.head_token(x)
        look = functional.softmax(self.head_look(x) + outside, 1)
        seen = look.transpose(1, 2) @ x
        mean = (x * own[:, :, None]).sum(1) / own.sum(1, keepdim=True)
        both = self.drop(torch.cat([seen, mean[:, None, :].expand_as(seen)], -1))
        count = len(SIGNALS)
        strongest = (tokens[:, :, :count] + outside).max(1).values
        signals = (both[:, :count] * self.head_signal).sum(-1) + self.head_signal_bias
        return (
            signals + self.head_strongest * strongest,
            self.head_kind(both[:, count]),
            self.head_readiness(both[:, count + 1]),
            tokens,
        )
