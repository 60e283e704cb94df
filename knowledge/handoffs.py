"""Handoffs and what the desk must show of them; see agent/handoff.py for what each method promises."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy import String, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from agent.clock import Clock
from agent.conversation import Conversation, ConversationId, Held, RepId
from agent.errors import UnknownHandoffError
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
from knowledge.handoff_changes import OPENED, HandoffChange, known
from knowledge.handoff_queries import (
    ACTIVE_OF_TALK,
    HANDOFF,
    SERVED,
    WHOSE_TALK,
    latest_handoff,
)
from knowledge.ids import new_id
from knowledge.ledger import Ledger
from knowledge.ledgers import Ledgers
from knowledge.prepared import Prepared, PreparedChange, Rows, insertion
from knowledge.served import come_under
from knowledge.tables import (
    HandoffLogRow,
    HandoffRow,
)
from knowledge.talk_times import (
    GIVEN_UP,
    POSTED,
    POSTPONED,
    TALK_OF_POST,
    attempt,
    mark,
    mark_posted,
)
from knowledge.whose import belonging_to

_OPEN = insertion(HandoffRow, "open_for", of=Handoff)
_LOGGED: Prepared[int] = Prepared(
    select(HandoffLogRow.number)
    .where(
        HandoffLogRow.handoff_id == bindparam("id", type_=String()),
        HandoffLogRow.rep_id == bindparam("rep_id", type_=String()),
        HandoffLogRow.because == bindparam("because", type_=String()),
    )
    .limit(1),
    int,
)


class SqlHandoffs:
    """Handoffs kept in SQL."""

    def __init__(
        self, database: Database, clock: Clock, new_id: Callable[[str], str] = new_id
    ) -> None:
        self._database = database
        self._ledgers = Ledgers(database, clock, new_id)

    async def open(self, held: Held, handoff: Handoff, joining: Joining = SILENTLY) -> Handoff:
        """Record a new handoff and its card; when the lead has an active one, joins that and gives it."""

        def open_one(ledger: Ledger) -> Handoff:
            ledger.must_be_current(held)
            return come_under(ledger, joining) or _opened(ledger, handoff)

        return await self._ledgers.write(held.conversation.id, open_one)

    async def join(self, held: Held, joining: Joining = SILENTLY) -> Handoff | None:
        """Bring a conversation under the lead's active handoff; gives that, None when there is none."""

        def join_one(ledger: Ledger) -> Handoff | None:
            ledger.must_be_current(held)
            return come_under(ledger, joining)

        return await self._ledgers.write(held.conversation.id, join_one)

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
        made, ledgers = HandoffChange(handoff_id, transition, change), self._ledgers
        talk_id = await self._opened_in(handoff_id)
        done = await self._database.change(lambda rows: made.of_one_lead(rows, ledgers), talk_id)
        if done is None:
            return await self._database.change(lambda rows: made.of_all(rows, ledgers))
        return done

    async def note(self, handoff_id: HandoffId, rep_id: RepId, because: str) -> None:
        """Add a line to the log, once for each rep and reason; raises UnknownHandoffError."""

        def note_once(ledger: Ledger) -> None:
            same = {"id": handoff_id, "rep_id": rep_id, "because": because}
            if ledger.rows.first(_LOGGED, **same) is None:
                ledger.log(_known(ledger.rows, handoff_id), because, rep_id)

        await self._ledgers.write(await self._opened_in(handoff_id), note_once)

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

    async def mark_all_posted(
        self, conversation_id: ConversationId, references: Mapping[DeskPostId, str], now: datetime
    ) -> None:
        """Note of several that are due for one conversation that they are there, all at once."""
        await self._database.change(
            lambda rows: mark_posted(rows, conversation_id, references, now), conversation_id
        )

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

    async def _opened_in(self, handoff_id: HandoffId) -> ConversationId:
        opened = await self._database.look(lambda rows: rows.first(OPENED, id=handoff_id))
        return known(opened, handoff_id).conversation_id


def _opened(ledger: Ledger, handoff: Handoff) -> Handoff:
    row = ledger.row
    opened = replace(handoff, lead_id=row.lead_id)
    ledger.rows.run(_OPEN, **columns_of(opened), open_for=row.lead_id)
    row.handoff_id = opened.id
    ledger.log(opened, "opened")
    ledger.look_again()
    ledger.post(opened, DeskPostKind.CARD, opened.reason)
    ledger.post_files(opened)
    return opened


def _known(rows: Rows, handoff_id: HandoffId) -> Handoff:
    return known(rows.first(HANDOFF, id=handoff_id), handoff_id)


async def _row(session: AsyncSession, handoff_id: HandoffId) -> HandoffRow:
    return known(
        await session.scalar(select(HandoffRow).where(HandoffRow.id == handoff_id)), handoff_id
    )
