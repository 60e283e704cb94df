"""What processes that are gone had in hand is due again, at once, for whoever lives; so is what a clock put off."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from random import sample

from sqlalchemy import Select, String, bindparam, delete, or_, select, update

from agent.clock import Clock
from agent.conversation import ConversationId
from agent.handoff import ATTEMPT
from knowledge.database import Database
from knowledge.desk_tables import NoticeRow
from knowledge.ids import new_id
from knowledge.leases import free
from knowledge.ledger import Ledger
from knowledge.ledgers import Ledgers
from knowledge.prepared import PreparedChange
from knowledge.rows import UNFINISHED
from knowledge.service_tables import ReplicaRow
from knowledge.tables import ConversationRow, DeskPostRow, LeadRow, MessageRow

_LEASED = select(ConversationRow.id, ConversationRow.lease_owner).where(
    ConversationRow.lease_owner.is_not(None)
)
_POSTS = DeskPostRow.metadata.tables[DeskPostRow.__tablename__]
_POSTS_SOONER = PreparedChange(
    update(_POSTS)
    .where(
        _POSTS.c.conversation_id == bindparam("talk_id", type_=String()),
        or_(*(_POSTS.c.state == state for state in UNFINISHED)),
        _POSTS.c.due_at > bindparam("sooner", type_=_POSTS.c.due_at.type),
        _POSTS.c.due_at <= bindparam("until", type_=_POSTS.c.due_at.type),
    )
    .values(due_at=bindparam("sooner", type_=_POSTS.c.due_at.type))
)
_NEWEST_WORDS = select(MessageRow.created_at).order_by(MessageRow.id.desc()).limit(1)


async def take_over(database: Database, clock: Clock, gone: Sequence[str]) -> list[ConversationId]:
    """Free what these processes held; gives the conversations. Of several that do so, each is freed by one.

    One process after the other, in any order, so that several share the work, and one that dies has done some of it.
    """
    freed = []
    for each in sample(gone, len(gone)):
        held = ConversationRow.lease_owner.startswith(f"{each}:")
        # What has run out is nobody's: whoever takes the conversation next need not ask.
        held &= ConversationRow.lease_until > clock.now()
        freed += await _free(database, clock, _LEASED.where(held))
        async with database.write("replicas") as session:
            await session.execute(delete(ReplicaRow).where(ReplicaRow.id == each))
    return freed


async def take_over_all(database: Database, clock: Clock) -> list[ConversationId]:
    """Free all that is held, where nobody else can be at work; attempts at the desk are over, too.

    Where the clock was set back since the last words, what was due then is due now.
    """
    freed = await _free(database, clock, _LEASED)
    async with database.read() as session:
        newest = await session.scalar(_NEWEST_WORDS)
    await bring_forward(database, clock, max(newest or clock.now(), clock.now()) + ATTEMPT)
    return freed


async def bring_forward(database: Database, clock: Clock, until: datetime) -> int:
    """Make due now what would be due until then; gives how many conversations."""
    now, row = clock.now(), ConversationRow
    async with database.read() as session:
        later = (row.timer_at > now, row.words_due_at > now, row.posts_due_at > now)
        soon = select(row.id).where(row.due_at <= until, or_(*later))
        talks = list(await session.scalars(soon))
    ledgers = Ledgers(database, clock, new_id)
    for talk in talks:
        await ledgers.write(talk, lambda ledger: _bring_forward(ledger, until))
    async with database.write() as session:
        for each in (LeadRow, NoticeRow):
            due = update(each).where(each.due_at > now, each.due_at <= until)
            await session.execute(due.values(due_at=now))
    return len(talks)


def _bring_forward(ledger: Ledger, until: datetime) -> None:
    def sooner(at: datetime | None) -> datetime | None:
        return min(at, ledger.now) if at is not None and at <= until else at

    row = ledger.row
    row.timer_at, row.words_due_at = sooner(row.timer_at), sooner(row.words_due_at)
    ledger.rows.run(_POSTS_SOONER, talk_id=row.id, sooner=ledger.now, until=until)
    ledger.settle_posts()


async def _free(
    database: Database, clock: Clock, leased: Select[str, str | None]
) -> list[ConversationId]:
    async with database.read() as session:
        found = (await session.execute(leased)).all()
    freed, ledgers = [], Ledgers(database, clock, new_id)
    for conversation_id, owner in found:
        if await ledgers.write(conversation_id, partial(_free_from, owner=owner)):
            freed.append(ConversationId(conversation_id))
    return freed


def _free_from(ledger: Ledger, owner: str | None) -> bool:
    is_theirs = ledger.row.lease_owner == owner
    if is_theirs:
        free(ledger)
    return is_theirs
