"""From raw outputs to probabilities that mean what they say, and to the thresholds that decide."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agent.signals import MessageKind, SignalKind
from integrations.evaluation.examples import Example
from integrations.models.evidence import names, sureness_of_a_name
from integrations.models.learned_detector import MAYBE_COMPETITOR, MISSED_BUYER, SURE_NAME
from integrations.models.signal_model import (
    KINDS,
    READINESS,
    SIGNALS,
    Calibration,
    SignalModel,
    TokenScores,
    token_scores,
)
from integrations.models.signal_text import windows
from integrations.models.training.samples import said_before

Array = NDArray[np.float64]
GRID = np.arange(0.2, 0.81, 0.02)
NAME_GRID = np.arange(0.5, 0.95, 0.05)  # a name that is less likely than not is none
STEPS = 400
MISSED_LEAD = (
    1.5  # recall counts this much more where a rep is alerted: a missed lead costs more than a look
)
PULL = 0.02  # towards no correction, so that a rare signal is not overfitted


@dataclass(frozen=True, slots=True)
class Raw:
    """Logits of the exported model, one row a message: (n, 11), (n, 7), (n, 3), and its tokens' scores."""

    signals: Array
    kinds: Array
    readiness: Array
    tokens: Sequence[TokenScores]


def raw_outputs(model: SignalModel, examples: Sequence[Example]) -> Raw:
    """Run the exported model, uncalibrated, over labelled messages (their first windows)."""
    rows, tokens = [], []
    for example in examples:
        window = windows(example.text, model.tokenizer, said_before(example))[0]
        row = model.raw(window)
        rows.append(row[:3])
        tokens.append(token_scores([(window, row)]))
    signals, kinds, readiness = (
        np.array(part, dtype=np.float64) for part in zip(*rows, strict=True)
    )
    return Raw(signals, kinds, readiness, tokens)


def calibrate(raw: Raw, examples: Sequence[Example]) -> Calibration:
    """Fit slopes and offsets (Platt 1999), scales (Guo et al. 2017) and the thresholds of best F1."""
    truth = np.array([[kind in e.signals for kind in SIGNALS] for e in examples], dtype=float)
    fits = [_platt(raw.signals[:, column], truth[:, column]) for column in range(len(SIGNALS))]
    slopes, offsets = zip(*fits, strict=True)
    sure = _sigmoid(raw.signals * np.array(slopes) + np.array(offsets))
    thresholds = {
        kind: best_threshold(sure[:, column], truth[:, column])
        for column, kind in enumerate(SIGNALS)
    }
    rival = SIGNALS.index(SignalKind.COMPETITOR)
    readiness = np.array([READINESS.index(e.readiness) for e in examples])
    kinds = np.array([KINDS.index(e.kind) for e in examples])
    readiness_scale = _scale(raw.readiness, readiness)
    hot = _softmax(raw.readiness * readiness_scale)[:, -1]
    return Calibration(
        slopes=tuple(float(slope) for slope in slopes),
        offsets=tuple(float(offset) for offset in offsets),
        thresholds=thresholds,
        kind_scale=_scale(raw.kinds, kinds),
        readiness_scale=readiness_scale,
        hot=best_threshold(
            hot, (readiness == READINESS.index(READINESS[-1])).astype(float), MISSED_LEAD
        ),
        name=_best_name_threshold(
            raw.tokens,
            examples,
            _is_rival_heard(raw, sure[:, rival], thresholds[SignalKind.COMPETITOR]),
        ),
    )


def _platt(logits: Array, truth: Array) -> tuple[float, float]:
    def loss(slope: float, offset: float) -> float:
        sure = np.clip(_sigmoid(logits * slope + offset), 1e-6, 1 - 1e-6)
        missed = -(truth * np.log(sure) + (1 - truth) * np.log(1 - sure)).mean()
        return float(missed + PULL * ((slope - 1) ** 2 + offset**2 / 10))

    return _smallest(loss, (1.0, 0.0))


def _scale(logits: Array, truth: NDArray[np.int64]) -> float:
    def loss(scale: float) -> float:
        sure = _softmax(logits * scale)[np.arange(len(truth)), truth]
        return float(-np.log(np.clip(sure, 1e-6, 1)).mean())

    scales = np.arange(0.3, 3.0, 0.02)
    return float(round(scales[int(np.argmin([loss(scale) for scale in scales]))], 2))


def _smallest(
    loss: Callable[[float, float], float], start: tuple[float, float]
) -> tuple[float, float]:
    """Walk downhill in ever smaller steps; two numbers need no library."""
    (a, b), step = start, 0.5
    best = loss(a, b)
    for _ in range(STEPS):
        around = [(a + x * step, b + y * step) for x in (-1, 0, 1) for y in (-1, 0, 1)]
        losses = [loss(*point) for point in around]
        lowest = int(np.argmin(losses))
        if losses[lowest] < best - 1e-9:
            best, (a, b) = losses[lowest], around[lowest]
        elif (step := step / 2) < 1e-3:
            break
    return round(a, 3), round(b, 3)


def best_threshold(sure: Array, truth: Array, beta: float = 1.0) -> float:
    """Give the threshold of best F-beta, the curve smoothed so that one lucky message does not decide."""
    scores = np.array([_f_score(sure >= threshold, truth, beta) for threshold in GRID])
    smooth = np.convolve(np.pad(scores, 2, mode="edge"), np.ones(5) / 5, mode="valid")
    return float(round(GRID[int(np.argmax(smooth))], 2))


def _is_rival_heard(raw: Raw, sure: Array, least: float) -> NDArray[np.bool_]:
    """Tell in which messages the detector would look for names."""
    favoured = raw.kinds + np.log(np.where(np.array(KINDS) == MessageKind.SALES, MISSED_BUYER, 1.0))
    is_sales = favoured.argmax(axis=1) == KINDS.index(MessageKind.SALES)
    is_named = np.array([sureness_of_a_name(each) >= SURE_NAME for each in raw.tokens])
    return is_sales & ((sure >= least) | (is_named & (sure >= MAYBE_COMPETITOR)))


def _best_name_threshold(
    tokens: Sequence[TokenScores], examples: Sequence[Example], is_heard: NDArray[np.bool_]
) -> float:
    """Give the threshold at which most messages about a competitor have exactly its names.

    `is_heard` tells for each message whether the signal itself is read in it.
    """
    rivals = [
        (example, scores)
        for example, scores, heard in zip(examples, tokens, is_heard, strict=True)
        if heard or example.competitors
    ]
    shares = np.array([_exact(rivals, float(least)) for least in NAME_GRID])
    smooth = np.convolve(np.pad(shares, 1, mode="edge"), np.ones(3) / 3, mode="valid")
    return float(round(NAME_GRID[int(np.argmax(smooth))], 2))


def _exact(rivals: Sequence[tuple[Example, TokenScores]], least: float) -> float:
    """Give the share with exactly its names: the mean of all, and of those that have any."""
    hits = [(set(names(e.text, scores, least)) == set(e.competitors), bool(e.competitors)) for e, scores in rivals]  # fmt: skip
    named = [is_exact for is_exact, is_named in hits if is_named]
    return (sum(is_exact for is_exact, _ in hits) / max(1, len(hits)) + sum(named) / max(1, len(named))) / 2  # fmt: skip


def _f_score(said: NDArray[np.bool_], truth: Array, beta: float) -> float:
    hits = (1 + beta**2) * float((said * truth).sum())
    return hits / max(1.0, float(said.sum() + beta**2 * truth.sum()))


def _sigmoid(values: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-values)))


def _softmax(values: Array) -> Array:
    powers = np.exp(values - values.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))
