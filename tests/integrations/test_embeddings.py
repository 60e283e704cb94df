"""The local embedding model: checked, deterministic, and not to be upset by any text."""

import asyncio
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from agent.errors import EmbeddingsUnavailableError, LibraryUnavailableError
from integrations.models.embeddings import LocalEmbeddings
from integrations.models.english_embeddings import EnglishEmbeddings
from integrations.models.openai_embeddings import TEXTS_AT_ONCE, OpenAIEmbeddings
from tests.fakes.openai_twin import OpenAITwin

MODEL = Path(__file__).parents[2] / "integrations" / "models" / "multilingual_e5"


@pytest.fixture(scope="module")
def embeddings() -> LocalEmbeddings:
    return LocalEmbeddings.load()


def test_gives_one_row_of_length_one_a_text(embeddings: LocalEmbeddings) -> None:
    rows = embeddings.embed(["What does it cost?", "Where is our data?"])
    assert rows.shape == (2, embeddings.dimensions)
    assert rows.dtype == np.float32
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)


def test_a_question_has_the_same_row_again(embeddings: LocalEmbeddings) -> None:
    first, other = embeddings.embed_questions(["What does it cost?", "Where is our data?"])
    first[:] = 0  # what a caller does with its rows is its own affair
    again = embeddings.embed_questions(["What does it cost?"])[0]
    assert np.allclose(np.linalg.norm(again), 1, atol=1e-5)
    assert not np.array_equal(again, other)


def test_gives_no_rows_for_no_texts(embeddings: LocalEmbeddings) -> None:
    assert embeddings.embed([]).shape == (0, embeddings.dimensions)


def test_similar_sentences_are_closer(embeddings: LocalEmbeddings) -> None:
    price, cost, penguins = embeddings.embed(
        ["How much does it cost?", "What is the price?", "Where do penguins live?"]
    )
    assert price @ cost > price @ penguins + 0.05


def test_a_question_is_near_to_its_answer_in_any_language(embeddings: LocalEmbeddings) -> None:
    facts = embeddings.embed(["Delivery takes two working days.", "Our office has a dog."])
    asked = [
        "wie lange dauert die Lieferung",
        "quel est le délai de livraison",
        "hoe snel leveren jullie",
    ]
    for question in embeddings.embed_questions(asked):
        near, far = facts @ question
        assert near > far + 0.03


def test_a_text_has_the_same_row_in_any_company(embeddings: LocalEmbeddings) -> None:
    alone = embeddings.embed(["How much does it cost?"])[0]
    among = embeddings.embed(["word " * 300, "How much does it cost?", ""])[1]
    assert np.array_equal(alone, among)


@pytest.mark.parametrize(
    "text", ["", " ", "\0", "a\0b", "\ud800", "x" * 1_000_000, "word " * 200_000]
)
def test_bears_any_text(embeddings: LocalEmbeddings, text: str) -> None:
    assert np.isfinite(embeddings.embed([text])).all()


@pytest.mark.parametrize("part", ["encoder.onnx", "words.npy", "tokenizer.json"])
def test_refuses_a_file_that_is_not_the_known_one(tmp_path: Path, part: str) -> None:
    shutil.copytree(MODEL, tmp_path / "model")
    (tmp_path / "model" / part).write_bytes(b"{}")
    with pytest.raises(LibraryUnavailableError, match="not the file"):
        LocalEmbeddings.load(tmp_path / "model")


def test_says_which_file_is_missing(tmp_path: Path) -> None:
    with pytest.raises(LibraryUnavailableError, match=r"encoder\.onnx"):
        LocalEmbeddings.load(tmp_path)


def test_the_english_model_is_checked_too(tmp_path: Path) -> None:
    rows = EnglishEmbeddings.load().embed_questions(["What does it cost?", ""])
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    (tmp_path / "other").write_bytes(b"{}")
    with pytest.raises(LibraryUnavailableError, match="not the file"):
        EnglishEmbeddings.load(model=tmp_path / "other")


async def test_openais_rows_have_length_one_and_their_order() -> None:
    async with OpenAITwin() as twin:
        embeddings = OpenAIEmbeddings("sk-test", "text-embedding-3-small", twin.base_url)
        texts = [f"text {number}" for number in range(TEXTS_AT_ONCE + 4)]
        rows = await asyncio.to_thread(embeddings.embed, texts)
        again = await asyncio.to_thread(embeddings.embed, texts[-1:])
    assert rows.shape[0] == len(texts)
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    assert np.allclose(rows[-1], again[0], atol=1e-6)


def test_openai_out_of_reach_is_told() -> None:
    embeddings = OpenAIEmbeddings("sk-test", "text-embedding-3-small", "http://127.0.0.1:9/v1")
    with pytest.raises(EmbeddingsUnavailableError, match="cannot be had"):
        embeddings.embed_questions(["What does it cost?"])


def test_importing_it_loads_no_model() -> None:
    heavy = "{'onnxruntime', 'tokenizers', 'numpy', 'chromadb'} & set(sys.modules)"
    program = f"import sys, integrations.models.embeddings, knowledge.library; print({heavy})"
    shown = subprocess.run(  # noqa: S603
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert shown.stdout.strip() == "set()"
