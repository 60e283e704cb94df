"""Erasing a person: everything held on them goes in one transaction, and is not brought back by any copy.

Who that is: the lead, those merged into it, browsers and mail senders of whom nothing is known but that they gave
the person's address, and conversations in which somebody gave it. What others hold of the person, the card of a
colleague or a digest, loses their name and addresses. A salted mark is kept of each id and identity, so that
`erase_again` finds them in an older copy; whoever comes back later is somebody new.
"""

import hashlib
import hmac
import secrets
import sqlite3
from asyncio import to_thread
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from agent.clock import Clock
from agent.erasure import Extent
from agent.errors import StoreUnavailableError
from agent.lead import EMAIL, Identity, LeadId
from knowledge.database import Database
from knowledge.desk_tables import FeedbackRow, NoticeRow
from knowledge.digests import strike
from knowledge.erasure_tables import ErasureRow, Trace
from knowledge.identity_tables import IdentityRow, RefusalRow
from knowledge.owners import batched
from knowledge.persons import find_lead, person_of
from knowledge.removal import Belongings, Removed, remove, survey
from knowledge.sqlite_file import SqliteFile
from knowledge.tables import (
    ConversationRow,
    DeskPostRow,
    HandoffLogRow,
    HandoffRow,
    LeadRow,
    TurnRow,
)
from knowledge.unnaming import Place, unname

_AS_IT_IS = {"synchronize_session": False}
Marks = Callable[[Trace, str], datetime | None]


class SqlErasure:
    """Erases people from SQL."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def look(self, reference: str) -> Extent:
        """Tell what erasing a lead would take, by our id or an identity; raises UnknownLeadError."""
        async with self._database.read() as session:
            lead_id = await find_lead(session, reference)
            person = await person_of(session, {lead_id})
            return _extent(lead_id, person, await survey(session, person))

    async def erase(self, reference: str) -> Extent:
        """Erase a lead and all that is held on them; raises UnknownLeadError."""
        async with self._database.write() as session:
            lead_id = await find_lead(session, reference)
            return await _erase(session, lead_id, {lead_id}, self._clock.now())

    async def forget_journal(self) -> None:
        """Leave nothing of it in the database's journal either; raises StoreUnavailableError."""
        await forget_journal(self._database)

    async def erase_again(self) -> int:
        """Do so for whoever was erased since this copy was made; gives how many leads."""
        return await erase_again(self._database, self._clock)

    async def left_to_do(self, kind: Trace, limit: int = 100) -> list[str]:
        """Give the files or cards that are still to be taken away, those tried least first."""
        query = select(ErasureRow.mark).where(ErasureRow.kind == kind, ErasureRow.done_at.is_(None))
        async with self._database.read() as session:
            return list(await session.scalars(query.order_by(ErasureRow.tries).limit(limit)))

    async def mark_tried(self, mark: str, *, is_done: bool) -> None:
        """Note that a file or card was taken away, or could not be now."""
        now = self._clock.now()
        async with self._database.write(mark) as session:
            which = update(ErasureRow).where(ErasureRow.mark == mark)
            await session.execute(
                which.values(tries=ErasureRow.tries + 1, done_at=now if is_done else None)
            )


async def forget_journal(database: Database) -> None:
    """Empty SQLite's journal, in which pages stand as they were before; where somebody reads, another time."""
    if isinstance(database.place, SqliteFile):
        await to_thread(_checkpoint, database.place.path)


