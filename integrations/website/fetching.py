"""Fetches a page, or a site from its sitemap or its links: same host, robots.txt obeyed, a pause between requests."""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin, urlsplit

import httpx
from protego import Protego

from agent.errors import HotlineError
from integrations.website.addresses import Scope, may_be_page, plain_address
from integrations.website.links import Listed, canonical_of, links_of, read_sitemap
from integrations.website.transport import CheckedTransport
from integrations.website.visit import Limits, Page, Unfetched, Visit

AGENT = "Hotline"
HEADERS = {
    "User-Agent": f"{AGENT}/1 (knowledge library of the site's own company)",
    "Accept": "text/html, application/pdf, text/*;q=0.9, */*;q=0.1",
}
READ_TYPES = (
    "text/", "application/xhtml", "application/pdf", "application/csv",
    "application/vnd.openxmlformats-officedocument.wordprocessingml",
)  # fmt: skip
REDIRECTS = (301, 302, 303, 307, 308)
GONE = (404, 410)
MOST_REDIRECTS = 5
MOST_SITEMAPS = 50
MOST_ROBOTS_BYTES = 500_000
LONGEST_PAUSE = 10.0
USUAL = Limits()


class SiteUnavailableError(HotlineError):
    """A site cannot be fetched at all; the sentence says why."""


async def fetch_page(address: str, limits: Limits = USUAL) -> Page:
    """Fetch one page; raises SiteUnavailableError."""
    start = _start(address)
    async with _client(start, limits) as client:
        fetcher = _Fetcher(client, Scope(Scope.of(start).host), limits)
        found = await fetcher.get(start)
    if isinstance(found, Unfetched):
        raise SiteUnavailableError(f"{start}: {found.reason}.")
    return found


async def fetch_site(address: str, limits: Limits = USUAL) -> AsyncIterator[Visit]:
    """Fetch a site at and below an address, telling after each page what there is; raises SiteUnavailableError.

    Pages come from the sitemaps that robots.txt names (or /sitemap.xml), else by following links from the address.
    """
    start = _start(address)
    async with _client(start, limits) as client:
        crawl = _Crawl(
            _Fetcher(client, Scope(Scope.of(start).host), limits), Scope.of(start), limits
        )
        async for visit in crawl.run(start):
            yield visit


def _start(address: str) -> str:
    start = plain_address(address)
    if not start:
        raise SiteUnavailableError(
            f"{address} is no address of a web page; expected https://www.example.com"
        )
    return start


@asynccontextmanager
async def _client(start: str, limits: Limits) -> AsyncIterator[httpx.AsyncClient]:
    """Give a client that may enter our own network only where the named host itself is in there."""
    transport = CheckedTransport(may_be_private=frozenset({urlsplit(start).hostname or ""}))
    async with httpx.AsyncClient(
        transport=transport, headers=HEADERS, timeout=limits.seconds_each, trust_env=False
    ) as client:
        yield client


class _Fetcher:
    """Fetches single addresses of one host, bounded and with pauses."""

    def __init__(self, client: httpx.AsyncClient, host: Scope, limits: Limits) -> None:
        self._client = client
        self._host = host
        self._limits = limits
        self.pause = limits.pause
        self.robots: Protego | None = None
        self.bytes_left = limits.bytes_all
        self._last = 0.0

    async def get(self, address: str, *, is_page: bool = True) -> Page | Unfetched:
        """Fetch an address, following redirects within the host."""
        asked = address
        for _ in range(MOST_REDIRECTS + 1):
            if refusal := self._refusal(asked, is_page=is_page):
                return Unfetched(address, refusal)
            try:
                async with asyncio.timeout(self._limits.seconds_each):
                    found = await self._get(asked, is_page=is_page)
            except (httpx.HTTPError, TimeoutError, ValueError) as error:
                return Unfetched(
                    address, f"cannot be fetched: {str(error) or type(error).__name__}"
                )
            if not isinstance(found, str):
                return found
            asked = found
        return Unfetched(address, "redirects without end")

    def _refusal(self, address: str, *, is_page: bool) -> str:
        if not self._host.holds_host(address):
            return f"leads to another host ({urlsplit(address).hostname})"
        if is_page and self.robots is not None and not self.robots.can_fetch(address, AGENT):
            return "robots.txt asks not to fetch it"
        return ""

    async def _get(self, address: str, *, is_page: bool) -> Page | Unfetched | str:
        """Give the page, why there is none, or where it has moved to."""
        await self._wait()
        async with self._client.stream("GET", address) as response:
            if response.status_code in REDIRECTS and "location" in response.headers:
                return plain_address(response.headers["location"], address) or address
            if reason := _reason_against(response, is_page=is_page):
                return Unfetched(address, reason, is_gone=response.status_code in GONE)
            content = await self._body(response)
            if content is None:
                return Unfetched(address, f"is larger than {self._limits.bytes_each / 1e6:.0f} MB")
            return self._page(address, content, response)

    def _page(self, address: str, content: bytes, response: httpx.Response) -> Page:
        media_type = response.headers.get("content-type", "")
        own = canonical_of(content, address) if "html" in media_type else ""
        named = own if own and self._host.holds_host(own) else address
        return Page(named, content, media_type, _last_modified(response))

    async def _body(self, response: httpx.Response) -> bytes | None:
        parts: list[bytes] = []
        size = 0
        async for part in response.aiter_bytes():
            size += len(part)
            if size > self._limits.bytes_each:
                return None
            parts.append(part)
        self.bytes_left -= size
        return b"".join(parts)

    async def _wait(self) -> None:
        await asyncio.sleep(max(0.0, self._last + self.pause - time.monotonic()))
        self._last = time.monotonic()


