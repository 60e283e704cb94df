"""The library's collections on a Chroma server that several processes share; blocking, for one thread at a time.

What has been read is kept, so that reading again after a change fetches only what is new.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING, Final

import structlog

from agent.errors import LibraryUnavailableError
from agent.facts import Fact, FactId
from knowledge.chroma import (
    BrokenIndexError,
    asked,
    checked_fact,
    collection_name,
    facts_of,
    pages_of,
    record_of,
)
from knowledge.chroma_address import TENANT, api_at, ensured_database, told
from knowledge.nearness import Vectors
from knowledge.passages import owner
from knowledge.shelf import IN_MEMORY, Held
from knowledge.snapshot import Kept

if TYPE_CHECKING:
    import numpy as np
    from chromadb.api.models.Collection import Collection
    from chromadb.api.types import Metadata
    from chromadb.types import Collection as CollectionModel
    from numpy.typing import NDArray

    from knowledge.chroma_http import PatientApi

log = structlog.get_logger()
OURS: Final = "facts-"
LISTED_AT_ONCE: Final = 5_000
READ_AT_ONCE: Final = 500
DAMAGED_FROM: Final = 1e-3
# A server that did not answer a search in time is left alone for so long.
AVOIDED_SECONDS: Final = 30.0


@dataclass(slots=True)
class _Read:
    """What was read before: facts, and the place of each row's vector."""

    facts: Mapping[FactId, Fact] = field(default_factory=dict)
    places: Mapping[str, int] = field(default_factory=dict)
    rows: NDArray[np.floating] | None = None


