"""Embeddings of OpenAI, or of anything that speaks its `/v1/embeddings`.

The client loads with the first call, not on import: it costs a second at start.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from agent.errors import EmbeddingsUnavailableError
from integrations.redaction import redact_secrets

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from openai import OpenAI

# The service takes 2,048 texts and 300,000 tokens a request, and 8,192 tokens a text.
TEXTS_AT_ONCE = 96
MOST_CHARACTERS = 8_192
SECONDS = 30.0
RETRIES = 4
# Somebody waits for the answer to a question; then words alone must do.
SECONDS_FOR_A_QUESTION = 2.0


class OpenAIEmbeddings:
    """Turns texts into vectors of length one; blocks, and is safe to call from several threads."""

    # Mean and deviation of the similarity of questions to facts that have nothing to do with them.
    unrelated = (0.18, 0.08)

    def __init__(self, api_key: str, model: str, base_url: str | None = None) -> None:
        self._api_key = api_key
        self._model = model
        self._base_url = base_url
        self._client: OpenAI | None = None

    @property
    def name(self) -> str:
        """Name the model, and where it runs if that is not OpenAI: vectors are only compared with their like."""
        return f"{self._model}@{self._base_url}" if self._base_url else self._model

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Give one row a text; raises EmbeddingsUnavailableError after some retries."""
        return self._rows(texts, SECONDS, RETRIES)

    def embed_questions(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Give one row a question; raises EmbeddingsUnavailableError soon, as somebody waits."""
        return self._rows(texts, SECONDS_FOR_A_QUESTION, 0)

    def _rows(self, texts: Sequence[str], seconds: float, retries: int) -> NDArray[np.float32]:
        import numpy as np

        rows = [
            row
            for start in range(0, len(texts), TEXTS_AT_ONCE)
            for row in self._ask(texts[start : start + TEXTS_AT_ONCE], seconds, retries)
        ]
        given = np.array(rows, dtype=np.float32).reshape(len(texts), -1)
        lengths = np.linalg.norm(given, axis=1, keepdims=True)
        return np.asarray(given / np.maximum(lengths, 1e-9), dtype=np.float32)

    def _ask(self, texts: Sequence[str], seconds: float, retries: int) -> list[list[float]]:
        from openai import OpenAIError

        client = self._connected().with_options(timeout=seconds, max_retries=retries)
        try:
            answer = client.embeddings.create(
                model=self._model,
                input=[_readable(text) for text in texts],
                encoding_format="float",
            )
        except OpenAIError as error:
            raise EmbeddingsUnavailableError(
                f"The embeddings {self._model} cannot be had now: {redact_secrets(str(error))}"
            ) from error
        found = sorted(answer.data, key=lambda each: each.index)
        if len(found) != len(texts):
            raise EmbeddingsUnavailableError(
                f"The embeddings {self._model} gave {len(found)} vectors for {len(texts)} texts."
            )
        return [each.embedding for each in found]

    def _connected(self) -> OpenAI:
        if self._client is None:
            from openai import OpenAI

            self._client = OpenAI(api_key=self._api_key, base_url=self._base_url)
        return self._client


def _readable(text: str) -> str:
    """An empty text is refused by the service."""
    bare = text[:MOST_CHARACTERS].replace("\0", " ").encode("utf-8", "replace").decode("utf-8")
    return bare if bare.strip() else "-"
