"""What nobody will ask for is cleared away once an hour: files, what is too old, what is left of who was erased."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import structlog

from agent.errors import HotlineError
from integrations.app.parts import Parts
from knowledge.attachment_sweep import sweep_attachments
from knowledge.retention import clear_away, prune_once

log = structlog.get_logger()
EVERY: Final = timedelta(hours=1)
KEPT_UNSENT: Final = timedelta(days=1)
PAUSE: Final = 0.2


@dataclass(frozen=True, slots=True)
class Sweeping:
    """Clears away; `tidy` takes away what is left outside the database of those who were erased."""

    parts: Parts
    tidy: Callable[[], Awaitable[None]]

    async def run(self) -> None:
        """Sweep until cancelled; what fails is tried again an hour later, and keeps nothing else waiting."""
        while True:
            for work in (self.prune, self.tidy, self.sweep):
                try:
                    await work()
                except (HotlineError, OSError) as error:
                    log.warning("sweep.failed", work=work.__name__, reason=str(error))
            await asyncio.sleep(EVERY.total_seconds())

    async def sweep(self) -> None:
        """Clear away the files that were uploaded more than a day ago and are in no message."""
        before = self.parts.clock.now() - KEPT_UNSENT
        swept = await sweep_attachments(self.parts.store.database, self.parts.contents, before)
        if swept.rows or swept.files:
            log.info("files.swept", rows=swept.rows, files=swept.files)

    async def prune(self) -> None:
        """Clear away what lost its use, and what is older than is kept, a little at a time."""
        database, now = self.parts.store.database, self.parts.clock.now()
        self._count(await clear_away(database, now))
        days = self.parts.settings.keep_days
        while days and (gone := await prune_once(database, now - timedelta(days=days), now)):
            self._count(gone)
            # Whoever writes meanwhile comes in between.
            await asyncio.sleep(PAUSE)

    def _count(self, rows: dict[str, int]) -> None:
        for table, count in rows.items():
            self.parts.watcher.metrics.rows_pruned(table, count)
        if rows:
            log.info("rows.pruned", **rows)
