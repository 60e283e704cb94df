"""The signal model: an encoder of our own making, as int8 ONNX, that scores one message.

It is made by `make train` from the messages in knowledge/examples; knowledge/examples/MODEL.md is its card.
The files are checked against the hashes in signal_model.json, because another model would read differently.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import as_file, files
from typing import TYPE_CHECKING, Protocol

from agent.errors import HotlineError
from agent.signals import MessageKind, Readiness, SignalKind
from integrations.models.signal_text import Window, windows

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray
    from tokenizers import Tokenizer

QUIET = 4
KINDS = tuple(MessageKind)
SIGNALS = tuple(SignalKind)
READINESS = tuple(Readiness)
NAME = len(SIGNALS)  # the column of token scores that marks a competitor's name
"""The order of the model's outputs is that of the enumerations."""


class SignalModelError(HotlineError):
    """The model's files are missing or are not those of its card."""


@dataclass(frozen=True, slots=True)
class TokenScores:
    """What the model says of each token of a message's own words."""

    offsets: tuple[tuple[int, int], ...]
    evidence: NDArray[np.float32]
    """Shape (tokens, 12), in [0, 1]: one column a signal, the last for a competitor's name."""


@dataclass(frozen=True, slots=True)
class Scores:
    """What the model says of one message; all are calibrated probabilities in [0, 1]."""

    kinds: Mapping[MessageKind, float]
    signals: Mapping[SignalKind, float]
    readiness: Mapping[Readiness, float]
    tokens: TokenScores


@dataclass(frozen=True, slots=True)
class Calibration:
    """How raw outputs become probabilities, and from where on a signal counts; fitted by `make train`."""

    slopes: tuple[float, ...]
    offsets: tuple[float, ...]
    thresholds: Mapping[SignalKind, float]
    kind_scale: float = 1.0
    readiness_scale: float = 1.0
    hot: float = 0.5
    name: float = 0.5


class Session(Protocol):
    """What we need of an ONNX Runtime session, which has no types of its own."""

    def run(
        self, output_names: Sequence[str] | None, input_feed: Mapping[str, NDArray[np.int64]]
    ) -> Sequence[NDArray[np.float32]]:
        """Run the model once."""
        ...


class SignalModel:
    """Scores messages; safe to call from several threads, and the same text always scores the same."""

    def __init__(self, tokenizer: Tokenizer, session: Session, calibration: Calibration) -> None:
        self.tokenizer = tokenizer
        self._session = session
        self.calibration = calibration

    @classmethod
    def load(cls, folder: Traversable | None = None) -> SignalModel:
        """Load the model; blocks for about half a second. Raises SignalModelError for a wrong file."""
        folder = folder or files("integrations").joinpath("models", "signal_model")
        card, tokenizer = _checked_files(folder)
        with as_file(folder.joinpath("model.onnx")) as model:
            return cls(_tokenizer(tokenizer), _session(model), _calibration(card))

    @staticmethod
    def check(folder: Traversable | None = None) -> None:
        """Look whether the files are those of their card, without loading them; raises SignalModelError."""
        _checked_files(folder or files("integrations").joinpath("models", "signal_model"))

    def score(self, text: str, before: str = "") -> Scores:
        """Score one message, in the light of what was said just before it."""
        runs = [self._run(window) for window in windows(text, self.tokenizer, before)]
        return self._combined(runs)

    def raw(self, window: Window) -> tuple[NDArray[np.float32], ...]:
        """Give the logits of one window: signals (11), kinds (7), readiness (3), tokens (n, 12)."""
        import numpy as np

        outputs = self._session.run(
            None,
            {
                "ids": np.array([window.ids], dtype=np.int64),
                "own": np.array([window.own], dtype=np.int64),
            },
        )
        return tuple(output[0] for output in outputs)

    def _run(self, window: Window) -> tuple[Window, tuple[NDArray[np.float32], ...]]:
        return window, self.raw(window)

    def _combined(self, runs: Sequence[tuple[Window, tuple[NDArray[np.float32], ...]]]) -> Scores:
        """Join windows: a signal counts where it is strongest, kind and readiness by their mean."""
        import numpy as np

        how = self.calibration
        signals = np.max([raw[0] for _, raw in runs], axis=0)
        kinds = np.mean([raw[1] for _, raw in runs], axis=0) * how.kind_scale
        readiness = np.mean([raw[2] for _, raw in runs], axis=0) * how.readiness_scale
        calibrated = signals * np.array(how.slopes) + np.array(how.offsets)
        return Scores(
            kinds=dict(zip(KINDS, _softmax(kinds), strict=True)),
            signals={
                kind: _sigmoid(float(value))
                for kind, value in zip(SIGNALS, calibrated, strict=True)
            },
            readiness=dict(zip(READINESS, _softmax(readiness), strict=True)),
            tokens=token_scores(runs),
        )


