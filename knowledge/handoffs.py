"""Handoffs and what the desk must show of them; see agent/handoff.py for what each method promises."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from agent.clock import Clock
from agent.conversation import Author, Conversation, ConversationId, Held, Message, RepId
from agent.errors import ConversationClosedError, HandoffEndedError, UnknownHandoffError
from agent.handoff import (
    ANYBODYS,
    SILENTLY,
    Change,
    DeskPost,
    DeskPostId,
    DeskPostKind,
    Handoff,
    HandoffId,
    HandoffState,
    Joining,
    LogEntry,
    Whose,
)
from knowledge.columns import columns_of, value_of
from knowledge.database import Database
from knowledge.desk_posts import due_posts
from knowledge.feedback import keep_closing
from knowledge.handoff_queries import (
    ACTIVE_OF_TALK,
    HANDOFF,
    SERVED,
    WHOSE_TALK,
    latest_handoff,
)
from knowledge.ids import new_id
from knowledge.ledger import Ledger
from knowledge.prepared import PreparedChange, Rows
from knowledge.rows import Row
from knowledge.served import come_under, latest_of_lead, talks_of
from knowledge.tables import (
    HandoffLogRow,
    HandoffRow,
    MessageRow,
)
from knowledge.talk_times import (
    GIVEN_UP,
    POSTED,
    POSTPONED,
    TALK_OF_POST,
    attempt,
    mark,
)
from knowledge.whose import belonging_to


class SqlHandoffs:
    """Handoffs kept in SQL."""

    def __init__(
        self, database: Database, clock: Clock, new_id: Callable[[str], str] = new_id
    ) -> None:
        self._database = database
        self._clock = clock
        self._new_id = new_id

    async def open(self, held: Held, handoff: Handoff, joining: Joining = SILENTLY) -> Handoff:
        """Record a new handoff and its card; when the lead has an active one, joins that and gives it."""
        async with self._database.write(held.conversation.id) as session:
            ledger = await self._ledger(session, held.conversation.id)
            ledger.must_be_current(held)
            active = await come_under(ledger, joining)
            if active is not None:
                return value_of(Handoff, active)
            row = HandoffRow(**columns_of(handoff))
            row.lead_id = row.open_for = ledger.row.lead_id
            ledger.row.handoff_id = handoff.id
            session.add(row)
            await session.flush()
            session.add(_log(row, ledger.now, "opened"))
            ledger.look_again()
            await ledger.post(row, DeskPostKind.CARD, handoff.reason)
            await ledger.post_files(row)
            return value_of(Handoff, row)

    async def join(self, held: Held, joining: Joining = SILENTLY) -> Handoff | None:
        """Bring a conversation under the lead's active handoff; gives that, None when there is none."""
        async with self._database.write(held.conversation.id) as session:
            ledger = await self._ledger(session, held.conversation.id)
            ledger.must_be_current(held)
            active = await come_under(ledger, joining)
            return value_of(Handoff, active) if active else None

    async def get(self, handoff_id: HandoffId) -> Handoff:
        """Get one; raises UnknownHandoffError."""
        return await self._database.look(lambda rows: _known(rows, handoff_id))

    async def active(self, conversation_id: ConversationId) -> Handoff | None:
        """Find the open or claimed handoff that serves a conversation."""
        return await self._database.look(
            lambda rows: rows.first(ACTIVE_OF_TALK, id=conversation_id)
        )

    async def served(self, handoff_id: HandoffId) -> list[Conversation]:
        """Give the conversations that a handoff serves, the one it was opened in first."""
        return await self._database.look(
            lambda rows: rows.all(
                SERVED, id=handoff_id, first_id=_known(rows, handoff_id).conversation_id
            )
        )

    async def latest(self, conversation_id: ConversationId) -> Handoff | None:
        """Find the handoff that counts for whoever writes in a conversation."""

        def latest(rows: Rows) -> Handoff | None:
            talk = rows.first(WHOSE_TALK, id=conversation_id)
            return latest_handoff(rows, *talk) if talk else None

        return await self._database.look(latest)

    async def find(
        self,
        state: HandoffState | None,
        limit: int,
        before: HandoffId | None,
        whose: Whose = ANYBODYS,
    ) -> list[Handoff]:
        """Find handoffs, newest first, from a cursor (a handoff id) on."""
        async with self._database.read() as session:
            query = select(HandoffRow).order_by(HandoffRow.number.desc()).limit(limit)
            query = query.where(*belonging_to(whose))
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
            served = [
                await self._ledger(session, ConversationId(talk.id))
                for talk in await talks_of(session, row)
            ]
            await session.refresh(row)
            before = value_of(Handoff, row)
            if await _is_repeated(served, change):
                return before
            after = transition(before)
            await _must_be_the_latest(session, row, after)
            if after == before and change.rep_words is None:
                change = _without_echo(change)
            await _apply(served, row, after, change)
            served[0].look_again()
            for ledger in served:
                ledger.settle()
            return value_of(Handoff, row)

    async def note(self, handoff_id: HandoffId, rep_id: RepId, because: str) -> None:
        """Add a line to the log, once for each rep and reason; raises UnknownHandoffError."""
        async with self._database.write() as session:
            row = await _row(session, handoff_id)
            same = (
                HandoffLogRow.handoff_id == handoff_id,
                HandoffLogRow.rep_id == rep_id,
                HandoffLogRow.because == because,
            )
            if await session.scalar(select(HandoffLogRow.number).where(*same)) is None:
                session.add(_log(row, self._clock.now(), because, rep_id))

    async def log(self, handoff_id: HandoffId) -> list[LogEntry]:
        """Give the log, oldest first; raises UnknownHandoffError."""
        async with self._database.read() as session:
            await _row(session, handoff_id)
            query = select(HandoffLogRow).where(HandoffLogRow.handoff_id == handoff_id)
            rows = await session.scalars(query.order_by(HandoffLogRow.number))
            return [value_of(LogEntry, row) for row in rows]

    async def due_posts(self, conversation_id: ConversationId, now: datetime) -> list[DeskPost]:
        """Find what is due at the desk for the handoffs that were opened in this conversation, in order."""
        return await self._database.look(lambda rows: due_posts(rows, conversation_id, now))

    async def mark_attempted(self, post_id: DeskPostId, now: datetime) -> int | None:
        """Note an attempt before it is made; None when it is not ours to make."""
        talk_id = await self._talk_of(post_id)
        return await self._database.change(
            lambda rows: attempt(rows, talk_id, post_id, now), talk_id
        )

    async def mark_posted(self, post_id: DeskPostId, reference: str, now: datetime) -> None:
        """Note that it is there; for a card the reference becomes the thread."""
        await self._mark(post_id, POSTED, reference=reference, posted_at=now)

    async def postpone(self, post_id: DeskPostId, until: datetime, because: str) -> None:
        """Try again later; `because` is kept for the doctor."""
        await self._mark(post_id, POSTPONED, due_at=until, because=because)

    async def give_up(self, post_id: DeskPostId, because: str) -> None:
        """Never try again; `because` is kept for the doctor."""
        await self._mark(post_id, GIVEN_UP, because=because)

    async def _mark(self, post_id: DeskPostId, how: PreparedChange, **values: object) -> None:
        talk_id = await self._talk_of(post_id)
        await self._database.change(
            lambda rows: mark(rows, talk_id, post_id, how, **values), talk_id
        )

    async def _talk_of(self, post_id: DeskPostId) -> str:
        talk_id = await self._database.look(lambda rows: rows.first(TALK_OF_POST, post_id=post_id))
        if talk_id is None:
            raise UnknownHandoffError(f"There is no desk post {post_id}.")
        return talk_id

    async def _ledger(self, session: AsyncSession, conversation_id: ConversationId) -> Ledger:
        return await Ledger.of(session, conversation_id, self._clock.now(), self._new_id)


