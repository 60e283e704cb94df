"""What time makes due on a handoff, in business time: pure, so that it can be asked again after any restart.

An open handoff: the desk is reminded, a backup rep and then a manager are called, and in the end the visitor is
told the truth; red-hot ones page who is on call while nobody is there. A claimed one: the rep is reminded while the
visitor waits, and released when they stay silent or go home. A promised call-back is kept or missed.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from agent.business_hours import NEVER_CLOSES, BusinessHours
from agent.call_back import can_promise
from agent.conversation import Author, Conversation, Message
from agent.handoff import Handoff, HandoffState
from agent.playbook import Playbook
from agent.scoring import Temperature
from agent.team_rules import RepRules

RECENTLY = timedelta(hours=1)


class Step(StrEnum):
    """Something that time makes due on a handoff."""

    NUDGE = "nudge"
    BACKUP = "backup"
    ESCALATE = "escalate"
    NOBODY_CAME = "nobody_came"
    PAGE = "page"
    SILENT_NUDGE = "silent_nudge"
    RELEASE = "release"
    CALL_BACK_KEPT = "call_back_kept"
    CALL_BACK_MISSED = "call_back_missed"


@dataclass(frozen=True, slots=True)
class Due:
    """A step and the instant from which it is due."""

    step: Step
    at: datetime


@dataclass(frozen=True, slots=True)
class Case:
    """A handoff as it stands: `conversation` is where it was opened, `messages` are of all that it serves, in order."""

    handoff: Handoff
    conversation: Conversation
    messages: list[Message]
    playbook: Playbook

    @property
    def waiting_since(self) -> datetime | None:
        """Give since when a visitor waits for what neither rep nor agent has answered; from the claim on at the earliest."""
        answered = {message_id for message in self.messages for message_id in message.in_reply_to}
        spoken = max((i for i, m in enumerate(self.messages, 1) if m.author is Author.REP), default=0)  # fmt: skip
        waiting = (m for m in self.messages[spoken:] if m.author is Author.VISITOR)
        first = next((m for m in waiting if m.id not in answered), None)
        return max(first.created_at, self.handoff.claimed_at or first.created_at) if first else None

    @property
    def rep_acted_at(self) -> datetime | None:
        """Give when the rep who holds it last spoke, or claimed."""
        spoke = [m.created_at for m in self.messages if m.author is Author.REP]
        return max((at for at in (*spoke[-1:], self.handoff.claimed_at) if at), default=None)

    @property
    def visitor_wrote_at(self) -> datetime | None:
        """Give when the visitor wrote first since the rep was called, or shortly before; None for the silent."""
        since = self.handoff.opened_at - RECENTLY
        wrote = (m.created_at for m in self.messages if m.author is Author.VISITOR)
        return next((at for at in wrote if at >= since), None)

    def played(self, at: datetime) -> datetime:
        """Give the instant at which the conversation plays."""
        return self.conversation.now_in(at)

    def real(self, at: datetime | None) -> datetime | None:
        """Give the real instant of one that plays in the conversation."""
        return at - self.conversation.rehearsal if at else None

    def after(self, since: datetime, minutes: float) -> datetime | None:
        """Give the instant at which so much time has passed in the hours of one of those who are expected."""
        span, played = timedelta(minutes=minutes), self.played(since)
        moments = (hours.add(played, span) for hours in self.hours)
        return self.real(min(filter(None, moments), default=None))

    def left_alone_at(self, since: datetime) -> datetime:
        """Give the first instant from which nobody works who is expected; `since` itself when nobody does then."""
        at = self.played(since)
        for _ in self.hours:
            at = max((c for each in self.hours if (c := _closing(each, at))), default=at)
        return at - self.conversation.rehearsal

    @property
    def hours(self) -> list[BusinessHours]:
        """Give the hours of those who are expected: of who holds it, else of all who were called."""
        ids = (self.handoff.claimed_by,) if self.handoff.claimed_by else self.handoff.routed_to
        reps = (rep for rep_id in ids if (rep := self.playbook.rep(rep_id)))
        hours = [self.playbook.hours_of(rep) for rep in reps]
        return hours or [self.playbook.hours_of_team(self.handoff.team)]


def _closing(hours: BusinessHours, at: datetime) -> datetime | None:
    """Give until when somebody works; of a desk that never closes, a time that no step waits for."""
    return hours.closes_at(at) or (at + NEVER_CLOSES if hours.is_open(at) else None)


def due_steps(
    handoff: Handoff,
    conversation: Conversation,
    messages: list[Message],
    playbook: Playbook,
    now: datetime,
) -> list[Due]:
    """Work out what time makes due, the earliest first; what is due already lies in the past."""
    case = Case(handoff, conversation, messages, playbook)
    steps: list[tuple[Step, datetime | None]] = []
    if handoff.state is HandoffState.OPEN:
        steps = [*_reminders(case), *_nobody(case), *_page(case, now)]
        steps = [(step, _not_before(at, handoff.snoozed_until)) for step, at in steps]
    elif handoff.state is HandoffState.CLAIMED:
        steps = _waiting(case, now)
    if handoff.state.is_active:
        steps += _call_back(case)
    return sorted((Due(step, at) for step, at in steps if at), key=lambda due: due.at)


def is_still_due(step: Step, handoff: Handoff, now: datetime) -> bool:
    """Tell whether nobody acted before the step was taken: looked at again within the transaction."""
    back = handoff.call_back
    if step in (Step.CALL_BACK_KEPT, Step.CALL_BACK_MISSED):
        return handoff.state.is_active and back is not None and back.is_pending
    if step in (Step.SILENT_NUDGE, Step.RELEASE):
        return handoff.state is HandoffState.CLAIMED
    done = {
        Step.NUDGE: handoff.nudged_at,
        Step.BACKUP: handoff.backup_at,
        Step.ESCALATE: handoff.escalated_at,
        Step.PAGE: handoff.paged_at,
        Step.NOBODY_CAME: back,
    }
    is_resting = handoff.snoozed_until is not None and handoff.snoozed_until > now
    return handoff.state is HandoffState.OPEN and not is_resting and done[step] is None


def backup_rep(handoff: Handoff, playbook: Playbook, now: datetime) -> RepRules | None:
    """Find who is called beside those who did not come: the next on the route, else whoever is on duty.

    Managers are not: they are told when the backup does not come either.
    """
    team = playbook.team(handoff.team)
    ranks = {step.rep_id: rank for rank, step in enumerate(handoff.route)}
    others = [
        rep
        for rep in playbook.reps
        if rep.id not in handoff.routed_to
        and not rep.is_manager
        and rep.capacity > 0
        and playbook.hours_of(rep).is_open(now)
    ]
    others.sort(key=lambda rep: (bool(team and rep.id not in team.reps), ranks.get(rep.id, len(ranks))))  # fmt: skip
    return others[0] if others else None


def _reminders(case: Case) -> list[tuple[Step, datetime | None]]:
    """Minutes count from the call on, or from the time at which the visitor asked to be called."""
    handoff, sla = case.handoff, case.playbook.sla
    steps = (
        (Step.NUDGE, sla.nudge_minutes, handoff.nudged_at),
        (Step.BACKUP, sla.backup_minutes, handoff.backup_at),
        (Step.ESCALATE, sla.escalate_minutes, handoff.escalated_at),
    )
    back = handoff.call_back
    since = max(handoff.called_at, back.at) if back and back.asked else handoff.called_at
    return [
        (step, case.after(since, minutes)) for step, minutes, done_at in steps if done_at is None
    ]


def _nobody(case: Case) -> list[tuple[Step, datetime | None]]:
    """The visitor is told some time after the manager was, or when the desk closes before anybody came."""
    if case.handoff.call_back is not None or case.visitor_wrote_at is None:
        return []
    if not can_promise(case.handoff, case.playbook, case.played(case.handoff.opened_at)):
        return []
    since, sla = max(case.handoff.called_at, case.visitor_wrote_at), case.playbook.sla
    late = case.after(since, sla.escalate_minutes + sla.give_up_minutes)
    return [(Step.NOBODY_CAME, min(late, case.left_alone_at(since)))] if late else []


def _page(case: Case, now: datetime) -> list[tuple[Step, datetime | None]]:
    handoff, playbook = case.handoff, case.playbook
    is_on_call = any(rep.is_on_call for rep in playbook.reps)
    if handoff.temperature is not Temperature.RED_HOT or handoff.paged_at or not is_on_call:
        return []
    return [(Step.PAGE, case.left_alone_at(now))]


def _waiting(case: Case, now: datetime) -> list[tuple[Step, datetime | None]]:
    since, handoff = case.waiting_since, case.handoff
    if since is None:
        return []
    released_at = _released_at(case, since)
    steps: list[tuple[Step, datetime | None]] = [(Step.RELEASE, released_at)]
    reminded_at = case.after(since, case.playbook.sla.silent_nudge_minutes)
    was_reminded = handoff.silent_nudged_at is not None and handoff.silent_nudged_at >= since
    is_in_time = max(reminded_at or released_at, now) < released_at
    if is_in_time and not was_reminded:
        steps.append((Step.SILENT_NUDGE, reminded_at))
    return steps


def _released_at(case: Case, since: datetime) -> datetime:
    """Business minutes after the visitor wrote; at closing time at the latest, but for a rep who is still typing away."""
    silence = timedelta(minutes=case.playbook.sla.silent_rep_minutes)
    closing, acted_at = case.left_alone_at(since), case.rep_acted_at or since
    is_at_work = closing > since
    return min(since + silence, max(closing, acted_at + silence)) if is_at_work else since + silence


def _call_back(case: Case) -> list[tuple[Step, datetime | None]]:
    """A rep's own words after the promise keep it; business time after the promised instant it is missed."""
    back = case.handoff.call_back
    if back is None or not back.is_pending:
        return []
    claimed_at = case.handoff.claimed_at
    spoke = (m.created_at for m in case.messages if m.author is Author.REP)
    if claimed_at and (kept_at := next((at for at in spoke if at >= claimed_at), None)):
        return [(Step.CALL_BACK_KEPT, kept_at)]
    return [(Step.CALL_BACK_MISSED, case.after(back.at, case.playbook.sla.call_back_minutes))]


def _not_before(at: datetime | None, rests_until: datetime | None) -> datetime | None:
    return max(at, rests_until) if at and rests_until else at