class _Crawl:
    """One visit to a site."""

    def __init__(self, fetcher: _Fetcher, scope: Scope, limits: Limits) -> None:
        self._fetcher = fetcher
        self._scope = scope
        self._limits = limits
        self._queue: deque[Listed] = deque()
        self._seen: set[str] = set()
        self._visit = Visit()
        self._ends_at = time.monotonic() + limits.seconds_all

    async def run(self, start: str) -> AsyncIterator[Visit]:
        robots = await self._read_robots(start)
        listed = await self._read_sitemaps(robots, start)
        self._add([Listed(start), *listed])
        while self._queue and self._may_go_on():
            entry = self._queue.popleft()
            found = await self._fetcher.get(entry.address)
            if isinstance(found, Unfetched):
                self._note(found, is_start=entry.address == start)
            else:
                self._keep(found, entry, follows_links=not listed)
            yield self._visit
        yield self._visit

    def _may_go_on(self) -> bool:
        """Tell whether the bounds allow another page; where not, say so."""
        if time.monotonic() > self._ends_at:
            bound = f"{self._limits.seconds_all:.0f} seconds"
        elif self._fetcher.bytes_left <= 0:
            bound = f"{self._limits.bytes_all / 1e6:.0f} MB"
        elif len(self._visit.pages) >= self._limits.pages:
            bound = f"{self._limits.pages} pages"
        else:
            return True
        self._visit.is_complete = False
        reason = f"{len(self._queue)} more addresses were left out after {bound}"
        self._visit.unfetched.append(Unfetched(self._queue[0].address, reason))
        return False

    def _note(self, found: Unfetched, *, is_start: bool) -> None:
        if is_start and not self._queue:
            raise SiteUnavailableError(f"{found.address}: {found.reason}.")
        # Without the page that leads to the others, nobody can tell which of them are gone.
        self._visit.is_complete = self._visit.is_complete and not is_start
        self._visit.unfetched.append(found)

    def _keep(self, page: Page, entry: Listed, *, follows_links: bool) -> None:
        if self._scope.holds(page.address) or self._scope.holds(entry.address):
            changed_at = page.changed_at or entry.changed_at
            kept = Page(page.address, page.content, page.media_type, changed_at)
            self._visit.pages.setdefault(page.address, kept)
        self._seen.add(page.address)
        if follows_links and "html" in page.media_type:
            self._add([Listed(link) for link in links_of(page.content, page.address)])

    def _add(self, listed: list[Listed]) -> None:
        for each in listed:
            if (
                each.address not in self._seen
                and self._scope.holds(each.address)
                and may_be_page(each.address)
            ):
                self._seen.add(each.address)
                self._queue.append(each)

    async def _read_robots(self, start: str) -> Protego | None:
        found = await self._fetcher.get(urljoin(start, "/robots.txt"), is_page=False)
        if isinstance(found, Unfetched):
            return None
        robots = Protego.parse(found.content[:MOST_ROBOTS_BYTES].decode("utf-8", "replace"))
        self._fetcher.robots = robots
        asked = robots.crawl_delay(AGENT) or 0.0
        self._fetcher.pause = max(self._fetcher.pause, min(asked, LONGEST_PAUSE))
        return robots

    async def _read_sitemaps(self, robots: Protego | None, start: str) -> list[Listed]:
        """Give the pages of all sitemaps that belong to the site, each once."""
        named = [plain_address(each, start) for each in robots.sitemaps] if robots else []
        waiting = deque(named or [urljoin(start, "/sitemap.xml")])
        seen: set[str] = set()
        pages: dict[str, Listed] = {}
        while waiting and len(seen) < MOST_SITEMAPS:
            address = waiting.popleft()
            if address in seen:
                continue
            seen.add(address)
            found = await self._fetcher.get(address, is_page=False)
            if isinstance(found, Page) and "html" not in found.media_type:
                sitemap = read_sitemap(found.content)
                waiting.extend(sitemap.sitemaps)
                pages |= {
                    each.address: each for each in sitemap.pages if self._scope.holds(each.address)
                }
        return list(pages.values())


def _reason_against(response: httpx.Response, *, is_page: bool) -> str:
    """Say why an answer is no page to read; empty for one that is."""
    if response.status_code != httpx.codes.OK:
        return f"the site answers {response.status_code} {response.reason_phrase}".strip()
    media_type = response.headers.get("content-type", "")
    if is_page and media_type and not media_type.lower().startswith(READ_TYPES):
        return f"is {media_type.partition(';')[0]}, which is not read"
    return ""


def _last_modified(response: httpx.Response) -> datetime | None:
    try:
        return parsedate_to_datetime(response.headers["last-modified"])
    except (KeyError, ValueError, TypeError):
        return None
