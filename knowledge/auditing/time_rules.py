"""No timer is lost: whatever time will make due on a handoff, its conversation will be looked at."""

from collections.abc import AsyncIterator, Sequence
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from agent.conversation import Author, Conversation, Message
from agent.due_steps import due_steps
from agent.handoff import Handoff
from agent.playbook import Playbook
from knowledge.auditing.rules import Break, Mend, Rule, Surroundings
from knowledge.columns import value_of
from knowledge.ledger import Ledger
from knowledge.ledgers import in_ledger
from knowledge.tables import ACTIVE, ConversationRow, HandoffRow, MessageRow

NAME: Final = "no timer is lost"
ADVICE: Final = "Let `--mend` have it looked at; a running server then sets the timer."
NEWEST: Final = 50


def time_rules(around: Surroundings) -> list[Rule]:
    """Give them all; without a playbook nobody knows what time makes due."""
    playbook = around.playbook
    if playbook is None:
        return []

    async def find(session: AsyncSession) -> AsyncIterator[Break]:
        without = select(HandoffRow).join(
            ConversationRow, ConversationRow.id == HandoffRow.conversation_id
        )
        is_blind = (HandoffRow.state.in_(ACTIVE), ConversationRow.due_at.is_(None))
        for row in await session.scalars(without.where(*is_blind)):
            if told := await _what_is_lost(session, row, playbook, around):
                yield Break(NAME, row.conversation_id, told, ADVICE, can_be_mended=True)

    return [Rule(NAME, find, _look_at(around), "had it looked at")]


async def _what_is_lost(
    session: AsyncSession, row: HandoffRow, playbook: Playbook, around: Surroundings
) -> str:
    talks = await _talks_of(session, row)
    messages = [message for talk in talks for message in await _newest(session, talk)]
    messages.sort(key=lambda message: message.created_at)
    conversation = value_of(Conversation, talks[0])
    steps = due_steps(value_of(Handoff, row), conversation, messages, playbook, around.now)
    if not steps:
        return ""
    step = steps[0]
    return f"Handoff {row.id} is {row.state}; {step.step} is due at {step.at:%Y-%m-%d %H:%M} UTC, and nobody will look."


async def _talks_of(session: AsyncSession, handoff: HandoffRow) -> Sequence[ConversationRow]:
    """Find the conversations that a handoff serves, the one it was opened in first."""
    is_first = ConversationRow.id == handoff.conversation_id
    query = select(ConversationRow).where(or_(is_first, ConversationRow.handoff_id == handoff.id))
    order = (is_first.desc(), ConversationRow.started_at, ConversationRow.id)
    return list(await session.scalars(query.order_by(*order)))


async def _newest(session: AsyncSession, talk: ConversationRow) -> list[Message]:
    """Give what was said last; who has left waits for nobody."""
    query = select(MessageRow).where(
        MessageRow.conversation_id == talk.id, MessageRow.seq > talk.last_seq - NEWEST
    )
    said = [value_of(Message, row) for row in await session.scalars(query)]
    return [m for m in said if talk.ended_at is None or m.author is not Author.VISITOR]


def _look_at(around: Surroundings) -> Mend:
    async def look(session: AsyncSession, conversation_id: str) -> None:
        await in_ledger(session, conversation_id, around.now, _look_now)

    return look


def _look_now(ledger: Ledger) -> None:
    ledger.row.timer_at = ledger.now
    ledger.settle_posts()
