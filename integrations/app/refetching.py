"""Sites and pages of the web are fetched again now and then, so that the library says what they say."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import structlog

from agent.clock import Clock
from agent.errors import HotlineError
from integrations.app.documents import IndexedPlace, index_place, source_of
from integrations.website.fetching import SiteUnavailableError, fetch_page
from integrations.website.visit import Limits
from knowledge.catalogued import POSTED, Fetched
from knowledge.documents import RawDocument
from knowledge.sources import Sources

log = structlog.get_logger()
LOOK_AGAIN = timedelta(minutes=5)
AFTER_FAILURE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Refetching:
    """Fetches each place when `every` has passed since the last time; what failed is tried again sooner."""

    sources: Sources
    clock: Clock
    every: timedelta
    limits: Limits = field(default_factory=Limits)

    async def run(self) -> None:
        """Look for what is due until cancelled."""
        while True:
            try:
                await self.look()
            except HotlineError as error:
                log.warning("library.not_refetched", reason=str(error))
            await asyncio.sleep(LOOK_AGAIN.total_seconds())

    async def look(self) -> list[IndexedPlace]:
        """Fetch all that is due, one after the other; what cannot be fetched keeps its facts."""
        now, places = self.clock.now(), await self.sources.places()
        due = [place for place, last in places.items() if self._is_due(last, now)]
        done = [await self._fetch(place, places[place]) for place in due]
        for each in done:
            _tell(each)
        return done

    def _is_due(self, last: Fetched | None, now: datetime) -> bool:
        if last is None:
            return True
        return now >= last.at + (min(AFTER_FAILURE, self.every) if last.failure else self.every)

    async def _fetch(self, place: str, last: Fetched | None) -> IndexedPlace:
        sites = {each.name for each in await self.sources.all()}
        if place not in sites:
            return await self._fetch_page(place)
        limits = replace(self.limits, pages=last.pages) if last else self.limits
        return await index_place(self.sources, source_of(place), lambda *_: None, limits)

    async def _fetch_page(self, place: str) -> IndexedPlace:
        """Fetch a page that was posted by its address."""
        try:
            page = await fetch_page(place, self.limits)
        except SiteUnavailableError as error:
            await self.sources.note_fetched(place, 1, str(error))
            return IndexedPlace(place, failure=str(error))
        posted = await self.sources.documents()
        if any(each.source == POSTED.name and each.name == place for each in posted):
            await self.sources.post(RawDocument(place, page.content, page.media_type, page.address))
            await self.sources.note_fetched(place, 1)
        return IndexedPlace(place)


def _tell(done: IndexedPlace) -> None:
    if done.failure:
        log.warning("library.not_refetched", place=done.place, reason=done.failure)
        return
    report = done.report
    log.info("library.refetched", place=done.place, added=report.added, removed=report.removed)
