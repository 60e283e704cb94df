"""Whether the parts of a running Hotline can do their work."""

from collections.abc import Mapping
from dataclasses import dataclass

from agent.errors import StoreUnavailableError
from integrations.app.loading import LoadingLibrary
from integrations.models.openai_writer import OpenAIWriter
from knowledge.database import Database


@dataclass(slots=True)
class Draining:
    """Whether this process was told to stop, and serves on only until nobody is sent to it any more."""

    has_begun: bool = False


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether each part can do its work."""

    database: Database
    library: LoadingLibrary
    writer: OpenAIWriter | None
    draining: Draining

    async def check(self) -> Mapping[str, str]:
        """Give `ok` or a sentence for each part."""
        server = "This process is about to stop." if self.draining.has_begun else "ok"
        return {
            "server": server,
            "database": await self._database(),
            "library": await self.library.state(),
            "models": "ok"
            if self.writer is None or self.writer.is_loaded
            else "The model client is still loading.",
        }

    async def _database(self) -> str:
        try:
            await self.database.ping()
        except StoreUnavailableError as error:
            return str(error)
        return "ok"
