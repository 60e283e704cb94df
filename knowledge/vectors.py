"""Keeps facts with their vectors in Chroma; blocking, for one thread and one process a folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

import structlog

from agent.errors import EmbeddingsUnavailableError, LibraryUnavailableError
from agent.facts import Fact, FactId
from knowledge.chroma import (
    BrokenIndexError,
    client_of,
    close_client,
    collection_for,
    collection_name,
    examine,
    facts_of,
    judged,
    pages_of,
    record_of,
    sound,
)
from knowledge.index_files import marked
from knowledge.lexical import LexicalIndex
from knowledge.nearness import Nearness, Unrelated, Vectors, best_of_each
from knowledge.passages import owner, passages_of, row_ids
from knowledge.snapshot import WORTH_IT, Kept, Snapshot

if TYPE_CHECKING:
    import numpy as np
    from chromadb.api import ClientAPI
    from chromadb.api.models.Collection import Collection
    from numpy.typing import NDArray

Item = TypeVar("Item")
Progress = Callable[[int, int], None]
log = structlog.get_logger()
BATCH = 16
REMOVED_AT_ONCE = 500
# Up to here a question is compared with each vector, beyond it the index is asked.
IN_MEMORY = 10_000


class Embeddings(Protocol):
    """Turns texts into vectors of length one. Vectors of different names are never compared."""

    @property
    def name(self) -> str:
        """Name the model."""
        ...

    @property
    def unrelated(self) -> tuple[float, float]:
        """Give mean and deviation of the similarity of questions to facts that do not concern them."""
        ...

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Give one row a text; blocks. Raises EmbeddingsUnavailableError."""
        ...

    def embed_questions(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Give one row a question, to be compared with those of texts; blocks. Raises as `embed` does."""
        ...


class FactVectors:
    """One Chroma collection for one embedding model, and its facts in memory."""

    def __init__(
        self,
        client: ClientAPI,
        collection: Collection,
        embeddings: Embeddings,
        snapshot: Snapshot,
    ) -> None:
        self._snapshot = snapshot
        self._is_copied = False
        self._words: LexicalIndex | None = None
        self._client = client
        self._collection = collection
        self._embeddings = embeddings
        self._of_other_models: dict[str, dict[FactId, Fact]] = {}
        self.facts: dict[FactId, Fact] = {}
        self.waiting: dict[FactId, Fact] = {}
        self._in_memory: Vectors | None = None

    @classmethod
    def open(cls, folder: Path, embeddings: Embeddings) -> FactVectors:
        """Open the folder and check all of it; raises BrokenIndexError or LibraryUnavailableError."""
        try:
            examine(folder)
            with marked(folder):
                return cls._open(folder, embeddings)
        except OSError as error:
            raise LibraryUnavailableError(
                f"The library's folder {folder} cannot be used: {error}"
            ) from error

    @classmethod
    def _open(cls, folder: Path, embeddings: Embeddings) -> FactVectors:
        from chromadb.errors import ChromaError

        snapshot = Snapshot(folder, collection_name(embeddings.name))
        kept = snapshot.read()
        client = client_of(folder)
        try:
            collection = collection_for(client, embeddings.name)
            vectors = cls(client, collection, embeddings, snapshot)
            if kept is None:
                vectors._read()
            else:
                vectors._take(kept)
        except (ChromaError, BrokenIndexError, KeyError, ValueError, TypeError) as error:
            close_client(client)
            raise judged(error) from error
        return vectors

    def _read(self) -> None:
        """Read all from Chroma."""
        self.facts, self._in_memory = _checked(self._collection)
        self._of_other_models = {
            other.name: _checked(other)[0]
            for other in self._client.list_collections()
            if other.name != self._collection.name
        }

    def _take(self, kept: Kept) -> None:
        """Take what was kept; to open Chroma's files has given them another time."""
        self.facts, self._in_memory, self._words = dict(kept.facts), kept.vectors, kept.words
        self._collection.query(query_embeddings=sound(kept.vectors.rows[:1]), n_results=1)
        self._snapshot.stamp()
        self._is_copied = True

    def words(self) -> LexicalIndex:
        """Give the facts' words, read when they have changed."""
        if self._words is None:
            self._words = LexicalIndex(self.facts.values())
        return self._words

    def _changes(self, *, texts: bool = True) -> None:
        """Take note that the copy, and with other texts what is in memory, will be out of date."""
        if texts:
            self._in_memory = self._words = None
        self._is_copied = False
        self._snapshot.drop()

    def adopt_other_models(self, progress: Progress) -> None:
        """Embed again what another model's collection holds, then drop that; may be repeated.

        While the model is out of reach that collection stays, and its facts are found by their words alone.
        """
        for name, facts in list(self._of_other_models.items()):
            new = [fact for key, fact in facts.items() if key not in self.facts]
            for start in range(0, len(new), BATCH):
                self.put(new[start : start + BATCH])
                progress(min(start + BATCH, len(new)), len(new))
            if not self.waiting:
                self._client.delete_collection(name)
                del self._of_other_models[name]

    def put(self, facts: Sequence[Fact]) -> None:
        """Embed and keep facts; while the model is out of reach they wait, and are only held in memory."""
        for batch in _batches(facts, BATCH):
            self._changes()
            self.facts |= {fact.id: fact for fact in batch}
            try:
                self._keep(batch)
            except EmbeddingsUnavailableError as error:
                if not self.waiting:
                    log.warning("library.degraded", reason=str(error))
                self.waiting |= {fact.id: fact for fact in batch}

    def put_waiting(self) -> bool:
        """Embed some of the facts that wait, and tell whether others still do; raises EmbeddingsUnavailableError."""
        batch = list(self.waiting.values())[:BATCH]
        if batch:
            self._in_memory = None
            self._keep(batch)
        for fact in batch:
            del self.waiting[fact.id]
        return bool(self.waiting)

    def _keep(self, batch: Sequence[Fact]) -> None:
        rows = [
            (key, fact, text)
            for fact in batch
            for key, text in zip(row_ids(fact), passages_of(fact), strict=True)
        ]
        self._collection.upsert(
            ids=[key for key, _, _ in rows],
            embeddings=self._embeddings.embed([text for _, _, text in rows]),
            metadatas=[
                record_of(fact) if key == fact.id else {"of": fact.id} for key, fact, _ in rows
            ],
            documents=[fact.text if key == fact.id else "" for key, fact, _ in rows],
        )

    def relabel(self, facts: Sequence[Fact]) -> None:
        """Keep what changed beside the content of known facts, with their vectors as they are."""
        for batch in _batches(facts, REMOVED_AT_ONCE):
            self._changes(texts=False)
            self._collection.update(
                ids=[fact.id for fact in batch], metadatas=[record_of(fact) for fact in batch]
            )
            self.facts |= {fact.id: fact for fact in batch}

    def remove(self, fact_ids: Sequence[FactId]) -> None:
        """Forget facts."""
        for batch in _batches(fact_ids, REMOVED_AT_ONCE):
            self._changes()
            rows = [row for key in batch if key in self.facts for row in row_ids(self.facts[key])]
            self._collection.delete(ids=rows or list(batch))
            for gone in batch:
                self.facts.pop(gone, None)
                self.waiting.pop(gone, None)

    def nearest(
        self, texts: Sequence[str], count: int, also: Sequence[Sequence[FactId]]
    ) -> list[Nearness]:
        """Give, for each question, the nearest facts and how near the ones in `also` are.

        Raises EmbeddingsUnavailableError.
        """
        usual = Unrelated(*self._embeddings.unrelated)
        kept = self._all()
        if not len(kept):
            return [Nearness({}, usual) for _ in texts]
        questions = self._embeddings.embed_questions(texts)
        found = (
            [kept.nearest(question, count) for question in questions]
            if len(kept) <= IN_MEMORY
            else self._asked(questions, count)
        )
        return [
            Nearness({**near, **kept.similarities(question, more)}, kept.usual(question, usual))
            for question, near, more in zip(questions, found, also, strict=True)
        ]

    def _asked(self, questions: NDArray[np.float32], count: int) -> list[Mapping[FactId, float]]:
        """Ask Chroma's index."""
        found = self._collection.query(
            query_embeddings=questions, n_results=count, include=["distances"]
        )
        return [
            best_of_each((owner(key), 1 - far) for key, far in zip(ids, distances, strict=True))
            for ids, distances in zip(found["ids"], found["distances"] or [], strict=True)
        ]

    def _all(self) -> Vectors:
        if self._in_memory is None:
            held = list(pages_of(self._collection, ["embeddings"]))
            owners = [owner(key) for each in held for key in each["ids"]]
            self._in_memory = _joined(owners, [sound(each["embeddings"]) for each in held])
        return self._in_memory

    def close(self) -> None:
        """Let go of the files, and leave a copy that opens at once where they are large."""
        is_whole = not (self.waiting or self._of_other_models)
        is_new = not self._is_copied and len(self.facts) >= WORTH_IT and is_whole
        try:
            kept = Kept(self.facts, self._all(), self.words()) if is_new else None
        finally:
            close_client(self._client)
        if kept:
            self._snapshot.write(kept)
        elif self._is_copied:
            self._snapshot.stamp()


def _checked(collection: Collection) -> tuple[dict[FactId, Fact], Vectors]:
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
    return facts, _joined(owners, parts)


def _joined(owners: list[FactId], parts: Sequence[NDArray[np.float32]]) -> Vectors:
    """Join the vectors that were read; half precision where they are many."""
    import numpy as np

    form = np.float32 if len(owners) <= IN_MEMORY else np.float16
    rows = np.concatenate([part.astype(form) for part in parts]) if parts else np.zeros((0, 1))
    return Vectors(owners, rows)


def _batches(items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
