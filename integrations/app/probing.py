"""Looks into each part for the doctor."""

import asyncio
from functools import partial
from typing import TYPE_CHECKING

import httpx

from agent.acts import known_acts
from agent.errors import (
    HotlineError,
    LibraryUnavailableError,
    ModelUnavailableError,
    PlaybookError,
)
from integrations.app.detecting import playbook_of
from integrations.app.documents import catalogue_of, library_of
from integrations.app.loading import open_library
from integrations.app.locking import DataFolderInUseError, data_folder
from integrations.app.parts import embeddings_of, make_slack, make_writer, own_pages_of
from integrations.app.replica import skew_told
from integrations.clock import SystemClock
from integrations.doctor import MEGABYTE, Probes
from integrations.keys import ensure_data_folder
from integrations.settings import Settings
from integrations.spending_seen import SpendingSeen, spending_in
from integrations.unused_reports import MOST, UnusedReports
from knowledge.chroma_address import server_told
from knowledge.database import SCHEMA, Database
from knowledge.engagement import SqlEngagement
from knowledge.merges import SqlMerges
from knowledge.remarks import told_of
from knowledge.tracking import SqlTracking
from knowledge.vital_signs import VitalSigns, vital_signs

if TYPE_CHECKING:
    from integrations.slack.connection import SlackConnection
    from integrations.slack.doctor import Checkup


class EmbeddingsMissingError(HotlineError):
    """The packaged embedding model cannot be used."""


def make_probes(settings: Settings) -> Probes:
    """Give the probes for these settings."""
    slack, opening = make_slack(settings), asyncio.Lock()
    return Probes(
        playbook=partial(playbook_of, settings),
        database=partial(_database, settings, opening),
        tracking=partial(_tracking, settings, opening),
        library=partial(_library, settings),
        chroma=partial(_chroma, settings.chroma_url) if settings.chroma_url else None,
        documents=partial(_documents, settings),
        embeddings=partial(_embeddings, settings),
        model=partial(_model, settings) if settings.has_model else None,
        slack=partial(_slack, settings, slack) if slack else None,
        spending=partial(_spending, settings),
    )


async def _database(settings: Settings, opening: asyncio.Lock) -> str:
    database = await _open(settings, opening)
    try:
        signs = await vital_signs(database)
    finally:
        await database.close()
    skew = await skew_told(settings.server, SystemClock())
    return f"{database.place.name} opens and is at schema {SCHEMA}. {_told(signs)}{skew}"


def _told(signs: VitalSigns) -> str:
    rows = ", ".join(f"{count:,} {table.replace('_', ' ')}" for table, count in signs.rows.items())
    told = f"{signs.runs} holds {rows} in {signs.size / MEGABYTE:,.1f} MB."
    if not signs.is_shared:
        return told
    versions = f" (version {', '.join(sorted(set(signs.replicas)))})" if signs.replicas else ""
    return f"{told} Serving now: {len(signs.replicas)}{versions}."


async def _tracking(settings: Settings, opening: asyncio.Lock) -> UnusedReports:
    playbook = await asyncio.to_thread(playbook_of, settings)
    database, clock = await _open(settings, opening), SystemClock()
    now = clock.now()
    try:
        return UnusedReports(
            now,
            await SqlEngagement(database).unknown_acts(known_acts(playbook), now, MOST + 1),
            await SqlTracking(database, clock, playbook).refusals(MOST + 1),
            await SqlMerges(database, clock).refused(MOST + 1),
        )
    finally:
        await database.close()


async def _open(settings: Settings, opening: asyncio.Lock) -> Database:
    """Open the database, one probe at a time: the first may have to bring it up to date."""
    ensure_data_folder(settings)
    async with opening:
        return await Database.open(settings.database)


async def _library(settings: Settings) -> int | None:
    """Count the facts; None when a running server has the library open and says that it is well."""
    if settings.chroma_url:
        return await _count(settings)
    try:
        with data_folder(settings):
            return await _count(settings)
    except DataFolderInUseError:
        await _ask_server(settings)
        return None


async def _count(settings: Settings) -> int:
    library = await open_library(
        library_of(settings), own_pages_of(settings), embeddings_of(settings)
    )
    try:
        return library.count()
    finally:
        await library.close()


async def _chroma(address: str) -> str:
    return await asyncio.to_thread(server_told, address)


async def _documents(settings: Settings) -> list[str]:
    """Tell what is to be looked at in the documents, by the last indexing; a running server is not disturbed."""
    catalogue = catalogue_of(settings)
    known, found, fetched = await asyncio.gather(
        asyncio.to_thread(catalogue.documents),
        asyncio.to_thread(catalogue.disagreements),
        asyncio.to_thread(catalogue.fetched),
    )
    skipped = [f"{each.name} was skipped: {each.skipped}" for each in known if each.skipped]
    noted = [f"{each.name}: {note}" for each in known for note in each.notes]
    missed = [
        f"{each.place} could not be fetched on {each.at:%d %B at %H:%M} UTC, and its facts are kept as they were: "
        f"{each.failure}"
        for each in fetched
        if each.failure
    ]
    return [*missed, *map(told_of, found), *skipped, *noted]


async def _ask_server(settings: Settings) -> None:
    async with httpx.AsyncClient(timeout=5) as client:
        ready = (await client.get(f"http://127.0.0.1:{settings.port}/readyz")).json()
    state = ready.get("parts", {}).get("library", "")
    if state != "ok":
        raise LibraryUnavailableError(state or "The running server does not say.")


async def _spending(settings: Settings) -> SpendingSeen | None:
    """Ask a running server; none is well, too."""
    try:
        async with httpx.AsyncClient(timeout=5) as client:
            page = await client.get(f"http://127.0.0.1:{settings.port}/metrics")
    except httpx.HTTPError:
        return None
    return spending_in(page.text) if page.is_success else None


async def _embeddings(settings: Settings) -> str:
    embeddings = await asyncio.to_thread(embeddings_of(settings))
    vectors = await asyncio.to_thread(embeddings.embed, ["price"])
    return f"{embeddings.name} loads and gives {vectors.shape[1]} dimensions."


async def _slack(settings: Settings, slack: "SlackConnection") -> "Checkup":
    """Check the app, the channels and the reps; without a playbook, which another probe tells of, the app alone."""
    try:
        playbook = await asyncio.to_thread(playbook_of, settings)
    except PlaybookError:
        return await slack.check()
    return await slack.check(playbook)


async def _model(settings: Settings) -> str:
    writer = make_writer(settings, playbook_of(settings))
    if writer is None:
        raise ModelUnavailableError("OPENAI_API_KEY is unset.")
    return await writer.check()
