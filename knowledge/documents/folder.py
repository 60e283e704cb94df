"""A folder of documents, or one file: what is in it as it came, and what cannot even be opened."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from knowledge.documents.document import (
    Document,
    Documents,
    RawDocument,
    Remark,
    UnreadableDocumentError,
)
from knowledge.documents.registry import ENDINGS, MOST_PACKED_BYTES, READABLE, read


@dataclass(frozen=True, slots=True)
class Unopened:
    """A file that could not be opened, and why."""

    name: str
    reason: str


def read_documents(folder: Path) -> Documents:
    """Read all documents below a folder; raises NotADirectoryError when there is no such folder."""
    if not folder.is_dir():
        raise NotADirectoryError(f"{folder} is not a folder")
    documents: list[Document] = []
    skipped: list[Remark] = []
    notes: list[Remark] = []
    for raw in open_files(folder):
        try:
            if isinstance(raw, Unopened):
                raise UnreadableDocumentError(raw.reason)  # noqa: TRY301  one way for all that is skipped
            document = read(raw)
        except UnreadableDocumentError as error:
            skipped.append(Remark(raw.name, str(error)))
        else:
            documents.append(document)
            notes += (Remark(raw.name, note) for note in document.notes)
    return Documents(tuple(documents), tuple(skipped), tuple(notes))


def open_files(place: Path) -> Iterator[RawDocument | Unopened]:
    """Open a file, or all below a folder that are not hidden, in the order of their names."""
    if place.is_file():
        yield _opened(place, place.name)
        return
    for path in sorted(place.rglob("*")):
        relative = path.relative_to(place)
        if not any(part.startswith((".", "~$")) for part in relative.parts) and not path.is_dir():
            yield _opened(path, relative.as_posix())


def _opened(path: Path, name: str) -> RawDocument | Unopened:
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        return Unopened(name, f"files {ending or 'without an ending'} are not read; {READABLE}")
    try:
        about = path.stat()
        if about.st_size > MOST_PACKED_BYTES:
            return Unopened(
                name,
                f"{about.st_size / 1e6:.1f} MB is more than the {MOST_PACKED_BYTES / 1e6:.0f} MB allowed",
            )
        changed_at = datetime.fromtimestamp(about.st_mtime, UTC)
        return RawDocument(name, path.read_bytes(), changed_at=changed_at)
    except OSError as error:
        return Unopened(name, f"cannot be opened: {error.strerror}")
