"""What conversations and handoffs both write, inside a transaction that is already open."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol, Self, TypeVar

from agent.conversation import Attachment, Author, Held, Holder, Message, MessageId, RepId
from agent.errors import StaleEpochError
from agent.handoff import DeskPostKind, Handoff, HandoffState
from agent.lead_watch import PAUSED_AFTER
from agent.reply import Reply
from agent.scoring import Score
from agent.signals import HeardSignal
from knowledge.columns import columns_of
from knowledge.handoff_queries import first_post_due
from knowledge.ledger_queries import (
    ACTIVE_HANDOFF,
    FIRST_UNANSWERED,
    HEAR,
    LOG,
    POST,
    RETELL,
    SAID,
    SAID_WITH_FILES,
    SAVE_SCORE,
    SAY,
    Serving,
)
from knowledge.prepared import Changes
from knowledge.rows import PostState
from knowledge.standing import Kept, Standing, lock

Found = TypeVar("Found")


class Opened(Protocol):
    """A handoff, as far as its desk posts must know it."""

    @property
    def id(self) -> str:
        """Name it."""
        ...

    @property
    def conversation_id(self) -> str:
        """Say where it was opened."""
        ...

    @property
    def state(self) -> HandoffState:
        """Say where it stands."""
        ...


@dataclass(slots=True)
class Ledger:
    """One conversation, locked until the transaction ends; what is changed of its `row` is written by `save`."""

    rows: Changes
    kept: Kept
    now: datetime
    new_id: Callable[[str], str]

    @classmethod
    def of(
        cls, rows: Changes, conversation_id: str, now: datetime, new_id: Callable[[str], str]
    ) -> Self:
        """Lock a conversation; raises UnknownConversationError."""
        return cls(rows, lock(rows, conversation_id), now, new_id)

    @property
    def row(self) -> Standing:
        """Give how the conversation stands."""
        return self.kept.standing

    def save(self) -> None:
        """Write how the conversation stands."""
        self.kept.save(self.rows)

    def must_be_current(self, held: Held) -> None:
        """Raise StaleEpochError when the hold is out of date."""
        if self.row.epoch != held.conversation.epoch:
            raise StaleEpochError(f"{self.row.id} moved on from epoch {held.conversation.epoch}.")

    @property
    def is_leased(self) -> bool:
        """Tell whether somebody works on it now."""
        return self.row.lease_until is not None and self.row.lease_until > self.now

    def said(self, author: Author, client_message_id: str) -> Message | None:
        """Find what was said under the client's own id."""
        known = {"author": author, "client_message_id": client_message_id}
        return self.rows.first(SAID, id=self.row.id, **known)

    def say(
        self,
        author: Author,
        author_name: str,
        text: str,
        client_message_id: str | None = None,
        attachments: tuple[Attachment, ...] = (),
    ) -> Message:
        """Add words with the next seq."""
        message_id = MessageId(self.new_id("m"))
        message = self._next(message_id, author, author_name, text)
        return self._add(replace(message, attachments=attachments), client_message_id)

    def say_for_visitor(
        self,
        author_name: str,
        text: str,
        client_message_id: str,
        attachments: tuple[Attachment, ...] = (),
    ) -> Message:
        """Add a visitor's words: a draft that nobody saw is dropped, a reply is due, a rep who was called hears them."""
        message = self.say(Author.VISITOR, author_name, text, client_message_id, attachments)
        if self.is_leased and self.row.showing_epoch != self.row.epoch:
            self.row.epoch += 1
        self.row.words_due_at = self.now
        self.settle()
        self.relay(message)
        return message

    def relay(self, message: Message) -> None:
        """Pass words on to the desk while a rep is called or there."""
        handoff = self.active_handoff()
        if handoff is not None:
            self.post(handoff, DeskPostKind.RELAY, message.text, message)

    def reply(self, reply: Reply, author_name: str, in_reply_to: tuple[MessageId, ...]) -> Message:
        """Add the agent's words with the next seq."""
        blank = self._next(reply.message_id, Author.AGENT, author_name, reply.text)
        message = replace(
            blank, in_reply_to=in_reply_to, sources=reply.sources, sentences=reply.sentences
        )
        return self._add(message, None)

    def hear(self, signals: Iterable[HeardSignal]) -> None:
        """Add signals to what the lead has shown."""
        owner = {"lead_id": self.row.lead_id, "conversation_id": self.row.id}
        for signal in signals:
            self.rows.run(HEAR, **columns_of(signal), **owner)

    def save_score(self, score: Score) -> None:
        """Make this the lead's score; they are looked at when they have paused."""
        self.rows.run(
            SAVE_SCORE,
            scored_id=self.row.lead_id,
            new_score=score,
            new_score_total=score.total,
            new_temperature=score.temperature,
            new_temperature_since=score.since,
            now=self.now,
            paused_at=self.now + PAUSED_AFTER,
        )

    def has_unanswered(self) -> bool:
        """Tell whether the visitor waits for words."""
        row = self.row
        first = self.rows.first(FIRST_UNANSWERED, id=row.id, answered_seq=row.answered_seq)
        return first is not None

    def active_handoff(self) -> Serving | None:
        """Find the open or claimed handoff that serves this conversation."""
        if self.row.handoff_id is None:
            return None
        return self.rows.first(ACTIVE_HANDOFF, id=self.row.handoff_id)

    def pass_on(self, handoff: Handoff) -> bool:
        """Give the conversation to the rep who claimed, else to the agent; tells whether that is news."""
        is_claimed = handoff.state is HandoffState.CLAIMED
        holder, rep_id = (Holder.REP, handoff.claimed_by) if is_claimed else (Holder.AGENT, None)
        row = self.row
        if (row.holder, row.rep_id) == (holder, rep_id):
            return False
        row.holder, row.rep_id = holder, rep_id
        row.epoch += 1
        if holder is Holder.AGENT and self.has_unanswered():
            row.words_due_at = self.now
        return True

    def post(
        self, handoff: Opened, kind: DeskPostKind, text: str, message: Message | None = None
    ) -> None:
        """Make something due at the desk; updates that nobody tried yet become one.

        The conversation in which the handoff was opened has one queue for all that it serves, so that all comes
        to the desk in order, after the card.
        """
        is_update = kind is DeskPostKind.UPDATE
        if is_update and self.rows.run(RETELL, told_of=handoff.id, text=text):
            return
        with self._where_opened(handoff) as queue:
            self.rows.run(
                POST,
                id=self.new_id("p"),
                handoff_id=handoff.id,
                conversation_id=queue.row.id,
                kind=kind,
                message_id=message.id if message and kind is DeskPostKind.RELAY else None,
                text=text,
                state=PostState.DUE,
                attempts=0,
                due_at=self.now,
                because="",
            )
            queue.settle_posts()

    def post_files(self, handoff: Opened) -> None:
        """Bring the files that came before the handoff to the desk, with their words."""
        for message in self.rows.all(SAID_WITH_FILES, id=self.row.id):
            self.post(handoff, DeskPostKind.RELAY, message.text, message)

    def log(self, handoff: Opened, because: str, rep_id: RepId | None = None) -> None:
        """Add a line to a handoff's log."""
        told = {"at": self.now, "state": handoff.state, "rep_id": rep_id, "because": because}
        self.rows.run(LOG, handoff_id=handoff.id, **told)

    def look_again(self) -> None:
        """Let the watch come by at once: it sets the next timer, and may die before it does."""
        timer_at = self.row.timer_at
        self.row.timer_at = min(timer_at, self.now) if timer_at is not None else self.now

    def settle(self) -> None:
        """Work out when this conversation must be looked at again."""
        row = self.row
        times = (row.timer_at, row.words_due_at, row.posts_due_at)
        row.due_at = min((at for at in times if at is not None), default=None)

    def settle_posts(self) -> None:
        """Do so after something changed in what is due at the desk."""
        self.row.posts_due_at = first_post_due(self.rows, self.row.id)
        self.settle()

    @contextmanager
    def _where_opened(self, handoff: Opened) -> Iterator["Ledger"]:
        if handoff.conversation_id == self.row.id:
            yield self
        else:
            with opened(self.rows, handoff.conversation_id, self.now, self.new_id) as queue:
                yield queue

    def _next(self, message_id: MessageId, author: Author, author_name: str, text: str) -> Message:
        row = self.row
        row.last_seq += 1
        return Message(message_id, row.id, row.last_seq, author, author_name, text, self.now)

    def _add(self, message: Message, client_message_id: str | None) -> Message:
        self.rows.run(SAY, **columns_of(message), client_message_id=client_message_id)
        return message


@contextmanager
def opened(
    rows: Changes, conversation_id: str, now: datetime, new_id: Callable[[str], str]
) -> Iterator[Ledger]:
    """Lock a conversation, and write how it stands in the end; raises UnknownConversationError."""
    ledger = Ledger.of(rows, conversation_id, now, new_id)
    yield ledger
    ledger.save()
