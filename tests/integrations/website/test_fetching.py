"""Fetching a site: what is taken, what is left, and where it stops."""

import gzip
from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest

from integrations.website.fetching import SiteUnavailableError, fetch_page, fetch_site
from integrations.website.transport import CheckedTransport
from integrations.website.visit import Limits, Page, Visit
from tests.integrations.website.site import Site, running_site

QUICK = Limits(pause=0.0, seconds_each=2.0)


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with running_site() as running:
        yield running


async def visited(site: Site, path: str = "/", limits: Limits = QUICK) -> Visit:
    return [visit async for visit in fetch_site(f"{site.address}{path}", limits)][-1]


def paths(site: Site, visit: Visit) -> list[str]:
    return sorted(address.removeprefix(site.address) for address in visit.pages)


def reasons(site: Site, visit: Visit) -> dict[str, str]:
    return {each.address.removeprefix(site.address): each.reason for each in visit.unfetched}


async def test_follows_links_within_the_host(site: Site) -> None:
    site.has(
        "/",
        '<a href="/a?utm_source=x#top">A</a> <a href="http://elsewhere.example/">E</a> <a href="mailto:a@b.example">M</a>',
    )
    site.has(
        "/a",
        '<a href="/">home</a> <a href="b/">B</a> <a href="/logo.png">L</a> <a href="http://[bad">x</a>',
    )
    site.has("/b/", "<p>end</p>")
    visit = await visited(site)
    assert paths(site, visit) == ["/", "/a", "/b/"]
    assert visit.is_complete
    assert "/logo.png" not in site.asked


async def test_takes_the_sitemaps_pages_with_their_dates(site: Site) -> None:
    site.has("/", '<a href="/unlisted">U</a>')
    site.has("/robots.txt", "Sitemap: SITE/maps.xml\n", media_type="text/plain")
    site.has(
        "/maps.xml",
        "<sitemapindex><sitemap><loc>SITE/pages.xml.gz</loc></sitemap></sitemapindex>",
        media_type="text/xml",
    )
    listed = f"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><url><loc>{site.address}/prices</loc><lastmod>2026-05-01</lastmod></url><url><loc>http://other.example/x</loc></url></urlset>"
    site.has("/pages.xml.gz", gzip.compress(listed.encode()), media_type="application/x-gzip")
    site.has("/prices", "<p>Pro costs $49.</p>")
    visit = await visited(site)
    assert paths(site, visit) == ["/", "/prices"]
    assert str(visit.pages[f"{site.address}/prices"].changed_at)[:10] == "2026-05-01"


async def test_bears_a_damaged_and_an_endless_sitemap(site: Site) -> None:
    site.has("/", "<p>Hello.</p>")
    site.has("/robots.txt", "Sitemap: SITE/a.xml\nSitemap: SITE/b.xml", media_type="text/plain")
    site.has(
        "/a.xml", "<sitemapindex><sitemap><loc>SITE/a.xml</loc></sitemap>", media_type="text/xml"
    )
    site.has("/b.xml", b"\x1f\x8b broken", media_type="application/gzip")
    assert paths(site, await visited(site)) == ["/"]


async def test_obeys_robots(site: Site) -> None:
    site.has("/", '<a href="/open">O</a><a href="/private/x">P</a>')
    site.has("/open", "<p>Open.</p>")
    site.has("/private/x", "<p>Not for robots.</p>")
    site.has("/robots.txt", "User-agent: *\nDisallow: /private/", media_type="text/plain")
    visit = await visited(site)
    assert paths(site, visit) == ["/", "/open"]
    assert "robots.txt" in reasons(site, visit)["/private/x"]
    assert "/private/x" not in site.asked


async def test_stays_at_and_below_the_path_that_was_named(site: Site) -> None:
    site.has("/help", '<a href="/help/faq">F</a><a href="/helpless">L</a><a href="/jobs">J</a>')
    site.has("/help/faq", "<p>Yes.</p>")
    visit = await visited(site, "/help")
    assert paths(site, visit) == ["/help", "/help/faq"]


async def test_follows_redirects_of_the_host_alone(site: Site) -> None:
    site.has("/", '<a href="/old">O</a><a href="/away">A</a><a href="/round">R</a>')
    site.has("/old", "", status=301, headers={"Location": "/new"})
    site.has("/new", "<p>New.</p>")
    site.has("/away", "", status=302, headers={"Location": "http://169.254.169.254/latest/"})
    site.has("/round", "", status=302, headers={"Location": "/round"})
    visit = await visited(site)
    assert paths(site, visit) == ["/", "/new"]
    assert "another host" in reasons(site, visit)["/away"]
    assert "without end" in reasons(site, visit)["/round"]


