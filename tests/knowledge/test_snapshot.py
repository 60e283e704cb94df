"""A copy that opens at once: it serves the same, and never instead of what Chroma holds."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from knowledge import chroma_folder
from knowledge.library import ChromaLibrary
from knowledge.snapshot import Snapshot
from tests.knowledge.test_library import HashedEmbeddings, alter_a_fact

PAGES = {"pricing": "Pro costs $49.", "security": "We hold a SOC 2 report."}
QUESTION = "What does Pro cost?"


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Make every library worth a copy, and note of each opening whether the copy served."""
    seen: list[bool] = []
    reading = Snapshot.read

    def noted(snapshot: Snapshot) -> object:
        kept = reading(snapshot)
        seen.append(kept is not None)
        return kept

    monkeypatch.setattr(chroma_folder, "WORTH_IT", 1)
    monkeypatch.setattr(Snapshot, "read", noted)
    return seen


async def found(tmp_path: Path, model: str = "hashed") -> list[object]:
    library = await ChromaLibrary.open(
        tmp_path / "library", HashedEmbeddings(model), pages(tmp_path)
    )
    findings = await library.find(QUESTION)
    await library.close()
    return [findings, set(library.facts())]


def pages(tmp_path: Path) -> Path:
    folder = tmp_path / "pages"
    if not folder.exists():
        folder.mkdir()
        for name, text in PAGES.items():
            (folder / f"{name}.md").write_text(f"# {name}\n\n{text}\n")
    return folder


async def test_the_copy_serves_the_same_each_time(tmp_path: Path, reads: list[bool]) -> None:
    first = await found(tmp_path)
    assert [await found(tmp_path) for _ in range(3)] == [first] * 3
    assert reads == [False, True, True, True]


async def test_what_was_indexed_since_is_there(tmp_path: Path, reads: list[bool]) -> None:
    await found(tmp_path)
    (pages(tmp_path) / "pricing.md").write_text("# Prices\n\nPro costs $59.\n")
    library = await ChromaLibrary.open(tmp_path / "library", HashedEmbeddings("hashed"))
    await library.index(pages(tmp_path))
    # As if the process died here: nothing is closed.
    assert not (tmp_path / "library" / "snapshot" / "stamp.json").exists()
    await library.close()
    [findings, _] = await found(tmp_path)
    assert "$59" in str(findings)
    assert "$49" not in str(findings)
    assert reads == [False, True, True]


async def test_another_model_has_another_copy(tmp_path: Path, reads: list[bool]) -> None:
    first = await found(tmp_path)
    assert (await found(tmp_path, "other"))[1] == first[1]
    assert reads == [False, False]


async def test_damage_in_chroma_is_seen_beside_a_copy(tmp_path: Path, reads: list[bool]) -> None:
    first = await found(tmp_path)
    alter_a_fact(tmp_path / "library")
    assert await found(tmp_path) == first
    assert (tmp_path / "library.broken-1").is_dir()
    assert reads[:2] == [False, False]


def alter_text(copy: Path) -> None:
    file = copy / "facts.jsonl"
    file.write_text(file.read_text("utf-8").replace("$49", "$4"), "utf-8")


def lose_a_fact(copy: Path) -> None:
    file = copy / "facts.jsonl"
    file.write_text(file.read_text("utf-8").splitlines()[0], "utf-8")


def alter_vectors(copy: Path) -> None:
    content = bytearray((copy / "rows.npy").read_bytes())
    content[-64:] = os.urandom(64)
    (copy / "rows.npy").write_bytes(bytes(content))


def alter_words(copy: Path) -> None:
    content = (copy / "words.npz").read_bytes()
    place = content.index(b"stems.npy") + 200
    (copy / "words.npz").write_bytes(content[:place] + b"#" + content[place + 1 :])


def cut_words(copy: Path) -> None:
    os.truncate(copy / "words.npz", 100)


def lose_words(copy: Path) -> None:
    (copy / "words.npz").unlink()


def write_another_stamp(copy: Path) -> None:
    (copy / "stamp.json").write_text("[")


DAMAGES = [
    alter_text, lose_a_fact, alter_vectors, alter_words, cut_words, lose_words, write_another_stamp,
]  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGES)
async def test_a_damaged_copy_is_made_again(
    tmp_path: Path, reads: list[bool], damage: Callable[[Path], None]
) -> None:
    first = await found(tmp_path)
    damage(tmp_path / "library" / "snapshot")
    with capture_logs() as logs:
        assert [await found(tmp_path) for _ in range(2)] == [first] * 2
    assert not logs
    assert reads == [False, False, True]
