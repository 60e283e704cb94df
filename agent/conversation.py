"""Everything said with one visitor, who holds it, and the Protocols of its live audience."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType, Protocol

from agent.lead import LeadId, Visitor

ConversationId = NewType("ConversationId", str)
MessageId = NewType("MessageId", str)
RepId = NewType("RepId", str)
HandoffId = NewType("HandoffId", str)
AttachmentId = NewType("AttachmentId", str)

LONGEST_TEXT = 8_000


class Author(StrEnum):
    """Who said it."""

    VISITOR = "visitor"
    AGENT = "agent"
    REP = "rep"
    SYSTEM = "system"


class Holder(StrEnum):
    """Who answers the visitor now."""

    AGENT = "agent"
    REP = "rep"
    NOBODY = "nobody"


class MessageSource(StrEnum):
    """By which way words come in."""

    CHAT = "chat"
    FORM = "form"
    EMAIL = "email"


@dataclass(frozen=True, slots=True)
class Source:
    """A page that a reply rests on."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a sentence is backed: the place of the page in the reply's sources, the passage's title and address."""

    source: int
    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """A piece of a reply with the facts that back it, and where to read them; `text` carries its own spacing."""

    text: str
    fact_ids: tuple[str, ...] = ()
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """Where the visitor was when the conversation began."""

    url: str = ""
    title: str = ""
    referrer: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with a message; `size` is in bytes."""

    id: AttachmentId
    name: str
    media_type: str
    size: int


@dataclass(frozen=True, slots=True)
class Message:
    """One thing said, with an author; `seq` has no gaps within a conversation.

    The `sentences` of a reply, one after the other, are its text. A message that was taken back keeps its place,
    without its words, and says when in `deleted_at`.
    """

    id: MessageId
    conversation_id: ConversationId
    seq: int
    author: Author
    author_name: str
    text: str
    created_at: datetime
    in_reply_to: tuple[MessageId, ...] = ()
    sources: tuple[Source, ...] = ()
    sentences: tuple[Sentence, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    edited_at: datetime | None = None
    deleted_at: datetime | None = None

    @property
    def is_greeting(self) -> bool:
        """Tell whether it was said before the visitor said anything: nobody asked, and it replies to nothing."""
        return self.author is Author.AGENT and self.seq == 1 and not self.in_reply_to


@dataclass(frozen=True, slots=True)
class Amendment:
    """New words in the place of words said already, written `at`; None takes the message back."""

    text: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Conversation:
    """The state of one conversation. Its times are real; `rehearsal` shifts its clock for rules (see `now_in`).

    `handoff_id` is the latest handoff that serves it, ended or not; one handoff may serve several of a lead's.
    `amended` counts how often words in it were changed or taken back, `seen_seq` is how far its visitor has read.
    `rating` is what its visitor said of it, 1 to 5; `left_email` an address they left in it, which proves nothing.
    """

    id: ConversationId
    lead_id: LeadId
    visitor: Visitor
    holder: Holder
    rep_id: RepId | None
    epoch: int
    last_seq: int
    locale: str
    page: Page
    started_at: datetime
    rehearsal: timedelta = field(default_factory=timedelta)
    handoff_id: HandoffId | None = None
    amended: int = 0
    seen_seq: int = 0
    source: MessageSource = MessageSource.CHAT
    ended_at: datetime | None = None
    left_email: str = ""
    rating: int | None = None

    def now_in(self, now: datetime) -> datetime:
        """Give the instant this conversation plays at: `now`, but for rehearsals in the demo."""
        return now + self.rehearsal


@dataclass(frozen=True, slots=True)
class Held:
    """A conversation under our lease: what waits for a reply, and what was said before it."""

    conversation: Conversation
    unanswered: tuple[Message, ...]
    before: tuple[Message, ...]

    @property
    def text(self) -> str:
        """Give the words to answer, a burst joined line by line."""
        return "\n".join(message.text for message in self.unanswered)

    @property
    def is_first(self) -> bool:
        """Tell whether the agent has not replied in this conversation yet."""
        return not any(m.author is Author.AGENT and not m.is_greeting for m in self.before)


class Audience(Protocol):
    """Whoever watches a conversation live: the visitor's open streams and the desk."""

    def show(self, conversation_id: ConversationId, message_id: MessageId, text: str) -> None:
        """Show a further piece of a reply that is being written."""
        ...

    def discard(self, conversation_id: ConversationId, message_id: MessageId) -> None:
        """Take back a reply that was begun and will not be finished."""
        ...

    def announce(self, conversation_id: ConversationId) -> None:
        """Say that rows of this conversation changed: read again."""
        ...

    def set_typing(self, conversation_id: ConversationId, who: Author | None) -> None:
        """Show who is writing; None ends it."""
        ...

    async def visitor_paused(self, conversation_id: ConversationId, at_most: timedelta) -> None:
        """Return when the visitor is not typing, and after `at_most` in any case."""
        ...
