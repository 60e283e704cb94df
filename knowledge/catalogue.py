"""Which documents the library was made of: where each came from, what became of it, and what contradicts what.

A small SQLite file of its own beside the library: the doctor reads it while a server runs, and posted documents
are kept in it whole, so that the library can be built again from it.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import NewType

from agent.errors import LibraryUnavailableError
from agent.facts import FactId
from knowledge.documents import RawDocument

DocumentId = NewType("DocumentId", str)
PATIENCE_SECONDS = 10
SCHEMA = """
CREATE TABLE IF NOT EXISTS sources (source TEXT PRIMARY KEY, kind TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS documents (
  source TEXT NOT NULL, name TEXT NOT NULL, hash TEXT NOT NULL, title TEXT NOT NULL, url TEXT NOT NULL,
  language TEXT NOT NULL, changed_at TEXT, read_at TEXT NOT NULL, skipped TEXT NOT NULL, notes TEXT NOT NULL,
  facts TEXT NOT NULL, PRIMARY KEY (source, name));
CREATE TABLE IF NOT EXISTS posted (
  name TEXT PRIMARY KEY, media_type TEXT NOT NULL, url TEXT NOT NULL, title TEXT NOT NULL, changed_at TEXT,
  content BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS contradictions (
  older TEXT NOT NULL, older_text TEXT NOT NULL, newer TEXT NOT NULL, newer_text TEXT NOT NULL, is_settled INTEGER);
CREATE TABLE IF NOT EXISTS fetched (
  place TEXT PRIMARY KEY, at TEXT NOT NULL, pages INTEGER NOT NULL, failure TEXT NOT NULL);
"""


class SourceKind(StrEnum):
    """Who named a source: the settings, a person at the command line, or the API."""

    SETTING = "setting"
    COMMAND = "command"
    POSTED = "posted"


@dataclass(frozen=True, slots=True)
class Source:
    """A folder, a file or a web site (its path or address), or what was posted."""

    name: str
    kind: SourceKind

    @property
    def is_web(self) -> bool:
        """Tell an address from a path."""
        return self.name.startswith(("http://", "https://"))


POSTED = Source("posted", SourceKind.POSTED)


@dataclass(frozen=True, slots=True)
class KnownDocument:
    """A document as the library has it; `skipped` says why it gave no fact."""

    source: str
    name: str
    hash: str
    read_at: datetime
    title: str = ""
    url: str = ""
    language: str = ""
    changed_at: datetime | None = None
    skipped: str = ""
    notes: tuple[str, ...] = ()
    facts: tuple[FactId, ...] = ()

    @property
    def id(self) -> DocumentId:
        """Give the id that this name in this source always has."""
        return DocumentId(sha256(f"{self.source}\0{self.name}".encode()).hexdigest()[:16])


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Two documents, by where they came from, that state different figures; the newer one is told, if it is known."""

    older: str
    older_text: str
    newer: str
    newer_text: str
    is_settled: bool


@dataclass(frozen=True, slots=True)
class Fetched:
    """When a site or a page was last asked for, at most how many pages of it, and why it gave nothing (empty: it did)."""

    place: str
    at: datetime
    pages: int
    failure: str = ""


class Catalogue:
    """The file; every call opens it, and raises LibraryUnavailableError where that is not possible."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def sources(self) -> tuple[Source, ...]:
        """Give all sources."""
        with self._opened() as file:
            return tuple(
                Source(name, SourceKind(kind))
                for name, kind in file.execute("SELECT source, kind FROM sources ORDER BY source")
            )

    def documents(self, source: Source | None = None) -> tuple[KnownDocument, ...]:
        """Give the documents of a source, or all."""
        where = "WHERE source = ?" if source else ""
        with self._opened() as file:
            rows = file.execute(
                "SELECT source, name, hash, read_at, title, url, language, changed_at, skipped, notes, facts "  # noqa: S608
                f"FROM documents {where} ORDER BY source, name",
                (source.name,) if source else (),
            )
            return tuple(_document(row) for row in rows)

    def disagreements(self) -> tuple[Disagreement, ...]:
        """Give what was found to contradict each other."""
        with self._opened() as file:
            rows = file.execute(
                "SELECT older, older_text, newer, newer_text, is_settled FROM contradictions"
            )
            return tuple(
                Disagreement(older, older_text, newer, newer_text, bool(settled))
                for older, older_text, newer, newer_text, settled in rows
            )

    def save(
        self,
        source: Source,
        documents: Iterable[KnownDocument],
        disagreements: Sequence[Disagreement],
    ) -> None:
        """Keep what a source consists of now, and all disagreements."""
        with self._opened() as file:
            file.execute("INSERT OR REPLACE INTO sources VALUES (?, ?)", (source.name, source.kind))
            file.execute("DELETE FROM documents WHERE source = ?", (source.name,))
            file.executemany(
                "INSERT INTO documents (source, name, hash, read_at, title, url, language, changed_at, skipped, notes, facts) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [_row(document) for document in documents],
            )
            _save_disagreements(file, disagreements)

    def forget(self, source: Source, disagreements: Sequence[Disagreement]) -> None:
        """Drop a source with its documents."""
        with self._opened() as file:
            for table in ("sources", "documents"):
                file.execute(f"DELETE FROM {table} WHERE source = ?", (source.name,))  # noqa: S608  a fixed name
            file.execute("DELETE FROM fetched WHERE place = ?", (source.name,))
            _save_disagreements(file, disagreements)

    def posted(self) -> tuple[RawDocument, ...]:
        """Give what was posted, as it came."""
        with self._opened() as file:
            rows = file.execute(
                "SELECT name, content, media_type, url, title, changed_at FROM posted ORDER BY name"
            )
            return tuple(
                RawDocument(name, content, media_type, url, title, _at(changed_at))
                for name, content, media_type, url, title, changed_at in rows
            )

    def keep_posted(self, raw: RawDocument) -> bool:
        """Keep a posted document in place of one with its name; tell whether that changed anything."""
        with self._opened() as file:
            row = (raw.media_type, raw.url, raw.title, raw.content)
            same = "SELECT 1 FROM posted WHERE name = ? AND media_type = ? AND url = ? AND title = ? AND content = ?"
            if file.execute(same, (raw.name, *row)).fetchone():
                return False
            changed_at = raw.changed_at.isoformat() if raw.changed_at else None
            file.execute(
                "INSERT OR REPLACE INTO posted (name, media_type, url, title, content, changed_at) VALUES (?, ?, ?, ?, ?, ?)",
                (raw.name, *row, changed_at),
            )
            return True

    def drop_posted(self, name: str) -> None:
        """Drop a posted document."""
        with self._opened() as file:
            file.execute("DELETE FROM posted WHERE name = ?", (name,))
            file.execute("DELETE FROM fetched WHERE place = ?", (name,))

    def fetched(self) -> tuple[Fetched, ...]:
        """Give when each place of the web was last asked for."""
        with self._opened() as file:
            rows = file.execute("SELECT place, at, pages, failure FROM fetched ORDER BY place")
            return tuple(
                Fetched(place, datetime.fromisoformat(at), pages, failure)
                for place, at, pages, failure in rows
            )

    def keep_fetched(self, fetched: Fetched) -> None:
        """Keep when a place was asked for, in place of the time before."""
        row = (fetched.place, fetched.at.isoformat(), fetched.pages, fetched.failure)
        with self._opened() as file:
            file.execute("INSERT OR REPLACE INTO fetched VALUES (?, ?, ?, ?)", row)

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(self._path, timeout=PATIENCE_SECONDS)
            try:
                with connection:
                    connection.executescript(SCHEMA)
                    yield connection
            finally:
                connection.close()
        except (sqlite3.Error, OSError) as error:
            raise LibraryUnavailableError(
                f"{self._path} cannot be used ({error}); delete it and index again if it is damaged."
            ) from error


def _save_disagreements(file: sqlite3.Connection, disagreements: Sequence[Disagreement]) -> None:
    file.execute("DELETE FROM contradictions")
    rows = [
        (each.older, each.older_text, each.newer, each.newer_text, each.is_settled)
        for each in disagreements
    ]
    file.executemany("INSERT INTO contradictions VALUES (?, ?, ?, ?, ?)", rows)


def _row(document: KnownDocument) -> tuple[str | None, ...]:
    return (
        document.source,
        document.name,
        document.hash,
        document.read_at.isoformat(),
        document.title,
        document.url,
        document.language,
        document.changed_at.isoformat() if document.changed_at else None,
        document.skipped,
        json.dumps(document.notes),
        json.dumps(document.facts),
    )


def _document(row: tuple[str, ...]) -> KnownDocument:
    source, name, content_hash, read_at, title, url, language, changed_at, skipped, notes, facts = (
        row
    )
    return KnownDocument(
        source=source,
        name=name,
        hash=content_hash,
        read_at=datetime.fromisoformat(read_at),
        title=title,
        url=url,
        language=language,
        changed_at=_at(changed_at),
        skipped=skipped,
        notes=tuple(json.loads(notes)),
        facts=tuple(map(FactId, json.loads(facts))),
    )


def _at(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
