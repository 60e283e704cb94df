"""Files in a dictionary; they pass the same contract as those in the data folder."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from agent.attachments import (
    AcceptedFile,
    AttachmentRules,
    StoredFile,
    must_have_room,
    must_have_room_today,
)
from agent.conversation import Attachment, AttachmentId, Author, ConversationId
from agent.errors import UnknownAttachmentError
from tests.fakes.memory_store import MemoryStore


@dataclass(slots=True)
class MemoryAttachments:
    """Keeps files by the place they came from."""

    store: MemoryStore
    rules: AttachmentRules = field(default_factory=AttachmentRules)
    files: dict[str, StoredFile] = field(default_factory=dict)
    uploads: dict[ConversationId, list[Attachment]] = field(default_factory=dict)

    async def keep(
        self, conversation_id: ConversationId, author: Author, file: AcceptedFile, origin: str = ""
    ) -> Attachment:
        """Keep a file once."""
        origin = origin or f"{conversation_id}:{author}:{file.name}:{hash(file.content)}"
        if origin in self.files:
            return self.files[origin].attachment
        ours = self.uploads.setdefault(conversation_id, [])
        if author is Author.VISITOR:
            self._must_have_room(ours, len(file.content))
        attachment_id = AttachmentId(self.store.new_id("f"))
        kept = Attachment(attachment_id, file.name, file.media_type, len(file.content))
        self.files[origin] = StoredFile(kept, file.content)
        if author is Author.VISITOR:
            ours.append(kept)
        return kept

    def _must_have_room(self, ours: Sequence[Attachment], size: int) -> None:
        must_have_room(len(ours), sum(each.size for each in ours), size, self.rules)
        taken = sum(each.size for talk in self.uploads.values() for each in talk)
        must_have_room_today(taken, size, self.rules)

    async def uploaded(
        self, conversation_id: ConversationId, ids: Sequence[AttachmentId]
    ) -> tuple[Attachment, ...]:
        """Get what the visitor uploaded."""
        ours = {each.id: each for each in self.uploads.get(conversation_id, [])}
        if not set(ids) <= set(ours):
            raise UnknownAttachmentError(str(ids))
        return tuple(ours[each] for each in dict.fromkeys(ids))

    async def shown(
        self, conversation_id: ConversationId, attachment_id: AttachmentId
    ) -> StoredFile:
        """Get a file that a message shows."""
        messages = self.store.talk(conversation_id).messages
        shown = {each.id for message in messages for each in message.attachments}
        for file in self.files.values():
            if file.attachment.id == attachment_id in shown:
                return file
        raise UnknownAttachmentError(attachment_id)
