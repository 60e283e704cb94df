"""What can be made of words while they are still being saved, so that the turn that answers them finds it done.

What is read in words, and what is found for them, depends on them and on what was said before alone; detector, library
and answer reader keep it for a moment. What was guessed wrong costs some work and changes nothing.
"""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Self

from agent.answering.features import AnswerReader
from agent.conversation import Author, Conversation, ConversationId, Holder, Message
from agent.errors import LibraryUnavailableError
from agent.facts import Library
from agent.finding import READ_FACTS, context_of, find_and_read, wanted_by, wants_of_each
from agent.questions import split_questions
from agent.signals import SignalDetector, TextReading
from agent.turn import Conversations

MOST_SAID = 3  # messages before the new words that are looked at
MOST_AT_ONCE = (
    8  # looks ahead; where more people write at once, each turn finds enough to do without guesses
)
LONGEST = 1.0  # seconds; what takes longer waits for something that is slow or down


@dataclass(frozen=True, slots=True)
class Foresight:
    """How far one look ahead has come."""

    has_read: asyncio.Event = field(default_factory=asyncio.Event)
    has_found: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(frozen=True, slots=True)
class Foresights:
    """The looks ahead that are going on; a turn waits for its own, `longest` seconds, rather than do the same beside it."""

    going_on: dict[ConversationId, Foresight] = field(default_factory=dict)
    longest: float = LONGEST

    @contextmanager
    def begin(self, conversation_id: ConversationId) -> Iterator[Foresight]:
        """Begin a look ahead; with the block it ends, and nobody waits for it any more."""
        foresight = self.going_on[conversation_id] = Foresight()
        try:
            yield foresight
        finally:
            foresight.has_read.set()
            foresight.has_found.set()
            if self.going_on.get(conversation_id) is foresight:
                del self.going_on[conversation_id]

    @property
    def are_enough(self) -> bool:
        """Tell whether so many are going on that another would only keep turns waiting."""
        return len(self.going_on) >= MOST_AT_ONCE

    async def read(self, conversation_id: ConversationId) -> None:
        """Return when nothing is being read ahead."""
        if foresight := self.going_on.get(conversation_id):
            await _waited(foresight.has_read, self.longest)

    async def found(self, conversation_id: ConversationId) -> None:
        """Return when nothing is being found ahead."""
        if foresight := self.going_on.get(conversation_id):
            await _waited(foresight.has_found, self.longest)


@dataclass(frozen=True, slots=True)
class Words:
    """New words, and what was said last by our side and by the visitor."""

    text: str
    ours: str = ""
    theirs: str = ""

    @classmethod
    def after(cls, said: Sequence[Message], text: str) -> Self:
        """Give words with what was said before them."""
        ours = [each.text for each in said if each.author is not Author.VISITOR]
        theirs = [each.text for each in said if each.author is Author.VISITOR]
        return cls(text, ours[-1] if ours else "", theirs[-1] if theirs else "")


@dataclass(frozen=True, slots=True)
class Foreseer:
    """Reads words and looks for what answers them, ahead of the turn."""

    conversations: Conversations
    detector: SignalDetector
    library: Library
    reader: AnswerReader | None

    async def look(self, conversation: Conversation, text: str, foresight: Foresight) -> None:
        """Do so, and say how far it has come; who speaks with a rep needs neither."""
        if conversation.holder is not Holder.AGENT:
            return
        words, questions = await self._words(conversation, text), split_questions(text)
        try:
            # What takes longest begins first.
            _, reading = await asyncio.gather(
                self._look_up(questions), self._read(words, foresight)
            )
            await self._find(words, questions, reading)
        except LibraryUnavailableError:
            return

    async def _words(self, conversation: Conversation, text: str) -> Words:
        if not conversation.last_seq:
            return Words(text)
        after = max(0, conversation.last_seq - MOST_SAID)
        said = await self.conversations.messages(conversation.id, after, MOST_SAID)
        return Words.after(said, text)

    async def _look_up(self, questions: Sequence[str]) -> None:
        """Compare each question with the pages, which takes longest; what is needed besides is added to that later."""
        await asyncio.gather(*(self.library.find(each, READ_FACTS) for each in questions))

    async def _read(self, words: Words, foresight: Foresight) -> TextReading:
        reading = await asyncio.to_thread(self.detector.foresee, words.text, words.ours)
        foresight.has_read.set()
        return reading

    async def _find(self, words: Words, questions: Sequence[str], reading: TextReading) -> None:
        heard = frozenset(signal.kind for signal in reading.signals)
        contexts = [context_of(each, words.text, words.theirs) for each in questions]
        wants = wants_of_each(wanted_by(heard, reading.competitors), contexts)
        for each, wanted in zip(questions, wants, strict=True):
            await find_and_read(each, wanted, self.library, self.reader)


async def _waited(event: asyncio.Event, longest: float) -> None:
    if event.is_set():
        return
    with suppress(TimeoutError):
        async with asyncio.timeout(longest):
            await event.wait()
