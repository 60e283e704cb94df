"""What stands in for the world while scenarios are played: the time, the visitor's eyes, and an ear at the writer."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from agent.conversation import Author, ConversationId, MessageId
from agent.reply import Plan, Writer


@dataclass(slots=True)
class SetClock:
    """Tells the time it was set to."""

    at: datetime

    def now(self) -> datetime:
        """Give that time."""
        return self.at


@dataclass(slots=True)
class ListeningAudience:
    """Keeps everything that was shown, also what was taken back."""

    shown: dict[ConversationId, list[str]] = field(default_factory=dict)

    def show(self, conversation_id: ConversationId, message_id: MessageId, text: str) -> None:  # noqa: ARG002
        """Keep a piece."""
        self.shown.setdefault(conversation_id, []).append(text)

    def discard(self, conversation_id: ConversationId, message_id: MessageId) -> None:
        """Keep what was shown all the same."""

    def announce(self, conversation_id: ConversationId) -> None:
        """Do nothing: rows are read when a turn is over."""

    def set_typing(self, conversation_id: ConversationId, who: Author | None) -> None:
        """Do nothing."""

    async def visitor_paused(self, conversation_id: ConversationId, at_most: timedelta) -> None:
        """Return at once: nobody types."""


@dataclass(slots=True)
class NotingWriter:
    """Passes plans on to a writer and keeps the last."""

    writer: Writer
    plan: Plan | None = None

    @property
    def name(self) -> str:
        """Name the writer."""
        return self.writer.name

    @property
    def version(self) -> str:
        """Give its version."""
        return self.writer.version

    def write(self, plan: Plan) -> AsyncIterator[str]:
        """Note the plan and let the writer write."""
        self.plan = plan
        return self.writer.write(plan)
