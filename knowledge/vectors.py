"""Keeps facts with their vectors in Chroma; blocking, for one thread at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

import structlog

from agent.errors import EmbeddingsUnavailableError
from agent.facts import Fact, FactId
from knowledge.chroma import record_of
from knowledge.chroma_folder import ChromaFolder
from knowledge.chroma_server import ChromaServer
from knowledge.lexical import LexicalIndex
from knowledge.nearness import Nearness, Unrelated, Vectors
from knowledge.passages import passages_of, row_ids
from knowledge.shelf import IN_MEMORY, Held, Shelf
from knowledge.snapshot import Kept

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Item = TypeVar("Item")
Progress = Callable[[int, int], None]
log = structlog.get_logger()
BATCH = 16
REMOVED_AT_ONCE = 500


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
    """The facts of one embedding model in memory, and the collection that keeps them."""

    def __init__(self, shelf: Shelf, embeddings: Embeddings, held: Held) -> None:
        self._shelf = shelf
        self._embeddings = embeddings
        self._words = held.words
        self._in_memory: Vectors | None = held.vectors
        self.facts: dict[FactId, Fact] = dict(held.facts)
        self.waiting: dict[FactId, Fact] = {}

    @classmethod
    def open(cls, where: Path | str, embeddings: Embeddings) -> FactVectors:
        """Open a folder, or the collection at a server's address; raises BrokenIndexError or LibraryUnavailableError."""
        if isinstance(where, Path):
            shelf, held = ChromaFolder.open(where, embeddings.name)
            return cls(shelf, embeddings, held)
        server = ChromaServer.open(where, embeddings.name)
        return cls(server, embeddings, server.read())

    @property
    def is_shared(self) -> bool:
        """Tell whether other processes change the collection, too."""
        return self._shelf.is_shared

    def copy(self) -> FactVectors:
        """Give the same to be changed, while this one goes on being searched."""
        same = FactVectors(
            self._shelf, self._embeddings, Held(self.facts, self._all(), self._words)
        )
        same.waiting = dict(self.waiting)
        return same

    def again(self) -> FactVectors:
        """Give what the collection holds now, and what waits to be put there."""
        held = self._shelf.read()
        # A fact of the same id has the same words, and to read those of ten thousand takes seconds.
        words = self._words if [*held.facts] == [*self.facts] else None
        now = FactVectors(self._shelf, self._embeddings, replace(held, words=words))
        now.waiting = {key: fact for key, fact in self.waiting.items() if key not in held.facts}
        now.facts |= now.waiting
        return now

    def words(self) -> LexicalIndex:
        """Give the facts' words, read when they have changed."""
        if self._words is None:
            self._words = LexicalIndex(self.facts.values())
        return self._words

    def _changes(self, *, texts: bool = True) -> None:
        """Take note that the copy, and with other texts what is in memory, will be out of date."""
        if texts:
            self._in_memory = self._words = None
        self._shelf.note_change()

    def adopt_other_models(self, progress: Progress) -> bool:
        """Embed again what another model's collection holds, then drop that; tells whether there was one. May be repeated.

        While the model is out of reach that collection stays, and its facts are found by their words alone.
        """
        others = self._shelf.of_other_models()
        for name, facts in others.items():
            new = [fact for key, fact in facts.items() if key not in self.facts]
            for start in range(0, len(new), BATCH):
                self.put(new[start : start + BATCH])
                progress(min(start + BATCH, len(new)), len(new))
            if not self.waiting:
                self._shelf.drop(name)
        return bool(others)

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
        self._shelf.collection.upsert(
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
            self._shelf.collection.update(
                ids=[fact.id for fact in batch], metadatas=[record_of(fact) for fact in batch]
            )
            self.facts |= {fact.id: fact for fact in batch}

    def remove(self, fact_ids: Sequence[FactId]) -> None:
        """Forget facts."""
        for batch in _batches(fact_ids, REMOVED_AT_ONCE):
            self._changes()
            rows = [row for key in batch if key in self.facts for row in row_ids(self.facts[key])]
            self._shelf.collection.delete(ids=rows or list(batch))
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
        is_large = len(kept) > IN_MEMORY
        found = (self._shelf.nearest(questions, count) if is_large else None) or [
            kept.nearest(question, count) for question in questions
        ]
        return [
            Nearness({**near, **kept.similarities(question, more)}, kept.usual(question, usual))
            for question, near, more in zip(questions, found, also, strict=True)
        ]

    def _all(self) -> Vectors:
        if self._in_memory is None:
            self._in_memory = self._shelf.vectors()
        return self._in_memory

    def close(self) -> None:
        """Let go of it."""
        self._shelf.close(len(self.facts), None if self.waiting else self._whole)

    def _whole(self) -> Kept:
        return Kept(self.facts, self._all(), self.words())


def _batches(items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
