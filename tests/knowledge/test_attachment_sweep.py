"""Files that nobody will ask for are cleared away, and no others."""

import errno
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from agent.attachments import AcceptedFile, AttachmentRules
from agent.conversation import Amendment, Attachment, Author, Conversation
from agent.errors import NoRoomError, StoreUnavailableError, UnknownAttachmentError
from agent.handoff import Change, HandoffId
from knowledge.attachment_bytes import BytesInFolder
from knowledge.attachment_sweep import Swept, sweep_attachments
from knowledge.attachments import SqlAttachments
from knowledge.database import Database
from tests.contracts.stores import Stores, in_sql, open_handoff, start
from tests.fakes.clock import MONDAY_TEN, FixedClock

OFFER = AcceptedFile("offer.pdf", "application/pdf", b"%PDF-1.7 offer")
SKETCH = AcceptedFile("sketch.txt", "text/plain", b"a sketch")


@dataclass(frozen=True, slots=True)
class Room:
    database: Database
    folder: Path
    stores: Stores

    async def sweep(self) -> Swept:
        """Sweep a day and an hour after everything was kept."""
        return await self.sweep_before(MONDAY_TEN + timedelta(hours=1))

    async def sweep_before(self, before: datetime) -> Swept:
        return await sweep_attachments(self.database, BytesInFolder(self.folder), before)

    async def upload(self, talk: Conversation, file: AcceptedFile = OFFER) -> Attachment:
        kept = await self.stores.attachments.keep(talk.id, Author.VISITOR, file)
        for path in self.folder.iterdir():
            os.utime(path, (MONDAY_TEN.timestamp(), MONDAY_TEN.timestamp()))
        return kept

    async def send(self, talk: Conversation, file: AcceptedFile = OFFER) -> Attachment:
        kept = await self.upload(talk, file)
        await self.stores.conversations.append(talk.id, f"c-{kept.id}", "here", (kept,))
        return kept

    @property
    def names(self) -> set[str]:
        return {path.name for path in self.folder.iterdir()}


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    database, folder = await Database.open(tmp_path / "hotline.db"), tmp_path / "files"
    yield Room(database, folder, in_sql(database, FixedClock(), folder))
    await database.close()


async def test_what_was_never_sent_goes_and_what_was_sent_stays(room: Room) -> None:
    talk = await start(room.stores)
    sent, unsent = await room.send(talk), await room.upload(talk, SKETCH)
    assert await room.sweep() == Swept(1, 1)
    assert room.names == {sent.id}
    assert (await room.stores.attachments.shown(talk.id, sent.id)).content == OFFER.content
    with pytest.raises(UnknownAttachmentError):
        await room.stores.attachments.uploaded(talk.id, [unsent.id])


async def test_what_is_younger_than_a_day_stays(room: Room) -> None:
    talk = await start(room.stores)
    kept = await room.upload(talk)
    assert await room.sweep_before(MONDAY_TEN) == Swept(0, 0)
    assert room.names == {kept.id}


async def test_bytes_without_a_row_and_halves_of_an_upload_go(room: Room) -> None:
    talk = await start(room.stores)
    sent = await room.send(talk)
    for name in ("f-stray", "f-half.part"):
        (room.folder / name).write_bytes(b"x")
        os.utime(room.folder / name, (0, 0))
    (room.folder / "f-just-now.part").write_bytes(b"x")
    assert await room.sweep() == Swept(0, 2)
    assert room.names == {sent.id, "f-just-now.part"}


async def test_a_row_without_its_bytes_goes_so_that_the_file_can_be_sent_again(room: Room) -> None:
    talk = await start(room.stores)
    await room.send(talk, SKETCH)
    lost = await room.send(talk)
    (room.folder / lost.id).unlink()
    assert await room.sweep() == Swept(1, 0)
    again = await room.upload(talk)
    assert (room.folder / again.id).read_bytes() == OFFER.content


async def test_nothing_goes_while_the_disk_with_the_files_is_away(room: Room) -> None:
    talk = await start(room.stores)
    sent = await room.send(talk)
    (room.folder / sent.id).rename(room.folder.parent / "elsewhere")
    assert await room.sweep() == Swept(0, 0)
    (room.folder.parent / "elsewhere").rename(room.folder / sent.id)
    assert (await room.stores.attachments.shown(talk.id, sent.id)).content == OFFER.content


async def test_what_a_rep_took_back_goes(room: Room) -> None:
    talk = await start(room.stores)
    await open_handoff(room.stores, talk)
    kept = await room.stores.attachments.keep(talk.id, Author.REP, OFFER, "slack:F1")
    change = Change("spoke", rep_words="here", rep_words_id="w-1", rep_attachments=(kept,))
    await room.stores.handoffs.change(HandoffId("h-1"), lambda handoff: handoff, change)
    await room.stores.conversations.amend([talk.id], "w-1", Amendment(None, MONDAY_TEN))
    assert await room.sweep() == Swept(1, 1)


async def test_a_full_disk_leaves_nothing_half_written(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk = await start(room.stores)

    def full(path: Path, content: bytes) -> int:
        with path.open("wb") as file:
            file.write(content[:3])
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "write_bytes", full)
        with pytest.raises(NoRoomError):
            await room.stores.attachments.keep(talk.id, Author.VISITOR, OFFER)
    assert room.names == set()
    assert (await room.upload(talk)).name == "offer.pdf"


async def test_a_disk_that_cannot_be_written_is_no_full_one(room: Room) -> None:
    talk = await start(room.stores)
    room.folder.write_bytes(b"a file where the folder should be")
    with pytest.raises(StoreUnavailableError) as raised:
        await room.stores.attachments.keep(talk.id, Author.VISITOR, OFFER)
    assert not isinstance(raised.value, NoRoomError)


async def test_a_refused_file_leaves_no_bytes(room: Room) -> None:
    talk = await start(room.stores)
    clock, rules = FixedClock(), AttachmentRules(a_day=20)
    files = SqlAttachments(room.database, BytesInFolder(room.folder), clock, rules)
    kept = await files.keep(talk.id, Author.VISITOR, OFFER)
    with pytest.raises(NoRoomError):
        await files.keep(talk.id, Author.VISITOR, SKETCH)
    assert room.names == {kept.id}
    clock.advance(timedelta(days=1, seconds=1))
    assert (await files.keep(talk.id, Author.VISITOR, SKETCH)).name == "sketch.txt"
