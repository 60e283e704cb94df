"""Conversations, messages and turns in the database; see agent/turn.py for what each method promises."""

from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import TypeVar

from sqlalchemy import BigInteger, Integer, String, bindparam, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

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
from agent.handoff import DeskPostKind
from agent.lead import LeadId, Visitor
from agent.turn import Opening, Turn
from knowledge.amendments import keep_amendment
from knowledge.columns import value_of
from knowledge.database import Database
from knowledge.held_talks import held_of
from knowledge.identities import Identities, bind, came_by, find_claimed, proven
from knowledge.ids import new_id
from knowledge.leases import LEASE, release, take
from knowledge.ledger import Ledger
from knowledge.prepared import Prepared, columns_for
from knowledge.settling import Report
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
_DUE = Prepared(
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
        self._free_mail = free_mail
        self._leases: set[str] = set()

    async def start(self, opening: Opening) -> Conversation:
        """Open a conversation; the visitor's identities are bound to a lead (a new one if unknown)."""
        now = self._clock.now()
        visitor, conversation_id = opening.visitor, self._new_id("c")
        # Who proves who they are may join leads, which nobody else may write meanwhile.
        browser = None if proven(visitor) else visitor.anonymous_id or conversation_id
        async with self._database.write(browser) as session:
            identities = Identities(session, now, self._new_id, self._free_mail)
            report = Report(conversation_id, "conversation", now)
            lead_id = await bind(identities, visitor, proven(visitor), report)
            if browser:
                await self._database.lock(session, lead_id)
            claimed = await find_claimed(session, visitor)
            if row := await _opened_for(session, lead_id, visitor):
                row.visitor, row.page, row.locale = visitor, opening.page, opening.locale
                row.opened_for_lead = False
                return await self._begun(session, row, opening.greeting)
            row = ConversationRow(
                id=conversation_id,
                lead_id=lead_id,
                came_by=came_by(visitor, lead_id),
                claimed_lead_id=None if claimed == lead_id else claimed,
                visitor=visitor,
                page=opening.page,
                locale=opening.locale,
                rehearsal=opening.rehearsal,
                started_at=now,
            )
            session.add(row)
            return await self._begun(session, row, opening.greeting)

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
        async with self._database.write(conversation_id) as session:
            ledger = await self._ledger(session, conversation_id)
            known = await ledger.said(Author.VISITOR, client_message_id)
            if known is not None:
                return known, False
            if ledger.row.ended_at is not None:
                raise ConversationClosedError(
                    f"{conversation_id} has ended; start a new conversation."
                )
            name = ledger.row.visitor.name or ""
            said = await ledger.say_for_visitor(name, text, client_message_id, attachments)
            return said, True

    async def has_said(self, conversation_id: ConversationId, client_message_id: str) -> bool:
        """Tell whether the visitor's words under this id are saved already."""
        said = select(MessageRow.id).where(
            MessageRow.conversation_id == conversation_id,
            MessageRow.author == Author.VISITOR,
            MessageRow.client_message_id == client_message_id,
        )
        async with self._database.read() as session:
            return await session.scalar(said) is not None

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
        async with self._database.write() as session:
            for conversation_id in conversation_ids:
                ledger = await self._ledger(session, conversation_id)
                if message := await ledger.amend(words_id, amendment):
                    return message
            await keep_amendment(session, words_id, amendment)
            return None

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
        async with self._database.write(conversation_id) as session:
            row = (await self._ledger(session, conversation_id)).row
            before, row.seen_seq = row.seen_seq, max(row.seen_seq, min(seq, row.last_seq))
            read = select(MessageRow.client_message_id).where(
                MessageRow.conversation_id == conversation_id,
                MessageRow.author == Author.REP,
                MessageRow.client_message_id.is_not(None),
                MessageRow.seq > before,
                MessageRow.seq <= row.seen_seq,
            )
            words = await session.scalars(read.order_by(MessageRow.seq))
            return [words_id for words_id in words if words_id]

    @asynccontextmanager
    async def hold(self, conversation_id: ConversationId) -> AsyncIterator[Held | None]:
        """Lease the conversation and raise its epoch; None while another worker holds the lease."""
        lease = f"{self._database.replica}:{self._new_id('lease')}"
        has_failed = False
        self._leases.add(lease)
        try:
            yield await self._take(conversation_id, lease)
        except Exception:
            has_failed = True
            raise
        finally:
            self._leases.discard(lease)
            await self._release(conversation_id, lease, has_failed=has_failed)

    async def begin_showing(self, held: Held) -> None:
        """Note that the first sentence is about to be shown; raises StaleEpochError."""
        talk, until = held.conversation, self._clock.now() + LEASE
        is_current = await self._database.change(
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
        async with self._database.write(held.conversation.id) as session:
            ledger = await self._ledger(session, held.conversation.id)
            if await session.scalar(select(TurnRow.number).where(TurnRow.id == turn.id)):
                return await _recorded_reply(session, turn)
            ledger.must_be_current(held)
            session.add(_turn_row(ledger, turn))
            ledger.hear(turn.reading.signals)
            await ledger.save_score(turn.score)
            ledger.row.answered_seq = max(
                [ledger.row.answered_seq, *(message.seq for message in held.unanswered)]
            )
            reply = self._say_reply(ledger, turn)
            await _update_desk(ledger, turn, reply)
            if not await ledger.has_unanswered():
                ledger.row.words_due_at = None
            ledger.settle()
            return reply

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
        return await self._database.look(lambda rows: rows.all(_DUE, now=now, most=limit))

    async def set_due(self, conversation_id: ConversationId, at: datetime | None) -> None:
        """Set when this conversation must be looked at again; words and posts that came meanwhile stay due."""
        if not await self._database.look(lambda rows: is_set(rows, conversation_id, at)):
            await self._database.change(
                lambda rows: set_timer(rows, conversation_id, at), conversation_id
            )

    async def _begun(
        self, session: AsyncSession, row: ConversationRow, greeting: str
    ) -> Conversation:
        await session.flush()
        if greeting and row.last_seq == 0:
            ledger = Ledger(session, row, self._clock.now(), self._new_id)
            message = ledger.say(Author.AGENT, self._agent_name, greeting)
            await ledger.relay(message)
            await session.flush()
        return value_of(Conversation, row)

    async def _take(self, conversation_id: ConversationId, lease: str) -> Held | None:
        async with self._database.write(conversation_id) as session:
            ledger = await self._ledger(session, conversation_id)
            if not take(ledger, lease, self._is_abandoned):
                return None
            return await held_of(ledger)

    async def _release(
        self, conversation_id: ConversationId, lease: str, *, has_failed: bool
    ) -> None:
        owner = await self._database.look(lambda rows: rows.first(_LEASED_BY, id=conversation_id))
        if owner != lease or await self._database.change(
            lambda rows: release_answered(rows, conversation_id, lease), conversation_id
        ):
            return
        async with self._database.write(conversation_id) as session:
            ledger = await self._ledger(session, conversation_id)
            release(ledger, lease, has_failed=has_failed)

    def _is_abandoned(self, lease: str) -> bool:
        """Tell of a lease of this process that it could not give back, as the database was away then."""
        return lease.startswith(f"{self._database.replica}:") and lease not in self._leases

    def _say_reply(self, ledger: Ledger, turn: Turn) -> Message | None:
        reply = turn.reply
        if reply is None:
            return None
        return ledger.reply(reply, self._agent_name, turn.answered)

    async def _ledger(self, session: AsyncSession, conversation_id: ConversationId) -> Ledger:
        return await Ledger.of(session, conversation_id, self._clock.now(), self._new_id)


def _known(found: Found | None, conversation_id: ConversationId) -> Found:
    if found is None:
        raise UnknownConversationError(f"There is no conversation {conversation_id}.")
    return found


async def _opened_for(
    session: AsyncSession, lead_id: LeadId, visitor: Visitor
) -> ConversationRow | None:
    """Find the conversation that waits for this very browser, because its lead did enough to call a rep."""
    waiting = select(ConversationRow).where(
        ConversationRow.lead_id == lead_id,
        ConversationRow.opened_for_lead,
        ConversationRow.ended_at.is_(None),
    )
    rows = await session.scalars(waiting.order_by(ConversationRow.started_at.desc()))
    return next((row for row in rows if row.visitor.anonymous_id == visitor.anonymous_id), None)


async def _update_desk(ledger: Ledger, turn: Turn, reply: Message | None) -> None:
    handoff = await ledger.active_handoff()
    if handoff is None:
        return
    ledger.look_again()
    await ledger.post(handoff, DeskPostKind.UPDATE, turn.decision)
    if reply is not None:
        await ledger.post(handoff, DeskPostKind.RELAY, reply.text, reply)


def _turn_row(ledger: Ledger, turn: Turn) -> TurnRow:
    return TurnRow(
        id=turn.id,
        conversation_id=ledger.row.id,
        started_at=turn.started_at,
        kind=turn.reading.kind,
        readiness=turn.reading.readiness,
        answered=turn.answered,
        asked=turn.asked,
        turn=turn,
    )


async def _recorded_reply(session: AsyncSession, turn: Turn) -> Message | None:
    row = await session.get(MessageRow, turn.reply.message_id) if turn.reply else None
    return value_of(Message, row) if row else None
