"""The local embedding model: checked, deterministic, and not to be upset by any text."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from agent.errors import LibraryUnavailableError
from integrations.models.embeddings import LocalEmbeddings


@pytest.fixture(scope="module")
def embeddings() -> LocalEmbeddings:
    return LocalEmbeddings.load()


def test_gives_one_row_of_length_one_a_text(embeddings: LocalEmbeddings) -> None:
    rows = embeddings.embed(["What does it cost?", "Where is our data?"])
    assert rows.shape == (2, embeddings.dimensions)
    assert rows.dtype == np.float32
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)


def test_gives_no_rows_for_no_texts(embeddings: LocalEmbeddings) -> None:
    assert embeddings.embed([]).shape == (0, embeddings.dimensions)


def test_similar_sentences_are_closer(embeddings: LocalEmbeddings) -> None:
    price, cost, penguins = embeddings.embed(
        ["How much does it cost?", "What is the price?", "Where do penguins live?"]
    )
    assert price @ cost > 0.6 > 0.3 > price @ penguins


def test_a_text_has_the_same_row_in_any_company(embeddings: LocalEmbeddings) -> None:
    alone = embeddings.embed(["How much does it cost?"])[0]
    among = embeddings.embed(["word " * 300, "How much does it cost?", ""])[1]
    assert np.array_equal(alone, among)


@pytest.mark.parametrize(
    "text", ["", " ", "\0", "a\0b", "\ud800", "x" * 1_000_000, "word " * 200_000]
)
def test_bears_any_text(embeddings: LocalEmbeddings, text: str) -> None:
    assert np.isfinite(embeddings.embed([text])).all()


@pytest.mark.parametrize("part", ["model", "tokenizer"])
def test_refuses_a_file_that_is_not_the_known_one(tmp_path: Path, part: str) -> None:
    other = tmp_path / "other"
    other.write_bytes(b"{}")
    with pytest.raises(LibraryUnavailableError, match="not the file"):
        LocalEmbeddings.load(**{part: other})


def test_says_which_file_is_missing(tmp_path: Path) -> None:
    with pytest.raises(LibraryUnavailableError, match=r"gone\.onnx"):
        LocalEmbeddings.load(model=tmp_path / "gone.onnx")


def test_importing_it_loads_no_model() -> None:
    heavy = "{'onnxruntime', 'tokenizers', 'numpy', 'chromadb'} & set(sys.modules)"
    program = f"import sys, integrations.models.embeddings, knowledge.library; print({heavy})"
    shown = subprocess.run(  # noqa: S603
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert shown.stdout.strip() == "set()"
