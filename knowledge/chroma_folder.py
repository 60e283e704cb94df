"""Chroma in a folder of this process, examined before it is opened, with a copy beside it where it is large."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from agent.errors import LibraryUnavailableError
from agent.facts import Fact, FactId
from knowledge.chroma import (
    BrokenIndexError,
    asked,
    client_of,
    close_client,
    collection_for,
    collection_name,
    examine,
    facts_of,
    judged,
    pages_of,
    sound,
)
from knowledge.index_files import marked
from knowledge.nearness import Vectors
from knowledge.passages import owner
from knowledge.shelf import IN_MEMORY, Held
from knowledge.snapshot import WORTH_IT, Kept, Snapshot

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from chromadb.api import ClientAPI
    from chromadb.api.models.Collection import Collection
    from numpy.typing import NDArray


class ChromaFolder:
    """A folder with its collections; one process opens it at a time."""

    is_shared = False

    def __init__(self, client: ClientAPI, collection: Collection, snapshot: Snapshot) -> None:
        self._client = client
        self.collection = collection
        self._snapshot = snapshot
        self._is_copied = False
        self._others: dict[str, Mapping[FactId, Fact]] = {}

    @classmethod
    def open(cls, folder: Path, model: str) -> tuple[ChromaFolder, Held]:
        """Open the folder and check all of it; raises BrokenIndexError or LibraryUnavailableError."""
        try:
            examine(folder)
            with marked(folder):
                return cls._open(folder, model)
        except OSError as error:
            raise LibraryUnavailableError(
                f"The library's folder {folder} cannot be used: {error}"
            ) from error

    @classmethod
    def _open(cls, folder: Path, model: str) -> tuple[ChromaFolder, Held]:
        from chromadb.errors import ChromaError

        snapshot = Snapshot(folder, collection_name(model))
        kept = snapshot.read()
        client = client_of(folder)
        try:
            shelf = cls(client, collection_for(client, model), snapshot)
            return shelf, shelf._take(kept) if kept else shelf._read_all()
        except (ChromaError, BrokenIndexError, KeyError, ValueError, TypeError) as error:
            close_client(client)
            raise judged(error) from error

    def _take(self, kept: Kept) -> Held:
        """Take what was kept; to open Chroma's files has given them another time."""
        self.collection.query(query_embeddings=sound(kept.vectors.rows[:1]), n_results=1)
        self._snapshot.stamp()
        self._is_copied = True
        return Held(kept.facts, kept.vectors, kept.words)

    def read(self) -> Held:
        """Read all from Chroma."""
        return _checked(self.collection)

    def vectors(self) -> Vectors:
        """Read the vectors alone."""
        held = list(pages_of(self.collection, ["embeddings"]))
        owners = [owner(key) for each in held for key in each["ids"]]
        return _joined(owners, [sound(each["embeddings"]) for each in held])

    def _read_all(self) -> Held:
        held = self.read()
        self._others = {
            other.name: _checked(other).facts
            for other in self._client.list_collections()
            if other.name != self.collection.name
        }
        return held

    def nearest(
        self, questions: NDArray[np.float32], count: int
    ) -> list[Mapping[FactId, float]] | None:
        """Ask the index."""
        return asked(self.collection, questions, count)

    def of_other_models(self) -> Mapping[str, Mapping[FactId, Fact]]:
        """Give what other models' collections held when the folder was opened, and still hold."""
        return dict(self._others)

    def drop(self, name: str) -> None:
        """Drop a collection."""
        self._client.delete_collection(name)
        self._others.pop(name, None)

    def note_change(self) -> None:
        """Take note that the copy is out of date."""
        self._is_copied = False
        self._snapshot.drop()

    def close(self, size: int, whole: Callable[[], Kept] | None) -> None:
        """Let go of the files, and leave a copy that opens at once where they are large."""
        try:
            is_new = size >= WORTH_IT and not (self._is_copied or self._others)
            kept = whole() if whole and is_new else None
        finally:
            close_client(self._client)
        if kept:
            self._snapshot.write(kept)
        elif self._is_copied:
            self._snapshot.stamp()


def _checked(collection: Collection) -> Held:
    """Read every fact and its vectors; raises BrokenIndexError where one is lost or altered."""
    facts: dict[FactId, Fact] = {}
    owners: list[FactId] = []
    parts: list[NDArray[np.float32]] = []
    for held in pages_of(collection, ["metadatas", "documents", "embeddings"]):
        parts.append(sound(held["embeddings"]))
        owners += map(owner, held["ids"])
        facts |= facts_of(held)
    if len(owners) != collection.count():
        raise BrokenIndexError("vectors are missing")
    if parts:
        collection.query(query_embeddings=parts[0][:1], n_results=1)
    return Held(facts, _joined(owners, parts))


def _joined(owners: list[FactId], parts: Sequence[NDArray[np.float32]]) -> Vectors:
    """Join the vectors that were read; half precision where they are many."""
    import numpy as np

    form = np.float32 if len(owners) <= IN_MEMORY else np.float16
    rows = np.concatenate([part.astype(form) for part in parts]) if parts else np.zeros((0, 1))
    return Vectors(owners, rows)
