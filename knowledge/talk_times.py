"""When a conversation must be looked at again, and its posts at the desk: small changes that need no session."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Column, String, bindparam, null, or_, select, update

from agent.errors import UnknownConversationError
from agent.handoff import ATTEMPT, DeskPostId
from knowledge.handoff_queries import first_post_due
from knowledge.prepared import Changes, Prepared, PreparedChange, Rows
from knowledge.rows import PostState
from knowledge.tables import ConversationRow, DeskPostRow

_TALKS = ConversationRow.metadata.tables[ConversationRow.__tablename__]
_POSTS = DeskPostRow.metadata.tables[DeskPostRow.__tablename__]


class Times(NamedTuple):
    """What makes a conversation due, and when it is."""

    timer_at: datetime | None
    words_due_at: datetime | None
    posts_due_at: datetime | None
    due_at: datetime | None

    @property
    def settled(self) -> "Times":
        """Give them with the time at which the first of them is due."""
        times = (at for at in self[:3] if at is not None)
        return self._replace(due_at=min(times, default=None))


def _new(column: Column[datetime] | Column[str]) -> dict[str, object]:
    return {column.name: bindparam(f"new_{column.name}", type_=column.type)}


_ID = bindparam("talk_id", type_=String())
_TIMES = Prepared(
    select(*(getattr(ConversationRow, name) for name in Times._fields)).where(
        ConversationRow.id == _ID
    ),
    Times,
)
_SET_TIMES = PreparedChange(
    update(_TALKS)
    .where(_TALKS.c.id == _ID)
    .values(_new(_TALKS.c.timer_at) | _new(_TALKS.c.posts_due_at) | _new(_TALKS.c.due_at))
)
_SHOW = PreparedChange(
    update(_TALKS)
    .where(_TALKS.c.id == _ID, _TALKS.c.epoch == bindparam("held_epoch"))
    .values({"showing_epoch": _TALKS.c.epoch} | _new(_TALKS.c.lease_until))
)
_RELEASE = PreparedChange(
    update(_TALKS)
    .where(
        _TALKS.c.id == _ID,
        _TALKS.c.lease_owner == bindparam("held_lease", type_=String()),
        _TALKS.c.words_due_at.is_(None),
    )
    .values(lease_owner=null(), lease_until=null())
)
TALK_OF_POST: Prepared[str] = Prepared(
    select(DeskPostRow.conversation_id).where(
        DeskPostRow.id == bindparam("post_id", type_=String())
    ),
    str,
)
_MARK = update(_POSTS).where(
    _POSTS.c.id == bindparam("post_id", type_=String()),
    or_(_POSTS.c.state == PostState.DUE, _POSTS.c.state == PostState.ATTEMPTED),
)
ATTEMPTED = PreparedChange(
    _MARK.where(_POSTS.c.due_at <= bindparam("new_now", type_=_POSTS.c.due_at.type)).values(
        {"state": PostState.ATTEMPTED, "attempts": _POSTS.c.attempts + 1}
        | _new(_POSTS.c.attempted_at)
        | _new(_POSTS.c.due_at)
    )
)
_ATTEMPTS = Prepared(
    select(DeskPostRow.attempts).where(DeskPostRow.id == bindparam("post_id", type_=String())), int
)
POSTED = PreparedChange(
    _MARK.values({"state": PostState.POSTED} | _new(_POSTS.c.reference) | _new(_POSTS.c.posted_at))
)
POSTPONED = PreparedChange(_MARK.values(_new(_POSTS.c.due_at) | _new(_POSTS.c.because)))
GIVEN_UP = PreparedChange(_MARK.values({"state": PostState.GIVEN_UP} | _new(_POSTS.c.because)))


def begin_showing(rows: Changes, talk_id: str, epoch: int, lease_until: datetime) -> bool:
    """Note that something of an epoch is shown; tells whether it still is the epoch."""
    found = rows.run(_SHOW, talk_id=talk_id, held_epoch=epoch, new_lease_until=lease_until)
    return bool(found)


def release_answered(rows: Changes, talk_id: str, lease: str) -> bool:
    """End a lease that leaves no words unanswered; tells whether it was such a one."""
    return bool(rows.run(_RELEASE, talk_id=talk_id, held_lease=lease))


def is_set(rows: Rows, talk_id: str, at: datetime | None) -> bool:
    """Tell whether a conversation's timer stands at an instant, and all is settled."""
    times = _times(rows, talk_id)
    return times == times._replace(timer_at=at).settled


def set_timer(rows: Changes, talk_id: str, at: datetime | None) -> None:
    """Set a conversation's timer."""
    _set(rows, talk_id, _times(rows, talk_id)._replace(timer_at=at))


def attempt(rows: Changes, talk_id: str, post_id: str, now: datetime) -> int | None:
    """Note an attempt at a post that is due; gives how many there were before, None when it is not."""
    until = now + ATTEMPT
    if not mark(rows, talk_id, post_id, ATTEMPTED, now=now, attempted_at=now, due_at=until):
        return None
    return (rows.first(_ATTEMPTS, post_id=post_id) or 1) - 1


def mark(rows: Changes, talk_id: str, post_id: str, how: PreparedChange, **values: object) -> bool:
    """Note how far an unfinished post is, and when the next is due; tells whether there is such a post."""
    marked = rows.run(
        how, post_id=post_id, **{f"new_{name}": value for name, value in values.items()}
    )
    _settle_posts(rows, talk_id)
    return bool(marked)


def mark_posted(
    rows: Changes, talk_id: str, references: Mapping[DeskPostId, str], now: datetime
) -> None:
    """Note of several unfinished posts where they are, and when the next is due."""
    for post_id, reference in references.items():
        rows.run(POSTED, post_id=post_id, new_reference=reference, new_posted_at=now)
    _settle_posts(rows, talk_id)


def _settle_posts(rows: Changes, talk_id: str) -> None:
    first = first_post_due(rows, talk_id)
    _set(rows, talk_id, _times(rows, talk_id)._replace(posts_due_at=first))


def _times(rows: Rows, talk_id: str) -> Times:
    times = rows.first(_TIMES, talk_id=talk_id)
    if times is None:
        raise UnknownConversationError(f"There is no conversation {talk_id}.")
    return times


def _set(rows: Changes, talk_id: str, times: Times) -> None:
    timer_at, _, posts_due_at, due_at = times.settled
    rows.run(
        _SET_TIMES,
        talk_id=talk_id,
        new_timer_at=timer_at,
        new_posts_due_at=posts_due_at,
        new_due_at=due_at,
    )
