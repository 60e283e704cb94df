"""What processes that are gone had in hand is due again, at once, for whoever lives."""

from collections.abc import Callable, Sequence

from sqlalchemy import delete, select

from agent.clock import Clock
from agent.conversation import ConversationId
from knowledge.database import Database
from knowledge.ids import new_id
from knowledge.leases import free
from knowledge.ledger import Ledger
from knowledge.service_tables import ReplicaRow
from knowledge.tables import ConversationRow

_LEASED = select(ConversationRow.id, ConversationRow.lease_owner).where(
    ConversationRow.lease_owner.is_not(None)
)


async def take_over(database: Database, clock: Clock, gone: Sequence[str]) -> list[ConversationId]:
    """Free what these processes held; gives the conversations. Of several that do so, each is freed by one."""
    freed = await _free(database, clock, lambda owner: owner.partition(":")[0] in gone)
    async with database.write("replicas") as session:
        await session.execute(delete(ReplicaRow).where(ReplicaRow.id.in_(gone)))
    return freed


async def take_over_all(database: Database, clock: Clock) -> list[ConversationId]:
    """Free all that is held, where nobody else can be at work."""
    return await _free(database, clock, lambda _: True)


async def _free(
    database: Database, clock: Clock, is_gone: Callable[[str], bool]
) -> list[ConversationId]:
    async with database.read() as session:
        leased = (await session.execute(_LEASED)).all()
    freed = []
    for conversation_id, owner in leased:
        if is_gone(owner or ""):
            async with database.write(conversation_id) as session:
                ledger = await Ledger.of(session, conversation_id, clock.now(), new_id)
                if ledger.row.lease_owner == owner:
                    free(ledger)
                    freed.append(ConversationId(conversation_id))
    return freed
