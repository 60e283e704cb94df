"""Files of conversations that nobody will ask for are cleared away once an hour."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import structlog

from agent.clock import Clock
from agent.errors import HotlineError
from knowledge.attachment_bytes import AttachmentBytes
from knowledge.attachment_sweep import sweep_attachments
from knowledge.database import Database

log = structlog.get_logger()
EVERY: Final = timedelta(hours=1)
KEPT_UNSENT: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Sweeping:
    """Clears away what was uploaded more than a day ago and is in no message."""

    database: Database
    contents: AttachmentBytes
    clock: Clock

    async def run(self) -> None:
        """Sweep until cancelled."""
        while True:
            try:
                await self.sweep()
            except (HotlineError, OSError) as error:
                log.warning("files.not_swept", reason=str(error))
            await asyncio.sleep(EVERY.total_seconds())

    async def sweep(self) -> None:
        """Sweep once."""
        before = self.clock.now() - KEPT_UNSENT
        swept = await sweep_attachments(self.database, self.contents, before)
        if swept.rows or swept.files:
            log.info("files.swept", rows=swept.rows, files=swept.files)
