"""What the network is compared with: character n-grams, alone and beside it, and a line through frozen vectors."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from agent.signals import MessageKind, Readiness, Signal, SignalKind, TextReading
from integrations.evaluation.examples import Example
from integrations.models.english_embeddings import EnglishEmbeddings
from integrations.models.signal_model import KINDS, READINESS, SIGNALS, SignalModel
from integrations.models.signal_text import readable
from integrations.models.training.calibrating import best_threshold
from integrations.models.training.samples import said_before

Array = NDArray[np.float64]
SHARE = 0.25  # of the n-grams in the mixture


@dataclass(frozen=True, slots=True)
class Probabilities:
    """One row a message: signals (n, 11), kinds (n, 7), readiness (n, 3)."""

    signals: Array
    kinds: Array
    readiness: Array

    def mixed(self, other: "Probabilities", share: float) -> "Probabilities":
        """Give the weighted mean of both."""
        return Probabilities(
            *(
                (1 - share) * ours + share * theirs
                for ours, theirs in (
                    (self.signals, other.signals),
                    (self.kinds, other.kinds),
                    (self.readiness, other.readiness),
                )
            )
        )


def by_characters(training: Sequence[Example], examples: Sequence[Example]) -> Probabilities:
    """Logistic regression over runs of two to five characters."""
    vectorizer = TfidfVectorizer(
        analyzer="char_wb", ngram_range=(2, 5), min_df=2, sublinear_tf=True
    )
    seen = vectorizer.fit_transform([readable(each.text) for each in training])
    return _linear(seen, training, vectorizer.transform([readable(e.text) for e in examples]))


def by_frozen_vectors(training: Sequence[Example], examples: Sequence[Example]) -> Probabilities:
    """Logistic regression over all-MiniLM-L6-v2, untouched."""
    embeddings = EnglishEmbeddings.load()
    seen = embeddings.embed([readable(each.text) for each in training])
    return _linear(seen, training, embeddings.embed([readable(e.text) for e in examples]))


def by_network(model: SignalModel, examples: Sequence[Example]) -> Probabilities:
    """What the network says, calibrated."""
    scores = [model.score(each.text, said_before(each)) for each in examples]
    return Probabilities(
        signals=np.array([[each.signals[kind] for kind in SIGNALS] for each in scores]),
        kinds=np.array([[each.kinds[kind] for kind in KINDS] for each in scores]),
        readiness=np.array([[each.readiness[one] for one in READINESS] for each in scores]),
    )


def readings(found: Probabilities, examples: Sequence[Example]) -> list[TextReading]:
    """Read by thresholds of best F1 on these very messages, which flatters every method alike."""
    truth = np.array([[kind in e.signals for kind in SIGNALS] for e in examples], dtype=float)
    hot = np.array([float(e.wants_rep) for e in examples])
    least = [best_threshold(found.signals[:, i], truth[:, i]) for i in range(len(SIGNALS))]
    least_hot = best_threshold(found.readiness[:, -1], hot)
    return [_reading(found, row, least, least_hot) for row in range(len(examples))]


def _reading(found: Probabilities, row: int, least: list[float], least_hot: float) -> TextReading:
    kind = KINDS[int(found.kinds[row].argmax())]
    heard = [s for s, p, t in zip(SIGNALS, found.signals[row], least, strict=True) if p >= t]
    if kind is not MessageKind.SALES:
        heard = [each for each in heard if each in (SignalKind.HUMAN, SignalKind.COOLING)]
    readiness = READINESS[int(found.readiness[row][:-1].argmax())]
    if found.readiness[row, -1] >= least_hot:
        readiness = Readiness.HOT
    if kind is not MessageKind.SALES or SignalKind.COOLING in heard:
        readiness = Readiness.COLD
    signals = tuple(Signal(each, "", 0.5) for each in heard)
    return TextReading(kind, readiness, "", signals)


def _linear(seen: object, training: Sequence[Example], rows: object) -> Probabilities:
    signals = [
        _fit(seen, [int(kind in e.signals) for e in training], rows)[:, 1] for kind in SIGNALS
    ]
    kinds = _fit(seen, [KINDS.index(e.kind) for e in training], rows)
    readiness = _fit(seen, [READINESS.index(e.readiness) for e in training], rows)
    return Probabilities(np.stack(signals, axis=1), kinds, readiness)


def _fit(seen: object, labels: list[int], rows: object) -> Array:
    line = LogisticRegression(C=8.0, max_iter=300, class_weight="balanced")
    line.fit(seen, labels)
    return np.asarray(line.predict_proba(rows))
