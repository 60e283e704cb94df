"""Reads and writes facts as rows of a Chroma collection; blocking, for one thread and one process a folder.

Chroma is imported inside functions: it costs seconds, and the port should be open by then.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from agent.errors import LibraryUnavailableError
from agent.facts import Fact, FactId, Topic
from knowledge.index_files import crashed_before, cut_files
from knowledge.indexing import fact_id
from knowledge.nearness import best_of_each
from knowledge.passages import owner

if TYPE_CHECKING:
    import numpy as np
    from chromadb.api import ClientAPI
    from chromadb.api.models.Collection import Collection
    from chromadb.api.types import GetResult, Include, Metadata
    from numpy.typing import NDArray

# What of a fact is embedded; changed, all facts are embedded again.
FORM = "passages"
READ_AT_ONCE = 5_000
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


class BrokenIndexError(Exception):
    """What stands on disk is damaged and must be built again."""


def examine(folder: Path) -> None:
    """Make sure of the folder, and that native code can read what is in it."""
    folder.mkdir(parents=True, exist_ok=True)
    if crashed_before(folder):
        raise BrokenIndexError("the process died when it was last opened")
    if cut := cut_files(folder):
        raise BrokenIndexError(f"files are cut short: {', '.join(cut)}")


def client_of(folder: Path) -> ClientAPI:
    """Open a folder with Chroma; raises BrokenIndexError or LibraryUnavailableError."""
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
        raise judged(error) from error


def import_chroma() -> None:
    """Import Chroma ahead of its first use."""
    import_module("chromadb.api.shared_system_client")


def close_client(client: ClientAPI) -> None:
    """Let go of the files."""
    client.close()  # type: ignore[attr-defined]  # every client has it; Chroma's interface forgot it


def collection_name(model: str) -> str:
    """Name the collection of one embedding model."""
    return f"facts-{hashlib.sha256(f'{FORM} {model}'.encode()).hexdigest()[:12]}"


def collection_for(client: ClientAPI, model: str) -> Collection:
    """Give the collection of one embedding model, made where it is new."""
    return client.get_or_create_collection(
        name=collection_name(model),
        metadata={"embeddings": model},
        configuration={"hnsw": {"space": "cosine"}},
        embedding_function=None,
    )


def judged(error: Exception) -> BrokenIndexError | LibraryUnavailableError:
    """Tell damage from trouble that passes."""
    if any(trouble in str(error).lower() for trouble in PASSING_TROUBLE):
        return LibraryUnavailableError(f"The library's index cannot be used now: {error}")
    return BrokenIndexError(str(error))


def pages_of(collection: Collection, include: Include) -> Iterator[GetResult]:
    """Read a collection in parts: SQLite takes 32,766 variables, and Chroma asks for all rows by their ids."""
    for start in range(0, collection.count(), READ_AT_ONCE):
        yield collection.get(limit=READ_AT_ONCE, offset=start, include=include)


def asked(
    collection: Collection, questions: NDArray[np.float32], count: int
) -> list[Mapping[FactId, float]]:
    """Ask Chroma's index for the facts nearest to each question."""
    found = collection.query(query_embeddings=questions, n_results=count, include=["distances"])
    return [
        best_of_each((owner(key), 1 - far) for key, far in zip(ids, distances, strict=True))
        for ids, distances in zip(found["ids"], found["distances"] or [], strict=True)
    ]


def sound(embeddings: object) -> NDArray[np.float32]:
    """Give vectors as they are; raises BrokenIndexError unless each has length one."""
    import numpy as np

    rows = np.asarray(embeddings, dtype=np.float32)
    with np.errstate(all="ignore"):  # damaged ones are of any size
        lengths = np.linalg.norm(rows, axis=-1)
    if not np.allclose(lengths, 1, atol=1e-3):
        raise BrokenIndexError("vectors are damaged")
    return rows


def facts_of(held: GetResult) -> Iterator[tuple[FactId, Fact]]:
    """Give the facts among some rows; raises BrokenIndexError where a text is another than was kept."""
    for key, text, record in zip(
        held["ids"], held["documents"] or [], held["metadatas"] or [], strict=True
    ):
        if key != owner(key):
            continue
        fact = checked_fact(key, text, record)
        yield fact.id, fact


def checked_fact(key: str, text: str, record: Metadata) -> Fact:
    """Give a fact as it was kept; raises BrokenIndexError where its text is another one."""
    fact = _fact(key, text, record)
    if key != fact_id(fact.url, fact.page, fact.heading, fact.text, fact.language):
        raise BrokenIndexError(f"the text of fact {key} is damaged")
    return fact


def record_of(fact: Fact) -> dict[str, str]:
    """Give what is kept of a fact beside its text."""
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
