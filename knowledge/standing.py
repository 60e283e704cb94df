"""How a conversation stands: its row, read under a lock and written back where it changed.

An object that a session keeps watch over costs twenty times as much as the statement; a turn writes the row five times.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from functools import lru_cache
from operator import attrgetter

from sqlalchemy import String, bindparam, select, update

from agent.conversation import (
    Conversation,
    ConversationId,
    HandoffId,
    Holder,
    MessageSource,
    Page,
    RepId,
)
from agent.errors import UnknownConversationError
from agent.lead import LeadId, Visitor
from knowledge.columns import value_of
from knowledge.prepared import Changes, Prepared, PreparedChange, columns_for
from knowledge.tables import ConversationRow

_TALKS = ConversationRow.metadata.tables[ConversationRow.__tablename__]
_MOST_WAYS = 256


@dataclass(slots=True)
class Standing:
    """What a transaction may read and change of a conversation's row."""

    id: ConversationId
    lead_id: LeadId
    visitor: Visitor
    page: Page
    locale: str
    rehearsal: timedelta
    source: MessageSource
    started_at: datetime
    ended_at: datetime | None
    holder: Holder
    rep_id: RepId | None
    epoch: int
    showing_epoch: int | None
    lease_owner: str | None
    lease_until: datetime | None
    last_seq: int
    answered_seq: int
    seen_seq: int
    amended: int
    timer_at: datetime | None
    words_due_at: datetime | None
    posts_due_at: datetime | None
    due_at: datetime | None
    handoff_id: HandoffId | None
    left_email: str
    rating: int | None
    rating_comment: str
    rated_at: datetime | None

    @property
    def conversation(self) -> Conversation:
        """Give it as a value."""
        return value_of(Conversation, self)


_NAMES = tuple(field.name for field in fields(Standing))
_CELLS = attrgetter(*_NAMES)


@dataclass(slots=True)
class Kept:
    """How a conversation stands, and how it stood when it was last read or written."""

    standing: Standing
    written: tuple[object, ...]

    def save(self, rows: Changes) -> None:
        """Write what changed."""
        now = _CELLS(self.standing)
        changed = {
            name: after
            for name, before, after in zip(_NAMES, self.written, now, strict=True)
            if before != after
        }
        if changed:
            rows.run(_change_of(tuple(changed)), talk_id=self.standing.id, **changed)
            self.written = now


def _kept(*cells: object) -> Kept:
    return Kept(_MAKE(*cells), cells)


# The cells come from the columns of the same names, each read as what its column says.
_MAKE: Callable[..., Standing] = Standing
_LOCKED = Prepared(
    select(*columns_for(Standing, ConversationRow))
    .where(ConversationRow.id == bindparam("id", type_=String()))
    .with_for_update(),
    _kept,
)


def lock(rows: Changes, conversation_id: str) -> Kept:
    """Lock a conversation until the transaction ends; raises UnknownConversationError."""
    kept = rows.first(_LOCKED, id=conversation_id)
    if kept is None:
        raise UnknownConversationError(f"There is no conversation {conversation_id}.")
    return kept


@lru_cache(_MOST_WAYS)
def _change_of(names: tuple[str, ...]) -> PreparedChange:
    this = _TALKS.c.id == bindparam("talk_id", type_=String())
    return PreparedChange(update(_TALKS).where(this), names)
