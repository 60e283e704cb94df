"""One turn, and where conversations with all their turns are kept."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from agent.conversation import (
    Amendment,
    Attachment,
    Conversation,
    ConversationId,
    Held,
    Message,
    MessageId,
    Page,
)
from agent.facts import Fact
from agent.handoff import Handoff
from agent.lead import Visitor
from agent.reply import Reply
from agent.scoring import Score
from agent.signals import Reading


@dataclass(frozen=True, slots=True)
class Opening:
    """How a conversation begins; `rehearsal` shifts its clock (the demo only).

    `greeting` is what the widget had said before the visitor did: it becomes the first message, by the agent.
    """

    visitor: Visitor
    page: Page
    locale: str
    rehearsal: timedelta = field(default_factory=timedelta)
    greeting: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn with all its reasons, recorded so that it can be explained and replayed."""

    id: str
    answered: tuple[MessageId, ...]
    reading: Reading
    score: Score
    facts: tuple[Fact, ...]
    handoff: Handoff | None
    decision: str
    reply: Reply | None
    playbook_version: str
    prompt_version: str
    started_at: datetime
    milliseconds: dict[str, float] = field(default_factory=dict)
    asked: str | None = None


class Conversations(Protocol):
    """Where conversations are kept. Every write is one short transaction and can be repeated."""

    async def start(self, opening: Opening) -> Conversation:
        """Open a conversation; the visitor's identities are bound to a lead (a new one if unknown).

        Only proven identities (`visitor.is_proven`) bind to the record of that user id or email; an
        unproven claim is kept with the conversation and shows up as `History.claimed`. A greeting becomes the
        first message, unless something was said there already.
        """
        ...

    async def get(self, conversation_id: ConversationId) -> Conversation:
        """Get one; raises UnknownConversationError."""
        ...

    async def append(
        self,
        conversation_id: ConversationId,
        client_message_id: str,
        text: str,
        attachments: tuple[Attachment, ...] = (),
    ) -> tuple[Message, bool]:
        """Save a visitor's message before it is acknowledged; gives it and whether it is new.

        The same client id again gives the same message. While the agent holds a reply of which nothing
        was shown yet, a new message raises the epoch, so that the draft is dropped and both are answered.
        While a rep holds, a RELAY post is made due at the desk in the same transaction.
        Raises UnknownConversationError, ConversationClosedError, StoreUnavailableError.
        """
        ...

    async def has_said(self, conversation_id: ConversationId, client_message_id: str) -> bool:
        """Tell whether the visitor's words under this id are saved already."""
        ...

    async def messages(
        self, conversation_id: ConversationId, after: int, limit: int = 500
    ) -> list[Message]:
        """Give the messages with a greater seq, in order."""
        ...

    async def find_words(
        self, conversation_ids: Sequence[ConversationId], words_id: str
    ) -> Message | None:
        """Find what a rep said under this id in one of these conversations."""
        ...

    async def amend(
        self, conversation_ids: Sequence[ConversationId], words_id: str, amendment: Amendment
    ) -> Message | None:
        """Change or take back what a rep said under this id in one of these conversations; gives it as it is now.

        It keeps its id and seq. Told again or in the wrong order, the newest amendment stands, and what was taken
        back stays so. None when nothing was said under this id yet: the amendment is kept until it is.
        """
        ...

    async def amended(self, conversation_id: ConversationId) -> list[Message]:
        """Give the messages whose words were changed or taken back, in order."""
        ...

    async def note_seen(self, conversation_id: ConversationId, seq: int) -> list[str]:
        """Note how far the visitor has read; gives the ids of the reps' words that are read for the first time."""
        ...

    def hold(self, conversation_id: ConversationId) -> AbstractAsyncContextManager[Held | None]:
        """Lease the conversation and raise its epoch; None while another worker holds the lease.

        The lease ends with the block, or after a minute when this process dies.
        """
        ...

    async def begin_showing(self, held: Held) -> None:
        """Note that the first sentence is about to be shown; raises StaleEpochError."""
        ...

    async def is_current(self, held: Held) -> bool:
        """Tell whether the epoch still is the one we hold."""
        ...

    async def record_turn(self, held: Held, turn: Turn) -> Message | None:
        """Record the turn, its reply, signals, score and questions in one transaction; gives the reply.

        Marks the held messages answered, also when there is no reply. While a handoff is active, UPDATE
        (and, for the reply, RELAY) posts become due at the desk. Raises StaleEpochError and writes nothing
        when the hold is out of date.
        """
        ...

    async def turns(self, conversation_id: ConversationId) -> list[Turn]:
        """Give all turns, oldest first."""
        ...

    async def due(self, now: datetime, limit: int = 100) -> list[ConversationId]:
        """Find conversations with something due: words unanswered, desk posts, timers."""
        ...

    async def set_due(self, conversation_id: ConversationId, at: datetime | None) -> None:
        """Set when this conversation must be looked at again."""
        ...
