"""How alike questions are in meaning, by the packaged embedding model."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from agent.gaps import Likeness
from integrations.models.embeddings import LocalEmbeddings


@dataclass(slots=True)
class EmbeddedMeanings:
    """Compares texts by their embeddings; the model loads at the first comparison."""

    _embeddings: LocalEmbeddings | None = None

    async def compare(self, texts: Sequence[str]) -> Likeness:
        """Give the cosine similarity of any two of these."""
        return await asyncio.to_thread(self._compare, texts)

    def _compare(self, texts: Sequence[str]) -> Likeness:
        if not texts:
            return lambda _one, _other: 0.0
        if self._embeddings is None:
            self._embeddings = LocalEmbeddings.load()
        vectors = self._embeddings.embed(texts)
        lengths = np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
        alike = (vectors / lengths) @ (vectors / lengths).T
        places = {text: place for place, text in enumerate(texts)}
        return lambda one, other: float(alike[places[one], places[other]])
