"""Whoever watches a conversation live: in this process, and through `tell` and `hear` in all that serve together.

Messages themselves are read from the log again; what is here only says when to look, and shows what is not in the
log yet. So nothing is lost for good when a word between two processes is.
"""

import asyncio
import contextlib
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from datetime import timedelta

from agent.conversation import Author, ConversationId, MessageId
from integrations.web.watchers import (
    Changed,
    DeskWatcher,
    Discarded,
    Happening,
    Room,
    Shown,
    Typing,
    Update,
    VisitorTypes,
    Watcher,
    woken_within,
)

TYPING_LASTS = 3.0
MOST_UNWATCHED = 1_000


def _tell_nobody(_conversation_id: ConversationId, _what: Happening) -> None:
    """Keep it in this process."""


class LiveAudience:
    """Shows what happens to everybody who watches; `tell` takes it to the other processes."""

    def __init__(self, tell: Callable[[ConversationId, Happening], None] = _tell_nobody) -> None:
        self.is_closing = False
        self._tell = tell
        self._rooms: dict[ConversationId, Room] = {}
        self._unwatched: OrderedDict[ConversationId, None] = OrderedDict()
        self._desks: set[DeskWatcher] = set()

    # What the agent and the desk call

    def show(self, conversation_id: ConversationId, message_id: MessageId, text: str) -> None:
        """Show a further piece of a reply that is being written."""
        room = self._rooms.get(conversation_id)
        same = room.draft if room and room.draft else None
        before = same.text if same and same.message_id == message_id else ""
        self._happen(conversation_id, Shown(message_id, before + text))

    def discard(self, conversation_id: ConversationId, message_id: MessageId) -> None:
        """Take back a reply that was begun and will not be finished."""
        self._happen(conversation_id, Discarded(message_id))

    def announce(self, conversation_id: ConversationId) -> None:
        """Say that rows of this conversation changed: read again."""
        self._happen(conversation_id, Changed())

    def set_typing(self, conversation_id: ConversationId, who: Author | None) -> None:
        """Show who is writing; None ends it."""
        self._happen(conversation_id, Typing(who))

    async def visitor_paused(self, conversation_id: ConversationId, at_most: timedelta) -> None:
        """Return when the visitor is not typing, and after `at_most` in any case."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._pause(conversation_id), at_most.total_seconds())

    # What the HTTP side calls

    def visitor_typing(self, conversation_id: ConversationId) -> None:
        """Note that the visitor types; it lasts three seconds."""
        self._happen(conversation_id, VisitorTypes())

    def visitor_wrote(self, conversation_id: ConversationId) -> None:
        """Note that the visitor has sent what they typed."""
        self._happen(conversation_id, VisitorTypes(has_ended=True))

    def typing(self, conversation_id: ConversationId) -> Author | None:
        """Tell who is writing to the visitor now."""
        room = self._rooms.get(conversation_id)
        return room.typing if room else None

    def settle(self, conversation_id: ConversationId, message_id: MessageId) -> None:
        """Note that a reply is in the log now, so that its draft is not shown any more."""
        if room := self._rooms.get(conversation_id):
            room.settle(message_id)
            self._tidy(conversation_id, room)

    @contextlib.asynccontextmanager
    async def subscribe(self, conversation_id: ConversationId) -> AsyncIterator[Watcher]:
        """Watch one conversation; the first look gives what is going on already."""
        room = self._rooms.setdefault(conversation_id, Room())
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

    def close(self) -> None:
        """Let every stream and long poll end now, so that the server can stop."""
        self.is_closing = True
        for room in self._rooms.values():
            room.wake()
        for desk in self._desks:
            desk.woken.set()

    def watchers(self) -> int:
        """Count who watches."""
        return len(self._desks) + sum(len(room.watchers) for room in self._rooms.values())

    # What other processes tell

    def hear(self, conversation_id: ConversationId, what: Happening) -> None:
        """Take in what happened in another process."""
        self._take(conversation_id, what)
        room = self._rooms.get(conversation_id)
        if room and (room.draft or room.typing):
            room.heard_at = _now()

    def doubt(self, silent_for: float = 0.0) -> None:
        """Take back what other processes were writing and have said nothing of for so long: they may be gone."""
        until = _now() - silent_for
        for conversation_id, room in list(self._rooms.items()):
            if room.heard_at is None or room.heard_at > until:
                continue
            room.heard_at = None
            if room.draft:
                room.take(Discarded(room.draft.message_id))
            room.take(Typing(None))
            self._tidy(conversation_id, room)

    def suspect_changes(self) -> list[ConversationId]:
        """Have the desks read everything again, and give the conversations whose readers should."""
        for desk in self._desks:
            desk.miss()
        return [conversation_id for conversation_id, room in self._rooms.items() if room.watchers]

    # Rooms

    def _happen(self, conversation_id: ConversationId, what: Happening) -> None:
        """Take in what happened here, and tell it."""
        self._take(conversation_id, what)
        if room := self._rooms.get(conversation_id):
            room.heard_at = None
        self._tell(conversation_id, what)

    def _take(self, conversation_id: ConversationId, what: Happening) -> None:
        match what:
            case VisitorTypes(has_ended):
                until = 0.0 if has_ended else _now() + TYPING_LASTS
                self._set_visitor_typing(conversation_id, until)
            case Changed():
                self._take_update(conversation_id, what)
                for desk in self._desks:
                    desk.note(conversation_id)
            case _:
                self._take_update(conversation_id, what)

    def _take_update(self, conversation_id: ConversationId, update: Update) -> None:
        begins = isinstance(update, Shown) or (
            isinstance(update, Typing) and update.who is not None
        )
        room = (
            self._rooms.setdefault(conversation_id, Room())
            if begins
            else self._rooms.get(conversation_id)
        )
        if room:
            room.take(update)
            self._tidy(conversation_id, room)

    async def _pause(self, conversation_id: ConversationId) -> None:
        while (room := self._rooms.get(conversation_id)) and room.visitor_types_until > _now():
            room.visitor_acts = room.visitor_acts or asyncio.Event()
            await woken_within(room.visitor_acts, room.visitor_types_until - _now())

    def _set_visitor_typing(self, conversation_id: ConversationId, until: float) -> None:
        room = self._rooms.setdefault(conversation_id, Room())
        room.visitor_types_until = until
        if room.visitor_acts:
            room.visitor_acts.set()
        self._tidy(conversation_id, room)

    def _tidy(self, conversation_id: ConversationId, room: Room) -> None:
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


def _now() -> float:
    return asyncio.get_running_loop().time()
