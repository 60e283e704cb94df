"""Sentence embeddings on this machine, in any language of Latin script: no key, no download, no torch.

multilingual-e5-small with a cut vocabulary; integrations/models/training/embedding.py makes its files.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

from integrations.models.onnx import Session, checked, open_session, open_tokenizer, readable

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    import numpy as np
    from numpy.typing import NDArray
    from tokenizers import Tokenizer

SHA256 = {
    "encoder.onnx": "6fa98280a3eea15f89c9e261d0ef9a0468a131403e28ea5186b80bf8483fd0f9",
    "words.npy": "bc8f77fce96f3442f3e7f941129380a8174ea1afbe22c30f4b31c1b45c01c5d5",
    "tokenizer.json": "4e51b2f10bc733f69c4e7b8f7f604a50a888500941443dca82928c03752a95f7",
}
WIDTH = 384
MOST_TOKENS = 256
QUESTIONS_KEPT = 512
BEGIN, END = 0, 2  # <s> and </s> of the vocabulary
# The model was trained with these before each text.
FACT = "passage: "
QUESTION = "query: "
# Vectors of words are kept as blocks: a half-precision scale, then 16 bytes of two weights of 4 bits each.
BLOCK_BYTES = 18
SCALE_BYTES = 2
ZERO = 8


class LocalEmbeddings:
    """Turns texts into vectors of length one; safe to call from several threads."""

    name = "multilingual-e5-small-60k-int8-tuned"
    dimensions = WIDTH
    # Mean and deviation of the similarity of questions to facts that have nothing to do with them.
    unrelated = (0.45, 0.07)

    def __init__(
        self, tokenizer: Tokenizer, words: NDArray[np.uint8], session: Session, threads: int = 2
    ) -> None:
        self._tokenizer = tokenizer
        self._words = words
        self._session = session
        self._threads = threads
        # The library and the answer reader compare the same question, one after the other, many visitors at a time.
        self._asked = lru_cache(maxsize=QUESTIONS_KEPT)(self._vector)

    @classmethod
    def load(cls, folder: Traversable | None = None) -> LocalEmbeddings:
        """Load the model; blocks for about half a second. Raises LibraryUnavailableError for a wrong file."""
        import numpy as np

        folder = folder or files("integrations").joinpath("models", "multilingual_e5")
        encoder, words, tokenizer = (
            checked(folder.joinpath(name), sha256) for name, sha256 in SHA256.items()
        )
        return cls(open_tokenizer(tokenizer), np.load(io.BytesIO(words)), open_session(encoder))

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Give one row a text, shape (len(texts), 384); the same text always gives the same row."""
        return self._rows([FACT + readable(text) for text in texts])

    def embed_questions(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Give one row a question, to be compared with those of facts."""
        return self._rows([QUESTION + readable(text) for text in texts], self._asked)

    def _rows(
        self, texts: Sequence[str], embed: Callable[[str], NDArray[np.float32]] | None = None
    ) -> NDArray[np.float32]:
        """One text a run: activations are quantized per run, so neighbours and padding would change a row."""
        import numpy as np

        embed = embed or self._vector
        if len(texts) <= 1:
            return np.array([*map(embed, texts)], dtype=np.float32).reshape(-1, WIDTH)
        with ThreadPoolExecutor(self._threads, thread_name_prefix="embeddings") as pool:
            return np.array([*pool.map(embed, texts)], dtype=np.float32)

    def _vector(self, text: str) -> NDArray[np.float32]:
        ids = self._tokenizer.encode(text, add_special_tokens=False).ids[: MOST_TOKENS - 2]
        words = unpacked(self._words[[BEGIN, *ids, END]])[None]
        [vectors] = self._session.run(["vector"], {"words": words})
        vector: NDArray[np.float32] = vectors[0]
        return vector


def unpacked(blocks: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Give the vectors of packed words, shape (n, 216) in and (n, 384) out."""
    import numpy as np

    parts = blocks.reshape(-1, BLOCK_BYTES)
    scales = np.ascontiguousarray(parts[:, :SCALE_BYTES]).view("<f2").astype(np.float32)
    halves = np.concatenate([parts[:, SCALE_BYTES:] & 15, parts[:, SCALE_BYTES:] >> 4], axis=1)
    vectors: NDArray[np.float32] = (halves.astype(np.float32) - ZERO) * scales
    return vectors.reshape(-1, WIDTH)
