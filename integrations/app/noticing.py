"""Notices of the desk, looked at each minute, where there is a desk to tell them at."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NewType

from agent.notice_watch import NoticeWatch
from integrations.app.parts import Parts
from integrations.app.waking import WakeupMaker
from integrations.wakeups.looking import Wakeups
from knowledge.ids import new_id
from knowledge.notices import SqlCards, SqlLeadCounts, SqlNotices

if TYPE_CHECKING:
    from integrations.slack.connection import SlackConnection

DeskClock = NewType("DeskClock", str)
DESK_CLOCK = DeskClock("desk")
LOOK_EVERY = 60.0


def notice_wakeups(parts: Parts, wakeups: WakeupMaker) -> Wakeups[DeskClock]:
    """Make what tells notices; without Slack nobody is told, as the built-in desk shows what waits."""
    watch = _notice_watch(parts, parts.slack) if parts.slack else None

    async def advance(_: DeskClock) -> None:
        if watch:
            await watch.advance()

    async def due(_: datetime) -> Sequence[DeskClock]:
        return (DESK_CLOCK,) if watch else ()

    return wakeups.make(DeskClock, advance, due, LOOK_EVERY)


def _notice_watch(parts: Parts, slack: "SlackConnection") -> NoticeWatch:
    database = parts.store.database
    return NoticeWatch(
        notices=SqlNotices(database, parts.clock),
        handoffs=parts.store.handoffs,
        counts=SqlLeadCounts(database),
        gaps=parts.store.gaps,
        desk=slack.notices(parts.playbook, SqlCards(database)),
        playbook=parts.playbook,
        clock=parts.clock,
        new_id=new_id,
    )
