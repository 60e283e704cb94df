"""Files of conversations: a row each, and the bytes elsewhere under the id of the row."""

import hashlib
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from agent.attachments import (
    AcceptedFile,
    AttachmentRules,
    StoredFile,
    must_have_room,
    must_have_room_today,
)
from agent.clock import Clock
from agent.conversation import Attachment, AttachmentId, Author, ConversationId
from agent.errors import UnknownAttachmentError
from knowledge.attachment_bytes import AttachmentBytes
from knowledge.columns import value_of
from knowledge.database import Database
from knowledge.desk_tables import AttachmentRow
from knowledge.ids import new_id
from knowledge.tables import MessageRow

A_DAY: Final = timedelta(days=1)


class SqlAttachments:
    """Files with their rows; `contents` keeps their bytes."""

    def __init__(
        self,
        database: Database,
        contents: AttachmentBytes,
        clock: Clock,
        rules: AttachmentRules | None = None,
        new_id: Callable[[str], str] = new_id,
    ) -> None:
        self._database = database
        self._contents = contents
        self._clock = clock
        self._rules = rules or AttachmentRules()
        self._new_id = new_id

    async def keep(
        self, conversation_id: ConversationId, author: Author, file: AcceptedFile, origin: str = ""
    ) -> Attachment:
        """Keep a file once: first its bytes, then its row, so that no row is without its bytes."""
        digest = hashlib.sha256(file.content).hexdigest()
        origin = origin or f"{conversation_id}:{author.value}:{file.name}:{digest}"
        if known := await self._known(origin):
            return known
        size, attachment_id = len(file.content), AttachmentId(self._new_id("f"))
        if author is Author.VISITOR:
            async with self._database.read() as session:
                await self._must_have_room(session, conversation_id, size)
        await self._contents.keep(attachment_id, file.content)
        async with self._database.write(conversation_id) as session:
            if again := await _of_origin(session, origin):
                return value_of(Attachment, again)
            if author is Author.VISITOR:
                await self._must_have_room(session, conversation_id, size)
            row = AttachmentRow(
                id=attachment_id,
                conversation_id=conversation_id,
                author=author,
                name=file.name,
                media_type=file.media_type,
                size=len(file.content),
                sha256=digest,
                created_at=self._clock.now(),
                origin=origin,
            )
            session.add(row)
            return value_of(Attachment, row)

    async def uploaded(
        self, conversation_id: ConversationId, ids: Sequence[AttachmentId]
    ) -> tuple[Attachment, ...]:
        """Get what the visitor uploaded to this conversation; raises UnknownAttachmentError."""
        async with self._database.read() as session:
            rows = await session.scalars(
                select(AttachmentRow).where(
                    AttachmentRow.id.in_(ids),
                    AttachmentRow.conversation_id == conversation_id,
                    AttachmentRow.author == Author.VISITOR,
                )
            )
            found = {row.id: value_of(Attachment, row) for row in rows}
        if missing := [each for each in ids if each not in found]:
            raise UnknownAttachmentError(f"No file {missing[0]} was uploaded here.")
        return tuple(found[each] for each in dict.fromkeys(ids))

    async def shown(
        self, conversation_id: ConversationId, attachment_id: AttachmentId
    ) -> StoredFile:
        """Get a file that a message of this conversation shows; raises UnknownAttachmentError."""
        async with self._database.read() as session:
            row = await session.get(AttachmentRow, attachment_id)
            in_messages = select(MessageRow.attachments).where(
                MessageRow.conversation_id == conversation_id, MessageRow.deleted_at.is_(None)
            )
            shown = [each for message in await session.scalars(in_messages) for each in message]
            attachment = next((each for each in shown if each.id == attachment_id), None)
        if row is None or attachment is None:
            raise UnknownAttachmentError(f"No file {attachment_id} is in {conversation_id}.")
        return StoredFile(attachment, await self._whole(row))

    async def _whole(self, row: AttachmentRow) -> bytes:
        content = await self._contents.read(row.id)
        if content is None:
            raise UnknownAttachmentError(f"The bytes of {row.id} are gone.")
        if hashlib.sha256(content).hexdigest() != row.sha256:
            raise UnknownAttachmentError(f"The bytes of {row.id} are not those that were kept.")
        return content

    async def _known(self, origin: str) -> Attachment | None:
        async with self._database.read() as session:
            row = await _of_origin(session, origin)
            return value_of(Attachment, row) if row else None

    async def _must_have_room(
        self, session: AsyncSession, conversation_id: ConversationId, size: int
    ) -> None:
        of_visitors = AttachmentRow.author == Author.VISITOR
        bytes_of = func.coalesce(func.sum(AttachmentRow.size), 0)
        ours = (of_visitors, AttachmentRow.conversation_id == conversation_id)
        sent, together = (await session.execute(select(func.count(), bytes_of).where(*ours))).one()
        must_have_room(sent, together, size, self._rules)
        today = (of_visitors, AttachmentRow.created_at > self._clock.now() - A_DAY)
        taken = await session.scalar(select(bytes_of).where(*today))
        must_have_room_today(taken or 0, size, self._rules)


async def _of_origin(session: AsyncSession, origin: str) -> AttachmentRow | None:
    return await session.scalar(select(AttachmentRow).where(AttachmentRow.origin == origin))