def token_scores(
    runs: Sequence[tuple[Window, tuple[NDArray[np.float32], ...]]],
) -> TokenScores:
    """Join the token outputs of a message's windows."""
    import numpy as np

    offsets: list[tuple[int, int]] = []
    rows: list[NDArray[np.float32]] = []
    for window, raw in runs:
        for is_own, span, row in zip(window.own, window.offsets, raw[3], strict=True):
            # Windows overlap; a token is kept once.
            if is_own and span[1] > span[0] and (not offsets or span[0] >= offsets[-1][1]):
                offsets.append(span)
                rows.append(row)
    logits = np.array(rows, dtype=np.float32).reshape(-1, len(SIGNALS) + 1)
    evidence = (1 / (1 + np.exp(-logits))).astype(np.float32)
    return TokenScores(tuple(offsets), evidence)


def _card(folder: Traversable) -> Mapping[str, object]:
    try:
        card = json.loads(folder.joinpath("signal_model.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SignalModelError(
            f"The signal model cannot be read ({error}). Install Hotline again, or run `make train`."
        ) from error
    return dict(card)


def _checked_files(folder: Traversable) -> tuple[Mapping[str, object], bytes]:
    """Give the card and the tokenizer, once the model has been found to be the card's."""
    card = _card(folder)
    _checked(folder.joinpath("model.onnx"), str(card.get("model_sha256")))
    return card, _checked(folder.joinpath("tokenizer.json"), str(card.get("tokenizer_sha256")))


def _checked(file: Traversable, sha256: str) -> bytes:
    try:
        content = file.read_bytes()
    except OSError as error:
        raise SignalModelError(
            f"The signal model cannot be read ({error}). Install Hotline again, or run `make train`."
        ) from error
    if hashlib.sha256(content).hexdigest() != sha256:
        raise SignalModelError(
            f"{file.name} is not the file that its card describes. Install Hotline again, or run `make train`."
        )
    return content


def _tokenizer(content: bytes) -> Tokenizer:
    from tokenizers import Tokenizer

    return Tokenizer.from_str(content.decode("utf-8"))


def _session(model: Path) -> Session:
    import onnxruntime

    onnxruntime.disable_telemetry_events()
    options = onnxruntime.SessionOptions()
    # One thread: on a busy machine a second one makes the slowest runs ten times slower.
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = QUIET
    session: Session = onnxruntime.InferenceSession(
        str(model), options, providers=["CPUExecutionProvider"]
    )
    return session


def _calibration(card: Mapping[str, object]) -> Calibration:
    how = card["calibration"]
    if not isinstance(how, dict):
        raise SignalModelError("signal_model.json has no calibration. Run `make train`.")
    return Calibration(
        slopes=tuple(float(how["slopes"][kind]) for kind in SIGNALS),
        offsets=tuple(float(how["offsets"][kind]) for kind in SIGNALS),
        thresholds={kind: float(how["thresholds"][kind]) for kind in SIGNALS},
        kind_scale=float(how["kind_scale"]),
        readiness_scale=float(how["readiness_scale"]),
        hot=float(how["hot"]),
        name=float(how["name"]),
    )


def _softmax(values: NDArray[np.float32]) -> list[float]:
    import numpy as np

    powers = np.exp(values - values.max())
    return [float(power) for power in powers / powers.sum()]


def _sigmoid(value: float) -> float:
    return 1 / (1 + math.exp(-value)) if value > -60 else 0.0
