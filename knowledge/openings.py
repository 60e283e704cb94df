"""How conversations begin: whose they are, and what the widget had said before."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from agent.clock import Clock
from agent.conversation import Author, Conversation
from agent.lead import LeadId, Visitor
from agent.turn import Opening
from knowledge.columns import value_of
from knowledge.database import Database
from knowledge.identities import Identities, bind, came_by, find_claimed, proven
from knowledge.ledger import Ledgers
from knowledge.prepared import Changes, within
from knowledge.settling import Report
from knowledge.tables import ConversationRow


@dataclass(frozen=True, slots=True)
class Openings:
    """Conversations that begin."""

    database: Database
    clock: Clock
    new_id: Callable[[str], str]
    agent_name: str
    free_mail: Collection[str]

    async def start(self, opening: Opening) -> Conversation:
        """Open a conversation; the visitor's identities are bound to a lead (a new one if unknown)."""
        now = self.clock.now()
        visitor, conversation_id = opening.visitor, self.new_id("c")
        # Who proves who they are may join leads, which nobody else may write meanwhile.
        browser = None if proven(visitor) else visitor.anonymous_id or conversation_id
        async with self.database.write(browser) as session:
            identities = Identities(session, now, self.new_id, self.free_mail)
            report = Report(conversation_id, "conversation", now)
            lead_id = await bind(identities, visitor, proven(visitor), report)
            if browser:
                await self.database.lock(session, lead_id)
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

    async def _begun(
        self, session: AsyncSession, row: ConversationRow, greeting: str
    ) -> Conversation:
        await session.flush()
        if not greeting or row.last_seq > 0:
            return value_of(Conversation, row)
        return await within(session, lambda rows: self._greeted(rows, row.id, greeting))

    def _greeted(self, rows: Changes, conversation_id: str, greeting: str) -> Conversation:
        ledgers = Ledgers(self.database, self.clock, self.new_id)
        with ledgers.opened(rows, conversation_id) as ledger:
            ledger.relay(ledger.say(Author.AGENT, self.agent_name, greeting))
            return ledger.row.conversation


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
