"""How near facts lie to a question in meaning, and how near is usual there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent.facts import FactId

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# So many facts, spread over the library, tell what similarity is usual for a question.
SAMPLED = 512
# What is known of a model beforehand weighs as much as so many facts: a library of three tells nothing.
PRIOR_WEIGHT = 30


@dataclass(frozen=True, slots=True)
class Unrelated:
    """Mean and deviation of the cosine similarity of questions to facts that do not concern them."""

    mean: float
    deviation: float


@dataclass(frozen=True, slots=True)
class Nearness:
    """The nearest facts of one question with their similarity, best first, and what is usual for it."""

    similarities: Mapping[FactId, float]
    usual: Unrelated

    def of(self, fact_id: FactId) -> float | None:
        """Give by how many deviations a fact is nearer than usual; None where it is not among the nearest."""
        similarity = self.similarities.get(fact_id)
        return None if similarity is None else (similarity - self.usual.mean) / self.usual.deviation


class Vectors:
    """All vectors of a library in memory, half precision where they are many."""

    def __init__(self, ids: list[FactId], rows: NDArray[np.floating]) -> None:
        self.ids = ids
        self.rows = rows
        self.places = {key: place for place, key in enumerate(ids)}
        step = max(1, len(ids) // SAMPLED)
        self._sample = rows[::step].astype("float32")

    def similarities(
        self, question: NDArray[np.float32], ids: list[FactId]
    ) -> Mapping[FactId, float]:
        """Compare a question with some facts."""
        known = [key for key in ids if key in self.places]
        if not known:
            return {}
        rows = self.rows[[self.places[key] for key in known]].astype("float32")
        return dict(zip(known, (rows @ question).tolist(), strict=True))

    def nearest(self, question: NDArray[np.float32], count: int) -> Mapping[FactId, float]:
        """Compare with every fact, exactly: for a library of usual size quicker than asking an index."""
        similarities = self.rows @ question
        order = (-similarities).argsort()[:count]
        return {self.ids[place]: float(similarities[place]) for place in order}

    def usual(self, question: NDArray[np.float32], known: Unrelated) -> Unrelated:
        """Give what is usual for a question here, leaning on what is known of the model."""
        found = self._sample @ question
        count = len(found) + PRIOR_WEIGHT
        mean = (float(found.sum()) + PRIOR_WEIGHT * known.mean) / count
        around = float(((found - mean) ** 2).sum())
        before = PRIOR_WEIGHT * (known.deviation**2 + (known.mean - mean) ** 2)
        return Unrelated(mean, ((around + before) / count) ** 0.5)
