"""What happens in this process reaches who watches in the others, and the other way round."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

import structlog

from agent.conversation import ConversationId
from agent.errors import StoreUnavailableError
from integrations.settings import Settings
from integrations.web.audience import LiveAudience
from integrations.web.news import Outbox, TalkNews, read
from integrations.web.watchers import Changed

log = structlog.get_logger()
TICK: Final = 0.01
PAUSE: Final = 1.0
DOUBT_EVERY: Final = 10.0
SILENT_FOR: Final = 90.0
AT_ONCE: Final = 50
BETWEEN: Final = 0.02


def fan_out_of(
    settings: Settings,
    outbox: Outbox,
    audience: LiveAudience,
    on_words: Callable[[ConversationId], None],
) -> "FanOut | None":
    """Make it where several processes may serve together."""
    if not isinstance(settings.database, str):
        return None
    from knowledge.notifications import PostgresNotes

    return FanOut(PostgresNotes.at(settings.database), outbox, audience, on_words)


class Notes(Protocol):
    """Carries notes between processes; what nobody hears is lost."""

    async def send(self, notes: Sequence[str]) -> None:
        """Send notes, in order; raises StoreUnavailableError."""
        ...

    async def listen(self, heard: Callable[[str], None], began: Callable[[], None]) -> None:
        """Hear notes until cancelled; `began` is called whenever some may have been missed before."""
        ...

    async def close(self) -> None:
        """Close it."""
        ...


@dataclass(frozen=True, slots=True)
class FanOut:
    """Joins the audience of this process with those of the others.

    `on_words` is told of conversations in which a visitor wrote to another process.
    """

    notes: Notes
    outbox: Outbox
    audience: LiveAudience
    on_words: Callable[[ConversationId], None] = field(default=lambda _: None)
    tasks: list[asyncio.Task[None]] = field(default_factory=list)
    catching_up: set[asyncio.Task[None]] = field(default_factory=set)

    def start(self) -> None:
        """Begin to tell and to hear."""
        listening = self.notes.listen(self.hear, self._begin)
        for work in (self._tell(), listening, self._doubt()):
            self.tasks.append(asyncio.create_task(work, name="fan-out"))

    async def stop(self) -> None:
        """Tell what is left, and end."""
        for task in (*self.tasks, *self.catching_up):
            task.cancel()
        await asyncio.gather(*self.tasks, *self.catching_up, return_exceptions=True)
        await self._send()
        await self.notes.close()

    def hear(self, note: str) -> None:
        """Take in a note of another process."""
        try:
            news = read(note)
        except ValueError:
            log.warning("note.unreadable", length=len(note))
            self._begin()
            return
        if news.sender == self.outbox.sender:
            return
        if news.missed:
            self._begin()
        for talk in news.talks:
            self._take(talk)

    def _take(self, news: TalkNews) -> None:
        for happening in news.happenings():
            self.audience.hear(news.talk, happening)
        if news.visitor == "wrote":
            self.on_words(news.talk)

    async def _tell(self) -> None:
        while True:
            await self.outbox.filled.wait()
            await asyncio.sleep(TICK if await self._send() else PAUSE)

    async def _send(self) -> bool:
        """Send all that is to be told; what cannot be sent is told as missed, later."""
        try:
            if notes := self.outbox.take():
                await self.notes.send(notes)
        except StoreUnavailableError as error:
            log.warning("notes.unsent", reason=str(error))
            self.outbox.miss()
            return False
        except asyncio.CancelledError:
            self.outbox.miss()
            raise
        return True

    def _begin(self) -> None:
        """Doubt what others were writing, and have everybody look again, a few at a time."""
        self.audience.doubt()
        task = asyncio.create_task(self._look_again(self.audience.suspect_changes()))
        self.catching_up.add(task)
        task.add_done_callback(self.catching_up.discard)

    async def _look_again(self, watched: Sequence[ConversationId]) -> None:
        for start in range(0, len(watched), AT_ONCE):
            for conversation_id in watched[start : start + AT_ONCE]:
                self.audience.hear(conversation_id, Changed())
            await asyncio.sleep(BETWEEN)

    async def _doubt(self) -> None:
        while True:
            await asyncio.sleep(DOUBT_EVERY)
            self.audience.doubt(SILENT_FOR)
