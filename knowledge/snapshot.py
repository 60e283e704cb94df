"""A copy of a large library beside Chroma, laid out to be opened at once; Chroma stays the truth.

Reading a hundred thousand facts out of Chroma and their words anew takes half a minute. The copy counts only while
Chroma's files are those it was made from, and each of its parts can be checked: facts by their ids, vectors by their
length, words by the checksum of the archive. Where anything differs it is left aside and made again.
"""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from agent.facts import Fact, FactId
from knowledge.chroma import BrokenIndexError, checked_fact, record_of, sound
from knowledge.index_files import MARK
from knowledge.lexical import LexicalIndex, Postings, Words
from knowledge.nearness import Vectors

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

log = structlog.get_logger()
FOLDER = "snapshot"
STAMP = "stamp.json"
# A smaller library is read from Chroma in a second.
WORTH_IT = 5_000
CHECKED_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True)
class Kept:
    """A library as it was kept: facts, vectors, and their words."""

    facts: Mapping[FactId, Fact]
    vectors: Vectors
    words: LexicalIndex


class Snapshot:
    """The copy of one collection in a library's folder."""

    def __init__(self, folder: Path, collection: str) -> None:
        self._library = folder
        self._folder = folder / FOLDER
        self._collection = collection

    def read(self) -> Kept | None:
        """Give what was kept, unless it is missing, older than Chroma's files, or damaged."""
        try:
            if json.loads((self._folder / STAMP).read_text("utf-8")) != self._now():
                return None
            facts = {fact.id: fact for fact in self._facts()}
            return Kept(facts, self._vectors(list(facts)), self._words(facts))
        except (OSError, ValueError, KeyError, IndexError, BrokenIndexError, zipfile.BadZipFile):
            return None

    def write(self, kept: Kept) -> None:
        """Keep a library whose files are at rest; a full disk costs only the quick opening."""
        try:
            self.drop()
            self._folder.mkdir(exist_ok=True)
            self._write_facts(kept.facts)
            self._write_vectors(kept.vectors, list(kept.facts))
            self._write_words(kept.words.words)
            self.stamp()
        except OSError as error:
            log.warning("library.not_copied", reason=str(error))
            shutil.rmtree(self._folder, ignore_errors=True)

    def stamp(self) -> None:
        """State that the copy is of Chroma's files as they are now."""
        (self._folder / STAMP).write_text(json.dumps(self._now()), "utf-8")

    def drop(self) -> None:
        """State that the copy is of nothing any more."""
        (self._folder / STAMP).unlink(missing_ok=True)

    def _now(self) -> list[object]:
        """Name the collection, and the size and time of each of Chroma's files."""
        files = sorted(each for each in self._library.rglob("*") if each.is_file())
        own = (self._folder, self._library / MARK)
        of_chroma = [each for each in files if each not in own and self._folder not in each.parents]
        return [
            self._collection,
            *([str(each.relative_to(self._library)), *_state(each)] for each in of_chroma),
        ]

    def _facts(self) -> Iterator[Fact]:
        with (self._folder / "facts.jsonl").open(encoding="utf-8") as lines:
            for line in lines:
                key, text, record = json.loads(line)
                yield checked_fact(key, text, record)

    def _write_facts(self, facts: Mapping[FactId, Fact]) -> None:
        with (self._folder / "facts.jsonl").open("w", encoding="utf-8") as lines:
            for fact in facts.values():
                lines.write(json.dumps([fact.id, fact.text, record_of(fact)]) + "\n")

    def _vectors(self, ids: list[FactId]) -> Vectors:
        import numpy as np

        rows = np.load(self._folder / "rows.npy", mmap_mode="r")
        for start in range(0, len(rows), CHECKED_AT_ONCE):
            sound(rows[start : start + CHECKED_AT_ONCE])
        owners = np.load(self._folder / "owners.npy")
        if len(owners) != len(rows):
            raise BrokenIndexError("vectors are missing")
        return Vectors([ids[place] for place in owners.tolist()], rows)

    def _write_vectors(self, vectors: Vectors, ids: list[FactId]) -> None:
        import numpy as np

        places = {key: place for place, key in enumerate(ids)}
        owners = np.array([places[key] for key in vectors.owners], dtype=np.int32)
        # What is mapped into memory must not be written over.
        (self._folder / "rows.npy").unlink(missing_ok=True)
        np.save(self._folder / "rows.npy", vectors.rows)
        np.save(self._folder / "owners.npy", owners)

    def _words(self, facts: Mapping[FactId, Fact]) -> LexicalIndex:
        import numpy as np

        with (self._folder / "words.npz").open("rb") as file, np.load(file) as kept:
            stems = kept["stems"].tobytes().decode().split("\n")
            numbers = {stem: number for number, stem in enumerate(stems)}
            whole, titles = (_postings(kept, name, len(facts)) for name in ("whole", "titles"))
        return LexicalIndex(facts.values(), Words(numbers, whole, titles))

    def _write_words(self, words: Words) -> None:
        import numpy as np

        stems = np.frombuffer("\n".join(words.numbers).encode(), dtype=np.uint8)
        arrays: dict[str, NDArray[np.generic]] = {"stems": stems}
        for name, postings in (("whole", words.whole), ("titles", words.titles)):
            for number, array in enumerate(postings.arrays):
                arrays[f"{name}{number}"] = np.asarray(array)
        # Typed as if the names were options of its own.
        np.savez(self._folder / "words.npz", **arrays)  # type: ignore[arg-type]


def _postings(kept: Mapping[str, NDArray[np.generic]], name: str, size: int) -> Postings:
    facts, graded, starts = (kept[f"{name}{n}"] for n in range(3))
    return Postings(size, facts, graded, starts)  # type: ignore[arg-type]


def _state(file: Path) -> tuple[int, int]:
    found = file.stat()
    return found.st_size, found.st_mtime_ns
