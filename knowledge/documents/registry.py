"""Which format is read by what: by the media type that came with it, else by the ending of its name."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from knowledge.documents.dates import date_said_in
from knowledge.documents.document import Document, RawDocument, UnreadableDocumentError

Reader = Callable[[RawDocument], Document]
MOST_BYTES = 5_000_000
MOST_PACKED_BYTES = 50_000_000
ENDINGS: Mapping[str, str] = {
    ".md": "markdown", ".markdown": "markdown", ".html": "html", ".htm": "html", ".xhtml": "html",
    ".txt": "text", ".text": "text", ".pdf": "pdf", ".docx": "word", ".csv": "price list", ".tsv": "price list",
}  # fmt: skip
MEDIA_TYPES: Mapping[str, str] = {
    "text/markdown": "markdown", "text/x-markdown": "markdown", "text/html": "html", "application/xhtml+xml": "html",
    "text/plain": "text", "application/pdf": "pdf", "text/csv": "price list", "application/csv": "price list",
    "text/tab-separated-values": "price list",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "word",
}  # fmt: skip
PACKED = ("pdf", "word")
UNTOLD = ("", "application/octet-stream", "binary/octet-stream", "text/plain")
READABLE = "Markdown (.md), HTML (.html), PDF (.pdf), Word (.docx), plain text (.txt) and price lists (.csv) are"


def read(raw: RawDocument) -> Document:
    """Read a document of any format we know; raises UnreadableDocumentError, which says why."""
    kind = format_of(raw)
    if kind is None:
        ending = _ending(raw.name) or "without an ending"
        raise UnreadableDocumentError(f"files {ending} are not read; {READABLE}")
    most = MOST_PACKED_BYTES if kind in PACKED else MOST_BYTES
    if len(raw.content) > most:
        raise UnreadableDocumentError(
            f"{len(raw.content) / 1e6:.1f} MB is more than the {most / 1e6:.0f} MB allowed"
        )
    if not raw.content:
        raise UnreadableDocumentError("is empty")
    return _dated(_reader(kind)(raw), raw, is_packed=kind in PACKED)


def _dated(document: Document, raw: RawDocument, *, is_packed: bool) -> Document:
    """Give the document its date: by its header, by its text, by its file's own record, by the place it came from.

    A record within a file is often the day of its export, so that a date in the text counts for more.
    """
    by_record = document.changed_at
    said = date_said_in(document.body) if is_packed or by_record is None else None
    own = said or by_record
    return replace(document, changed_at=own or raw.changed_at, is_dated=own is not None)


def format_of(raw: RawDocument) -> str | None:
    """Name the format; None for one that is not read."""
    media_type = raw.media_type.partition(";")[0].strip().lower()
    if media_type in UNTOLD:
        return ENDINGS.get(_ending(raw.name)) or MEDIA_TYPES.get(media_type)
    return MEDIA_TYPES.get(media_type)


def _ending(name: str) -> str:
    path = urlsplit(name).path if name.startswith(("http://", "https://")) else name
    return PurePosixPath(path).suffix.lower()


def _reader(kind: str) -> Reader:
    """Give what reads a format; each brings libraries of its own, so it is imported when first needed."""
    match kind:
        case "html":
            from knowledge.documents.html import read_html as reader
        case "pdf":
            from knowledge.documents.pdf import read_pdf as reader
        case "word":
            from knowledge.documents.word import read_word as reader
        case "price list":
            from knowledge.documents.price_list import read_price_list as reader
        case "text":
            from knowledge.documents.markdown import read_text as reader
        case _:
            from knowledge.documents.markdown import read_markdown as reader
    return reader
