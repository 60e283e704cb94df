"""What conversations and handoffs both write, inside a transaction that is already open."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from sqlalchemy import String, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from agent.conversation import (
    Amendment,
    Attachment,
    Author,
    Conversation,
    Held,
    Holder,
    Message,
    MessageId,
)
from agent.errors import StaleEpochError, UnknownConversationError
from agent.handoff import Change, DeskPostKind, Handoff, HandoffState
from agent.reply import Reply
from agent.scoring import Score
from agent.signals import HeardSignal
from knowledge.amendments import kept_amendment
from knowledge.columns import columns_of, value_of
from knowledge.desk_tables import AttachmentRow
from knowledge.rows import PostState
from knowledge.tables import (
    ACTIVE,
    ConversationRow,
    DeskPostRow,
    HandoffRow,
    LeadRow,
    MessageRow,
    SignalRow,
)

UNFINISHED = (PostState.DUE, PostState.ATTEMPTED)

# Built once: to build these anew for each message costs as much as to run them.
_ID = bindparam("id", type_=String())
_LOCKED = select(ConversationRow).where(ConversationRow.id == _ID).with_for_update()
_SAID = select(MessageRow).where(
    MessageRow.conversation_id == _ID,
    MessageRow.author == bindparam("author", type_=MessageRow.author.type),
    MessageRow.client_message_id == bindparam("client_message_id", type_=String()),
)
_ACTIVE_HANDOFF = select(HandoffRow).where(HandoffRow.id == _ID, HandoffRow.state.in_(ACTIVE))
_UNFINISHED_POSTS = (
    select(DeskPostRow)
    .where(DeskPostRow.conversation_id == _ID, DeskPostRow.state.in_(UNFINISHED))
    .order_by(DeskPostRow.number)
)


@dataclass(slots=True)
class Ledger:
    """One conversation, locked until the transaction ends."""

    session: AsyncSession
    row: ConversationRow
    now: datetime
    new_id: Callable[[str], str]

    @classmethod
    async def of(
        cls,
        session: AsyncSession,
        conversation_id: str,
        now: datetime,
        new_id: Callable[[str], str],
    ) -> Self:
        """Lock a conversation; raises UnknownConversationError."""
        row = await session.scalar(_LOCKED, {"id": conversation_id})
        if row is None:
            raise UnknownConversationError(f"There is no conversation {conversation_id}.")
        return cls(session, row, now, new_id)

    def must_be_current(self, held: Held) -> None:
        """Raise StaleEpochError when the hold is out of date."""
        if self.row.epoch != held.conversation.epoch:
            raise StaleEpochError(f"{self.row.id} moved on from epoch {held.conversation.epoch}.")

    @property
    def is_leased(self) -> bool:
        """Tell whether somebody works on it now."""
        return self.row.lease_until is not None and self.row.lease_until > self.now

    @property
    def conversation(self) -> Conversation:
        """Give the conversation as it stands."""
        return value_of(Conversation, self.row)

    async def said(self, author: Author, client_message_id: str) -> Message | None:
        """Find what was said under the client's own id."""
        row = await self.session.scalar(_SAID, self._known(author, client_message_id))
        return value_of(Message, row) if row else None

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

    async def say_for_visitor(
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
        await self.relay(message)
        return message

    async def relay(self, message: Message) -> None:
        """Pass words on to the desk while a rep is called or there."""
        handoff = await self.active_handoff()
        if handoff is not None:
            await self.post(handoff, DeskPostKind.RELAY, message.text, message)

    async def say_for_rep(self, change: Change) -> Message:
        """Add a rep's words and files; an amendment that came before them holds at once."""
        words, files = change.rep_words or "", change.rep_attachments
        said = self.say(Author.REP, change.rep_name, words, change.rep_words_id, files)
        await self._take_in(files)
        amendment = await kept_amendment(self.session, change.rep_words_id or "")
        if amendment is None:
            return said
        await self.session.flush()
        return await self.amend(change.rep_words_id or "", amendment) or said

    async def amend(self, words_id: str, amendment: Amendment) -> Message | None:
        """Change or take back a rep's words; the newest amendment stands."""
        row = await self.session.scalar(_SAID, self._known(Author.REP, words_id))
        if row is not None and _is_news(row, amendment):
            self.row.amended += 1
            if amendment.text is None:
                row.text, row.attachments, row.deleted_at = "", (), amendment.at
            else:
                row.text, row.edited_at = amendment.text, amendment.at
        return value_of(Message, row) if row else None

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
        self.session.add_all(SignalRow(**columns_of(signal), **owner) for signal in signals)

    async def save_score(self, score: Score) -> None:
        """Make this the lead's score."""
        lead = await self.session.get_one(LeadRow, self.row.lead_id)
        lead.score, lead.score_total = score, score.total
        lead.temperature, lead.temperature_since = score.temperature, score.since
        lead.due_at = self.now

    async def has_unanswered(self) -> bool:
        """Tell whether the visitor waits for words."""
        waiting = select(MessageRow.id).where(
            MessageRow.conversation_id == self.row.id,
            MessageRow.author == Author.VISITOR,
            MessageRow.seq > self.row.answered_seq,
        )
        return await self.session.scalar(waiting.limit(1)) is not None

    async def active_handoff(self) -> HandoffRow | None:
        """Find the open or claimed handoff that serves this conversation."""
        if self.row.handoff_id is None:
            return None
        return await self.session.scalar(_ACTIVE_HANDOFF, {"id": self.row.handoff_id})

    async def pass_on(self, handoff: Handoff) -> bool:
        """Give the conversation to the rep who claimed, else to the agent; tells whether that is news."""
        is_claimed = handoff.state is HandoffState.CLAIMED
        holder, rep_id = (Holder.REP, handoff.claimed_by) if is_claimed else (Holder.AGENT, None)
        row = self.row
        if (row.holder, row.rep_id) == (holder, rep_id):
            return False
        row.holder, row.rep_id = holder, rep_id
        row.epoch += 1
        if holder is Holder.AGENT and await self.has_unanswered():
            row.words_due_at = self.now
        return True

    async def post(
        self, handoff: HandoffRow, kind: DeskPostKind, text: str, message: Message | None = None
    ) -> None:
        """Make something due at the desk; updates that nobody tried yet become one.

        The conversation in which the handoff was opened has one queue for all that it serves, so that all comes
        to the desk in order, after the card.
        """
        if kind is DeskPostKind.UPDATE and (waiting := await self._due_update(handoff.id)):
            waiting.text = text
            return
        queue = await self._where_opened(handoff)
        post = DeskPostRow(
            id=self.new_id("p"),
            handoff_id=handoff.id,
            conversation_id=queue.row.id,
            kind=kind,
            message_id=message.id if message and kind is DeskPostKind.RELAY else None,
            text=text,
            due_at=self.now,
        )
        # The message must be there before a post that points at it.
        await self.session.flush()
        self.session.add(post)
        await queue.settle_posts()

    async def post_files(self, handoff: HandoffRow) -> None:
        """Bring the files that came before the handoff to the desk, with their words."""
        with_files = select(MessageRow).where(
            MessageRow.conversation_id == self.row.id, MessageRow.attachments != ()
        )
        for row in await self.session.scalars(with_files.order_by(MessageRow.seq)):
            await self.post(handoff, DeskPostKind.RELAY, row.text, value_of(Message, row))

    def look_again(self) -> None:
        """Let the watch come by at once: it sets the next timer, and may die before it does."""
        timer_at = self.row.timer_at
        self.row.timer_at = min(timer_at, self.now) if timer_at is not None else self.now

    def settle(self) -> None:
        """Work out when this conversation must be looked at again."""
        row = self.row
        times = (row.timer_at, row.words_due_at, row.posts_due_at)
        row.due_at = min((at for at in times if at is not None), default=None)

    async def settle_posts(self) -> None:
        """Do so after something changed in what is due at the desk."""
        await self.session.flush()
        heads: dict[str, datetime] = {}
        for post in await unfinished_posts(self.session, self.row.id):
            heads.setdefault(post.handoff_id, post.due_at)
        self.row.posts_due_at = min(heads.values(), default=None)
        self.settle()

    async def _where_opened(self, handoff: HandoffRow) -> Self:
        if handoff.conversation_id == self.row.id:
            return self
        return await self.of(self.session, handoff.conversation_id, self.now, self.new_id)

    async def _due_update(self, handoff_id: str) -> DeskPostRow | None:
        return await self.session.scalar(
            select(DeskPostRow).where(
                DeskPostRow.handoff_id == handoff_id,
                DeskPostRow.kind == DeskPostKind.UPDATE,
                DeskPostRow.state == PostState.DUE,
            )
        )

    async def _take_in(self, attachments: tuple[Attachment, ...]) -> None:
        """Let files belong to the conversation in which they are shown."""
        ids = [attachment.id for attachment in attachments]
        if ids:
            ours = update(AttachmentRow).where(AttachmentRow.id.in_(ids))
            await self.session.execute(ours.values(conversation_id=self.row.id))

    def _known(self, author: Author, client_message_id: str) -> dict[str, object]:
        return {"id": self.row.id, "author": author, "client_message_id": client_message_id}

    def _next(self, message_id: MessageId, author: Author, author_name: str, text: str) -> Message:
        self.row.last_seq += 1
        conversation = self.conversation
        return Message(
            message_id,
            conversation.id,
            conversation.last_seq,
            author,
            author_name,
            text,
            self.now,
        )

    def _add(self, message: Message, client_message_id: str | None) -> Message:
        self.session.add(MessageRow(**columns_of(message), client_message_id=client_message_id))
        return message


def _is_news(row: MessageRow, amendment: Amendment) -> bool:
    is_older = row.edited_at is not None and row.edited_at >= amendment.at
    return row.deleted_at is None and (amendment.text is None or not is_older)


async def unfinished_posts(session: AsyncSession, conversation_id: str) -> list[DeskPostRow]:
    """Find what still has to reach the desk, in order."""
    posts = await session.scalars(_UNFINISHED_POSTS, {"id": conversation_id})
    return list(posts)
