"""A second reader that answers what it was told to, as soon as it is let."""

import asyncio
from dataclasses import dataclass, field

from agent.conversation import Message
from agent.errors import ModelUnavailableError
from agent.signals import MessageKind, Readiness, TextReading

NOTHING = TextReading(MessageKind.OTHER, Readiness.COLD, "")


@dataclass(slots=True)
class ScriptedReader:
    """Gives one reading or raises one error for every burst; keeps the bursts it was asked about."""

    says: TextReading | ModelUnavailableError = NOTHING
    may_answer: asyncio.Event = field(default_factory=asyncio.Event)
    asked: list[tuple[str, ...]] = field(default_factory=list)
    name: str = "scripted"
    version: str = "read_signals@test"

    async def read(
        self, unanswered: tuple[Message, ...], before: tuple[Message, ...]
    ) -> TextReading:
        """Wait until it may answer, then do."""
        self.asked.append(tuple(message.text for message in unanswered))
        await self.may_answer.wait()
        if isinstance(self.says, ModelUnavailableError):
            raise self.says
        return self.says
