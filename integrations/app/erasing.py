"""Erasing and exporting people: the rows at once, then their files and what stands of them at the desk."""

import tempfile
import zipfile
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import structlog

from agent.attachments import Attachments
from agent.conversation import AttachmentId, ConversationId
from agent.erasure import Extent
from agent.errors import (
    DeskRefusedError,
    DeskUnavailableError,
    StoreUnavailableError,
    UnknownAttachmentError,
)
from integrations.app.background import Background
from integrations.app.parts import Parts, make_slack
from integrations.clock import SystemClock
from integrations.keys import ensure_data_folder
from integrations.settings import Settings
from knowledge.attachment_bytes import AttachmentBytes, bytes_of
from knowledge.attachments import SqlAttachments
from knowledge.database import Database
from knowledge.erasure import SqlErasure
from knowledge.erasure_tables import Trace
from knowledge.export import SqlExport

log = structlog.get_logger()
PIECE: Final = 65_536
IN_MEMORY: Final = 4_000_000
NAME_IN_ARCHIVE: Final = "lead.json"
CardEraser = Callable[[str], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Erasing:
    """Erases people; `erase_card` blanks what the desk was told, None where the desk keeps nothing of its own.

    `announce` wakes whoever looks at a conversation that is gone.
    """

    erasure: SqlErasure
    contents: AttachmentBytes
    erase_card: CardEraser | None = None
    announce: Callable[[ConversationId], None] = lambda _: None

    async def look(self, reference: str) -> Extent:
        """Tell what erasing a lead would take; raises UnknownLeadError."""
        return await self.erasure.look(reference)

    async def erase(self, reference: str) -> Extent:
        """Erase a lead, and their files; cards follow with `tidy`. Raises UnknownLeadError."""
        extent = await self.erasure.erase(reference)
        for conversation_id in extent.conversations:
            self.announce(ConversationId(conversation_id))
        await self._remove_files()
        await self.erasure.forget_journal()
        log.info("lead.erased", lead_id=extent.lead_id, rows=sum(extent.rows.values()))
        return extent

    async def erase_again(self) -> None:
        """Erase from a copy that was put back whoever was erased since it was made."""
        if gone := await self.erasure.erase_again():
            log.info("leads.erased_again", leads=gone)
            await self._remove_files()

    async def tidy(self) -> None:
        """Take away what is left outside the tables; what fails is tried again later."""
        await self._remove_files()
        await self.erasure.forget_journal()
        for reference in await self.erasure.left_to_do(Trace.CARD):
            await self.erasure.mark_tried(reference, is_done=await self._is_blanked(reference))

    async def _remove_files(self) -> None:
        for file in await self.erasure.left_to_do(Trace.FILE):
            try:
                await self.contents.remove([file])
            except (StoreUnavailableError, OSError) as error:
                log.warning("file.not_erased", file=file, reason=str(error))
                continue
            await self.erasure.mark_tried(file, is_done=True)

    async def _is_blanked(self, reference: str) -> bool:
        if self.erase_card is None:
            return True
        try:
            await self.erase_card(reference)
        except DeskUnavailableError as error:
            log.warning("card.not_erased", reason=str(error))
            return False
        except DeskRefusedError as error:
            log.warning("card.not_erased", reference=reference, reason=str(error))
        return True


def card_eraser(settings: Settings) -> CardEraser | None:
    """Give what blanks cards in Slack, where that is set."""
    slack = make_slack(settings)
    return slack.eraser().erase if slack else None


@dataclass(frozen=True, slots=True)
class Exporting:
    """Writes down what is held on people."""

    exports: SqlExport
    attachments: Attachments

    async def pieces(self, reference: str) -> AsyncIterator[bytes]:
        """Give everything held on a lead as one JSON, a piece at a time; raises UnknownLeadError at once.

        It is written down first, so that no transaction is open while somebody reads slowly.
        """
        spool = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  closed by the reader
        try:
            await self.exports.write(reference, spool)
        except BaseException:
            spool.close()
            raise
        spool.seek(0)
        return _read(spool)

    async def archive(self, reference: str, path: Path) -> list[str]:
        """Write a ZIP of the same with the files; gives those that could not be read. Raises UnknownLeadError."""
        begun = path.with_name(f"{path.name}.part")
        try:
            begun.touch(mode=0o600)
            missing = await self._write(reference, begun)
            begun.replace(path)
        except OSError as error:
            raise StoreUnavailableError(f"{path} cannot be written: {error}.") from error
        finally:
            begun.unlink(missing_ok=True)
        return missing

    async def _write(self, reference: str, path: Path) -> list[str]:
        missing = []
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            with archive.open(NAME_IN_ARCHIVE, "w", force_zip64=True) as out:
                files = await self.exports.write(reference, out)
            for talk, file, name in files:
                try:
                    stored = await self.attachments.shown(ConversationId(talk), AttachmentId(file))
                except UnknownAttachmentError:
                    missing.append(name)
                    continue
                archive.writestr(f"files/{file}-{name}", stored.content)
        return missing


@dataclass(frozen=True, slots=True)
class People:
    """Erases and exports for the HTTP API; `begin` starts work that nobody waits for."""

    erasing: Erasing
    exporting: Exporting
    begin: Callable[[Coroutine[None, None, None]], None]

    async def look(self, reference: str) -> Extent:
        """Tell what erasing a lead would take; raises UnknownLeadError."""
        return await self.erasing.look(reference)

    async def erase(self, reference: str) -> Extent:
        """Erase a lead; their cards are blanked while nobody waits. Raises UnknownLeadError."""
        extent = await self.erasing.erase(reference)
        self.begin(self.erasing.tidy())
        return extent

    async def pieces(self, reference: str) -> AsyncIterator[bytes]:
        """Give everything held on a lead as one JSON; raises UnknownLeadError at once."""
        return await self.exporting.pieces(reference)


def people_of(parts: Parts, background: Background) -> People:
    """Give what erases and exports beside a running server."""
    database, clock = parts.store.database, parts.clock
    erase_card = parts.slack.eraser().erase if parts.slack else None
    erasing = Erasing(
        SqlErasure(database, clock),
        parts.contents,
        erase_card,
        parts.audience.announce,
    )
    return People(
        erasing, Exporting(SqlExport(database, clock), parts.attachments), background.begin
    )


async def _read(spool: tempfile.SpooledTemporaryFile[bytes]) -> AsyncIterator[bytes]:
    with spool:
        while piece := spool.read(PIECE):
            yield piece


@asynccontextmanager
async def opened_erasing(settings: Settings) -> AsyncIterator[tuple[Erasing, Exporting]]:
    """Open both, beside a running server or without one; raises StoreUnavailableError."""
    ensure_data_folder(settings)
    clock, database = SystemClock(), await Database.open(settings.database)
    contents = bytes_of(database, settings.files_folder, clock)
    try:
        erasing = Erasing(SqlErasure(database, clock), contents, card_eraser(settings))
        files = SqlAttachments(database, contents, clock)
        yield erasing, Exporting(SqlExport(database, clock), files)
    finally:
        await database.close()
