"""The library on disk: follows its pages, survives damage, never mixes models."""

import asyncio
import hashlib
import os
import re
import shutil
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from structlog.testing import capture_logs

from agent.errors import LibraryUnavailableError
from agent.facts import Wanted
from knowledge.library import ChromaLibrary, Embeddings


class HashedEmbeddings:
    """A bag of hashed words: near when words are shared, counts what it embeds."""

    dimensions = 64
    unrelated = (0.2, 0.2)

    def __init__(self, name: str = "hashed-words") -> None:
        self.name = name
        self.embedded: list[str] = []

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.embedded += texts
        rows = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        rows[:, 0] = 0.01
        for row, text in zip(rows, texts, strict=True):
            for word in re.findall(r"\w+", text.lower()):
                row[hashlib.sha256(word.encode()).digest()[0] % self.dimensions] += 1
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)

    def embed_questions(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self.embed(texts)


class BrokenEmbeddings(HashedEmbeddings):
    """Fails whenever it is asked."""

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        raise RuntimeError("out of memory")


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    folder = tmp_path / "pages"
    folder.mkdir()
    (folder / "pricing.md").write_text(
        "---\nurl: https://a.example/p\n---\n# Pricing\n\nPro costs $49.\n"
    )
    (folder / "security.md").write_text(
        "# Security\n\nWe hold a SOC 2 report.\n\n## Hosting\n\nIn Frankfurt.\n"
    )
    return folder


@pytest.fixture
def embeddings() -> HashedEmbeddings:
    return HashedEmbeddings()


@asynccontextmanager
async def opened(
    tmp_path: Path, embeddings: Embeddings, source: Path | None = None
) -> AsyncIterator[ChromaLibrary]:
    library = await ChromaLibrary.open(tmp_path / "library", embeddings, source)
    try:
        yield library
    finally:
        await library.close()


def texts(library: ChromaLibrary) -> set[str]:
    return {fact.text for fact in library.facts()}


async def test_a_new_library_is_built_from_its_pages(
    tmp_path: Path, pages: Path, embeddings: HashedEmbeddings
) -> None:
    async with opened(tmp_path, embeddings, pages) as library:
        assert texts(library) == {"Pro costs $49.", "We hold a SOC 2 report.", "In Frankfurt."}


async def test_is_empty_without_pages(tmp_path: Path, embeddings: HashedEmbeddings) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    async with opened(tmp_path, embeddings, empty) as library:
        assert library.count() == 0
        findings = await library.find("What does Pro cost?")
        assert not findings.facts
        assert not findings.is_answered


async def test_indexing_again_adds_nothing(
    tmp_path: Path, pages: Path, embeddings: HashedEmbeddings
) -> None:
    async with opened(tmp_path, embeddings, pages) as library:
        embeddings.embedded.clear()
        report = await library.index(pages)
        assert (report.added, report.kept, report.removed) == (0, 3, 0)
        assert not embeddings.embedded


async def test_follows_what_changed_and_what_went(
    tmp_path: Path, pages: Path, embeddings: HashedEmbeddings
) -> None:
    async with opened(tmp_path, embeddings, pages) as library:
        (pages / "pricing.md").unlink()
        (pages / "security.md").write_text(
            "# Security\n\nWe hold a SOC 2 report.\n\n## Hosting\n\nIn Dublin.\n"
        )
        report = await library.index(pages)
        assert (report.added, report.kept, report.removed) == (1, 1, 2)
        assert texts(library) == {"We hold a SOC 2 report.", "In Dublin."}
        assert not (await library.find("pricing")).is_answered


async def test_a_new_date_changes_the_fact_and_embeds_nothing(
    tmp_path: Path, pages: Path, embeddings: HashedEmbeddings
) -> None:
    async with opened(tmp_path, embeddings, pages) as library:
        embeddings.embedded.clear()
        head = "---\nurl: https://a.example/p\nchanged: 2026-05-01\n---\n"
        (pages / "pricing.md").write_text(head + "# Pricing\n\nPro costs $49.\n")
        assert (await library.index(pages)).kept == 3
        assert not embeddings.embedded
    async with opened(tmp_path, embeddings) as library:
        assert {
            str(fact.changed_at)[:10] for fact in library.facts() if fact.page == "Pricing"
        } == {"2026-05-01"}


async def test_reports_progress_and_skipped_files(
    tmp_path: Path, pages: Path, embeddings: HashedEmbeddings
) -> None:
    (pages / "empty.md").touch()
    seen: list[tuple[int, int]] = []
    async with opened(tmp_path, embeddings) as library:
        report = await library.index(pages, lambda done, total: seen.append((done, total)))
    assert seen[-1] == (3, 3)
    assert [remark.file for remark in report.skipped] == ["empty.md"]


async def test_keeps_its_facts_when_the_pages_are_gone(
    tmp_path: Path, pages: Path, embeddings: HashedEmbeddings
) -> None:
    async with opened(tmp_path, embeddings, pages) as library:
        with pytest.raises(LibraryUnavailableError):
            await library.index(tmp_path / "unmounted")
        assert library.count() == 3


async def test_remembers_over_a_restart(
    tmp_path: Path, pages: Path, embeddings: HashedEmbeddings
) -> None:
    async with opened(tmp_path, embeddings, pages) as library:
        before = set(library.facts())
    embeddings.embedded.clear()
    async with opened(tmp_path, embeddings) as library:
        assert set(library.facts()) == before
        assert not embeddings.embedded
        assert (await library.find("Pro costs?")).facts[0].fact.text == "Pro costs $49."


async def test_another_model_embeds_everything_again(tmp_path: Path, pages: Path) -> None:
    async with opened(tmp_path, HashedEmbeddings("old"), pages) as library:
        before = set(library.facts())
    other = HashedEmbeddings("new")
    async with opened(tmp_path, other) as library:
        assert set(library.facts()) == before
        assert len(other.embedded) == 3
    other.embedded.clear()
    async with opened(tmp_path, other) as library:
        assert library.count() == 3
        assert not other.embedded


async def test_each_question_of_a_burst_gets_its_fact(
    tmp_path: Path, pages: Path, embeddings: HashedEmbeddings
) -> None:
    async with opened(tmp_path, embeddings, pages) as library:
        findings = await library.find(
            "hi there\nWhat are Pro costs?\nDo you hold a SOC 2 report?", limit=2
        )
        assert {found.fact.page for found in findings.facts} == {"Pricing", "Security"}


@pytest.mark.parametrize(
    ("question", "searches"),
    [("Do you hold a SOC 2 report?", 1), ("And what does that one cost?", 2)],
)
async def test_what_was_said_before_is_searched_for_only_where_the_question_points_back(
    tmp_path: Path, pages: Path, embeddings: HashedEmbeddings, question: str, searches: int
) -> None:
    async with opened(tmp_path, embeddings, pages) as library:
        embeddings.embedded.clear()
        await library.find(question)
        await library.find(question, wanted=Wanted(context="We would take Pro."))
        assert len(embeddings.embedded) == searches


def write_garbage(library: Path) -> None:
    (library / "chroma.sqlite3").write_bytes(b"garbage" * 10_000)


def spoil_the_middle(library: Path) -> None:
    content = bytearray((library / "chroma.sqlite3").read_bytes())
    content[8_192:80_000] = os.urandom(80_000 - 8_192)
    (library / "chroma.sqlite3").write_bytes(bytes(content))


def alter_a_fact(library: Path) -> None:
    connection = sqlite3.connect(library / "chroma.sqlite3")
    statement = "UPDATE embedding_metadata SET string_value = 'Pro costs $4.' WHERE string_value LIKE 'Pro costs%'"
    connection.execute(statement)
    connection.commit()
    connection.close()


def put_a_file_there(library: Path) -> None:
    shutil.rmtree(library)
    library.mkdir()
    (library / "chroma.sqlite3").write_text("not a database at all")


def die_while_opening(library: Path) -> None:
    (library / "opening").touch()


DAMAGES = [die_while_opening, write_garbage, spoil_the_middle, alter_a_fact, put_a_file_there]


@pytest.mark.parametrize("damage", DAMAGES)
async def test_a_damaged_index_is_moved_aside_and_rebuilt(
    tmp_path: Path, pages: Path, embeddings: HashedEmbeddings, damage: Callable[[Path], None]
) -> None:
    async with opened(tmp_path, embeddings, pages) as library:
        before = set(library.facts())
    damage(tmp_path / "library")
    with capture_logs() as logs:
        async with opened(tmp_path, embeddings, pages) as library:
            assert set(library.facts()) == before
            assert (await library.find("Pro costs?")).facts[0].fact.text == "Pro costs $49."
    assert (tmp_path / "library.broken-1").is_dir()
    assert [(entry["event"], entry["log_level"]) for entry in logs] == [
        ("library.rebuilt", "warning")
    ]


@pytest.fixture(scope="module")
def big_library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library so big that Chroma writes its vector files (from 1,000 facts on)."""
    folder = tmp_path_factory.mktemp("big")
    (folder / "pages").mkdir()
    body = "".join(f"## Question {number}\n\nAnswer {number}.\n\n" for number in range(1_100))
    (folder / "pages" / "all.md").write_text(body)

    async def build() -> None:
        async with opened(folder, HashedEmbeddings(), folder / "pages"):
            pass

    asyncio.run(build())
    return folder / "library"


@pytest.mark.parametrize("name", ["data_level0", "link_lists", "length", "header"])
@pytest.mark.parametrize("share", [0, 2])
async def test_a_shortened_vector_file_is_noticed(
    tmp_path: Path, big_library: Path, pages: Path, share: int, name: str
) -> None:
    shutil.copytree(big_library, tmp_path / "library")
    [file] = (tmp_path / "library").glob(f"*/{name}.bin")
    os.truncate(file, file.stat().st_size * share // 4)
    async with opened(tmp_path, HashedEmbeddings(), pages) as library:
        assert library.count() == 3
    assert (tmp_path / "library.broken-1").is_dir()


async def test_a_big_library_opens_again(tmp_path: Path, big_library: Path) -> None:
    shutil.copytree(big_library, tmp_path / "library")
    async with opened(tmp_path, HashedEmbeddings()) as library:
        assert library.count() == 1_100
        best = (await library.find("Question 17 Answer 17?")).facts[0]
        assert best.fact.text == "Answer 17."


async def test_damage_without_pages_is_left_for_a_person(
    tmp_path: Path, pages: Path, embeddings: HashedEmbeddings
) -> None:
    async with opened(tmp_path, embeddings, pages):
        pass
    write_garbage(tmp_path / "library")
    with pytest.raises(LibraryUnavailableError, match="damaged"):
        await ChromaLibrary.open(tmp_path / "library", embeddings)
    assert (tmp_path / "library").is_dir()
    assert not (tmp_path / "library.broken-1").exists()


async def test_waits_its_turn_while_another_process_opens_it(
    tmp_path: Path, pages: Path, embeddings: HashedEmbeddings
) -> None:
    (tmp_path / "library").mkdir()
    (tmp_path / "library" / "opening").write_text(str(os.getppid()))
    with pytest.raises(LibraryUnavailableError, match="is opening it"):
        await ChromaLibrary.open(tmp_path / "library", embeddings, pages)


async def test_a_library_that_cannot_be_made_says_so(
    tmp_path: Path, embeddings: HashedEmbeddings
) -> None:
    (tmp_path / "library").write_text("a file, not a folder")
    with pytest.raises(LibraryUnavailableError, match="cannot be used"):
        await ChromaLibrary.open(tmp_path / "library", embeddings)


async def test_a_failing_new_model_loses_nothing(tmp_path: Path, pages: Path) -> None:
    async with opened(tmp_path, HashedEmbeddings("old"), pages):
        pass
    with pytest.raises(LibraryUnavailableError, match="out of memory"):
        await ChromaLibrary.open(tmp_path / "library", BrokenEmbeddings("new"), pages)
    async with opened(tmp_path, HashedEmbeddings("new")) as library:
        assert library.count() == 3


async def test_a_failing_model_makes_the_library_unavailable(
    tmp_path: Path, pages: Path, embeddings: HashedEmbeddings
) -> None:
    async with opened(tmp_path, embeddings, pages):
        pass
    async with opened(tmp_path, BrokenEmbeddings()) as library:
        with pytest.raises(LibraryUnavailableError, match="out of memory"):
            await library.find("What does Pro cost?")


async def test_a_closed_library_is_unavailable(
    tmp_path: Path, embeddings: HashedEmbeddings
) -> None:
    library = await ChromaLibrary.open(tmp_path / "library", embeddings)
    await library.close()
    await library.close()
    with pytest.raises(LibraryUnavailableError, match="closed"):
        await library.find("What does Pro cost?")
