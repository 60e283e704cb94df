"""What the local models share: files checked against their known hashes, and a session of one thread.

A wrong file would not fail: it would silently make every search worse.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from agent.errors import LibraryUnavailableError

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    import numpy as np
    from numpy.typing import NDArray
    from tokenizers import Tokenizer

# 256 tokens of prose are about 1,200 characters; tokenizing a whole megabyte would cost a second.
MOST_CHARACTERS = 8_192
QUIET = 4


class Session(Protocol):
    """What we need of an ONNX Runtime session, which has no types of its own."""

    def run(
        self,
        output_names: Sequence[str],
        input_feed: Mapping[str, NDArray[np.int64] | NDArray[np.float32]],
    ) -> Sequence[NDArray[np.float32]]:
        """Run the model once."""
        ...


def checked(file: Traversable, sha256: str) -> bytes:
    """Read a model's file; raises LibraryUnavailableError where it is missing or another one."""
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


def open_tokenizer(content: bytes) -> Tokenizer:
    """Read a tokenizer that neither pads nor cuts."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_buffer(content)
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def open_session(content: bytes) -> Session:
    """Load a model for one thread."""
    import onnxruntime

    onnxruntime.disable_telemetry_events()
    onnxruntime.set_default_logger_severity(QUIET)
    options = onnxruntime.SessionOptions()
    # Two threads gave p99 of 100 ms under load: they spin and compete with the event loop.
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = QUIET
    session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    # It keeps the file in memory to load it again on another device, and there is none.
    session._model_bytes = None
    loaded: Session = session
    return loaded


def readable(text: str) -> str:
    """Give a text as a tokenizer can bear it."""
    return text[:MOST_CHARACTERS].replace("\0", " ").encode("utf-8", "replace").decode("utf-8")