def _known(rows: Rows, handoff_id: HandoffId) -> Handoff:
    found = rows.first(HANDOFF, id=handoff_id)
    if found is None:
        raise UnknownHandoffError(f"There is no handoff {handoff_id}.")
    return found


async def _row(session: AsyncSession, handoff_id: HandoffId) -> HandoffRow:
    row = await session.scalar(select(HandoffRow).where(HandoffRow.id == handoff_id))
    if row is None:
        raise UnknownHandoffError(f"There is no handoff {handoff_id}.")
    return row


async def _is_repeated(served: Sequence[Ledger], change: Change) -> bool:
    if change.rep_words_id is None:
        return False
    said = [await ledger.said(Author.REP, change.rep_words_id) for ledger in served]
    return any(said)


def _log(row: HandoffRow, at: datetime, because: str, rep_id: RepId | None = None) -> HandoffLogRow:
    return HandoffLogRow(handoff_id=row.id, at=at, state=row.state, rep_id=rep_id, because=because)


async def _must_be_the_latest(session: AsyncSession, row: HandoffRow, after: Handoff) -> None:
    """Refuse to take one again when the lead has another handoff by now."""
    if row.state.is_active or not after.state.is_active:
        return
    latest = await latest_of_lead(session, row.lead_id)
    if latest is not None and latest.id != row.id:
        raise HandoffEndedError("A newer handoff of this lead stands in its place.")


