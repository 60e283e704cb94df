"""PDF: its lines as they stand on the page, headings by the size of their letters, tables by their columns."""

import io
import logging
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from pypdf import PageObject, PdfReader
from pypdf.errors import PyPdfError

from knowledge.documents.document import Anchor, Document, RawDocument, UnreadableDocumentError
from knowledge.documents.naming import title_of
from knowledge.documents.page_lines import Line, blocks_of, without_furniture

MOST_PAGES = 1_000
MOST_PAGE_CHARACTERS = 60_000
HEADING_FROM = 1.15
"""A line is a heading from this many times the size of most letters on."""
MOST_HEADING = 120
MOST_BROKEN = 0.2
UNTITLED = re.compile(
    r"^\s*(?:untitled|microsoft word\b.*|.*\.(?:docx?|indd|pptx?|odt|pdf)|\(?anonymous\)?)?\s*$",
    re.I,
)


@dataclass(slots=True)
class Sizes:
    """How large each line's letters are, in points, and how much text there is of each size."""

    of_line: dict[str, float] = field(default_factory=dict)
    amounts: Counter[float] = field(default_factory=Counter)

    def note(self, text: str, size: float) -> None:
        """Note a piece of text."""
        rounded = round(size * 2) / 2
        self.amounts[rounded] += len(text.strip())
        for line in text.split("\n"):
            if line.strip():
                self.of_line.setdefault(_key(line), rounded)

    def levels(self) -> dict[float, int]:
        """Give the level of heading that each size larger than the usual one stands for."""
        if not self.amounts:
            return {}
        usual = self.amounts.most_common(1)[0][0]
        larger = sorted(
            (size for size in self.amounts if size >= HEADING_FROM * usual), reverse=True
        )
        return {size: min(level, 6) for level, size in enumerate(larger, start=1)}


def read_pdf(raw: RawDocument) -> Document:
    """Read a PDF page by page; raises UnreadableDocumentError for an encrypted, damaged or scanned one."""
    try:
        reader = _opened(raw.content)
        pages, sizes, notes = _pages(reader)
        title, changed_at = _about(reader)
    except UnreadableDocumentError:
        raise
    except (
        PyPdfError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        IndexError,
        RecursionError,
        OSError,
    ) as error:
        raise UnreadableDocumentError(
            f"is damaged as a PDF: {str(error) or type(error).__name__}"
        ) from error
    levels = sizes.levels()
    lines = [[Line(text, _level(text, sizes, levels)) for text in page] for page in pages]
    body, anchors = _body(without_furniture(lines))
    if not any(letter.isalpha() for letter in body):
        raise UnreadableDocumentError(
            "has pictures of text only (a scan?); run text recognition over it, or export it as text"
        )
    return Document(
        title=title or raw.title or _first_heading(body) or title_of(raw.name),
        body=body,
        url=raw.url,
        changed_at=changed_at,
        anchors=anchors,
    ).noting(*notes)


def _opened(content: bytes) -> PdfReader:
    # It warns of every oddity of a file on the log; what matters is raised or noted.
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    reader = PdfReader(io.BytesIO(content))
    if reader.is_encrypted and not reader.decrypt(""):
        raise UnreadableDocumentError("is encrypted; save a copy that opens without a password")
    return reader


def _pages(reader: PdfReader) -> tuple[list[list[str]], Sizes, list[str]]:
    pages: list[list[str]] = []
    sizes, notes = Sizes(), []
    for page in reader.pages[:MOST_PAGES]:
        try:
            pages.append(_lines(page, sizes))
        except Exception as error:  # noqa: BLE001  one broken page must not cost the others
            pages.append([])
            notes.append(f"page {len(pages)} cannot be read: {str(error) or type(error).__name__}")
    if len(notes) > MOST_BROKEN * len(pages):
        raise UnreadableDocumentError(f"is damaged as a PDF: {notes[0]}")
    if len(reader.pages) > MOST_PAGES:
        notes.append(f"has {len(reader.pages)} pages; the first {MOST_PAGES} were read")
    return pages, sizes, notes


def _lines(page: PageObject, sizes: Sizes) -> list[str]:
    def note(
        text: str, matrix: Sequence[float], text_matrix: Sequence[float], _font: object, size: float
    ) -> None:
        scale = abs(text_matrix[3] or text_matrix[1]) * abs(matrix[3] or matrix[1])
        sizes.note(text, size * scale)

    page.extract_text(visitor_text=note)
    text = page.extract_text(extraction_mode="layout", layout_mode_space_vertically=True)
    return [line.rstrip() for line in text[:MOST_PAGE_CHARACTERS].split("\n")]


def _about(reader: PdfReader) -> tuple[str, datetime | None]:
    about = reader.metadata
    if about is None:
        return "", None
    title = str(about.title or "")
    changed_at = about.modification_date or about.creation_date
    if changed_at is not None and changed_at.tzinfo is None:
        changed_at = changed_at.replace(tzinfo=UTC)
    return "" if UNTITLED.match(title) else " ".join(title.split()), changed_at


def _body(pages: list[list[Line]]) -> tuple[str, tuple[Anchor, ...]]:
    written: list[str] = []
    anchors: list[Anchor] = []
    for number, page in enumerate(pages, start=1):
        blocks = list(blocks_of(page))
        if not blocks:
            continue
        anchors.append(Anchor(_height(written), f"page={number}"))
        written += _continued(written, blocks)
    return "\n\n".join(written), tuple(anchors)


def _continued(written: list[str], blocks: list[str]) -> list[str]:
    """Join a page's first lines to a sentence that the page before left unfinished."""
    first = blocks[0]
    if (
        written
        and first[:1].islower()
        and re.search(r"[\w,;-]$", written[-1])
        and "|" not in written[-1]
    ):
        before = written.pop()
        joined = before[:-1] + first if re.search(r"\w-$", before) else f"{before} {first}"
        return [joined, *blocks[1:]]
    return blocks


def _height(written: list[str]) -> int:
    """Give the line on which the next block begins, with an empty line between blocks."""
    return sum(block.count("\n") + 2 for block in written)


def _level(text: str, sizes: Sizes, levels: dict[float, int]) -> int:
    size = sizes.of_line.get(_key(text))
    is_long = len(text.strip()) > MOST_HEADING or not any(letter.isalpha() for letter in text)
    return 0 if size is None or is_long else levels.get(size, 0)


def _key(line: str) -> str:
    return re.sub(r"\s+", "", line)


def _first_heading(body: str) -> str:
    match = re.search(r"^#+ (.+)$", body, re.MULTILINE)
    return match[1] if match and match.start() < MOST_HEADING else ""
