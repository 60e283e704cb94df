"""What leads on from a page: its links, its address of its own, and the pages a sitemap lists."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from lxml import etree

from integrations.website.addresses import plain_address

if TYPE_CHECKING:
    from bs4 import BeautifulSoup

MOST_UNPACKED = 50_000_000
GZIP = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Listed:
    """An address in a sitemap, and when its page last changed."""

    address: str
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Sitemap:
    """What a sitemap lists: pages, and further sitemaps."""

    pages: tuple[Listed, ...] = ()
    sitemaps: tuple[str, ...] = ()


def links_of(html: bytes, address: str) -> tuple[str, ...]:
    """Give the addresses that a page links to, each once, in order; links not to be followed are none."""
    # It takes a tenth of a second to import, and most processes never read a web page.
    from bs4 import Tag

    soup = _soup(html, "a", "area", "base", "meta")
    robots = soup.find("meta", attrs={"name": "robots"})
    if isinstance(robots, Tag) and "nofollow" in str(robots.get("content", "")).lower():
        return ()
    base = soup.find("base", href=True)
    start = plain_address(str(base["href"]), address) if isinstance(base, Tag) else address
    found = (
        plain_address(str(link["href"]), start or address)
        for link in soup.find_all(["a", "area"], href=True)
    )
    return tuple(dict.fromkeys(link for link in found if link))


def canonical_of(html: bytes, address: str) -> str:
    """Give the address that a page names as its own; empty where it names none."""
    from bs4 import Tag

    soup = _soup(html, "link")
    link = soup.find("link", rel="canonical", href=True)
    return plain_address(str(link["href"]), address) if isinstance(link, Tag) else ""


def _soup(html: bytes, *tags: str) -> "BeautifulSoup":
    from bs4 import BeautifulSoup
    from bs4.filter import SoupStrainer

    return BeautifulSoup(html, "lxml", parse_only=SoupStrainer(list(tags)))


def read_sitemap(content: bytes) -> Sitemap:
    """Read a sitemap, an index of sitemaps, or a plain list; what is damaged gives what can be made out."""
    unpacked = _unpacked(content)
    if unpacked.lstrip()[:1] != b"<":
        lines = unpacked.decode("utf-8", "replace").split()
        return Sitemap(tuple(Listed(line) for line in map(plain_address, lines) if line))
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, huge_tree=False)
    root = etree.fromstring(unpacked, parser)
    if root is None:
        return Sitemap()
    is_index = etree.QName(root).localname == "sitemapindex"
    entries = tuple(_entries(root))
    return (
        Sitemap(sitemaps=tuple(each.address for each in entries)) if is_index else Sitemap(entries)
    )


def _entries(root: etree._Element) -> Iterator[Listed]:
    for entry in root:
        fields = {
            etree.QName(field).localname: (field.text or "").strip()
            for field in entry
            if isinstance(field.tag, str)
        }
        if address := plain_address(fields.get("loc", "")):
            yield Listed(address, _instant(fields.get("lastmod", "")))


def _instant(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _unpacked(content: bytes) -> bytes:
    if not content.startswith(GZIP):
        return content
    try:
        unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
        return unpacker.decompress(content, MOST_UNPACKED)
    except zlib.error:
        return b""
