"""Which conversations a handoff serves, and how a further one of the lead comes under it."""

from typing import Final

from sqlalchemy import Integer, String, bindparam, select

from agent.conversation import Author, Message, RepId
from agent.handoff import DeskPostKind, Handoff, Joining
from knowledge.handoff_queries import latest_handoff
from knowledge.ledger import Ledger
from knowledge.prepared import Prepared, columns_for
from knowledge.tables import MessageRow

LAST_WORDS: Final = 10
"""How many messages of a conversation reps get to read when it comes under a handoff."""

_NEWEST = Prepared(
    select(*columns_for(Message, MessageRow))
    .where(MessageRow.conversation_id == bindparam("id", type_=String()))
    .order_by(MessageRow.seq.desc())
    .limit(bindparam("most", type_=Integer())),
    Message,
)


def come_under(ledger: Ledger, joining: Joining) -> Handoff | None:
    """Bring a conversation under its lead's active handoff, once; gives that, None when there is none."""
    row = ledger.row
    handoff = latest_handoff(ledger.rows, row.lead_id, row.handoff_id)
    if handoff is None or not handoff.state.is_active:
        return None
    if handoff.id != row.handoff_id:
        _join(ledger, handoff, joining)
    return handoff


def _join(ledger: Ledger, handoff: Handoff, joining: Joining) -> None:
    ledger.row.handoff_id = handoff.id
    ledger.log(handoff, f"joined by {ledger.row.id}")
    said = _last_words(ledger)
    if said and joining.note:
        ledger.post(handoff, DeskPostKind.NOTE, joining.note)
    for message in said:
        ledger.post(handoff, DeskPostKind.RELAY, message.text, message)
    if ledger.pass_on(handoff):
        greeting = joining.greeting(handoff.claimed_by or RepId(""))
        if greeting is not None:
            ledger.say(Author.SYSTEM, "", greeting)
    ledger.settle()


def _last_words(ledger: Ledger) -> list[Message]:
    """Give what was said last, in order; nothing where the visitor has written nothing yet."""
    said = ledger.rows.all(_NEWEST, id=ledger.row.id, most=LAST_WORDS)[::-1]
    has_written = any(message.author is Author.VISITOR for message in said)
    return said if has_written else []
