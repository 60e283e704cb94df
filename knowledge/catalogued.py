"""What the catalogue tells of: sources, documents, and what contradicts what."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import NewType

from agent.facts import FactId

DocumentId = NewType("DocumentId", str)


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


@dataclass(frozen=True, slots=True)
class LibraryState:
    """How often the library was changed, and whether somebody is at it, or died while they were."""

    generation: int = 0
    is_changing: bool = False
