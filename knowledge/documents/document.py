"""What is read: a file or a page as it came, and the document it turned out to be."""

from dataclasses import dataclass, replace
from datetime import datetime


@dataclass(frozen=True, slots=True)
class RawDocument:
    """Bytes as they came from a disk, a web site or the API.

    `name` is a path within the source, or an address; its ending tells the format where `media_type` does not.
    `changed_at` is what the place says of the last change, used where the document itself says nothing.
    """

    name: str
    content: bytes
    media_type: str = ""
    url: str = ""
    title: str = ""
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Anchor:
    """From this line of the body on (counted from 0), `fragment` leads there: `page=3`, or an element's id."""

    line: int
    fragment: str


@dataclass(frozen=True, slots=True)
class Document:
    """One page as Markdown; `language` is empty where it does not say.

    `is_dated` tells a date of its own from one that only its place gave.
    `notes` are sentences for whoever maintains it, `hidden` what stands in it and no visitor would see.
    """

    title: str
    body: str
    url: str = ""
    language: str = ""
    changed_at: datetime | None = None
    is_dated: bool = False
    anchors: tuple[Anchor, ...] = ()
    notes: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()

    def noting(self, *notes: str) -> "Document":
        """Give the document with further notes; empty ones are none."""
        return replace(self, notes=(*self.notes, *filter(None, notes)))


@dataclass(frozen=True, slots=True)
class Remark:
    """What a person should know about a file, by its path in the folder or its address."""

    file: str
    reason: str


@dataclass(frozen=True, slots=True)
class Documents:
    """What a folder holds; a note is about a document that was read all the same."""

    documents: tuple[Document, ...] = ()
    skipped: tuple[Remark, ...] = ()
    notes: tuple[Remark, ...] = ()


class UnreadableDocumentError(Exception):
    """A file is no document we can read; the text says why, for a person."""
