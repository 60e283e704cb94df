"""Handoffs and what the desk must show of them; see agent/handoff.py for what each method promises."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from agent.clock import Clock
from agent.conversation import Author, ConversationId, Held, Holder, Message, RepId
from agent.errors import UnknownHandoffError
from agent.handoff import (
    Change,
    DeskPost,
    DeskPostId,
    DeskPostKind,
    Handoff,
    HandoffId,
    HandoffState,
)
from knowledge.columns import columns_of, value_of
from knowledge.database import Database
from knowledge.ids import new_id
from knowledge.ledger import ACTIVE, UNFINISHED, Ledger, unfinished_posts
from knowledge.tables import DeskPostRow, HandoffLogRow, HandoffRow, MessageRow, PostState, Row


class SqlHandoffs:
    """Handoffs kept in SQL."""

    def __init__(
        self, database: Database, clock: Clock, new_id: Callable[[str], str] = new_id
    ) -> None:
        self._database = database
        self._clock = clock
        self._new_id = new_id

    async def open(self, held: Held, handoff: Handoff) -> Handoff:
        """Record a new handoff and its card; gives the active one when the conversation has it already."""
        async with self._database.write() as session:
            ledger = await self._ledger(session, held.conversation.id)
            ledger.must_be_current(held)
            active = await ledger.active_handoff()
            if active is not None:
                return value_of(Handoff, active)
            row = HandoffRow(**columns_of(handoff))
            row.lead_id = ledger.row.lead_id
            session.add(row)
            await session.flush()
            session.add(_log(row, ledger.now, "opened"))
            await ledger.post(row.id, DeskPostKind.CARD, handoff.reason)
            return value_of(Handoff, row)

    async def get(self, handoff_id: HandoffId) -> Handoff:
        """Get one; raises UnknownHandoffError."""
        async with self._database.read() as session:
            return value_of(Handoff, await _row(session, handoff_id))

    async def active(self, conversation_id: ConversationId) -> Handoff | None:
        """Find the open or claimed handoff of a conversation."""
        return await self._newest(conversation_id, tuple(ACTIVE))

    async def latest(self, conversation_id: ConversationId) -> Handoff | None:
        """Find the newest handoff of a conversation, ended or not."""
        return await self._newest(conversation_id, tuple(HandoffState))

    async def find(
        self, state: HandoffState | None, limit: int, before: HandoffId | None
    ) -> list[Handoff]:
        """Find handoffs, newest first, from a cursor (a handoff id) on."""
        async with self._database.read() as session:
            query = select(HandoffRow).order_by(HandoffRow.number.desc()).limit(limit)
            if state is not None:
                query = query.where(HandoffRow.state == state)
            if before is not None:
                query = query.where(HandoffRow.number < (await _row(session, before)).number)
            return [value_of(Handoff, row) for row in await session.scalars(query)]

    async def change(
        self, handoff_id: HandoffId, transition: Callable[[Handoff], Handoff], change: Change
    ) -> Handoff:
        """Load, apply a pure transition, save: one transaction that also passes the conversation on."""
        async with self._database.write() as session:
            row = await _row(session, handoff_id)
            ledger = await self._ledger(session, ConversationId(row.conversation_id))
            await session.refresh(row)
            before = value_of(Handoff, row)
            if await _is_repeated(ledger, change):
                return before
            after = transition(before)
            if after == before and change.rep_words is None:
                change = _without_echo(change)
            await _apply(ledger, row, after, change)
            ledger.settle()
            return value_of(Handoff, row)

    async def due_posts(self, conversation_id: ConversationId, now: datetime) -> list[DeskPost]:
        """Find what is due at the desk for this conversation, in order."""
        async with self._database.read() as session:
            posts = _until_one_waits(await unfinished_posts(session, conversation_id), now)
            return [await _desk_post(session, post) for post in posts]

    async def mark_attempted(self, post_id: DeskPostId, now: datetime) -> None:
        """Note an attempt before it is made."""
        attempts = DeskPostRow.attempts + 1
        await self._mark(post_id, state=PostState.ATTEMPTED, attempted_at=now, attempts=attempts)

    async def mark_posted(self, post_id: DeskPostId, reference: str, now: datetime) -> None:
        """Note that it is there; for a card the reference becomes the thread."""
        await self._mark(post_id, state=PostState.POSTED, reference=reference, posted_at=now)

    async def postpone(self, post_id: DeskPostId, until: datetime, because: str) -> None:
        """Try again later; `because` is kept for the doctor."""
        await self._mark(post_id, due_at=until, because=because)

    async def give_up(self, post_id: DeskPostId, because: str) -> None:
        """Never try again; `because` is kept for the doctor."""
        await self._mark(post_id, state=PostState.GIVEN_UP, because=because)

    async def _newest(
        self, conversation_id: ConversationId, states: tuple[HandoffState, ...]
    ) -> Handoff | None:
        async with self._database.read() as session:
            row = await session.scalar(
                select(HandoffRow)
                .where(HandoffRow.conversation_id == conversation_id, HandoffRow.state.in_(states))
                .order_by(HandoffRow.number.desc())
                .limit(1)
            )
            return value_of(Handoff, row) if row else None

    async def _mark(self, post_id: DeskPostId, **columns: object) -> None:
        async with self._database.write() as session:
            post = await session.scalar(select(DeskPostRow).where(DeskPostRow.id == post_id))
            if post is None:
                raise UnknownHandoffError(f"There is no desk post {post_id}.")
            ledger = await self._ledger(session, ConversationId(post.conversation_id))
            await session.refresh(post)
            if post.state in UNFINISHED:
                _set(post, columns)
            await ledger.settle_posts()

    async def _ledger(self, session: AsyncSession, conversation_id: ConversationId) -> Ledger:
        return await Ledger.of(session, conversation_id, self._clock.now(), self._new_id)


async def _row(session: AsyncSession, handoff_id: HandoffId) -> HandoffRow:
    row = await session.scalar(select(HandoffRow).where(HandoffRow.id == handoff_id))
    if row is None:
        raise UnknownHandoffError(f"There is no handoff {handoff_id}.")
    return row


async def _is_repeated(ledger: Ledger, change: Change) -> bool:
    if change.rep_words_id is None:
        return False
    return await ledger.said(Author.REP, change.rep_words_id) is not None


def _log(row: HandoffRow, at: datetime, because: str, rep_id: RepId | None = None) -> HandoffLogRow:
    return HandoffLogRow(handoff_id=row.id, at=at, state=row.state, rep_id=rep_id, because=because)


def _without_echo(change: Change) -> Change:
    """A button pressed twice changes nothing: the visitor is not told again, the card is as it was."""
    posts = tuple(kind for kind in change.posts if kind is not DeskPostKind.UPDATE)
    return replace(change, announcement=None, posts=posts)


async def _apply(ledger: Ledger, row: HandoffRow, after: Handoff, change: Change) -> None:
    was_active = row.state.is_active
    if value_of(Handoff, row) != after or change.rep_words is not None:
        _set(row, columns_of(after))
        ledger.session.add(_log(row, ledger.now, change.because, change.rep_id))
    if was_active:
        await _pass_on(ledger, after)
    said = _say(ledger, change)
    for kind in change.posts:
        text = said.text if said and kind is DeskPostKind.RELAY else change.because
        await ledger.post(row.id, kind, text, said)


async def _pass_on(ledger: Ledger, handoff: Handoff) -> None:
    is_claimed = handoff.state is HandoffState.CLAIMED
    holder, rep_id = (Holder.REP, handoff.claimed_by) if is_claimed else (Holder.AGENT, None)
    row = ledger.row
    if (row.holder, row.rep_id) == (holder, rep_id):
        return
    row.holder, row.rep_id = holder, rep_id
    row.epoch += 1
    if holder is Holder.AGENT and await ledger.has_unanswered():
        row.words_due_at = ledger.now


def _say(ledger: Ledger, change: Change) -> Message | None:
    said = None
    if change.announcement is not None:
        said = ledger.say(Author.SYSTEM, "", change.announcement)
    if change.rep_words is not None:
        said = ledger.say(Author.REP, change.rep_name, change.rep_words, change.rep_words_id)
        ledger.row.answered_seq, ledger.row.words_due_at = said.seq, None
    return said


def _until_one_waits(posts: list[DeskPostRow], now: datetime) -> list[DeskPostRow]:
    """Leave out what must wait, and what comes after it in the same thread."""
    waiting: set[str] = set()
    due = []
    for post in posts:
        if post.due_at > now:
            waiting.add(post.handoff_id)
        if post.handoff_id not in waiting:
            due.append(post)
    return due


async def _desk_post(session: AsyncSession, post: DeskPostRow) -> DeskPost:
    message = await session.get(MessageRow, post.message_id) if post.message_id else None
    return DeskPost(
        id=DeskPostId(post.id),
        kind=post.kind,
        handoff=value_of(Handoff, await _row(session, HandoffId(post.handoff_id))),
        message=value_of(Message, message) if message else None,
        text=post.text,
        thread=await _thread(session, post.handoff_id),
        is_in_doubt=post.attempts > 0,
        attempts=post.attempts,
    )


async def _thread(session: AsyncSession, handoff_id: str) -> str | None:
    return await session.scalar(
        select(DeskPostRow.reference).where(
            DeskPostRow.handoff_id == handoff_id,
            DeskPostRow.kind == DeskPostKind.CARD,
            DeskPostRow.state == PostState.POSTED,
        )
    )


def _set(row: Row, columns: Mapping[str, object]) -> None:
    for name, value in columns.items():
        setattr(row, name, value)