def _checkpoint(path: Path) -> None:
    try:
        with closing(sqlite3.connect(path, timeout=1)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.Error as error:
        raise StoreUnavailableError(f"The journal cannot be emptied now: {error}.") from error


async def erase_again(database: Database, clock: Clock) -> int:
    """Erase from a copy that was put back whoever was erased since it was made; gives how many leads."""
    async with database.write() as session:
        marks = await _marks(session)
        gone = await _leads_again(session, marks)
        talks = await _conversations_again(session, marks)
        if gone:
            await _erase(session, LeadId(min(gone)), gone, clock.now())
        if left := await _those_there(session, talks):
            await remove(session, Belongings(conversations=frozenset(left)), clock.now())
        return len(gone)


async def erasures(database: Database) -> list[Mapping[str, object]]:
    """Give all marks, to be kept while another copy is put in the place of this one."""
    columns = ErasureRow.__table__.columns
    async with database.read() as session:
        return [dict(row._mapping) for row in await session.execute(select(*columns))]


async def keep_erasures(database: Database, marks: Iterable[Mapping[str, object]]) -> None:
    """Keep marks that come from another copy; known ones stay as they are, and what was done is done again."""
    async with database.write() as session:
        for mark in marks:
            keep = database.insert(ErasureRow).values(**mark).on_conflict_do_nothing()
            await session.execute(keep)
        files = update(ErasureRow).where(ErasureRow.kind == Trace.FILE)
        await session.execute(files.values(done_at=None), execution_options=_AS_IT_IS)


async def _erase(
    session: AsyncSession, lead_id: LeadId, roots: Collection[str], now: datetime
) -> Extent:
    person = await person_of(session, roots)
    words = await _words_of(session, person)
    colleagues = await _colleagues(session, person)
    digests = await strike(session, person)
    removed = await remove(session, person, now)
    removed = replace(removed, cards=(*removed.cards, *digests))
    altered = await _take_out(session, words, colleagues)
    # What they did counted for their colleagues, too.
    again = update(LeadRow).where(LeadRow.id.in_(colleagues), LeadRow.merged_into.is_(None))
    await session.execute(again.values(due_at=now), execution_options=_AS_IT_IS)
    await _remember(session, person, removed, now)
    return _extent(lead_id, person, removed, altered)


async def _words_of(session: AsyncSession, person: Belongings) -> set[str]:
    """Give what names a person; an id that a program made up is not a word."""
    columns = (LeadRow.name, LeadRow.title, LeadRow.email, LeadRow.phone)
    words: set[str] = set()
    rows = await session.execute(select(*columns).where(LeadRow.id.in_(person.leads)))
    for name, title, email, phone in rows:
        words |= {f"{name}, {title}" if name and title else "", name, email, phone}
    words |= {identity.value for identity in person.identities if identity.kind == EMAIL}
    return {word for word in words if not word.isdigit()}


async def _colleagues(session: AsyncSession, person: Belongings) -> set[str]:
    ours = select(LeadRow.company_key).where(
        LeadRow.id.in_(person.leads), LeadRow.company_key != ""
    )
    of_company = select(LeadRow.id).where(LeadRow.company_key.in_(ours))
    return set(await session.scalars(of_company)) - person.leads


async def _take_out(
    session: AsyncSession, words: Collection[str], colleagues: Collection[str]
) -> int:
    """Take a person's names out of what was made of colleagues, and of what the desk was told; gives how much."""
    handoffs = select(HandoffRow.id).where(HandoffRow.lead_id.in_(colleagues))
    talks = select(ConversationRow.id).where(ConversationRow.lead_id.in_(colleagues))
    of_colleagues = [
        Place.of(HandoffRow.briefing, HandoffRow.id.in_(handoffs)),
        Place.of(HandoffRow.reason, HandoffRow.id.in_(handoffs)),
        Place.of(HandoffLogRow.because, HandoffLogRow.handoff_id.in_(handoffs)),
        Place.of(DeskPostRow.text, DeskPostRow.handoff_id.in_(handoffs)),
        Place.of(FeedbackRow.decision, FeedbackRow.handoff_id.in_(handoffs)),
        Place.of(TurnRow.turn, TurnRow.conversation_id.in_(talks)),
        Place.of(LeadRow.score, LeadRow.id.in_(colleagues)),
    ]
    of_anybody = [
        Place.of(ConversationRow.visitor),
        Place.of(ConversationRow.left_email),
        Place.of(NoticeRow.told),
        Place.of(RefusalRow.example),
    ]
    return await unname(session, [*of_colleagues, *of_anybody], words)


async def _remember(
    session: AsyncSession, person: Belongings, removed: Removed, now: datetime
) -> None:
    salt = await session.scalar(select(ErasureRow.salt).where(ErasureRow.salt != "").limit(1))
    salt = salt or secrets.token_hex(16)
    named = [
        *[(Trace.LEAD, lead_id) for lead_id in person.leads],
        *[(Trace.CONVERSATION, talk) for talk in person.conversations],
        *[(Trace.IDENTITY, str(identity)) for identity in person.identities],
    ]
    marks = {mark_of(salt, kind, name): (salt, kind) for kind, name in named}
    marks |= dict.fromkeys(removed.files, ("", Trace.FILE))
    marks |= dict.fromkeys(removed.cards, ("", Trace.CARD))
    for mark, (its_salt, kind) in marks.items():
        known = await session.get(ErasureRow, (mark, its_salt))
        if known is None:
            session.add(ErasureRow(mark=mark, salt=its_salt, kind=kind, at=now))
        else:
            known.at, known.done_at = now, None
    await session.flush()


def mark_of(salt: str, kind: Trace, name: str) -> str:
    """Give what is remembered of an id or an identity: it is known again by it, and nobody is told by it."""
    return hmac.new(salt.encode(), f"{kind}:{name}".encode(), hashlib.sha256).hexdigest()


async def _marks(session: AsyncSession) -> Marks:
    rows = await session.execute(
        select(ErasureRow.mark, ErasureRow.salt, ErasureRow.at).where(ErasureRow.salt != "")
    )
    known = {row.mark: row.at for row in rows}
    salts = set(
        await session.scalars(select(ErasureRow.salt).where(ErasureRow.salt != "").distinct())
    )

    def erased_at(kind: Trace, name: str) -> datetime | None:
        marks = (mark_of(salt, kind, name) for salt in salts)
        return max((known[mark] for mark in marks if mark in known), default=None)

    return erased_at


async def _leads_again(session: AsyncSession, marks: Marks) -> set[str]:
    """Find the leads that were erased: by their ids, and by identities that were theirs before."""
    gone: set[str] = set()
    created: dict[str, datetime] = {}
    async for row in await session.stream(select(LeadRow.id, LeadRow.created_at)):
        created[row.id] = row.created_at
        if marks(Trace.LEAD, row.id):
            gone.add(row.id)
    query = select(IdentityRow.kind, IdentityRow.value, IdentityRow.lead_id)
    async for kind, value, lead_id in await session.stream(query):
        erased_at = marks(Trace.IDENTITY, str(Identity(kind, value)))
        if erased_at and created[lead_id] <= erased_at:
            gone.add(lead_id)
    return gone


async def _conversations_again(session: AsyncSession, marks: Marks) -> set[str]:
    talks = await session.stream(select(ConversationRow.id))
    return {talk_id async for (talk_id,) in talks if marks(Trace.CONVERSATION, talk_id)}


async def _those_there(session: AsyncSession, talks: Collection[str]) -> set[str]:
    there: set[str] = set()
    for some in batched(talks):
        there |= set(
            await session.scalars(select(ConversationRow.id).where(ConversationRow.id.in_(some)))
        )
    return there


def _extent(lead_id: LeadId, person: Belongings, removed: Removed, altered: int = 0) -> Extent:
    return Extent(
        lead_id,
        tuple(map(LeadId, sorted(person.leads))),
        tuple(sorted(person.conversations)),
        removed.rows,
        removed.files,
        removed.cards,
        altered,
    )
