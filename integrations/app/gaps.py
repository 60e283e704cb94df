"""Gaps for the API and for the command: read, grouped, and asked of the library again."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx

from agent.errors import LibraryUnavailableError
from agent.facts import Library
from agent.gaps import GapGroup, Gaps, Meanings, look_over
from integrations.app.documents import library_of
from integrations.app.loading import open_library
from integrations.app.locking import DataFolderInUseError, data_folder
from integrations.app.parts import embeddings_of, own_pages_of
from integrations.app.shared_keys import read_keys
from integrations.clock import SystemClock
from integrations.models.meanings import EmbeddedMeanings
from integrations.redaction import redact
from integrations.settings import Settings
from integrations.web.gaps import GapsShape, explain_gaps
from knowledge.database import Database
from knowledge.gaps import SqlGaps

PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class GapReader:
    """Looks gaps over."""

    gaps: Gaps
    meanings: Meanings
    library: Library

    async def read(self, since: datetime | None) -> list[GapGroup]:
        """Give what was asked since an instant, grouped; raises StoreUnavailableError or LibraryUnavailableError."""
        return await look_over(await self.gaps.since(since), self.meanings, self.library)


async def read_gaps(settings: Settings, within: timedelta | None) -> GapsShape:
    """Give gaps for the command; a running server that has the library open is asked instead."""
    since = SystemClock().now() - within if within else None
    try:
        with data_folder(settings):
            library = await open_library(
                library_of(settings), own_pages_of(settings), embeddings_of(settings)
            )
            database = await Database.open(settings.database)
            try:
                reader = GapReader(SqlGaps(database, redact), EmbeddedMeanings(), library)
                return explain_gaps(await reader.read(since))
            finally:
                await database.close()
                await library.close()
    except DataFolderInUseError:
        return await _ask_server(settings, since)


async def _ask_server(settings: Settings, since: datetime | None) -> GapsShape:
    key = (await read_keys(settings)).api_key.get_secret_value()
    asked = {"since": since.isoformat()} if since else {}
    try:
        async with httpx.AsyncClient(timeout=PATIENCE) as client:
            address = f"http://127.0.0.1:{settings.port}/v1/gaps"
            answer = await client.get(
                address, params=asked, headers={"Authorization": f"Bearer {key}"}
            )
            answer.raise_for_status()
    except httpx.HTTPError as error:
        raise LibraryUnavailableError(
            f"The data folder is in use, and the server at {settings.port} does not answer: {error}"
        ) from error
    return GapsShape.model_validate_json(answer.content)
