"""Keeps facts with their vectors in Chroma; blocking, for one thread and one process a folder.

Chroma is imported inside functions: it costs seconds, and the port should be open by then.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

import structlog

from agent.errors import EmbeddingsUnavailableError, LibraryUnavailableError
from agent.facts import Fact, FactId, Topic
from knowledge.index_files import crashed_before, cut_files, marked
from knowledge.indexing import fact_id
from knowledge.nearness import Nearness, Unrelated, Vectors, best_of_each
from knowledge.passages import owner, passages_of, row_ids

if TYPE_CHECKING:
    import numpy as np
    from chromadb.api import ClientAPI
    from chromadb.api.models.Collection import Collection
    from chromadb.api.types import GetResult, Include, Metadata
    from numpy.typing import NDArray

Item = TypeVar("Item")
Progress = Callable[[int, int], None]
log = structlog.get_logger()
BATCH = 16
# What of a fact is embedded; changed, all facts are embedded again.
FORM = "passages"
REMOVED_AT_ONCE = 500
READ_AT_ONCE = 5_000
# Up to here a question is compared with each vector, beyond it the index is asked.
IN_MEMORY = 10_000
# Chroma says these when the folder is in use, read-only or full: the index itself is not damaged.
PASSING_TROUBLE = (
    "locked",
    "busy",
    "readonly",
    "read-only",
    "unable to open",
    "full",
    "permission",
)


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


class BrokenIndexError(Exception):
    """What stands on disk is damaged and must be built again."""


class FactVectors:
    """One Chroma collection for one embedding model, and its facts in memory."""

    def __init__(self, client: ClientAPI, collection: Collection, embeddings: Embeddings) -> None:
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
            _examine(folder)
            with marked(folder):
                return cls._open(folder, embeddings)
        except OSError as error:
            raise LibraryUnavailableError(
                f"The library's folder {folder} cannot be used: {error}"
            ) from error

    @classmethod
    def _open(cls, folder: Path, embeddings: Embeddings) -> FactVectors:
        from chromadb.errors import ChromaError

        client = _client(folder)
        try:
            vectors = cls(client, _collection(client, embeddings), embeddings)
            vectors.facts, vectors._in_memory = _checked(vectors._collection)
            vectors._of_other_models = {
                other.name: _checked(other)[0]
                for other in client.list_collections()
                if other.name != vectors._collection.name
            }
        except (ChromaError, BrokenIndexError, KeyError, ValueError, TypeError) as error:
            _close(client)
            raise _judged(error) from error
        return vectors

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
                _record(fact) if key == fact.id else {"of": fact.id} for key, fact, _ in rows
            ],
            documents=[fact.text if key == fact.id else "" for key, fact, _ in rows],
        )
        self._in_memory = None

    def relabel(self, facts: Sequence[Fact]) -> None:
        """Keep what changed beside the content of known facts, with their vectors as they are."""
        for batch in _batches(facts, REMOVED_AT_ONCE):
            self._collection.update(
                ids=[fact.id for fact in batch], metadatas=[_record(fact) for fact in batch]
            )
            self.facts |= {fact.id: fact for fact in batch}

    def remove(self, fact_ids: Sequence[FactId]) -> None:
        """Forget facts."""
        for batch in _batches(fact_ids, REMOVED_AT_ONCE):
            rows = [row for key in batch if key in self.facts for row in row_ids(self.facts[key])]
            self._collection.delete(ids=rows or list(batch))
            for gone in batch:
                self.facts.pop(gone, None)
                self.waiting.pop(gone, None)
            self._in_memory = None

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
            held = list(_pages(self._collection, ["embeddings"]))
            owners = [owner(key) for each in held for key in each["ids"]]
            self._in_memory = _joined(owners, [_sound(each["embeddings"]) for each in held])
        return self._in_memory

    def close(self) -> None:
        """Let go of the files."""
        _close(self._client)


def _examine(folder: Path) -> None:
    """Make sure of the folder, and that native code can read what is in it."""
    folder.mkdir(parents=True, exist_ok=True)
    if crashed_before(folder):
        raise BrokenIndexError("the process died when it was last opened")
    if cut := cut_files(folder):
        raise BrokenIndexError(f"files are cut short: {', '.join(cut)}")


def _client(folder: Path) -> ClientAPI:
    import chromadb
    from chromadb.api.shared_system_client import SharedSystemClient
    from chromadb.config import Settings
    from chromadb.errors import ChromaError

    try:
        return chromadb.PersistentClient(
            folder, Settings(anonymized_telemetry=False, _env_file=None)
        )
    except ChromaError as error:
        # Chroma keeps the half-made client of this path and would give it out again.
        SharedSystemClient.clear_system_cache()
        raise _judged(error) from error


def _close(client: ClientAPI) -> None:
    client.close()  # type: ignore[attr-defined]  # every client has it; Chroma's interface forgot it


def _collection(client: ClientAPI, embeddings: Embeddings) -> Collection:
    return client.get_or_create_collection(
        name=f"facts-{hashlib.sha256(f'{FORM} {embeddings.name}'.encode()).hexdigest()[:12]}",
        metadata={"embeddings": embeddings.name},
        configuration={"hnsw": {"space": "cosine"}},
        embedding_function=None,
    )


def _judged(error: Exception) -> BrokenIndexError | LibraryUnavailableError:
    if any(trouble in str(error).lower() for trouble in PASSING_TROUBLE):
        return LibraryUnavailableError(f"The library's index cannot be used now: {error}")
    return BrokenIndexError(str(error))


def _checked(collection: Collection) -> tuple[dict[FactId, Fact], Vectors]:
    """Read every fact and its vectors; raises BrokenIndexError where one is lost or altered."""
    facts: dict[FactId, Fact] = {}
    owners: list[FactId] = []
    parts: list[NDArray[np.float32]] = []
    for held in _pages(collection, ["metadatas", "documents", "embeddings"]):
        parts.append(_sound(held["embeddings"]))
        owners += map(owner, held["ids"])
        facts |= _facts_of(held)
    if len(owners) != collection.count():
        raise BrokenIndexError("vectors are missing")
    if parts:
        collection.query(query_embeddings=parts[0][:1], n_results=1)
    return facts, _joined(owners, parts)


def _pages(collection: Collection, include: Include) -> Iterator[GetResult]:
    """Read a collection in parts: SQLite takes 32,766 variables, and Chroma asks for all rows by their ids."""
    for start in range(0, collection.count(), READ_AT_ONCE):
        yield collection.get(limit=READ_AT_ONCE, offset=start, include=include)


def _sound(embeddings: object) -> NDArray[np.float32]:
    import numpy as np

    rows = np.asarray(embeddings, dtype=np.float32)
    if not np.allclose(np.linalg.norm(rows, axis=-1), 1, atol=1e-3):
        raise BrokenIndexError("vectors are damaged")
    return rows


def _joined(owners: list[FactId], parts: Sequence[NDArray[np.float32]]) -> Vectors:
    """Join the vectors that were read; half precision where they are many."""
    import numpy as np

    form = np.float32 if len(owners) <= IN_MEMORY else np.float16
    rows = np.concatenate([part.astype(form) for part in parts]) if parts else np.zeros((0, 1))
    return Vectors(owners, rows)


def _facts_of(held: GetResult) -> Iterator[tuple[FactId, Fact]]:
    for key, text, record in zip(
        held["ids"], held["documents"] or [], held["metadatas"] or [], strict=True
    ):
        if key != owner(key):
            continue
        fact = _fact(key, text, record)
        if key != fact_id(fact.url, fact.page, fact.heading, fact.text, fact.language):
            raise BrokenIndexError(f"the text of fact {key} is damaged")
        yield fact.id, fact


def _record(fact: Fact) -> dict[str, str]:
    return {
        "page": fact.page,
        "heading": fact.heading,
        "url": fact.url,
        "language": fact.language,
        "changed_at": fact.changed_at.isoformat() if fact.changed_at else "",
        "source": fact.source,
        "anchor": fact.anchor,
        "is_dated": "yes" if fact.is_dated else "",
        "superseded_by": fact.superseded_by or "",
        "topics": " ".join(fact.topics),
    }


def _fact(key: str, text: str, record: Metadata) -> Fact:
    changed_at = str(record["changed_at"])
    return Fact(
        id=FactId(key),
        page=str(record["page"]),
        heading=str(record["heading"]),
        text=text,
        url=str(record["url"]),
        language=str(record["language"]),
        changed_at=datetime.fromisoformat(changed_at) if changed_at else None,
        source=str(record.get("source") or ""),
        anchor=str(record.get("anchor") or ""),
        is_dated=bool(record.get("is_dated")),
        superseded_by=FactId(str(record.get("superseded_by") or "")) or None,
        topics=tuple(map(Topic, str(record.get("topics") or "").split())),
    )


def _batches(items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
