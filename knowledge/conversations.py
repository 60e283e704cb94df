"""Conversations, messages and turns in the database; see agent/turn.py for what each method promises."""

from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import TypeVar

from sqlalchemy import BigInteger, Integer, String, bindparam, or_, select

from agent.clock import Clock
from agent.conversation import (
    Amendment,
    Attachment,
    Author,
    Conversation,
    ConversationId,
    Held,
    Message,
)
from agent.errors import ConversationClosedError, StaleEpochError, UnknownConversationError
from agent.turn import Opening, Turn
from knowledge.amendments import keep_amendment
from knowledge.columns import value_of
from knowledge.database import Database
from knowledge.held_talks import held_of
from knowledge.ids import new_id
from knowledge.leases import LEASE, release, take
from knowledge.ledger import Ledger
from knowledge.ledger_queries import SAID
from knowledge.ledgers import Ledgers
from knowledge.openings import Openings
from knowledge.prepared import Changes, Prepared, columns_for
from knowledge.recording import record
from knowledge.rep_words import amend
from knowledge.tables import ConversationRow, MessageRow, TurnRow
from knowledge.talk_times import begin_showing, is_set, release_answered, set_timer

Found = TypeVar("Found")

# Built once: to build it anew for each message costs as much as to run it.
_THIS = ConversationRow.id == bindparam("id", type_=String())
_CONVERSATION = Prepared(
    select(*columns_for(Conversation, ConversationRow)).where(_THIS), Conversation
)
_EPOCH = Prepared(select(ConversationRow.epoch).where(_THIS), int)
_LEASED_BY = Prepared(select(ConversationRow.lease_owner).where(_THIS), lambda owner: owner)
DUE = Prepared(
    select(ConversationRow.id)
    .where(ConversationRow.due_at <= bindparam("now", type_=ConversationRow.due_at.type))
    .order_by(ConversationRow.due_at)
    .limit(bindparam("most", type_=Integer())),
    ConversationId,
)
_SAID_AFTER = Prepared(
    select(*columns_for(Message, MessageRow))
    .where(
        MessageRow.conversation_id == bindparam("id", type_=String()),
        MessageRow.seq > bindparam("after", type_=BigInteger()),
    )
    .order_by(MessageRow.seq)
    .limit(bindparam("most", type_=Integer())),
    Message,
)
_SAID_BY_REPS: Prepared[str] = Prepared(
    select(MessageRow.client_message_id)
    .where(
        MessageRow.conversation_id == bindparam("id", type_=String()),
        MessageRow.author == Author.REP,
        MessageRow.client_message_id.is_not(None),
        MessageRow.client_message_id != "",
        MessageRow.seq > bindparam("after", type_=BigInteger()),
        MessageRow.seq <= bindparam("until", type_=BigInteger()),
    )
    .order_by(MessageRow.seq),
    str,
)


