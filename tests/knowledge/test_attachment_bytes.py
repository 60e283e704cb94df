"""Bytes that several processes share lie in pieces in the database: whole or not at all, and cleared away as files are."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select

from agent.attachments import AcceptedFile
from agent.conversation import Attachment, AttachmentId, Author, Conversation
from agent.errors import UnknownAttachmentError
from knowledge.attachment_bytes import PIECE, BytesInTable
from knowledge.attachment_sweep import Swept, sweep_attachments
from knowledge.database import Database
from knowledge.desk_tables import AttachmentRow
from knowledge.shared_tables import AttachmentPartRow
from tests.contracts.stores import Stores, in_sql, start
from tests.fakes.clock import MONDAY_TEN, FixedClock

OFFER = AcceptedFile("offer.pdf", "application/pdf", b"%PDF-1.7 " + bytes(range(256)) * 3_000)
LATER = MONDAY_TEN + timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Replica:
    database: Database
    clock: FixedClock
    stores: Stores
    contents: BytesInTable

    async def send(self, talk: Conversation, file: AcceptedFile = OFFER) -> Attachment:
        kept = await self.stores.attachments.keep(talk.id, Author.VISITOR, file)
        await self.stores.conversations.append(talk.id, f"c-{kept.id}", "here", (kept,))
        return kept

    async def sweep(self) -> Swept:
        return await sweep_attachments(self.database, self.contents, LATER)

    async def pieces(self) -> int:
        async with self.database.read() as session:
            return await session.scalar(select(func.count()).select_from(AttachmentPartRow)) or 0


@pytest.fixture
async def replica(postgres_address: str) -> AsyncIterator[Replica]:
    database, clock = await Database.open(postgres_address), FixedClock()
    yield Replica(database, clock, in_sql(database, clock), BytesInTable(database, clock))
    await database.close()


async def test_a_file_lies_in_pieces_and_comes_back_whole_at_another_process(
    replica: Replica, postgres_address: str
) -> None:
    talk = await start(replica.stores)
    kept = await replica.send(talk)
    assert await replica.pieces() == len(OFFER.content) // PIECE + 1
    database = await Database.open(postgres_address)
    other = in_sql(database, replica.clock)
    assert (await other.attachments.shown(talk.id, kept.id)).content == OFFER.content
    await database.close()


async def test_what_is_broken_off_leaves_no_piece(replica: Replica) -> None:
    class Torn(bytes):
        """Breaks in the middle of being read."""

        def __getitem__(self, place: object) -> bytes:  # type: ignore[override]
            if isinstance(place, slice) and place.start:
                raise MemoryError
            return b"the first piece"

    with pytest.raises(MemoryError):
        await replica.contents.keep(AttachmentId("f-1"), Torn(OFFER.content))
    assert await replica.pieces() == 0


async def test_a_file_of_which_a_piece_is_lost_is_not_shown(replica: Replica) -> None:
    talk = await start(replica.stores)
    kept = await replica.send(talk)
    async with replica.database.write() as session:
        await session.execute(delete(AttachmentPartRow).where(AttachmentPartRow.number == 1))
    with pytest.raises(UnknownAttachmentError, match="not those that were kept"):
        await replica.stores.attachments.shown(talk.id, kept.id)


async def test_what_was_never_sent_goes_and_what_was_sent_stays(replica: Replica) -> None:
    talk = await start(replica.stores)
    sent = await replica.send(talk)
    note = AcceptedFile("note.txt", "text/plain", b"a note")
    await replica.stores.attachments.keep(talk.id, Author.VISITOR, note)
    assert await replica.sweep() == Swept(1, 1)
    assert list(await replica.contents.kept()) == [sent.id]


async def test_bytes_without_a_row_go_once_they_are_old(replica: Replica) -> None:
    await replica.contents.keep(AttachmentId("f-old"), b"left by a crash")
    replica.clock.advance(timedelta(days=3))
    await replica.contents.keep(AttachmentId("f-new"), b"just being sent")
    assert await replica.sweep() == Swept(0, 1)
    assert list(await replica.contents.kept()) == ["f-new"]


async def test_a_row_without_its_bytes_goes_so_that_the_file_can_be_sent_again(
    replica: Replica,
) -> None:
    talk = await start(replica.stores)
    lost = await replica.send(talk)
    await replica.send(talk, AcceptedFile("note.txt", "text/plain", b"a note"))
    await replica.contents.remove([lost.id])
    assert await replica.sweep() == Swept(1, 0)
    async with replica.database.read() as session:
        assert await session.get(AttachmentRow, lost.id) is None
