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
        """Give how alike any two of these are: 0 as two texts that have nothing in common, 1 for the same."""
        return await asyncio.to_thread(self._compare, texts)

    def _compare(self, texts: Sequence[str]) -> Likeness:
        if not texts:
            return lambda _one, _other: 0.0
        if self._embeddings is None:
            self._embeddings = LocalEmbeddings.load()
        vectors = self._embeddings.embed(texts)
        lengths = np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
        usual, _ = self._embeddings.unrelated
        alike = ((vectors / lengths) @ (vectors / lengths).T - usual) / (1 - usual)
        places = {text: place for place, text in enumerate(texts)}
        return lambda one, other: float(alike[places[one], places[other]])
