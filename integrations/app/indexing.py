"""What `hotline index` does: opens the library, indexes each place, forgets others, and closes it again."""

import asyncio
from collections.abc import Sequence

from integrations.app.documents import (
    IndexedPlace,
    Progress,
    adopt_setting,
    catalogue_of,
    index_place,
    library_of,
    source_of,
)
from integrations.app.loading import open_library
from integrations.app.parts import embeddings_of, pages_of
from integrations.clock import SystemClock
from integrations.settings import Settings
from integrations.web.places import PlacesBody
from integrations.website.visit import Limits
from knowledge.catalogued import POSTED, Source, SourceKind
from knowledge.sources import Sources


async def index_places(
    settings: Settings,
    places: Sequence[str],
    forget: Sequence[str],
    pages: int,
    progress: Progress,
) -> list[IndexedPlace]:
    """Index the places that are named, or all known ones; forget those that are to be forgotten."""
    catalogue = catalogue_of(settings)
    seen = await asyncio.to_thread(catalogue.state)
    where = library_of(settings)
    library = await open_library(where, None, embeddings_of(settings), can_rebuild=True)
    try:
        sources = Sources(library, catalogue, SystemClock(), seen)
        wish = PlacesBody(places=list(places), forget=list(forget), pages=pages)
        return await index_into(sources, settings, wish, progress)
    finally:
        await library.close()


async def index_into(
    sources: Sources, settings: Settings, wish: PlacesBody, progress: Progress
) -> list[IndexedPlace]:
    """Do so in a library that is open."""
    done = [await _forget(sources, source_of(place)) for place in wish.forget]
    for source in await _named(sources, settings, wish.places, is_forgetting=bool(wish.forget)):
        done.append(await index_place(sources, source, progress, Limits(pages=wish.pages)))  # noqa: PERF401  one after the other
    await adopt_setting(sources, pages_of(settings))
    return done


async def _named(
    sources: Sources, settings: Settings, places: Sequence[str], *, is_forgetting: bool
) -> list[Source]:
    """Give the places as sources; the folder of the settings stays theirs."""
    own = source_of(str(settings.library), SourceKind.SETTING) if settings.library else None
    named = [source_of(place) for place in dict.fromkeys(places)]
    if not named and not is_forgetting:
        named = [each for each in await sources.all() if each not in (POSTED, own)]
        named = [each for each in named if each.kind is SourceKind.COMMAND] + ([own] if own else [])
    return [own if own and each.name == own.name else each for each in named]


async def _forget(sources: Sources, source: Source) -> IndexedPlace:
    known = {each.name for each in await sources.all()}
    if source.name not in known:
        told = ", ".join(sorted(known)) or "none"
        return IndexedPlace(source.name, failure=f"is no source of the library; known are: {told}")
    return IndexedPlace(source.name, await sources.forget(source))
