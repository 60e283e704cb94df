"""What the Slack wire must remember: which events it has seen, and whose thread is whose."""

from collections.abc import Mapping

from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from agent.clock import Clock
from agent.conversation import ConversationId
from agent.handoff import DeskPostKind, HandoffId
from knowledge.database import Database
from knowledge.ids import new_id
from knowledge.ledger import Ledger
from knowledge.ledgers import in_ledger
from knowledge.rows import PostState
from knowledge.tables import ACTIVE, DeskPostRow, HandoffRow, SeenEventRow

DELETED = "deleted in Slack"


class SqlSeenEvents:
    """Events seen, durably: Slack delivers an event up to four times."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def first_time(self, key: str) -> bool:
        """Note the key; true for the first caller ever, false for all others."""
        try:
            async with self._database.write(key) as session:
                session.add(SeenEventRow(key=key, at=self._clock.now()))
        except IntegrityError:
            return False
        return True

    async def is_known(self, key: str) -> bool:
        """Tell whether the key was noted."""
        async with self._database.read() as session:
            return await session.get(SeenEventRow, key) is not None


class SqlThreads:
    """Threads begun by our cards; a card's reference is `channel:ts`."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def handoff_of(self, channel: str, thread_ts: str) -> HandoffId | None:
        """Find the handoff whose card begins this thread."""
        async with self._database.read() as session:
            found = await session.scalar(
                select(DeskPostRow.handoff_id).where(
                    DeskPostRow.kind == DeskPostKind.CARD,
                    DeskPostRow.reference == f"{channel}:{thread_ts}",
                )
            )
            return HandoffId(found) if found else None

    async def cards_in_doubt(self) -> Mapping[str, HandoffId]:
        """Give the handoffs whose cards may stand in Slack without our knowing where, by the ids of their posts."""
        in_doubt = select(DeskPostRow.id, DeskPostRow.handoff_id).where(
            DeskPostRow.kind == DeskPostKind.CARD, DeskPostRow.state == PostState.ATTEMPTED
        )
        async with self._database.read() as session:
            rows = (await session.execute(in_doubt)).all()
            return {post_id: HandoffId(handoff_id) for post_id, handoff_id in rows}

    async def card_deleted(self, channel: str, ts: str) -> ConversationId | None:
        """Let a card that was deleted be posted anew, once a handoff; gives the conversation to deliver for."""
        reference = f"{channel}:{ts}"
        async with self._database.write() as session:
            card = await session.scalar(
                select(DeskPostRow).where(
                    DeskPostRow.kind == DeskPostKind.CARD,
                    DeskPostRow.reference == reference,
                    DeskPostRow.state == PostState.POSTED,
                )
            )
            if card is None or not await _may_be_posted_anew(session, card):
                return None
            conversation_id, now = ConversationId(card.conversation_id), self._clock.now()
            session.add(_memory_of(card, reference))
            card.state, card.reference, card.attempts = PostState.DUE, None, 0
            card.due_at = now
            await in_ledger(session, conversation_id, now, Ledger.settle_posts)
            return conversation_id


async def _may_be_posted_anew(session: AsyncSession, card: DeskPostRow) -> bool:
    """Once is enough, and a card that went elsewhere since needs none: whoever deletes it does not want it there."""
    handoff = await session.scalar(select(HandoffRow).where(HandoffRow.id == card.handoff_id))
    others = select(DeskPostRow.number).where(
        DeskPostRow.handoff_id == card.handoff_id,
        DeskPostRow.kind == DeskPostKind.CARD,
        or_(DeskPostRow.because == DELETED, DeskPostRow.number > card.number),
    )
    return bool(handoff and handoff.state in ACTIVE) and not await session.scalar(others)


def _memory_of(card: DeskPostRow, reference: str) -> DeskPostRow:
    """Keep the old place, so that what is written in its thread is still understood."""
    return DeskPostRow(
        id=new_id("p"),
        handoff_id=card.handoff_id,
        conversation_id=card.conversation_id,
        kind=DeskPostKind.CARD,
        text=card.text,
        state=PostState.GIVEN_UP,
        due_at=card.due_at,
        posted_at=card.posted_at,
        reference=reference,
        because=DELETED,
    )
