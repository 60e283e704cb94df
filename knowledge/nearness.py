"""How near facts lie to a question in meaning, and how near is usual there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
    """All vectors of a library in memory, half precision where they are many; a fact may have several."""

    def __init__(self, owners: list[FactId], rows: NDArray[np.floating]) -> None:
        self.owners = owners
        self.rows = rows
        self._places: dict[FactId, list[int]] = {}
        for place, key in enumerate(owners):
            self._places.setdefault(key, []).append(place)
        step = max(1, len(owners) // SAMPLED)
        self._sample = rows[::step].astype("float32")

    def __len__(self) -> int:
        return len(self.owners)

    def similarities(
        self, question: NDArray[np.float32], ids: Iterable[FactId]
    ) -> Mapping[FactId, float]:
        """Compare a question with some facts."""
        places = [place for key in dict.fromkeys(ids) for place in self._places.get(key, ())]
        if not places:
            return {}
        similarities = (self.rows[places].astype("float32") @ question).tolist()
        return best_of_each(zip((self.owners[at] for at in places), similarities, strict=True))

    def nearest(self, question: NDArray[np.float32], count: int) -> Mapping[FactId, float]:
        """Compare with every fact, exactly: for a library of usual size quicker than asking an index."""
        import numpy as np

        # Without BLAS: its threads spin, and on two busy cores made 2 ms into 40.
        similarities = np.einsum("ij,j->i", self.rows, question)
        order = (-similarities).argsort()[:count]
        return best_of_each((self.owners[place], float(similarities[place])) for place in order)

    def usual(self, question: NDArray[np.float32], known: Unrelated) -> Unrelated:
        """Give what is usual for a question here, leaning on what is known of the model."""
        found = self._sample @ question
        count = len(found) + PRIOR_WEIGHT
        mean = (float(found.sum()) + PRIOR_WEIGHT * known.mean) / count
        around = float(((found - mean) ** 2).sum())
        before = PRIOR_WEIGHT * (known.deviation**2 + (known.mean - mean) ** 2)
        return Unrelated(mean, ((around + before) / count) ** 0.5)


def best_of_each(found: Iterable[tuple[FactId, float]]) -> dict[FactId, float]:
    """Give the greatest similarity of each fact."""
    best: dict[FactId, float] = {}
    for key, similarity in found:
        best[key] = max(similarity, best.get(key, similarity))
    return best
