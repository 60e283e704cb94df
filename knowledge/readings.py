"""Second readings in the database; see agent/second_reading.py for what each method promises."""

from collections.abc import Callable

from sqlalchemy import String, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from agent.clock import Clock
from agent.conversation import ConversationId, Held, Message, MessageId
from agent.scoring import Score
from agent.second_reading import Disagreement, SecondReading, Verdict
from agent.signals import HeardSignal
from knowledge.columns import columns_of, value_of
from knowledge.database import Database
from knowledge.ids import new_id
from knowledge.ledger import Ledger
from knowledge.ledgers import in_ledger
from knowledge.prepared import Changes, Prepared, insertion
from knowledge.tables import MessageRow, ReadingRow, TurnRow

_BEFORE = 10
_KEEP = insertion(ReadingRow, "differs", of=SecondReading)
_KNOWN = Prepared(
    select(ReadingRow.number).where(ReadingRow.turn_id == bindparam("of_turn", type_=String())), int
)


class SqlReadings:
    """Second readings kept in SQL."""

    def __init__(
        self, database: Database, clock: Clock, new_id: Callable[[str], str] = new_id
    ) -> None:
        self._database = database
        self._clock = clock
        self._new_id = new_id

    async def keep(self, reading: SecondReading) -> bool:
        """Keep one; tells whether the turn had none yet, and changes nothing if it had."""
        columns = columns_of(reading) | {"differs": reading.differs}

        def keep(rows: Changes) -> bool:
            if rows.first(_KNOWN, of_turn=reading.turn_id) is not None:
                return False
            rows.run(_KEEP, **columns)
            return True

        return await self._database.change(keep, reading.conversation_id)

    async def heed(
        self, held: Held, turn_id: str, heard: tuple[HeardSignal, ...], score: Score
    ) -> None:
        """Record what the reading adds to the lead, and the new score, in one transaction."""
        async with self._database.write(held.conversation.id) as session:
            row, now = await _row(session, turn_id), self._clock.now()
            is_news = row is not None and row.heeded_at is None

            def heed(ledger: Ledger) -> None:
                ledger.must_be_current(held)
                ledger.hear(heard if is_news else ())
                ledger.save_score(score)

            await in_ledger(session, held.conversation.id, now, heed)
            if row is not None and is_news:
                row.heeded_at = now
                turn = TurnRow.id == turn_id
                read = {"kind": row.merged.kind, "readiness": row.merged.readiness}
                await session.execute(update(TurnRow).where(turn).values(**read))

    async def disagreements(self, limit: int = 1_000) -> list[Disagreement]:
        """Find what no person has judged yet, newest first."""
        async with self._database.read() as session:
            rows = await session.execute(
                select(ReadingRow, TurnRow)
                .join(TurnRow, TurnRow.id == ReadingRow.turn_id)
                .where(ReadingRow.differs, ReadingRow.judged_at.is_(None))
                .order_by(ReadingRow.number.desc())
                .limit(limit)
            )
            return [
                await _disagreement(session, row, turn.turn.answered) for row, turn in rows.all()
            ]

    async def judge(self, turn_id: str, verdict: Verdict) -> None:
        """Note a person's verdict, after which it is no disagreement any more."""
        async with self._database.write() as session:
            if row := await _row(session, turn_id):
                row.judged_at, row.verdict = self._clock.now(), verdict


async def _row(session: AsyncSession, turn_id: str) -> ReadingRow | None:
    return await session.scalar(select(ReadingRow).where(ReadingRow.turn_id == turn_id))


async def _disagreement(
    session: AsyncSession, row: ReadingRow, answered: tuple[MessageId, ...]
) -> Disagreement:
    of_talk = select(MessageRow).where(MessageRow.conversation_id == row.conversation_id)
    ours = of_talk.where(MessageRow.id.in_(answered)).order_by(MessageRow.seq)
    unanswered = [value_of(Message, message) for message in await session.scalars(ours)]
    first = min((message.seq for message in unanswered), default=0)
    earlier = of_talk.where(MessageRow.seq < first).order_by(MessageRow.seq.desc()).limit(_BEFORE)
    before = [value_of(Message, message) for message in await session.scalars(earlier)]
    reading = value_of(SecondReading, row, conversation_id=ConversationId(row.conversation_id))
    return Disagreement(reading, tuple(unanswered), tuple(reversed(before)))
