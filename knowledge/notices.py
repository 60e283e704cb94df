"""Notices in the database, and what they count; see agent/notices.py for what each method promises."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from pydantic import TypeAdapter
from sqlalchemy import func, select, update

from agent.clock import Clock
from agent.conversation import Author, HandoffId
from agent.handoff import DeskPostKind
from agent.notices import (
    DailySummary,
    Notice,
    NoticeId,
    NoticeKind,
    Occasion,
    OpeningDigest,
    Told,
)
from agent.scoring import Temperature
from knowledge.database import Database
from knowledge.desk_tables import NoticeRow
from knowledge.ids import new_id
from knowledge.rows import UNFINISHED, PostState
from knowledge.tables import ConversationRow, DeskPostRow, LeadRow, MessageRow

CONTENTS: Mapping[NoticeKind, TypeAdapter[Told]] = {
    NoticeKind.OPENING_DIGEST: TypeAdapter(OpeningDigest),
    NoticeKind.DAILY_SUMMARY: TypeAdapter(DailySummary),
}


class SqlNotices:
    """Notices kept in SQL."""

    def __init__(
        self, database: Database, clock: Clock, new_id: Callable[[str], str] = new_id
    ) -> None:
        self._database = database
        self._clock = clock
        self._new_id = new_id

    async def known(self, keys: Sequence[str]) -> frozenset[str]:
        """Give those of these keys under which there is or was a notice."""
        if not keys:
            return frozenset()
        async with self._database.read() as session:
            found = await session.scalars(select(NoticeRow.key).where(NoticeRow.key.in_(keys)))
            return frozenset(found)

    async def record(self, notice: Notice) -> bool:
        """Make one due, once a key."""
        told = CONTENTS[notice.kind].dump_json(notice.told).decode()
        return await self._insert(
            id=notice.id,
            key=notice.key,
            kind=notice.kind.value,
            team=notice.team,
            told=told,
            state=PostState.DUE,
            due_at=notice.due_at,
            expires_at=notice.expires_at,
        )

    async def pass_over(self, occasion: Occasion) -> None:
        """Note that there was nothing to tell."""
        await self._insert(
            id=self._new_id("notice"),
            key=occasion.key,
            kind=occasion.kind.value,
            team=occasion.team,
            state=PostState.GIVEN_UP,
            due_at=occasion.at,
            because="nothing to tell",
        )

    async def due(self, now: datetime, limit: int = 20) -> list[Notice]:
        """Find what is to be told now, in order."""
        query = (
            select(NoticeRow)
            .where(NoticeRow.state.in_(UNFINISHED), NoticeRow.due_at <= now)
            .order_by(NoticeRow.number)
            .limit(limit)
        )
        async with self._database.read() as session:
            return [_notice(row) for row in await session.scalars(query)]

    async def mark_attempted(self, notice_id: NoticeId, now: datetime) -> None:
        """Note an attempt before it is made."""
        attempts = NoticeRow.attempts + 1
        await self._set(notice_id, state=PostState.ATTEMPTED, attempted_at=now, attempts=attempts)

    async def mark_posted(self, notice_id: NoticeId, reference: str, now: datetime) -> None:
        """Note that it was told."""
        await self._set(notice_id, state=PostState.POSTED, reference=reference, posted_at=now)

    async def postpone(self, notice_id: NoticeId, until: datetime, because: str) -> None:
        """Try again later."""
        await self._set(notice_id, due_at=until, because=because)

    async def give_up(self, notice_id: NoticeId, because: str) -> None:
        """Never try again."""
        await self._set(notice_id, state=PostState.GIVEN_UP, because=because)

    async def _insert(self, **columns: object) -> bool:
        keep = (
            self._database.insert(NoticeRow)
            .values(**columns)
            .on_conflict_do_nothing(index_elements=["key"])
        )
        async with self._database.write(str(columns["key"])) as session:
            kept = await session.execute(keep.returning(NoticeRow.number))
            return kept.first() is not None

    async def _set(self, notice_id: NoticeId, **columns: object) -> None:
        async with self._database.write(str(notice_id)) as session:
            unfinished = update(NoticeRow).where(
                NoticeRow.id == notice_id, NoticeRow.state.in_(UNFINISHED)
            )
            await session.execute(unfinished.values(**columns))


class SqlLeadCounts:
    """Counts leads in SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def by_temperature(self, since: datetime, until: datetime) -> Mapping[Temperature, int]:
        """Count those who wrote in this time, by how hot they are now."""
        query = (
            select(LeadRow.temperature, func.count(LeadRow.id.distinct()))
            .join(ConversationRow, ConversationRow.lead_id == LeadRow.id)
            .join(MessageRow, MessageRow.conversation_id == ConversationRow.id)
            .where(
                MessageRow.author == Author.VISITOR,
                MessageRow.created_at >= since,
                MessageRow.created_at < until,
            )
            .group_by(LeadRow.temperature)
        )
        async with self._database.read() as session:
            counted = (await session.execute(query)).all()
            return {row.temperature: row[1] for row in counted}


class SqlCards:
    """Finds where the card of a handoff stands."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def reference(self, handoff_id: HandoffId) -> str | None:
        """Give the desk's reference of the card; None while it is not there."""
        query = select(DeskPostRow.reference).where(
            DeskPostRow.handoff_id == handoff_id,
            DeskPostRow.kind == DeskPostKind.CARD,
            DeskPostRow.state == PostState.POSTED,
        )
        async with self._database.read() as session:
            return await session.scalar(query)


def _notice(row: NoticeRow) -> Notice:
    kind = NoticeKind(row.kind)
    return Notice(
        id=NoticeId(row.id),
        key=row.key,
        kind=kind,
        told=CONTENTS[kind].validate_json(row.told),
        due_at=row.due_at,
        team=row.team,
        expires_at=row.expires_at,
        attempts=row.attempts,
    )
