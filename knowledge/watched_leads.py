"""Which leads must be looked at, and what is found then; fulfils `agent.lead_watch.WatchedLeads`."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Integer, String, bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from agent.clock import Clock
from agent.conversation import ConversationId, Page
from agent.lead import ANONYMOUS_ID, EMAIL, USER_ID, LeadId, Visitor
from agent.lead_watch import LeadState
from agent.scoring import Score
from knowledge.database import Database
from knowledge.handoff_queries import latest_handoff
from knowledge.history import SqlHistories
from knowledge.identity_tables import IdentityRow
from knowledge.ids import new_id
from knowledge.prepared import Prepared, PreparedChange
from knowledge.tables import ConversationRow, EngagementEventRow, LeadRow

# Asked as an expression: SQLite took the index of merged leads for `IS NULL`, which all leads but a few are.
_IS_ITSELF = func.coalesce(LeadRow.merged_into, "") == ""
DUE = Prepared(
    select(LeadRow.id)
    .where(LeadRow.due_at <= bindparam("now", type_=LeadRow.due_at.type), _IS_ITSELF)
    .order_by(LeadRow.due_at)
    .limit(bindparam("most", type_=Integer())),
    LeadId,
)
_DUE_AT: Prepared[datetime | None] = Prepared(
    select(LeadRow.due_at).where(LeadRow.id == bindparam("id", type_=String())), lambda at: at
)

_LEADS = LeadRow.metadata.tables[LeadRow.__tablename__]
_SETTLED = ("score", "score_total", "temperature", "temperature_since", "due_at")
_SETTLE = PreparedChange(
    update(_LEADS)
    .where(
        _LEADS.c.id == bindparam("settled_id", type_=String()),
        _LEADS.c.due_at.is_not_distinct_from(bindparam("seen", type_=LeadRow.due_at.type)),
    )
    .values({name: bindparam(f"new_{name}", type_=_LEADS.c[name].type) for name in _SETTLED})
)


class SqlWatchedLeads:
    """Leads that are due, in SQL."""

    def __init__(
        self,
        database: Database,
        histories: SqlHistories,
        clock: Clock,
        new_id: Callable[[str], str] = new_id,
    ) -> None:
        self._database = database
        self._histories = histories
        self._clock = clock
        self._new_id = new_id

    async def due(self, now: datetime, limit: int = 25) -> Sequence[LeadId]:
        """Find leads who did something, or whose temperature has fallen by now; those due longest first."""
        return await self._database.look(lambda rows: rows.all(DUE, now=now, most=limit))

    async def state(self, lead_id: LeadId) -> LeadState:
        """Recall a lead; raises UnknownLeadError."""
        # First since when they are due: what comes after that makes them due again.
        due_at, handoff = await self._database.look(
            lambda rows: (rows.first(_DUE_AT, id=lead_id), latest_handoff(rows, lead_id))
        )
        return LeadState(await self._histories.of_lead(lead_id), handoff, due_at)

    async def settle(
        self, lead_id: LeadId, score: Score, due_at: datetime | None, seen: datetime | None
    ) -> None:
        """Record the score and when to look again, unless the lead became due anew since `seen`."""
        values = {
            "new_score": score,
            "new_score_total": score.total,
            "new_temperature": score.temperature,
            "new_temperature_since": score.since,
            "new_due_at": due_at,
        }
        await self._database.change(
            lambda rows: rows.run(_SETTLE, settled_id=lead_id, seen=seen, **values), lead_id
        )

    async def talk_with(self, lead_id: LeadId) -> ConversationId:
        """Give the newest conversation that has not ended; one is opened for who has not written."""
        async with self._database.write(lead_id) as session:
            open_one = await session.scalar(
                select(ConversationRow.id)
                .where(ConversationRow.lead_id == lead_id, ConversationRow.ended_at.is_(None))
                .order_by(ConversationRow.started_at.desc(), ConversationRow.id)
                .limit(1)
            )
            return ConversationId(open_one or await self._open(session, lead_id))

    async def _open(self, session: AsyncSession, lead_id: LeadId) -> str:
        visitor = await _visitor(session, lead_id)
        conversation_id = self._new_id("c")
        session.add(
            ConversationRow(
                id=conversation_id,
                lead_id=lead_id,
                came_by=f"{ANONYMOUS_ID}:{visitor.anonymous_id}" if visitor.anonymous_id else f"lead:{lead_id}",
                visitor=visitor,
                page=Page(),
                locale="en",
                rehearsal=timedelta(),
                started_at=self._clock.now(),
                opened_for_lead=True,
            )
        )  # fmt: skip
        await session.flush()
        return conversation_id


async def _visitor(session: AsyncSession, lead_id: LeadId) -> Visitor:
    """Say who a lead is as a visitor: by the browser they used last, and without proof."""
    used = await session.scalar(
        select(EngagementEventRow.came_by)
        .where(
            EngagementEventRow.lead_id == lead_id,
            EngagementEventRow.came_by.startswith(f"{ANONYMOUS_ID}:"),
        )
        .order_by(EngagementEventRow.at.desc())
        .limit(1)
    )
    rows = await session.execute(
        select(IdentityRow.kind, IdentityRow.value)
        .where(IdentityRow.lead_id == lead_id)
        .order_by(IdentityRow.kind, IdentityRow.value)
    )
    known = {row.kind: row.value for row in rows}
    browser = used.partition(":")[2] if used else known.get(ANONYMOUS_ID, "")
    return Visitor(browser, known.get(USER_ID), known.get(EMAIL))
