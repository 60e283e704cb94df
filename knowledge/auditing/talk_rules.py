"""What holds for each conversation: its numbering, whose it is, and that nobody is left waiting unseen."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from sqlalchemy import ColumnElement, Subquery, and_, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from agent.conversation import Author, Holder
from agent.handoff import HandoffState
from knowledge.auditing.rules import Mend, Rule, Surroundings, rule
from knowledge.handoff_queries import HANDOFF
from knowledge.ledger import Ledger
from knowledge.ledgers import in_ledger
from knowledge.rows import UNFINISHED
from knowledge.tables import ConversationRow, DeskPostRow, HandoffRow, MessageRow

Talk = ConversationRow
LONGEST_LEASE: Final = timedelta(minutes=5)
"""A lease lasts a minute; clocks of two processes may differ by two more."""


def talk_rules(around: Surroundings) -> list[Rule]:
    """Give them all."""
    return [*_numbering(), *_waiting(around), *_due(around), *_holding(around)]


def _numbering() -> list[Rule]:
    said = (
        select(
            MessageRow.conversation_id.label("id"),
            func.count().label("count"),
            func.min(MessageRow.seq).label("first"),
            func.max(MessageRow.seq).label("last"),
        )
        .group_by(MessageRow.conversation_id)
        .subquery()
    )
    counted = func.coalesce(said.c.last, 0)
    numbered = select(Talk.id, said.c.count, said.c.first, counted.label("last"), Talk.last_seq)
    numbered = numbered.outerjoin(said, said.c.id == Talk.id)
    read = select(Talk.id, Talk.answered_seq, Talk.seen_seq, Talk.last_seq)
    return [
        rule(
            "messages without gaps",
            "Conversation {id} has {count} messages, but they are numbered {first} to {last}.",
            "Words are missing. Restore a back-up, or ask what removed them.",
            numbered.where(or_(said.c.first != 1, said.c.count != said.c.last)),
        ),
        rule(
            "no message lost",
            "Conversation {id} has given out number {last_seq}, but its last message is {last}.",
            "Words are missing. Restore a back-up, or ask what removed them.",
            numbered.where(Talk.last_seq > counted),
        ),
        rule(
            "messages counted",
            "Conversation {id} counts {last_seq} messages and has {last}: it cannot take another.",
            "Let `--mend` count anew.",
            numbered.where(Talk.last_seq < counted),
            _count_anew,
            "counted the messages anew",
        ),
        rule(
            "answered and read no further than said",
            "Conversation {id} is answered up to {answered_seq} and read up to {seen_seq}, but ends at {last_seq}.",
            "Let `--mend` set both back to the last message.",
            read.where(or_(Talk.answered_seq > Talk.last_seq, Talk.seen_seq > Talk.last_seq)),
            _read_to_the_end,
            "set them back to the last message",
        ),
    ]  # fmt: skip


def _waiting(around: Surroundings) -> list[Rule]:
    """Words that nobody has answered are due, or with a rep; and what is due is done."""
    waits = exists().where(
        MessageRow.conversation_id == Talk.id,
        MessageRow.author == Author.VISITOR,
        MessageRow.seq > Talk.answered_seq,
    )
    columns = select(Talk.id, Talk.last_seq, Talk.answered_seq, Talk.words_due_at)
    is_free = or_(Talk.lease_until.is_(None), Talk.lease_until < around.long_ago)
    return [
        rule(
            "nobody waits unseen",
            "In conversation {id} a visitor waits for an answer since message {answered_seq}, and nothing is due.",
            "Let `--mend` make the answer due; a running server then gives it.",
            columns.where(waits, Talk.holder != Holder.REP, Talk.words_due_at.is_(None)),
            _mend_with(around, _make_words_due),
            "made the answer due",
        ),
        rule(
            "nobody waits long",
            "In conversation {id} an answer is due since {words_due_at}, and nobody works on it.",
            "Start the server; if one runs, its log says why it does not answer.",
            columns.where(Talk.words_due_at < around.long_ago, is_free),
        ),
        rule(
            "timers are kept",
            "In conversation {id} something was to be done at {timer_at}, and nobody looked.",
            "Start the server; if one runs, its log says why it does not look.",
            select(Talk.id, Talk.timer_at).where(Talk.timer_at < around.long_ago, is_free),
        ),
        rule(
            "leases are short",
            "Conversation {id} is held until {lease_until}, so that nobody else can answer in it.",
            "A clock was wrong. Let `--mend` end the lease.",
            select(Talk.id, Talk.lease_until).where(Talk.lease_until > around.now + LONGEST_LEASE),
            _mend_with(around, _end_lease),
            "ended the lease",
        ),
    ]  # fmt: skip


def _due(around: Surroundings) -> list[Rule]:
    columns = select(Talk.id, Talk.due_at, Talk.timer_at, Talk.words_due_at, Talk.posts_due_at)
    heads = _earliest_posts()
    queues = select(Talk.id, Talk.posts_due_at, heads.c.due_at.label("first_due_at"))
    queues = queues.outerjoin(heads, heads.c.id == Talk.id)
    settle = _mend_with(around, _settle)
    return [
        rule(
            "looked at in time",
            "Conversation {id} is looked at {due_at}; due are the timer {timer_at}, words {words_due_at}, posts {posts_due_at}.",
            "Let `--mend` work it out anew.",
            columns.where(_is_not_earliest()),
            settle,
            "worked out anew when to look at it",
        ),
        rule(
            "posts looked at in time",
            "Conversation {id} looks at its desk posts {posts_due_at}, but the first is due {first_due_at}.",
            "Let `--mend` work it out anew.",
            queues.where(Talk.posts_due_at.is_distinct_from(heads.c.due_at)),
            settle,
            "worked out anew when to look at it",
        ),
    ]  # fmt: skip


def _holding(around: Surroundings) -> list[Rule]:
    """A rep holds exactly the conversations of what they claimed."""
    is_rep, is_claimed = Talk.holder == Holder.REP, HandoffRow.state == HandoffState.CLAIMED
    broken = or_(
        and_(is_rep, or_(HandoffRow.id.is_(None), ~is_claimed)),
        and_(is_rep, Talk.rep_id.is_distinct_from(HandoffRow.claimed_by)),
        and_(~is_rep, is_claimed),
        and_(~is_rep, Talk.rep_id.is_not(None)),
    )
    columns = select(Talk.id, Talk.holder, Talk.rep_id, Talk.handoff_id, HandoffRow.state)
    joined = columns.outerjoin(HandoffRow, HandoffRow.id == Talk.handoff_id)
    return [
        rule(
            "held by who claimed",
            "Conversation {id} is held by {holder} ({rep_id}), but its handoff {handoff_id} is {state}.",
            "Let `--mend` give it to whoever the handoff says.",
            joined.where(broken),
            _mend_with(around, _pass_on),
            "gave it to whoever the handoff says",
        )
    ]


def _earliest_posts() -> Subquery:
    unfinished = DeskPostRow.state.in_(UNFINISHED)
    first = select(func.min(DeskPostRow.number)).where(unfinished)
    first = first.group_by(DeskPostRow.conversation_id, DeskPostRow.handoff_id)
    heads = select(
        DeskPostRow.conversation_id.label("id"), func.min(DeskPostRow.due_at).label("due_at")
    )
    return (
        heads.where(DeskPostRow.number.in_(first)).group_by(DeskPostRow.conversation_id).subquery()
    )


def _is_not_earliest() -> ColumnElement[bool]:
    times = (Talk.timer_at, Talk.words_due_at, Talk.posts_due_at)
    return or_(
        and_(Talk.due_at.is_(None), or_(*[at.is_not(None) for at in times])),
        *[Talk.due_at > at for at in times],
        and_(Talk.due_at.is_not(None), *[or_(at.is_(None), at != Talk.due_at) for at in times]),
    )


def _mend_with(around: Surroundings, work: Callable[[Ledger], None]) -> Mend:
    async def mend(session: AsyncSession, conversation_id: str) -> None:
        def work_and_settle(ledger: Ledger) -> None:
            work(ledger)
            ledger.settle_posts()

        await in_ledger(session, conversation_id, around.now, work_and_settle)

    return mend


async def _count_anew(session: AsyncSession, conversation_id: str) -> None:
    newest = select(func.max(MessageRow.seq)).where(MessageRow.conversation_id == conversation_id)
    await session.execute(
        update(Talk).where(Talk.id == conversation_id).values(last_seq=newest.scalar_subquery())
    )


async def _read_to_the_end(session: AsyncSession, conversation_id: str) -> None:
    for column in (Talk.answered_seq, Talk.seen_seq):
        beyond = update(Talk).where(Talk.id == conversation_id, column > Talk.last_seq)
        await session.execute(beyond.values({column: Talk.last_seq}))


def _make_words_due(ledger: Ledger) -> None:
    ledger.row.words_due_at = ledger.now


def _end_lease(ledger: Ledger) -> None:
    """Whoever held it can say nothing any more."""
    ledger.row.lease_owner = ledger.row.lease_until = None
    ledger.row.epoch += 1
    if ledger.has_unanswered() and ledger.row.holder is not Holder.REP:
        ledger.row.words_due_at = ledger.now


def _settle(ledger: Ledger) -> None:
    """Every mending ends with that."""


def _pass_on(ledger: Ledger) -> None:
    handoff = ledger.rows.first(HANDOFF, id=ledger.row.handoff_id or "")
    if handoff is not None:
        ledger.pass_on(handoff)
        return
    ledger.row.holder, ledger.row.rep_id = Holder.AGENT, None
    ledger.row.epoch += 1
    if ledger.has_unanswered():
        ledger.row.words_due_at = ledger.now
