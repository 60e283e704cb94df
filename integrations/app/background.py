"""What is done beside the replies: conversations that are woken, and work that nobody waits for."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field

import structlog

from agent.conversation import ConversationId
from agent.errors import HotlineError
from agent.first_response import FirstResponse
from integrations.wakeups.looking import Wakeups

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Waker:
    """Wakes a conversation, and drops a draft that the new words made out of date."""

    wakeups: Wakeups[ConversationId]
    first_response: FirstResponse

    def wake(self, conversation_id: ConversationId) -> None:
        """Look at this conversation now."""
        self.first_response.interrupt(conversation_id)
        self.wakeups.wake(conversation_id)


@dataclass(frozen=True, slots=True)
class Background:
    """Work beside a reply, kept hold of until it is done; what fails here is due again from its rows."""

    going_on: set[asyncio.Task[None]] = field(default_factory=set)

    def begin(self, work: Coroutine[None, None, object]) -> None:
        """Begin something that nobody waits for."""
        task = asyncio.create_task(self._finish(work))
        self.going_on.add(task)
        task.add_done_callback(self.going_on.discard)

    async def stop(self) -> None:
        """Wait for what is going on, and for what that begins."""
        while self.going_on:
            await asyncio.gather(*self.going_on, return_exceptions=True)

    async def _finish(self, work: Coroutine[None, None, object]) -> None:
        try:
            await work
        except HotlineError as error:
            log.warning("background.failed", reason=str(error))
        except Exception:
            log.exception("background.failed")