def _without_echo(change: Change) -> Change:
    """A button pressed twice changes nothing: the visitor is not told again, the card is as it was."""
    posts = tuple(kind for kind in change.posts if kind is not DeskPostKind.UPDATE)
    return replace(change, announcement=None, posts=posts)


async def _apply(served: Sequence[Ledger], row: HandoffRow, after: Handoff, change: Change) -> None:
    first = served[0]
    was_active, is_news = row.state.is_active, value_of(Handoff, row) != after
    if is_news or change.rep_words is not None:
        _set(row, columns_of(after))
        first.session.add(_log(row, first.now, change.because, change.rep_id))
    if is_news and change.closing is not None:
        await keep_closing(first.session, row, change.closing, change, first.now)
    if was_active or after.state.is_active:
        for ledger in served:
            await ledger.pass_on(after)
    said = await _say(served, change)
    for kind in change.posts:
        await first.post(row, kind, change.told or change.because, said)


async def _say(served: Sequence[Ledger], change: Change) -> Message | None:
    """Announce in every conversation; a rep's words are an answer to all, and said where the visitor wrote last."""
    said = None
    for ledger in _open(served) if change.announcement is not None else ():
        said = ledger.say(Author.SYSTEM, "", change.announcement or "")
    if change.rep_words is not None:
        ledger = await _written_last(_open(served))
        said = await ledger.say_for_rep(change)
        for each in served:
            each.row.answered_seq, each.row.words_due_at = each.row.last_seq, None
    return said


def _open(served: Sequence[Ledger]) -> list[Ledger]:
    """Leave out the conversations that their visitor has ended."""
    return [ledger for ledger in served if ledger.row.ended_at is None]


async def _written_last(served: Sequence[Ledger]) -> Ledger:
    if not served:
        raise ConversationClosedError("The visitor has ended every conversation of this handoff.")
    if len(served) == 1:
        return served[0]
    newest = await served[0].session.scalar(
        select(MessageRow.conversation_id)
        .where(
            MessageRow.conversation_id.in_([ledger.row.id for ledger in served]),
            MessageRow.author == Author.VISITOR,
        )
        .order_by(MessageRow.created_at.desc(), MessageRow.id.desc())
        .limit(1)
    )
    return next((ledger for ledger in served if ledger.row.id == newest), served[0])


def _set(row: Row, columns: Mapping[str, object]) -> None:
    for name, value in columns.items():
        setattr(row, name, value)
