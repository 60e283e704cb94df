"""Sites and pages of the web are fetched again when it is time."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from integrations.app.documents import LibraryDocuments, index_place, source_of
from integrations.app.probing import make_probes
from integrations.app.refetching import AFTER_FAILURE, Refetching
from integrations.settings import Settings
from integrations.web.api import create_api
from integrations.website.visit import Limits
from knowledge.catalogue import Catalogue
from knowledge.library import ChromaLibrary
from knowledge.sources import Sources
from tests.fakes.clock import MONDAY_TEN, FixedClock
from tests.integrations.web.world import SERVER, a_world
from tests.integrations.website.site import Site, running_site
from tests.knowledge.test_library import HashedEmbeddings

QUICK = Limits(pause=0.0, seconds_each=2.0, pages=20)
A_DAY = timedelta(hours=24)


@dataclass
class Followed:
    """A site, the library that was made of it, and what fetches it again."""

    site: Site
    library: ChromaLibrary
    sources: Sources
    clock: FixedClock
    folder: Path
    again: Refetching = field(init=False)

    def __post_init__(self) -> None:
        self.again = Refetching(self.sources, self.clock, A_DAY, QUICK)

    @property
    def texts(self) -> set[str]:
        return {fact.text.partition("\n")[0] for fact in self.library.facts()}

    async def index(self, pages: int = 20) -> None:
        limits = replace(QUICK, pages=pages)
        source = source_of(self.site.address)
        done = await index_place(self.sources, source, lambda *_: None, limits)
        assert not done.failure

    async def after(self, **time: float) -> None:
        self.clock.advance(timedelta(**time))
        self.site.asked.clear()
        await self.again.look()


@pytest.fixture
async def followed(tmp_path: Path) -> AsyncIterator[Followed]:
    library = await ChromaLibrary.open(tmp_path / "library", HashedEmbeddings(), can_rebuild=True)
    clock = FixedClock(MONDAY_TEN)
    sources = Sources(library, Catalogue(tmp_path / "documents.db"), clock)
    async with running_site() as site:
        site.has("/", '<p>Welcome to our shop.</p><a href="/prices">Prices</a>')
        site.has("/prices", "<p>Pro costs $49.</p>")
        yield Followed(site, library, sources, clock, tmp_path)
    await library.close()


async def test_a_site_is_fetched_again_after_a_day_and_not_before(followed: Followed) -> None:
    await followed.index()
    followed.site.has("/prices", "<p>Pro costs $59.</p>")
    await followed.after(hours=23)
    assert followed.site.asked == []
    await followed.after(hours=1)
    assert followed.texts == {"Welcome to our shop.", "Pro costs $59."}
    await followed.after(hours=23)
    assert followed.site.asked == []


async def test_a_page_that_is_gone_takes_its_facts_with_it(followed: Followed) -> None:
    await followed.index()
    del followed.site.answers["/prices"]
    await followed.after(hours=24)
    assert followed.texts == {"Welcome to our shop."}


async def test_a_site_that_is_down_keeps_its_facts_and_is_tried_again_sooner(
    followed: Followed,
) -> None:
    await followed.index()
    followed.site.has("/", "down", status=503)
    await followed.after(hours=24)
    assert followed.texts == {"Welcome to our shop.", "Pro costs $49."}
    [last] = (await followed.sources.places()).values()
    assert last is not None
    assert "503" in last.failure
    followed.site.has("/", "<p>Welcome back.</p>")
    await followed.after(seconds=AFTER_FAILURE.total_seconds() - 1)
    assert followed.site.asked == []
    await followed.after(seconds=1)
    assert followed.texts == {"Welcome back."}
    [last] = (await followed.sources.places()).values()
    assert last is not None
    assert last.failure == ""


async def test_a_site_of_which_only_the_sitemap_is_up_keeps_its_facts(followed: Followed) -> None:
    listed = "".join(f"<url><loc>SITE{path}</loc></url>" for path in ("/", "/prices"))
    followed.site.has("/sitemap.xml", f"<urlset>{listed}</urlset>", media_type="application/xml")
    await followed.index()
    for path in ("/", "/prices"):
        followed.site.has(path, "down", status=503)
    await followed.after(hours=24)
    assert followed.texts == {"Welcome to our shop.", "Pro costs $49."}


async def test_no_more_pages_are_fetched_than_a_person_allowed(followed: Followed) -> None:
    await followed.index(pages=1)
    await followed.after(hours=24)
    assert "/prices" not in followed.site.asked


async def test_a_site_that_was_forgotten_is_left_alone(followed: Followed) -> None:
    await followed.index()
    await followed.sources.forget(source_of(followed.site.address))
    await followed.after(hours=24)
    assert followed.site.asked == []


async def test_a_page_that_was_posted_by_its_address_is_fetched_again(followed: Followed) -> None:
    documents = LibraryDocuments(lambda: followed.sources)
    page = f"{followed.site.address}/prices"
    await documents.post_address(page)
    followed.site.has("/prices", "<p>Pro costs $59.</p>")
    await followed.after(hours=24)
    assert followed.texts == {"Pro costs $59."}
    del followed.site.answers["/prices"]
    await followed.after(hours=24)
    assert followed.texts == {"Pro costs $59."}
    [site] = (await documents.list()).sites
    assert (site.place, "404" in site.failure) == (page, True)


async def test_a_posted_text_is_not_asked_for(followed: Followed) -> None:
    async with a_world() as world:
        documents = LibraryDocuments(lambda: followed.sources)
        transport = httpx.ASGITransport(create_api(replace(world.services, documents=documents)))
        async with httpx.AsyncClient(
            transport=transport, base_url="http://api", headers=SERVER
        ) as client:
            body = {"title": "Prices", "text": "Pro costs $49.", "url": followed.site.address}
            assert (await client.post("/v1/documents", json=body)).status_code == 201
            assert (await client.get("/v1/documents")).json()["sites"] == []
    await followed.after(hours=24)
    assert followed.site.asked == []


async def test_the_doctor_names_a_site_that_cannot_be_fetched(followed: Followed) -> None:
    await followed.index()
    followed.site.has("/", "down", status=503)
    await followed.after(hours=24)
    probes = make_probes(Settings(_env_file=None, data_dir=followed.folder))
    assert probes.documents is not None
    [line] = [each for each in await probes.documents() if "could not be fetched" in each]
    assert line.startswith(f"{followed.site.address} could not be fetched on 03 March at 10:00 UTC")
    assert "503" in line
