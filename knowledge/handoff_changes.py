"""What a transition of a handoff brings with it: who holds its conversations, what is said there, what the desk gets."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from typing import NamedTuple, TypeVar

from sqlalchemy import String, bindparam, or_, select, update

from agent.conversation import Author, ConversationId, HandoffId, Message
from agent.errors import ConversationClosedError, HandoffEndedError, UnknownHandoffError
from agent.handoff import Change, DeskPostKind, Handoff
from agent.lead import LeadId
from knowledge.feedback import keep_closing
from knowledge.handoff_queries import HANDOFF, latest_handoff
from knowledge.ledger import Ledger
from knowledge.ledgers import Ledgers
from knowledge.prepared import Changes, Prepared, PreparedChange
from knowledge.rep_words import say_for_rep
from knowledge.tables import ConversationRow, HandoffRow, MessageRow

_HANDOFFS = HandoffRow.metadata.tables[HandoffRow.__tablename__]
_NAMES = tuple(field.name for field in fields(Handoff))
_MOST_WAYS = 256
Found = TypeVar("Found")
_ID = bindparam("id", type_=String())


class _Talk(NamedTuple):
    """A conversation that a handoff serves, and whose it is."""

    id: ConversationId
    lead_id: LeadId


class _Opened(NamedTuple):
    """Where a handoff was opened, and whose it is."""

    conversation_id: ConversationId
    lead_id: LeadId


OPENED = Prepared(
    select(HandoffRow.conversation_id, HandoffRow.lead_id).where(HandoffRow.id == _ID), _Opened
)
_IS_FIRST = ConversationRow.id == bindparam("first_id", type_=String())
_SERVED = Prepared(
    select(ConversationRow.id, ConversationRow.lead_id)
    .where(or_(_IS_FIRST, ConversationRow.handoff_id == _ID))
    .order_by(_IS_FIRST.desc(), ConversationRow.started_at, ConversationRow.id),
    _Talk,
)
_NEWEST_WORDS = Prepared(
    select(MessageRow.created_at, MessageRow.id)
    .where(MessageRow.conversation_id == _ID, MessageRow.author == Author.VISITOR)
    .order_by(MessageRow.created_at.desc(), MessageRow.id.desc())
    .limit(1),
    lambda created_at, message_id: (created_at, message_id),
)


@dataclass(frozen=True, slots=True)
class HandoffChange:
    """A transition and what accompanies it, within one transaction."""

    handoff_id: HandoffId
    transition: Callable[[Handoff], Handoff]
    change: Change

    def of_one_lead(self, rows: Changes, ledgers: Ledgers) -> Handoff | None:
        """Make it where all that it touches is one lead's; None, with nothing done, where it is not."""
        opened, talks = self._touched(rows)
        is_of_one = all(talk.lead_id == opened.lead_id for talk in talks)
        return self._made(rows, ledgers, talks) if is_of_one else None

    def of_all(self, rows: Changes, ledgers: Ledgers) -> Handoff:
        """Make it whosever it touches."""
        _, talks = self._touched(rows)
        return self._made(rows, ledgers, talks)

    def _touched(self, rows: Changes) -> tuple[_Opened, Sequence[_Talk]]:
        opened = known(rows.first(OPENED, id=self.handoff_id), self.handoff_id)
        return opened, rows.all(_SERVED, id=self.handoff_id, first_id=opened.conversation_id)

    def _made(self, rows: Changes, ledgers: Ledgers, talks: Sequence[_Talk]) -> Handoff:
        served = [ledgers.lock(rows, talk.id) for talk in talks]
        before = known(rows.first(HANDOFF, id=self.handoff_id), self.handoff_id)
        if _is_repeated(served, self.change):
            return before
        after, change = self.transition(before), self.change
        _must_be_the_latest(rows, before, after)
        if after == before and change.rep_words is None:
            change = _without_echo(change)
        _apply(served, before, after, change)
        served[0].look_again()
        for ledger in served:
            ledger.settle()
            ledger.save()
        return after


def known(found: Found | None, handoff_id: HandoffId) -> Found:
    """Give what was found of a handoff; raises UnknownHandoffError where there is none."""
    if found is None:
        raise UnknownHandoffError(f"There is no handoff {handoff_id}.")
    return found


def save_handoff(rows: Changes, before: Handoff, after: Handoff) -> None:
    """Write what a handoff became."""
    values = ((name, getattr(after, name), getattr(before, name)) for name in _NAMES)
    changed = {name: now for name, now, then in values if now != then}
    if changed:
        rows.run(_change_of(tuple(changed)), changed_id=before.id, **changed)


def _is_repeated(served: Sequence[Ledger], change: Change) -> bool:
    words_id = change.rep_words_id
    return words_id is not None and any(ledger.said(Author.REP, words_id) for ledger in served)


def _must_be_the_latest(rows: Changes, before: Handoff, after: Handoff) -> None:
    """Refuse to take one again when the lead has another handoff by now."""
    if before.state.is_active or not after.state.is_active:
        return
    latest = latest_handoff(rows, before.lead_id)
    if latest is not None and latest.id != before.id:
        raise HandoffEndedError("A newer handoff of this lead stands in its place.")


def _without_echo(change: Change) -> Change:
    """A button pressed twice changes nothing: the visitor is not told again, the card is as it was."""
    posts = tuple(kind for kind in change.posts if kind is not DeskPostKind.UPDATE)
    return replace(change, announcement=None, posts=posts)


def _apply(served: Sequence[Ledger], before: Handoff, after: Handoff, change: Change) -> None:
    first, is_news = served[0], after != before
    if is_news or change.rep_words is not None:
        save_handoff(first.rows, before, after)
        first.log(after, change.because, change.rep_id)
    if is_news and change.closing is not None:
        keep_closing(first.rows, after, change.closing, change, first.now)
    if before.state.is_active or after.state.is_active:
        for ledger in served:
            ledger.pass_on(after)
    said = _say(served, change)
    for kind in change.posts:
        first.post(after, kind, change.told or change.because, said)


@lru_cache(_MOST_WAYS)
def _change_of(names: tuple[str, ...]) -> PreparedChange:
    this = _HANDOFFS.c.id == bindparam("changed_id", type_=String())
    return PreparedChange(update(_HANDOFFS).where(this), names)


def _say(served: Sequence[Ledger], change: Change) -> Message | None:
    """Announce in every conversation; a rep's words are an answer to all, and said where the visitor wrote last."""
    said = None
    for ledger in _open(served) if change.announcement is not None else ():
        said = ledger.say(Author.SYSTEM, "", change.announcement or "")
    if change.rep_words is not None:
        said = say_for_rep(_written_last(_open(served)), change)
        for each in served:
            each.row.answered_seq, each.row.words_due_at = each.row.last_seq, None
    return said


def _open(served: Sequence[Ledger]) -> list[Ledger]:
    """Leave out the conversations that their visitor has ended."""
    return [ledger for ledger in served if ledger.row.ended_at is None]


def _written_last(served: Sequence[Ledger]) -> Ledger:
    if not served:
        raise ConversationClosedError("The visitor has ended every conversation of this handoff.")
    newest = [(ledger.rows.first(_NEWEST_WORDS, id=ledger.row.id), ledger) for ledger in served]
    written = [(words, ledger) for words, ledger in newest if words is not None]
    return max(written, key=lambda each: each[0])[1] if written else served[0]
