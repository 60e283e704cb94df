"""Passing a handoff on: to a colleague or team, and back to a rep who wants it again.

    open | claimed -> open, for others;   given_back | closed -> claimed, by a rep who takes it again

Pure, like the other transitions of agent/handoff.py.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from agent.conversation import RepId
from agent.errors import AlreadyClaimedError
from agent.handoff import CallBack, Handoff, HandoffState, must_hold
from agent.playbook import Playbook
from agent.routing import RouteStep
from agent.team_rules import RepRules, TeamId, TeamRules


@dataclass(frozen=True, slots=True)
class Target:
    """Whom a handoff is passed on to: the reps expected from now on, in whose channel and by when."""

    name: str
    reps: tuple[RepId, ...]
    team: TeamId
    due_at: datetime | None


def to_rep(rep: RepRules, current: TeamId, playbook: Playbook, now: datetime) -> Target:
    """Name a colleague as the one who is expected, within that rep's own hours.

    The card stays where it is when that is the common desk, or a team that the colleague is in.
    """
    due_at = playbook.hours_of(rep).add(now, playbook.claim_within())
    shown, own = playbook.team(current), playbook.team_of(rep.id)
    is_at_hand = shown is None or rep.id in shown.reps
    team = current if is_at_hand or own is None else own.id
    return Target(rep.name, (rep.id,), team, due_at)


def to_team(team: TeamRules, playbook: Playbook, now: datetime) -> Target:
    """Name a team: those of it who are on duty now, else all of it."""
    reps = [rep for rep_id in team.reps if (rep := playbook.rep(rep_id))]
    on_duty = [rep.id for rep in reps if playbook.hours_of(rep).is_open(now)]
    due_at = playbook.hours_of_team(team.id).add(now, playbook.claim_within())
    return Target(team.name, tuple(on_duty) or team.reps, team.id, due_at)


def transfer(
    handoff: Handoff, by: RepId, target: Target, because: str, now: datetime, later: timedelta
) -> Handoff:
    """Call others instead: open again for them, with all reminders before them.

    Of one that is claimed only the holder may. `later` is by how much the conversation's clock runs ahead.
    """
    if handoff.claimed_by is not None or not handoff.state.is_active:
        must_hold(handoff, by)
    return replace(
        handoff,
        state=HandoffState.OPEN,
        claimed_by=None,
        claimed_at=None,
        routed_to=target.reps,
        route=(
            *handoff.route,
            *(RouteStep(rep, is_chosen=True, because=because) for rep in target.reps),
        ),
        team=target.team,
        claim_due_at=target.due_at - later if target.due_at else None,
        transferred_at=now,
        nudged_at=None,
        backup_at=None,
        escalated_at=None,
        silent_nudged_at=None,
        snoozed_until=None,
        call_back=_passed_on(handoff.call_back, target),
    )


def take_again(handoff: Handoff, rep_id: RepId, now: datetime) -> Handoff:
    """Give one that has ended to a rep again; what was said at its end holds no more.

    The same rep again changes nothing, and of two the first one has it.
    """
    if handoff.claimed_by == rep_id and handoff.state is HandoffState.CLAIMED:
        return handoff
    if handoff.state is HandoffState.CLAIMED and handoff.claimed_by is not None:
        raise AlreadyClaimedError(handoff.claimed_by)
    return replace(
        handoff,
        state=HandoffState.CLAIMED,
        claimed_by=rep_id,
        claimed_at=now,
        ended_at=None,
        outcome=None,
        note="",
        snoozed_until=None,
        silent_nudged_at=None,
    )


def _passed_on(promised: CallBack | None, target: Target) -> CallBack | None:
    """Let whoever is called now ring the visitor, as promised."""
    if promised is None or not promised.is_pending or promised.rep_id in target.reps:
        return promised
    return replace(promised, rep_id=target.reps[0])
