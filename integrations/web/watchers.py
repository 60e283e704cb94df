"""Readers of what is going on in a conversation: each remembers what it has seen and gets the difference.

Nothing is queued, so a slow reader costs no memory and never holds up a writer.
"""

import asyncio
from dataclasses import dataclass, field
from typing import assert_never

from agent.conversation import Author, ConversationId, MessageId

MOST_CHANGES = 1_000


@dataclass(frozen=True, slots=True)
class Shown:
    """A further piece of a reply that is being written."""

    message_id: MessageId
    text: str


@dataclass(frozen=True, slots=True)
class Discarded:
    """A reply that was begun and will not come."""

    message_id: MessageId


@dataclass(frozen=True, slots=True)
class Typing:
    """Who is writing now; None when nobody is."""

    who: Author | None


@dataclass(frozen=True, slots=True)
class Changed:
    """Rows of the conversation changed: read again."""


@dataclass(frozen=True, slots=True)
class VisitorTypes:
    """The visitor is typing; ended when they have sent it."""

    has_ended: bool = False


Update = Shown | Discarded | Typing | Changed
Happening = Update | VisitorTypes
"""What happens in a conversation; a draft comes with all of its text so far."""


@dataclass(slots=True, eq=False)
class Room:
    """What is going on in one conversation; another process writes when `heard_at` is set."""

    watchers: set["Watcher"] = field(default_factory=set)
    draft: Shown | None = None
    typing: Author | None = None
    heard_at: float | None = None
    visitor_types_until: float = 0.0
    visitor_acts: asyncio.Event | None = None  # made when somebody waits for it, as few do

    def is_blank(self, now: float) -> bool:
        """Tell whether nothing of it need be kept."""
        return (
            not self.watchers
            and self.draft is None
            and self.typing is None
            and self.visitor_types_until <= now
        )

    def take(self, update: Update) -> None:
        """Note what happened, and wake who watches."""
        match update:
            case Shown():
                self.draft = update
            case Discarded(message_id):
                self.settle(message_id)
                for watcher in self.watchers:
                    watcher.take_back(message_id)
            case Changed():
                for watcher in self.watchers:
                    watcher.is_changed = True
            case Typing(who):
                self.typing = who
                # Who stops has finished: the log has the words now, or they were taken back.
                self.draft = self.draft if who else None
            case _:
                assert_never(update)
        self.wake()

    def settle(self, message_id: MessageId) -> None:
        """Show a draft no more."""
        if self.draft and self.draft.message_id == message_id:
            self.draft = None

    def wake(self) -> None:
        """Let everybody look."""
        for watcher in self.watchers:
            watcher.woken.set()


class Watcher:
    """One reader of one conversation."""

    def __init__(self, room: Room) -> None:
        self.woken = asyncio.Event()
        self.is_changed = False
        self.has_left = False
        self._room = room
        self._seen: Shown | None = None
        self._taken_back: MessageId | None = None
        self._typing: Author | None = None

    async def next(self, at_most: float) -> list[Update]:
        """Wait for something new and give it; empty after `at_most` seconds or when the server stops."""
        await woken_within(self.woken, at_most)
        return self._difference()

    def leave(self) -> None:
        """Note that the reader has gone, and let `next` return."""
        self.has_left = True
        self.woken.set()

    def take_back(self, message_id: MessageId) -> None:
        """Note that a draft is gone, if this reader has seen any of it."""
        if self._seen and self._seen.message_id == message_id:
            self._taken_back = message_id
            self._seen = None

    def _difference(self) -> list[Update]:
        updates: list[Update] = []
        if self.is_changed:
            updates.append(Changed())
            self.is_changed = False
        piece = self._unseen()
        if self._taken_back is not None:
            updates.append(Discarded(self._taken_back))
            self._taken_back = None
        if piece:
            updates.append(piece)
        if self._room.typing is not self._typing:
            self._typing = self._room.typing
            updates.append(Typing(self._typing))
        return updates

    def _unseen(self) -> Shown | None:
        draft, seen = self._room.draft, self._seen
        if draft is None or draft == seen:
            return None
        self._seen = draft
        known = len(seen.text) if seen and seen.message_id == draft.message_id else 0
        if seen and not known:
            self._taken_back = seen.message_id
        return Shown(draft.message_id, draft.text[known:])


class DeskWatcher:
    """One reader of the names of all conversations that change."""

    def __init__(self) -> None:
        self.woken = asyncio.Event()
        self._changed: dict[ConversationId, None] = {}
        self._missed = False

    def note(self, conversation_id: ConversationId) -> None:
        """Remember that this conversation changed; beyond a bound, only that much did."""
        if len(self._changed) >= MOST_CHANGES:
            self._changed.clear()
            self._missed = True
        self._changed[conversation_id] = None
        self.woken.set()

    def miss(self) -> None:
        """Remember that anything may have changed."""
        self._missed = True
        self.woken.set()

    async def next(self, at_most: float) -> list[ConversationId | None]:
        """Wait for changes and give them; None among them means: read everything again."""
        await woken_within(self.woken, at_most)
        changed: list[ConversationId | None] = [None] if self._missed else []
        changed += self._changed
        self._changed, self._missed = {}, False
        return changed


async def woken_within(event: asyncio.Event, at_most: float) -> None:
    """Wait for an event, or until a timer sets it, and clear it: thousands wait like this, so nothing is cancelled."""
    timer = asyncio.get_running_loop().call_later(at_most, event.set)
    try:
        await event.wait()
    finally:
        timer.cancel()
    event.clear()
