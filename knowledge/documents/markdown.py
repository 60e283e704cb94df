"""Markdown and plain text, with the header between --- lines that many tools write."""

import re
from dataclasses import replace
from datetime import datetime

import yaml

from knowledge.documents.dates import instant
from knowledge.documents.decoding import decode
from knowledge.documents.document import Document, RawDocument, UnreadableDocumentError
from knowledge.documents.naming import title_of

FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)(?:^|\n)---[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
FIRST_HEADING = re.compile(r"^#[ \t]+(.+?)[ \t#]*$", re.MULTILINE)
UNDERLINED = re.compile(r"\A\s*(\S[^\n]{0,120})\n(=|-){3,}[ \t]*$", re.MULTILINE)
ANY_HEADING = re.compile(r"^#+[ \t]+(.+)$", re.MULTILINE)
LONGEST_HEADING = 80
FENCE = re.compile(r"^\s*(?:```|~~~)", re.MULTILINE)
CHANGED = ("changed", "updated", "last_updated", "lastmod", "modified", "date")
LANGUAGE = ("language", "lang", "locale")


def read_markdown(raw: RawDocument) -> Document:
    """Read a Markdown page; raises UnreadableDocumentError."""
    text, note = decode(raw)
    fields, body = _front_matter(text)
    if not body.strip():
        raise UnreadableDocumentError("has a header but no text")
    first_heading = FIRST_HEADING.search(body) or UNDERLINED.search(body)
    return Document(
        title=_first(fields, ("title",))
        or raw.title
        or (first_heading[1] if first_heading else title_of(raw.name)),
        body=body,
        url=_first(fields, ("url", "permalink")) or raw.url,
        language=_first(fields, LANGUAGE)[:2].lower(),
        changed_at=_changed_at(fields),
    ).noting(note)


def read_text(raw: RawDocument) -> Document:
    """Read plain text, which may have a header and headings too: Markdown's, or lines in capitals."""
    document = read_markdown(raw)
    if FIRST_HEADING.search(document.body) or FENCE.search(document.body):
        return document
    body = "\n".join(map(_with_heading, document.body.split("\n")))
    first = ANY_HEADING.search(body)
    begins_with_it = first is not None and not body[: first.start()].strip()
    is_unnamed = document.title == title_of(raw.name)
    title = first[1].capitalize() if first and begins_with_it and is_unnamed else document.title
    return replace(document, title=title, body=body)


def _with_heading(line: str) -> str:
    """Make a heading of a line in capitals, unless it is a table's, a list's or a sum's."""
    text = line.strip()
    is_cut = re.search(r"[|;:\t]|\d\s*[€$£]|\s{3,}", text) is not None
    is_one = (
        text.isupper()
        and text[:1].isalpha()
        and 4 <= sum(map(str.isalpha, text)) <= len(text) <= LONGEST_HEADING
        and not is_cut
    )
    return f"\n## {text}\n" if is_one else line


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


def _changed_at(fields: dict[str, object]) -> datetime | None:
    return next((at for key in CHANGED if (at := instant(fields.get(key)))), None)


def _first(fields: dict[str, object], keys: tuple[str, ...]) -> str:
    values = (fields.get(key) for key in keys)
    return next((str(value).strip() for value in values if value is not None), "")
