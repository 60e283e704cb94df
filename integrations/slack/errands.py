"""Work that was acknowledged to Slack and is kept hold of until it is done; whoever asked is told when it fails.

Bolt forgets the tasks it starts; ours are kept, so that what was acknowledged is finished before a stop.
"""

import asyncio
from collections.abc import Awaitable, Coroutine
from dataclasses import dataclass, field
from typing import Protocol

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from agent.errors import HotlineError
from integrations.slack.refusals import CONNECTION_ERRORS, code_of

log = structlog.get_logger()


class Asker(Protocol):
    """Somebody in Slack who did something, and where; `thread_ts` is empty outside threads."""

    @property
    def user(self) -> str:
        """Their Slack id."""
        ...

    @property
    def channel(self) -> str:
        """Where they did it."""
        ...

    @property
    def thread_ts(self) -> str:
        """The thread they did it in."""
        ...


@dataclass(frozen=True, slots=True)
class Errands:
    """Begins work for people in Slack, and answers them where only they see it."""

    client: AsyncWebClient
    _tasks: set[asyncio.Task[bool]] = field(default_factory=set)

    def begin(
        self, work: Coroutine[None, None, None], by: Asker, apology: str
    ) -> "asyncio.Task[bool]":
        """Begin something; whatever goes wrong, the asker is told: Slack has our acknowledgement, or gets it then.

        The task gives whether the asker knows what became of it: False when they could not be told either.
        """
        task = asyncio.create_task(self._finished(work, by, apology))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def finish(self) -> None:
        """Wait for all that was begun."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def answer(self, to: Asker, text: str) -> bool:
        """Tell one person something that only they see, and whether that worked; in a direct message when they did it nowhere in particular."""
        return await quietly(
            self.client.chat_postEphemeral(
                channel=to.channel, user=to.user, text=text, thread_ts=to.thread_ts or None
            )
            if to.channel
            else self.client.chat_postMessage(channel=to.user, text=text)
        )

    async def _finished(self, work: Coroutine[None, None, None], by: Asker, apology: str) -> bool:
        try:
            await work
        except HotlineError as error:
            log.warning("slack.listener_failed", error=type(error).__name__, because=str(error))
            return await self.answer(by, apology)
        except Exception as error:
            log.exception("slack.listener_failed", error=type(error).__name__)
            return await self.answer(by, apology)
        return True


async def quietly(call: Awaitable[object]) -> bool:
    """Make a call whose failure changes nothing for the visitor; tells whether it worked."""
    try:
        await call
    except SlackApiError as error:
        log.warning("slack.answer_failed", error=code_of(error))
    except CONNECTION_ERRORS as error:
        log.warning("slack.answer_failed", error=type(error).__name__)
    else:
        return True
    return False