class ChromaServer:
    """One database of a Chroma server; its collections are told apart from those of others by their names."""

    is_shared = True

    def __init__(self, api: PatientApi, database: str, model: str) -> None:
        self._api = api
        self._database = database
        self._read = _Read()
        self._avoided_until = 0.0
        self.collection = self._opened(model)

    @classmethod
    def open(cls, address: str, model: str) -> ChromaServer:
        """Reach a server at `http://host:port`, or one of its databases at `/name`; raises LibraryUnavailableError."""
        from chromadb.errors import ChromaError

        try:
            api = api_at(address)
            try:
                return cls(api, ensured_database(api, address), model)
            except BaseException:
                api.stop()
                raise
        except (ChromaError, ValueError) as error:
            raise LibraryUnavailableError(f"{told(address)} refuses: {error}") from error

    def read(self) -> Held:
        """Read what the collection holds now; a fact that is damaged is left out, and indexing mends it."""
        listed = dict(self._listed())
        rows, texts = self._fetched([key for key in listed if key not in self._read.places])
        facts = dict(self._facts(listed, texts))
        kept = [key for key in listed if owner(key) in facts and key in rows]
        known = [key for key in listed if owner(key) in facts and key in self._read.places]
        if lost := len(listed) - len(kept) - len(known):
            log.warning("library.rows_damaged", rows=lost, mend="hotline index")
        matrix = self._joined(known, [rows[key] for key in kept])
        order = [*known, *kept]
        self._read = _Read(facts, {key: at for at, key in enumerate(order)}, matrix)
        return Held(facts, Vectors([owner(key) for key in order], matrix))

    def vectors(self) -> Vectors:
        """Read its vectors."""
        return self.read().vectors

    def nearest(
        self, questions: NDArray[np.float32], count: int
    ) -> list[Mapping[FactId, float]] | None:
        """Ask the index; None while the server does not answer."""
        from chromadb.errors import ChromaError

        if monotonic() < self._avoided_until:
            return None
        try:
            return asked(self.collection, questions, count)
        except (LibraryUnavailableError, ChromaError) as error:
            log.warning("library.server_avoided", reason=str(error))
            self._avoided_until = monotonic() + AVOIDED_SECONDS
            return None

    def of_other_models(self) -> Mapping[str, Mapping[FactId, Fact]]:
        """Read what other models' collections hold; those of other programs are left alone."""
        found = self._api.list_collections(tenant=TENANT, database=self._database)
        return {
            each.name: self._all_of(self._collection(each))
            for each in found
            if each.name.startswith(OURS)
            and each.name != self.collection.name
            and "embeddings" in (each.metadata or {})
        }

    def drop(self, name: str) -> None:
        """Drop a collection."""
        self._api.delete_collection(name, tenant=TENANT, database=self._database)

    def note_change(self) -> None:
        """Take note of nothing: whoever changes the collection tells the others when it is done."""

    def close(self, size: int, whole: Callable[[], Kept] | None) -> None:  # noqa: ARG002
        """Let go of the connections; nothing is kept beside a server."""
        self._api.stop()

    def _opened(self, model: str) -> Collection:
        found = self._api.get_or_create_collection(
            collection_name(model),
            metadata={"embeddings": model},
            configuration={"hnsw": {"space": "cosine"}},
            tenant=TENANT,
            database=self._database,
        )
        if (found.metadata or {}).get("embeddings") != model:
            raise LibraryUnavailableError(
                f"The collection {found.name} on the Chroma server is not one of the embedding model {model}."
            )
        return self._collection(found)

    def _collection(self, model: CollectionModel) -> Collection:
        from chromadb.api.models.Collection import Collection

        return Collection(client=self._api, model=model, embedding_function=None)

    def _listed(self) -> Iterator[tuple[str, Metadata]]:
        """Give the ids of all rows with what is kept of each fact beside its text."""
        start = 0
        while True:
            page = self.collection.get(limit=LISTED_AT_ONCE, offset=start, include=["metadatas"])
            yield from zip(page["ids"], page["metadatas"] or [], strict=True)
            start += LISTED_AT_ONCE
            if len(page["ids"]) < LISTED_AT_ONCE:
                return

    def _fetched(
        self, keys: Sequence[str]
    ) -> tuple[dict[str, NDArray[np.float32]], dict[str, str]]:
        """Read the vectors of rows, without those that are damaged, and their texts."""
        import numpy as np

        rows: dict[str, NDArray[np.float32]] = {}
        texts: dict[str, str] = {}
        for start in range(0, len(keys), READ_AT_ONCE):
            batch = [*keys[start : start + READ_AT_ONCE]]
            page = self.collection.get(ids=batch, include=["documents", "embeddings"])
            found = np.asarray(page["embeddings"], dtype=np.float32)
            lengths = np.linalg.norm(found, axis=-1) if len(found) else found
            is_sound = np.abs(lengths - 1) <= DAMAGED_FROM
            rows |= {
                key: row
                for key, row, is_so in zip(page["ids"], found, is_sound, strict=True)
                if is_so
            }
            texts |= dict(zip(page["ids"], page["documents"] or [], strict=True))
        return rows, texts

    def _facts(
        self, listed: Mapping[str, Metadata], texts: Mapping[str, str]
    ) -> Iterator[tuple[FactId, Fact]]:
        for key, record in listed.items():
            known = self._read.facts.get(FactId(key))
            text = texts.get(key, known.text if known else "")
            if key != owner(key):
                continue
            if known and record_of(known) == record:
                yield known.id, known
                continue
            try:
                fact = checked_fact(key, text, record)
            except (BrokenIndexError, KeyError, ValueError, TypeError):
                continue
            yield fact.id, fact

    def _joined(
        self, known: Sequence[str], new: Sequence[NDArray[np.float32]]
    ) -> NDArray[np.floating]:
        """Join the vectors that were read before with new ones; half precision where they are many."""
        import numpy as np

        form = np.float32 if len(known) + len(new) <= IN_MEMORY else np.float16
        parts = [np.stack(new).astype(form)] if new else []
        if known and self._read.rows is not None:
            places = [self._read.places[key] for key in known]
            parts.insert(0, self._read.rows[places].astype(form))
        return np.concatenate(parts) if parts else np.zeros((0, 1), form)

    def _all_of(self, other: Collection) -> dict[FactId, Fact]:
        return {
            key: fact
            for held in pages_of(other, ["metadatas", "documents"])
            for key, fact in facts_of(held)
        }
