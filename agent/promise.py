"""What may be promised about a human: only whom the desk calls, in their own hours, and what its timers keep."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from agent.conversation import Held
from agent.handoff import CallBack, Handoff
from agent.playbook import Playbook
from agent.team_rules import RepRules

NEVER: Final = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Promise:
    """Who will answer, and by when, in their hours and zone; `is_open` says they are there now.

    `call_back` is what was recorded while nobody is, its time as the conversation plays.
    """

    rep: RepRules
    is_open: bool
    within_minutes: int
    opens_at: datetime | None
    closes_at: datetime | None
    zone: ZoneInfo
    call_back: CallBack | None = None


def promise_of(handoff: Handoff, held: Held, playbook: Playbook, now: datetime) -> Promise | None:
    """Promise the first rep called who can come soonest, and never sooner than the handoff is due."""
    reps = [rep for rep_id in handoff.routed_to if (rep := playbook.rep(rep_id))]
    if not reps:
        return None
    within = playbook.claim_within()
    soonest, _, rep = min(
        (playbook.hours_of(rep).add(now, within) or NEVER, number, rep)
        for number, rep in enumerate(reps)
    )
    hours, due_at = playbook.hours_of(rep), _due_at(handoff, held, now)
    is_open = hours.is_open(now) and soonest >= due_at
    return Promise(
        rep=rep,
        is_open=is_open,
        within_minutes=round(playbook.sla.claim_minutes),
        opens_at=hours.next_open_at(now if is_open else max(now, due_at - within)),
        closes_at=hours.closes_at(now),
        zone=hours.zone,
        call_back=None if is_open else _played(handoff.call_back, held),
    )


def _played(call_back: CallBack | None, held: Held) -> CallBack | None:
    return replace(call_back, at=held.conversation.now_in(call_back.at)) if call_back else None


def _due_at(handoff: Handoff, held: Held, now: datetime) -> datetime:
    return held.conversation.now_in(handoff.claim_due_at) if handoff.claim_due_at else now
