"""HTML as a visitor would read it: menus, banners and scripts away, tables and questions whole.

The page is pruned by rules of our own: extractors of the main text are made for articles, and drop the price tables,
accordions and definition lists that answer a visitor's questions.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from urllib.parse import urljoin

from bs4 import BeautifulSoup, Tag

from knowledge.documents.dates import instant
from knowledge.documents.decoding import decode
from knowledge.documents.document import Document, RawDocument, UnreadableDocumentError
from knowledge.documents.html_hidden import take_out_hidden
from knowledge.documents.html_pruning import main_part, prune
from knowledge.documents.html_shaping import to_markdown
from knowledge.documents.naming import title_of

TITLE_SEPARATOR = re.compile(r"\s+[|–—·»:-]\s+")
CHANGED_METAS = (
    "article:modified_time", "og:updated_time", "last-modified", "dcterms.modified", "dc.date.modified", "revised",
    "date", "article:published_time",
)  # fmt: skip
JSON_DATE = re.compile(r'"dateModified"\s*:\s*("[^"]+")')


def read_html(raw: RawDocument) -> Document:
    """Read a page; raises UnreadableDocumentError, also for one that only scripts would fill."""
    text, note = decode(raw)
    return page_of(text, raw).noting(note)


def page_of(html: str, raw: RawDocument) -> Document:
    """Make a document of HTML text that came as `raw`."""
    soup = BeautifulSoup(html, "lxml")
    about = _about(soup, raw)
    has_scripts = soup.find("script") is not None
    hidden = take_out_hidden(soup)
    prune(soup)
    body, anchors = to_markdown(main_part(soup))
    if not body:
        mend = (
            "; what scripts fill in cannot be read, so put the text into the page itself"
            if has_scripts
            else ""
        )
        raise UnreadableDocumentError(f"has no text a visitor would see{mend}")
    return replace(about, body=body, anchors=anchors, hidden=hidden)


def canonical_address(soup: BeautifulSoup, address: str) -> str:
    """Give the address that a page names as its own; empty where it names none."""
    link = soup.find("link", rel="canonical", href=True)
    return urljoin(address, str(link["href"]).strip()) if isinstance(link, Tag) else ""


def _about(soup: BeautifulSoup, raw: RawDocument) -> Document:
    """Give what the page says about itself, without its text."""
    root = soup.find("html")
    language = str(root.get("lang") or root.get("xml:lang") or "") if isinstance(root, Tag) else ""
    return Document(
        title=_title(soup) or raw.title or title_of(raw.name),
        body="",
        url=canonical_address(soup, raw.url) or raw.url,
        language=language[:2].lower(),
        changed_at=_changed_at(soup),
    )


def _title(soup: BeautifulSoup) -> str:
    """Give the part of the title that is the page's, not the site's."""
    heading = soup.find("h1")
    words = set(heading.get_text(" ").lower().split()) if heading else set()
    whole = " ".join(soup.title.get_text(" ").split()) if soup.title else ""
    parts = [part for part in TITLE_SEPARATOR.split(whole) if part]
    if not parts:
        return " ".join(heading.get_text(" ").split()) if heading else ""
    return max(parts, key=lambda part: len(words & set(part.lower().split())))


def _changed_at(soup: BeautifulSoup) -> datetime | None:
    return next((at for stated in _stated_dates(soup) if (at := instant(stated))), None)


def _stated_dates(soup: BeautifulSoup) -> Iterator[str]:
    for script in soup.find_all("script", type="application/ld+json"):
        for match in JSON_DATE.finditer(script.get_text()):
            yield str(json.loads(match[1], strict=False))
    for name in CHANGED_METAS:
        for attribute in ("name", "property", "http-equiv", "itemprop"):
            for meta in soup.find_all(
                "meta", {attribute: re.compile(f"^{re.escape(name)}$", re.IGNORECASE)}
            ):
                yield str(meta.get("content", ""))
