"""What processes that serve together tell each other of conversations, as short notes.

Of each conversation the state is told, not every step to it, so that a process that cannot tell for a while keeps
little and catches up in one note. A note may be lost: whoever hears one late or never reads the log instead.
"""

import asyncio
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final, Literal, assert_never

from pydantic import BaseModel

from agent.conversation import Author, ConversationId, MessageId
from integrations.web.watchers import (
    Changed,
    Discarded,
    Happening,
    Shown,
    Typing,
    VisitorTypes,
)

MOST_BYTES: Final = 7_900
"""PostgreSQL's notifications hold 8,000."""
MOST_OF_A_DRAFT: Final = 4_000
"""Bytes of a reply that is being written; who watches elsewhere reads the rest once it is in the log."""
MOST_OF_A_LINE: Final = 7_500
MOST_TALKS: Final = 5_000


class Draft(BaseModel):
    """A reply that is being written: its text so far."""

    message_id: MessageId
    text: str


class TalkNews(BaseModel):
    """What happened in one conversation."""

    talk: ConversationId
    changed: bool = False
    discarded: tuple[MessageId, ...] = ()
    draft: Draft | None = None
    typing: Author | Literal["nobody"] | None = None
    visitor: Literal["types", "wrote"] | None = None

    def happenings(self) -> Iterator[Happening]:
        """Give it step by step."""
        yield from map(Discarded, self.discarded)
        if self.draft:
            yield Shown(self.draft.message_id, self.draft.text)
        if self.changed:
            yield Changed()
        if self.typing:
            yield Typing(None if self.typing == "nobody" else self.typing)
        if self.visitor:
            yield VisitorTypes(has_ended=self.visitor == "wrote")


class News(BaseModel):
    """One note: who tells it, and what; `missed` says that some of it could not be told."""

    sender: str
    missed: bool = False
    talks: tuple[TalkNews, ...] = ()


@dataclass(slots=True)
class Outbox:
    """Gathers what is to be told until somebody takes it."""

    sender: str = field(default_factory=lambda: secrets.token_hex(8))
    filled: asyncio.Event = field(default_factory=asyncio.Event)
    _talks: dict[ConversationId, TalkNews] = field(default_factory=dict)
    _missed: bool = False

    def tell(self, conversation_id: ConversationId, what: Happening) -> None:
        """Add what happened; beyond a bound only that something did."""
        if conversation_id not in self._talks and len(self._talks) >= MOST_TALKS:
            self.miss()
        before = self._talks.get(conversation_id) or TalkNews(talk=conversation_id)
        self._talks[conversation_id] = _with(before, what)
        self.filled.set()

    def miss(self) -> None:
        """Keep only that something happened: it could not be told."""
        self._talks.clear()
        self._missed = True
        self.filled.set()

    def take(self) -> list[str]:
        """Give all of it as notes, in order, and keep nothing."""
        talks, missed = self._talks, self._missed
        self._talks, self._missed = {}, False
        self.filled.clear()
        return list(_notes(self.sender, map(_line, talks.values()), missed=missed))


def read(payload: str) -> News:
    """Read a note; raises ValueError when it is none."""
    return News.model_validate_json(payload)


def _with(news: TalkNews, what: Happening) -> TalkNews:
    match what:
        case Shown(message_id, text):
            told: dict[str, object] = {"draft": Draft(message_id=message_id, text=_cut(text))}
        case Discarded(message_id):
            told = {"discarded": (*news.discarded, message_id), "draft": None}
        case Changed():
            told = {"changed": True}
        case Typing(None):
            told = {"typing": "nobody", "draft": None}
        case Typing(who):
            told = {"typing": who}
        case VisitorTypes(has_ended):
            told = {"visitor": "wrote" if has_ended else "types"}
        case _:
            assert_never(what)
    return news.model_copy(update=told)


def _cut(text: str) -> str:
    return text.encode("utf-8", "replace")[:MOST_OF_A_DRAFT].decode("utf-8", "ignore")


def _line(news: TalkNews) -> str:
    line = news.model_dump_json(exclude_defaults=True)
    if len(line.encode()) <= MOST_OF_A_LINE:
        return line
    return TalkNews(talk=news.talk, changed=True).model_dump_json(exclude_defaults=True)


def _notes(sender: str, lines: Iterable[str], *, missed: bool) -> Iterator[str]:
    """Put lines together to notes that are short enough."""
    head = f'{{"sender":"{sender}","missed":{str(missed).lower()},"talks":['
    note, size = head, len(head)
    for line in lines:
        more = len(line.encode()) + 1
        if size + more > MOST_BYTES and note != head:
            yield f"{note}]}}"
            note, size = head, len(head)
        note += line if note == head else f",{line}"
        size += more
    if note != head or missed:
        yield f"{note}]}}"
