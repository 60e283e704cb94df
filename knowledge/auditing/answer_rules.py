"""Every word of a visitor is answered, and only once: read from messages and turns, a few conversations at a time."""

from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from agent.conversation import Author
from knowledge.auditing.rules import Break, Rule
from knowledge.desk_tables import InboundRow
from knowledge.tables import ConversationRow, MessageRow, TurnRow

BATCH: Final = 200
NAME: Final = "every message is answered once"
ADVICE: Final = (
    "Look at the conversation; if the visitor still waits, a rep can answer at the desk."
)


@dataclass(frozen=True, slots=True)
class Said:
    """One message, without its words."""

    id: str
    seq: int
    is_visitors: bool
    in_reply_to: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation: what was said, which messages each turn answered, and what needed no answer.

    `with_reps` says that a handoff serves it: a rep's words answer everything before them.
    """

    id: str
    answered_seq: int
    with_reps: bool
    said: Sequence[Said] = ()
    turns: Sequence[Sequence[str]] = ()
    needs_none: Collection[str] = ()


def answer_rules() -> list[Rule]:
    """Give them all."""
    return [Rule(NAME, _find)]


def what_is_wrong(talk: Talk) -> Iterator[str]:
    """Say what is wrong with the answers of a conversation, in sentences."""
    visitors = {said.id: said for said in talk.said if said.is_visitors}
    replies = [said for said in talk.said if said.in_reply_to]
    yield from _wrong_replies(talk, visitors, replies)
    counted = Counter(m for reply in replies for m in reply.in_reply_to)
    for message_id in (m for m, count in counted.items() if count > 1):
        yield f"Message {message_id} was replied to {counted[message_id]} times."
    turns = Counter(m for turn in talk.turns for m in turn)
    for message_id in (m for m, count in turns.items() if count > 1):
        yield f"Message {message_id} was answered in {turns[message_id]} turns."
    yield from _unanswered(talk, visitors, turns.keys() | counted.keys())


def _wrong_replies(talk: Talk, visitors: dict[str, Said], replies: Sequence[Said]) -> Iterator[str]:
    for reply in replies:
        for message_id in reply.in_reply_to:
            asked = visitors.get(message_id)
            if asked is None:
                yield f"Reply {reply.id} of {talk.id} answers {message_id}, which no visitor said there."
            elif asked.seq > reply.seq:
                yield f"Reply {reply.id} of {talk.id} stands before {message_id}, which it answers."


def _unanswered(talk: Talk, visitors: dict[str, Said], answered: Collection[str]) -> Iterator[str]:
    for said in visitors.values():
        is_done = said.id in answered
        if is_done and said.seq > talk.answered_seq:
            yield f"Message {said.id} of {talk.id} was answered, but counts as waiting: it may be answered again."
        elif (
            not is_done
            and said.seq <= talk.answered_seq
            and not talk.with_reps
            and said.id not in talk.needs_none
        ):
            yield f"Message {said.id} of {talk.id} counts as answered, but nobody answered it."


async def _find(session: AsyncSession) -> AsyncIterator[Break]:
    columns = (ConversationRow.id, ConversationRow.answered_seq, ConversationRow.handoff_id)
    query, last = select(*columns).order_by(ConversationRow.id).limit(BATCH), ""
    while rows := list(await session.execute(query.where(ConversationRow.id > last))):
        last = rows[-1].id
        for talk in await _talks(session, rows):
            for wrong in what_is_wrong(talk):
                yield Break(NAME, talk.id, wrong, ADVICE)


async def _talks(session: AsyncSession, rows: Sequence[Any]) -> list[Talk]:
    ids = [row.id for row in rows]
    said, client_ids = await _said(session, ids)
    turns: dict[str, list[Sequence[str]]] = defaultdict(list)
    answered = select(TurnRow.conversation_id, TurnRow.answered)
    for talk_id, messages in await session.execute(
        answered.where(TurnRow.conversation_id.in_(ids))
    ):
        turns[talk_id].append(messages)
    needs_none = await _needs_none(session, ids, client_ids)
    return [
        Talk(
            row.id,
            row.answered_seq,
            row.handoff_id is not None,
            said[row.id],
            turns[row.id],
            needs_none,
        )
        for row in rows
    ]


async def _said(
    session: AsyncSession, ids: Sequence[str]
) -> tuple[dict[str, list[Said]], dict[str, str]]:
    """Give what was said, and the clients' own ids of forms and mails."""
    columns = (
        MessageRow.conversation_id, MessageRow.id, MessageRow.seq, MessageRow.author,
        MessageRow.in_reply_to, MessageRow.client_message_id,
    )  # fmt: skip
    said: dict[str, list[Said]] = defaultdict(list)
    client_ids = {}
    query = select(*columns).where(MessageRow.conversation_id.in_(ids))
    for row in await session.execute(query.order_by(MessageRow.conversation_id, MessageRow.seq)):
        is_visitors = row.author is Author.VISITOR
        said[row.conversation_id].append(Said(row.id, row.seq, is_visitors, row.in_reply_to))
        if is_visitors and "#" in (row.client_message_id or ""):
            client_ids[row.client_message_id.rpartition("#")[0]] = row.id
    return said, client_ids


async def _needs_none(
    session: AsyncSession, ids: Sequence[str], client_ids: dict[str, str]
) -> set[str]:
    """Find the forms and mails to which no answer was due."""
    query = select(InboundRow.key).where(
        InboundRow.conversation_id.in_(ids), InboundRow.headers.not_like('%"unanswered":null%')
    )
    return {client_ids[key] for key in await session.scalars(query) if key in client_ids}
