"""Reads the company's pages from a folder: Markdown, plain text and HTML, all turned into Markdown.

A file that cannot be read never stops the others: it is skipped, with a reason for a person.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from html.parser import HTMLParser
from pathlib import Path

import yaml

MOST_BYTES = 5_000_000
MARKDOWN = frozenset({".md", ".markdown"})
HTML = frozenset({".html", ".htm"})
TEXT = frozenset({".txt", ".text"})
FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)(?:^|\n)---[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
FIRST_HEADING = re.compile(r"^#[ \t]+(.+?)[ \t#]*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Document:
    """One page as Markdown."""

    title: str
    body: str
    url: str = ""
    language: str = "en"
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Remark:
    """What a person should know about a file, by its path in the folder."""

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


def read_documents(folder: Path) -> Documents:
    """Read all documents below a folder; raises NotADirectoryError when there is no such folder."""
    if not folder.is_dir():
        raise NotADirectoryError(f"{folder} is not a folder")
    documents: list[Document] = []
    skipped: list[Remark] = []
    notes: list[Remark] = []
    for path in _files(folder):
        name = path.relative_to(folder).as_posix()
        try:
            text, note = _read(path)
            documents.append(_document(path, text))
        except UnreadableDocumentError as error:
            skipped.append(Remark(name, str(error)))
        else:
            notes += [Remark(name, note)] if note else []
    return Documents(tuple(documents), tuple(skipped), tuple(notes))


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if not hidden and not path.is_dir():
            yield path


def _read(path: Path) -> tuple[str, str]:
    """Give a file's text and, where something was odd, a note."""
    if path.suffix.lower() not in MARKDOWN | HTML | TEXT:
        kind = path.suffix.lower() or "without an ending"
        raise UnreadableDocumentError(
            f"files {kind} are not read yet; Markdown (.md), plain text (.txt) and HTML (.html) are"
        )
    try:
        if (size := path.stat().st_size) > MOST_BYTES:
            raise UnreadableDocumentError(
                f"{size / 1e6:.1f} MB is more than the {MOST_BYTES / 1e6:.0f} MB allowed"
            )
        content = path.read_bytes()
    except OSError as error:
        raise UnreadableDocumentError(f"cannot be opened: {error.strerror}") from error
    text, encoding = _decode(content)
    if not text.strip():
        raise UnreadableDocumentError("is empty")
    return text, "" if encoding == "utf-8-sig" else f"is not UTF-8; read as {encoding}"


def _decode(content: bytes) -> tuple[str, str]:
    wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text.replace("\r\n", "\n").replace("\r", "\n"), encoding
    raise UnreadableDocumentError("is not text in UTF-8 or Windows-1252")


def _document(path: Path, text: str) -> Document:
    if path.suffix.lower() in HTML:
        return _from_html(path, text)
    fields, body = _front_matter(text)
    if not body.strip():
        raise UnreadableDocumentError("has a header but no text")
    first_heading = FIRST_HEADING.search(body)
    return Document(
        title=_text(fields, "title") or (first_heading[1] if first_heading else _title(path)),
        body=body,
        url=_text(fields, "url"),
        language=_text(fields, "language")[:2].lower() or "en",
        changed_at=_instant(fields.get("changed")),
    )


def _front_matter(text: str) -> tuple[dict[str, object], str]:
    match = FRONT_MATTER.match(text)
    if not match:
        return {}, text
    try:
        fields = yaml.safe_load(match[1])
    except (yaml.YAMLError, ValueError) as error:
        first_line = str(error).splitlines()[0]
        raise UnreadableDocumentError(
            f"the header between the --- lines is not YAML: {first_line}"
        ) from error
    # A text may begin with a ruler; then what stands between two rulers is prose, not fields.
    return (fields, text[match.end() :]) if isinstance(fields, dict) else ({}, text)


def _text(fields: dict[str, object], key: str) -> str:
    value = fields.get(key)
    return "" if value is None else str(value).strip()


def _instant(value: object) -> datetime | None:
    """Read a date or an instant; a bare one is taken as UTC, anything else as unknown."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.strip())
        except ValueError:
            return None
    if isinstance(value, datetime):
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
    return datetime.combine(value, time(), UTC) if isinstance(value, date) else None


def _title(path: Path) -> str:
    return path.stem.replace("-", " ").replace("_", " ").strip().capitalize()


def _from_html(path: Path, text: str) -> Document:
    page = HtmlPage()
    page.feed(text)
    page.close()
    body = page.markdown()
    if not body:
        raise UnreadableDocumentError("has no text a visitor would see")
    return Document(
        title=page.title.strip() or _title(path),
        body=body,
        url=page.url,
        language=page.language,
    )


class HtmlPage(HTMLParser):
    """Collects an HTML page as Markdown: headings, paragraphs, lists and simple tables."""

    HIDDEN = frozenset(
        {"script", "style", "noscript", "template", "nav", "footer", "svg", "form", "title"}
    )
    BREAKS = frozenset(
        {
            "p",
            "div",
            "section",
            "article",
            "ul",
            "ol",
            "table",
            "blockquote",
            "main",
            "header",
            "dl",
            "dt",
            "dd",
        }
    )
    HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.title = ""
        self.url = ""
        self.language = "en"
        self._parts: list[str] = []
        self._hidden: list[str] = []
        self._rows = self._cells = 0

    def markdown(self) -> str:
        """Give what a visitor would read."""
        text = re.sub(r"[ \t]*\n[ \t]*", "\n", "".join(self._parts))
        return re.sub(r"\n{3,}", "\n\n", text).strip()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a block, or note what the page says about itself."""
        fields = {name: value or "" for name, value in attrs}
        self._note(tag, fields)
        if tag in self.HIDDEN:
            self._hidden.append(tag)
        self._parts.append(self._opening(tag))

    def handle_endtag(self, tag: str) -> None:
        """End a block; closing a tag also closes hidden ones left open inside it."""
        if tag in self._hidden:
            del self._hidden[self._hidden.index(tag) :]
        self._parts.append(self._closing(tag))

    def handle_data(self, data: str) -> None:
        """Keep text that is shown."""
        if self._hidden and self._hidden[-1] == "title":
            self.title += data
        elif not self._hidden:
            self._parts.append(re.sub(r"\s+", " ", data))

    def _note(self, tag: str, fields: dict[str, str]) -> None:
        if tag == "html" and fields.get("lang"):
            self.language = fields["lang"][:2].lower()
        if tag == "link" and fields.get("rel") == "canonical":
            self.url = fields.get("href", "")

    def _opening(self, tag: str) -> str:
        if tag in self.HEADINGS:
            return f"\n\n{'#' * int(tag[1])} "
        if tag == "table":
            self._rows = self._cells = 0
        openings = {"li": "\n- ", "br": "\n", "tr": "| "}
        return openings.get(tag, "\n\n" if tag in self.BREAKS else "")

    def _closing(self, tag: str) -> str:
        if tag in ("td", "th"):
            self._cells += 1
            return " | "
        if tag == "tr":
            self._rows += 1
            # Markdown tables need a ruler below the first row.
            return "\n" if self._rows > 1 else f"\n|{' --- |' * self._cells}\n"
        return "\n\n" if tag in self.HEADINGS | self.BREAKS else ""
