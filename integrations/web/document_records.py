"""The library's documents as the API shows and takes them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from agent.errors import HotlineError


class UnfetchedAddressError(HotlineError):
    """A page cannot be fetched; the sentence says why."""


class UnknownDocumentError(HotlineError):
    """No document has this id."""


class DocumentHeldElsewhereError(HotlineError):
    """A document comes from a folder or a site, and can be removed only there."""


@dataclass(frozen=True, slots=True)
class PostedDocument:
    """A document as it was sent; `name` tells it from others, and its format where `media_type` does not."""

    name: str
    content: bytes
    media_type: str = ""
    url: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class DocumentRecord:
    """A document of the library; `skipped` says why it gave no fact, `notes` what its keeper should know."""

    id: str
    source: str
    name: str
    title: str
    url: str
    language: str
    changed_at: datetime | None
    indexed_at: datetime
    facts: int
    skipped: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ContradictionRecord:
    """Two documents that state different figures; where it `is_settled`, visitors are told the newer one's."""

    older: str
    older_text: str
    newer: str
    newer_text: str
    is_settled: bool


@dataclass(frozen=True, slots=True)
class SiteRecord:
    """A site or page of the web: when it was last asked for, and why it gave nothing then (empty: it did)."""

    place: str
    fetched_at: datetime | None
    failure: str = ""


@dataclass(frozen=True, slots=True)
class DocumentsRecord:
    """All documents, what contradicts each other, and the places of the web they come from."""

    documents: tuple[DocumentRecord, ...] = ()
    contradictions: tuple[ContradictionRecord, ...] = ()
    sites: tuple[SiteRecord, ...] = ()


class DocumentRecords(Protocol):
    """Where the library's documents are kept; every call may raise LibraryUnavailableError."""

    async def list(self) -> DocumentsRecord:
        """List all."""
        ...

    async def post(self, posted: PostedDocument) -> tuple[DocumentRecord | None, bool]:
        """Keep one; tells whether it is new. None for the document means that it is still being read."""
        ...

    async def post_address(self, address: str) -> tuple[DocumentRecord | None, bool]:
        """Fetch and keep one; raises a HotlineError whose text says why it cannot be fetched."""
        ...

    async def remove(self, document_id: str) -> None:
        """Drop a posted one; raises UnknownDocumentError or DocumentHeldElsewhereError."""
        ...