class SqlConversations:
    """Conversations kept in SQL."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        new_id: Callable[[str], str] = new_id,
        agent_name: str = "Hotline",
        free_mail: Collection[str] = (),
    ) -> None:
        self._database = database
        self._clock = clock
        self._new_id = new_id
        self._agent_name = agent_name
        self._ledgers = Ledgers(database, clock, new_id)
        self._openings = Openings(database, clock, new_id, agent_name, free_mail)
        self._leases: set[str] = set()

    async def start(self, opening: Opening) -> Conversation:
        """Open a conversation; the visitor's identities are bound to a lead (a new one if unknown)."""
        return await self._openings.start(opening)

    async def get(self, conversation_id: ConversationId) -> Conversation:
        """Get one; raises UnknownConversationError."""
        found = await self._database.look(
            lambda rows: rows.first(_CONVERSATION, id=conversation_id)
        )
        return _known(found, conversation_id)

    async def append(
        self,
        conversation_id: ConversationId,
        client_message_id: str,
        text: str,
        attachments: tuple[Attachment, ...] = (),
    ) -> tuple[Message, bool]:
        """Save a visitor's message before it is acknowledged; gives it and whether it is new."""

        def append(ledger: Ledger) -> tuple[Message, bool]:
            known = ledger.said(Author.VISITOR, client_message_id)
            if known is not None:
                return known, False
            row = ledger.row
            if row.ended_at is not None:
                raise ConversationClosedError(
                    f"{conversation_id} has ended; start a new conversation."
                )
            name = row.visitor.name or ""
            return ledger.say_for_visitor(name, text, client_message_id, attachments), True

        return await self._ledgers.write(conversation_id, append)

    async def has_said(self, conversation_id: ConversationId, client_message_id: str) -> bool:
        """Tell whether the visitor's words under this id are saved already."""
        asked = {"author": Author.VISITOR, "client_message_id": client_message_id}
        said = await self._database.look(lambda rows: rows.first(SAID, id=conversation_id, **asked))
        return said is not None

    async def messages(
        self, conversation_id: ConversationId, after: int, limit: int = 500
    ) -> list[Message]:
        """Give the messages with a greater seq, in order."""
        asked = {"id": conversation_id, "after": after, "most": limit}
        return await self._database.look(lambda rows: rows.all(_SAID_AFTER, **asked))

    async def find_words(
        self, conversation_ids: Sequence[ConversationId], words_id: str
    ) -> Message | None:
        """Find what a rep said under this id in one of these conversations."""
        async with self._database.read() as session:
            row = await session.scalar(
                select(MessageRow).where(
                    MessageRow.conversation_id.in_(conversation_ids),
                    MessageRow.author == Author.REP,
                    MessageRow.client_message_id == words_id,
                )
            )
            return value_of(Message, row) if row else None

    async def amend(
        self, conversation_ids: Sequence[ConversationId], words_id: str, amendment: Amendment
    ) -> Message | None:
        """Change or take back what a rep said under this id in one of these conversations."""

        def amend_in_one(rows: Changes) -> Message | None:
            for conversation_id in conversation_ids:
                with self._ledgers.opened(rows, conversation_id) as ledger:
                    if message := amend(ledger, words_id, amendment):
                        return message
            keep_amendment(rows, words_id, amendment)
            return None

        return await self._database.change(amend_in_one)

    async def amended(self, conversation_id: ConversationId) -> list[Message]:
        """Give the messages whose words were changed or taken back, in order."""
        is_amended = or_(MessageRow.edited_at.is_not(None), MessageRow.deleted_at.is_not(None))
        async with self._database.read() as session:
            rows = await session.scalars(
                select(MessageRow)
                .where(MessageRow.conversation_id == conversation_id, is_amended)
                .order_by(MessageRow.seq)
            )
            return [value_of(Message, row) for row in rows]

    async def note_seen(self, conversation_id: ConversationId, seq: int) -> list[str]:
        """Note how far the visitor has read; gives the ids of the reps' words that are read for the first time."""
        if (await self.get(conversation_id)).seen_seq >= seq:
            return []

        def note(ledger: Ledger) -> list[str]:
            row, before = ledger.row, ledger.row.seen_seq
            row.seen_seq = max(before, min(seq, row.last_seq))
            words = {"after": before, "until": row.seen_seq}
            return ledger.rows.all(_SAID_BY_REPS, id=conversation_id, **words)

        return await self._ledgers.write(conversation_id, note)

    @asynccontextmanager
    async def hold(self, conversation_id: ConversationId) -> AsyncIterator[Held | None]:
        """Lease the conversation and raise its epoch; None while another worker holds the lease."""
        lease = f"{self._database.replica}:{self._new_id('lease')}"
        has_failed, may_be_ours = False, True
        self._leases.add(lease)
        try:
            held = await self._take(conversation_id, lease)
            may_be_ours = held is not None
            yield held
        except Exception:
            has_failed = True
            raise
        finally:
            self._leases.discard(lease)
            if may_be_ours:
                await self._release(conversation_id, lease, has_failed=has_failed)

    async def begin_showing(self, held: Held) -> None:
        """Note that the first sentence is about to be shown; raises StaleEpochError."""
        talk, until = held.conversation, self._clock.now() + LEASE
        is_current = await self._database.change_in_passing(
            lambda rows: begin_showing(rows, talk.id, talk.epoch, until), talk.id
        )
        if not is_current:
            raise StaleEpochError(f"{talk.id} moved on from epoch {talk.epoch}.")

    async def is_current(self, held: Held) -> bool:
        """Tell whether the epoch still is the one we hold."""
        asked = held.conversation.id
        epoch = await self._database.look(lambda rows: rows.first(_EPOCH, id=asked))
        return _known(epoch, asked) == held.conversation.epoch

    async def record_turn(self, held: Held, turn: Turn) -> Message | None:
        """Record the turn, its reply, signals, score and questions in one transaction; gives the reply."""
        return await self._ledgers.write(
            held.conversation.id, lambda ledger: record(ledger, held, turn, self._agent_name)
        )

    async def turns(self, conversation_id: ConversationId) -> list[Turn]:
        """Give all turns, oldest first."""
        async with self._database.read() as session:
            turns = await session.scalars(
                select(TurnRow.turn)
                .where(TurnRow.conversation_id == conversation_id)
                .order_by(TurnRow.number)
            )
            return list(turns)

    async def due(self, now: datetime, limit: int = 100) -> list[ConversationId]:
        """Find conversations with something due: words unanswered, desk posts, timers."""
        return await self._database.look(lambda rows: rows.all(DUE, now=now, most=limit))

    async def set_due(self, conversation_id: ConversationId, at: datetime | None) -> None:
        """Set when this conversation must be looked at again; words and posts that came meanwhile stay due."""
        if not await self._database.look(lambda rows: is_set(rows, conversation_id, at)):
            await self._database.change(
                lambda rows: set_timer(rows, conversation_id, at), conversation_id
            )

    async def _take(self, conversation_id: ConversationId, lease: str) -> Held | None:
        def take_and_read(ledger: Ledger) -> Held | None:
            return held_of(ledger) if take(ledger, lease, self._is_abandoned) else None

        return await self._ledgers.write(conversation_id, take_and_read)

    async def _release(
        self, conversation_id: ConversationId, lease: str, *, has_failed: bool
    ) -> None:
        if await self._database.change_in_passing(
            lambda rows: release_answered(rows, conversation_id, lease), conversation_id
        ):
            return

        def give_back(rows: Changes) -> None:
            if rows.first(_LEASED_BY, id=conversation_id) == lease:
                with self._ledgers.opened(rows, conversation_id) as ledger:
                    release(ledger, lease, has_failed=has_failed)

        await self._database.change(give_back, conversation_id)

    def _is_abandoned(self, lease: str) -> bool:
        """Tell of a lease of this process that it could not give back, as the database was away then."""
        return lease.startswith(f"{self._database.replica}:") and lease not in self._leases


def _known(found: Found | None, conversation_id: ConversationId) -> Found:
    if found is None:
        raise UnknownConversationError(f"There is no conversation {conversation_id}.")
    return found
