"""Whoever watches a conversation live, within this process.

Nothing is queued: a watcher remembers how much of the state it has seen and gets the difference, so a slow
reader costs no memory and never holds up a writer. Messages themselves are read from the log again.
"""

import asyncio
import contextlib
from collections import OrderedDict
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from agent.conversation import Author, ConversationId, MessageId

TYPING_LASTS = 3.0
MOST_UNWATCHED = 1_000
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


Update = Shown | Discarded | Typing | Changed


@dataclass(slots=True, eq=False)
class _Room:
    """What is going on in one conversation."""

    watchers: set["Watcher"] = field(default_factory=set)
    draft: Shown | None = None
    typing: Author | None = None
    visitor_types_until: float = 0.0
    visitor_acts: asyncio.Event | None = None  # made when somebody waits for it, as few do

    def is_blank(self, now: float) -> bool:
        return (
            not self.watchers
            and self.draft is None
            and self.typing is None
            and self.visitor_types_until <= now
        )

    def wake(self) -> None:
        for watcher in self.watchers:
            watcher.woken.set()


class Watcher:
    """One reader of one conversation."""

    def __init__(self, room: _Room) -> None:
        self.woken = asyncio.Event()
        self.is_changed = False
        self.has_left = False
        self._room = room
        self._seen: Shown | None = None
        self._taken_back: MessageId | None = None
        self._typing: Author | None = None

    async def next(self, at_most: float) -> list[Update]:
        """Wait for something new and give it; empty after `at_most` seconds or when the server stops."""
        await _woken(self.woken, at_most)
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
        if self._taken_back is not None:
            updates.append(Discarded(self._taken_back))
            self._taken_back = None
        if self.is_changed:
            updates.append(Changed())
            self.is_changed = False
        if piece := self._unseen():
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

    async def next(self, at_most: float) -> list[ConversationId | None]:
        """Wait for changes and give them; None among them means: read everything again."""
        await _woken(self.woken, at_most)
        changed: list[ConversationId | None] = [None] if self._missed else []
        changed += self._changed
        self._changed, self._missed = {}, False
        return changed


class LiveAudience:
    """Shows what happens to everybody who watches, in one process."""

    def __init__(self) -> None:
        self.is_closing = False
        self._rooms: dict[ConversationId, _Room] = {}
        self._unwatched: OrderedDict[ConversationId, None] = OrderedDict()
        self._desks: set[DeskWatcher] = set()

    # What the agent and the desk call

    def show(self, conversation_id: ConversationId, message_id: MessageId, text: str) -> None:
        """Show a further piece of a reply that is being written."""
        with self._entered(conversation_id) as room:
            same = room.draft if room.draft and room.draft.message_id == message_id else None
            room.draft = Shown(message_id, (same.text if same else "") + text)

    def discard(self, conversation_id: ConversationId, message_id: MessageId) -> None:
        """Take back a reply that was begun and will not be finished."""
        with self._entered(conversation_id) as room:
            _drop_draft(room, message_id)
            for watcher in room.watchers:
                watcher.take_back(message_id)

    def announce(self, conversation_id: ConversationId) -> None:
        """Say that rows of this conversation changed: read again."""
        if conversation_id in self._rooms:
            with self._entered(conversation_id) as room:
                for watcher in room.watchers:
                    watcher.is_changed = True
        for desk in self._desks:
            desk.note(conversation_id)

    def set_typing(self, conversation_id: ConversationId, who: Author | None) -> None:
        """Show who is writing; None ends it."""
        with self._entered(conversation_id) as room:
            room.typing = who

    async def visitor_paused(self, conversation_id: ConversationId, at_most: timedelta) -> None:
        """Return when the visitor is not typing, and after `at_most` in any case."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._pause(conversation_id), at_most.total_seconds())

    # What the HTTP side calls

    def visitor_typing(self, conversation_id: ConversationId) -> None:
        """Note that the visitor types; it lasts three seconds."""
        self._set_visitor_typing(conversation_id, _now() + TYPING_LASTS)

    def visitor_wrote(self, conversation_id: ConversationId) -> None:
        """Note that the visitor has sent what they typed."""
        self._set_visitor_typing(conversation_id, 0.0)

    def typing(self, conversation_id: ConversationId) -> Author | None:
        """Tell who is writing to the visitor now."""
        room = self._rooms.get(conversation_id)
        return room.typing if room else None

    def settle(self, conversation_id: ConversationId, message_id: MessageId) -> None:
        """Note that a reply is in the log now, so that its draft is not shown any more."""
        if conversation_id in self._rooms:
            with self._entered(conversation_id) as room:
                _drop_draft(room, message_id)

    @contextlib.asynccontextmanager
    async def subscribe(self, conversation_id: ConversationId) -> AsyncIterator[Watcher]:
        """Watch one conversation; the first look gives what is going on already."""
        room = self._rooms.setdefault(conversation_id, _Room())
        watcher = Watcher(room)
        watcher.woken.set()
        room.watchers.add(watcher)
        self._unwatched.pop(conversation_id, None)
        try:
            yield watcher
        finally:
            room.watchers.discard(watcher)
            self._tidy(conversation_id, room)

    @contextlib.asynccontextmanager
    async def subscribe_to_all(self) -> AsyncIterator[DeskWatcher]:
        """Watch the names of all conversations that change."""
        desk = DeskWatcher()
        self._desks.add(desk)
        try:
            yield desk
        finally:
            self._desks.discard(desk)

    def watchers(self) -> int:
        """Count who watches."""
        return len(self._desks) + sum(len(room.watchers) for room in self._rooms.values())

    def close(self) -> None:
        """Let every stream and long poll end now, so that the server can stop."""
        self.is_closing = True
        for room in self._rooms.values():
            room.wake()
        for desk in self._desks:
            desk.woken.set()

    # Rooms

    @contextlib.contextmanager
    def _entered(self, conversation_id: ConversationId) -> Iterator[_Room]:
        """Change something in a room and wake who watches it."""
        room = self._rooms.setdefault(conversation_id, _Room())
        yield room
        room.wake()
        self._tidy(conversation_id, room)

    async def _pause(self, conversation_id: ConversationId) -> None:
        while (room := self._rooms.get(conversation_id)) and room.visitor_types_until > _now():
            room.visitor_acts = room.visitor_acts or asyncio.Event()
            await _woken(room.visitor_acts, room.visitor_types_until - _now())

    def _set_visitor_typing(self, conversation_id: ConversationId, until: float) -> None:
        room = self._rooms.setdefault(conversation_id, _Room())
        room.visitor_types_until = until
        if room.visitor_acts:
            room.visitor_acts.set()
        self._tidy(conversation_id, room)

    def _tidy(self, conversation_id: ConversationId, room: _Room) -> None:
        """Forget a conversation that nobody watches: at once when nothing goes on, else the oldest first."""
        if room.watchers:
            return
        self._unwatched.pop(conversation_id, None)
        if room.is_blank(_now()):
            self._rooms.pop(conversation_id, None)
            return
        self._unwatched[conversation_id] = None
        while len(self._unwatched) > MOST_UNWATCHED:
            oldest, _ = self._unwatched.popitem(last=False)
            self._rooms.pop(oldest, None)


def _drop_draft(room: _Room, message_id: MessageId) -> None:
    if room.draft and room.draft.message_id == message_id:
        room.draft = None


async def _woken(event: asyncio.Event, at_most: float) -> None:
    """Wait for an event and clear it; without a task of its own, as `wait_for` would make one for each reader."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(at_most):
            await event.wait()
    event.clear()


def _now() -> float:
    return asyncio.get_running_loop().time()