async def test_takes_a_page_once_by_the_address_it_names(site: Site) -> None:
    site.has("/", '<a href="/p?sort=a">1</a><a href="/p?sort=b">2</a>')
    for query in ("a", "b"):
        site.has(f"/p?sort={query}", '<link rel="canonical" href="/p"><p>P</p>')
    assert paths(site, await visited(site)) == ["/", "/p"]


async def test_leaves_what_is_no_document(site: Site) -> None:
    site.has(
        "/",
        '<a href="/film">F</a><a href="/prices.pdf">P</a><a href="/gone">G</a><a href="/big">B</a>',
    )
    site.has("/film", b"....", media_type="video/mp4")
    site.has("/prices.pdf", b"%PDF", media_type="application/pdf")
    site.has("/big", b"x" * 5_000)
    visit = await visited(site, limits=replace(QUICK, bytes_each=1_000))
    assert paths(site, visit) == ["/", "/prices.pdf"]
    told = reasons(site, visit)
    assert "video/mp4" in told["/film"]
    assert "404" in told["/gone"]
    assert "larger" in told["/big"]
    assert [each.is_gone for each in visit.unfetched if "gone" in each.address] == [True]


@pytest.mark.parametrize(
    ("limits", "bound"),
    [
        (Limits(pages=2, pause=0.0), "2 pages"),
        (Limits(bytes_all=20, pause=0.0), "MB"),
        (Limits(seconds_all=-1, pause=0.0), "seconds"),
    ],
)
async def test_stops_at_its_bounds_and_says_so(site: Site, limits: Limits, bound: str) -> None:
    site.has("/", "".join(f'<a href="/{n}">{n}</a>' for n in range(5)))
    for number in range(5):
        site.has(f"/{number}", "<p>page</p>")
    visits = [visit async for visit in fetch_site(site.address, limits)]
    assert not visits[-1].is_complete
    assert bound in visits[-1].unfetched[-1].reason
    assert len(site.asked) <= 5


async def test_a_slow_page_is_missed_and_not_waited_for(site: Site) -> None:
    site.has("/", '<a href="/slow">S</a><p>Hello.</p>')
    site.has("/slow", "<p>late</p>", delay=3.0)
    visit = await visited(site, limits=replace(QUICK, seconds_each=0.3))
    assert paths(site, visit) == ["/"]
    assert not next(each for each in visit.unfetched if "slow" in each.address).is_gone


async def test_pauses_between_requests(site: Site) -> None:
    site.has("/", "<p>Hello.</p>")
    site.has("/robots.txt", "User-agent: *\nCrawl-delay: 0.1", media_type="text/plain")
    import time

    started = time.monotonic()
    await visited(site)
    assert time.monotonic() - started >= 0.1


@pytest.mark.parametrize(
    "address",
    ["ftp://a.example/", "no address", "http://user:pw@127.0.0.1/", "", "file:///etc/passwd"],
)
async def test_refuses_what_is_no_web_address(address: str) -> None:
    with pytest.raises(SiteUnavailableError, match="no address of a web page"):
        await fetch_page(address)


async def test_says_why_a_site_cannot_be_fetched(site: Site) -> None:
    with pytest.raises(SiteUnavailableError, match="404"):
        await visited(site)
    with pytest.raises(SiteUnavailableError, match="cannot be fetched"):
        await fetch_page("http://127.0.0.1:9/", QUICK)


async def test_never_asks_the_machines_own_link() -> None:
    with pytest.raises(SiteUnavailableError, match="own network"):
        await fetch_page("http://169.254.169.254/latest/meta-data/", QUICK)


async def test_fetches_one_page(site: Site) -> None:
    site.has("/p", "<p>P</p>", headers={"Last-Modified": "Fri, 01 May 2026 10:00:00 GMT"})
    page = await fetch_page(f"{site.address}/p")
    assert isinstance(page, Page)
    assert (page.content, str(page.changed_at)[:10]) == (b"<p>P</p>", "2026-05-01")
    assert site.asked == ["/p"]


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "[::1]", "169.254.169.254", "10.0.0.1", "[::ffff:10.0.0.1]"]
)
async def test_never_enters_our_own_network_by_itself(host: str) -> None:
    async with httpx.AsyncClient(transport=CheckedTransport()) as client:
        with pytest.raises(httpx.ConnectError, match="inside our own network"):
            await client.get(f"http://{host}/")
