"""What time does to a handoff: reminders that were given, and calls that were promised, kept or missed; pure."""

from dataclasses import replace
from datetime import datetime

from agent.conversation import RepId
from agent.handoff import CallBack, Handoff, must_be_active
from agent.routing import RouteStep


def nudge(handoff: Handoff, now: datetime) -> Handoff:
    """Note that the desk was reminded."""
    return replace(handoff, nudged_at=now)


def escalate(handoff: Handoff, now: datetime) -> Handoff:
    """Note that the manager was told."""
    return replace(handoff, escalated_at=now)


def call_backup(handoff: Handoff, rep_id: RepId | None, now: datetime) -> Handoff:
    """Expect one more rep, if there is one; it is noted either way, so that it is looked for once."""
    if rep_id is None:
        return replace(handoff, backup_at=now)
    step = RouteStep(rep_id, is_chosen=True, because="called as backup: nobody had come")
    route = tuple(each for each in handoff.route if each.rep_id != rep_id)
    return replace(
        handoff, backup_at=now, routed_to=(*handoff.routed_to, rep_id), route=(*route, step)
    )


def remind_rep(handoff: Handoff, now: datetime) -> Handoff:
    """Note that the rep who holds it was reminded of the visitor."""
    return replace(handoff, silent_nudged_at=now)


def page(handoff: Handoff, now: datetime) -> Handoff:
    """Note that whoever is on call was paged."""
    return replace(handoff, paged_at=now)


def promise_call_back(handoff: Handoff, call_back: CallBack) -> Handoff:
    """Note what call was promised to the visitor; who asked for a time expects nobody before."""
    must_be_active(handoff)
    due_at = call_back.at if call_back.asked else handoff.claim_due_at
    return replace(handoff, call_back=call_back, claim_due_at=due_at)


def keep_call_back(handoff: Handoff, at: datetime) -> Handoff:
    """Note that the promised call has happened; once noted, it stays as it is, also when it came late."""
    if handoff.call_back is None or handoff.call_back.done_at is not None:
        return handoff
    return replace(handoff, call_back=replace(handoff.call_back, done_at=at))


def miss_call_back(handoff: Handoff, now: datetime) -> Handoff:
    """Note that the promised call did not happen in time."""
    if handoff.call_back is None or not handoff.call_back.is_pending:
        return handoff
    return replace(handoff, call_back=replace(handoff.call_back, missed_at=now))
