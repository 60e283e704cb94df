"""What the desk hears beside single cards: what waits at opening, and what became of the day."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from statistics import median
from typing import NewType, Protocol

from agent.business_hours import BusinessHours
from agent.conversation import HandoffId
from agent.gaps import Gap
from agent.handoff import CallBack, Handoff, HandoffState
from agent.playbook import Playbook
from agent.scoring import Temperature
from agent.team_rules import NO_TEAM, TeamId

NoticeId = NewType("NoticeId", str)

TOO_LATE = timedelta(hours=4)
LOOK_BACK = 15
MOST_LINES = 10
LONGEST_QUOTE = 120


class NoticeKind(StrEnum):
    """What a notice is about."""

    OPENING_DIGEST = "opening_digest"
    DAILY_SUMMARY = "daily_summary"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A handoff that nobody has claimed."""

    handoff_id: HandoffId
    who: str
    company: str
    quote: str
    total: int
    temperature: Temperature
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class Promised:
    """A call that is due today."""

    handoff_id: HandoffId
    who: str
    call_back: CallBack


@dataclass(frozen=True, slots=True)
class OpeningDigest:
    """What a team finds when it opens: who waits, by score; whom to call today; what could not be answered.

    `left` are those whose rep had gone home: the agent went on with them.
    """

    waiting: tuple[Waiting, ...]
    call_backs: tuple[Promised, ...]
    gaps: tuple[str, ...]
    more: int = 0
    left: tuple[Waiting, ...] = ()


@dataclass(frozen=True, slots=True)
class DailySummary:
    """What became of a team's day; `median_claim` is from the handoff to the claim, None when nobody claimed."""

    day: date
    temperatures: Mapping[Temperature, int]
    handed_off: int
    claimed: int
    unclaimed: int
    median_claim: timedelta | None
    kept: int
    missed: int


Told = OpeningDigest | DailySummary


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing due at the desk; `key` says which, so that it is due once.

    After `expires_at` nobody wants to hear of it any more.
    """

    id: NoticeId
    key: str
    kind: NoticeKind
    told: Told
    due_at: datetime
    team: TeamId = NO_TEAM
    expires_at: datetime | None = None
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class Occasion:
    """A notice that a team's hours make due at an instant; it tells of what happened from `since` until then."""

    kind: NoticeKind
    team: TeamId
    day: date
    since: datetime
    at: datetime

    @property
    def key(self) -> str:
        """Say which notice this is, once and for all."""
        return f"{self.kind}:{self.team}:{self.day}"


class Notices(Protocol):
    """Where notices are kept until they were told."""

    async def known(self, keys: Sequence[str]) -> frozenset[str]:
        """Give those of these keys under which there is or was a notice."""
        ...

    async def record(self, notice: Notice) -> bool:
        """Make one due; false, and nothing changes, when its key is known."""
        ...

    async def pass_over(self, occasion: Occasion) -> None:
        """Note that there was nothing to tell, so that it is not worked out again."""
        ...

    async def due(self, now: datetime, limit: int = 20) -> list[Notice]:
        """Find what is to be told now, in order."""
        ...

    async def mark_attempted(self, notice_id: NoticeId, now: datetime) -> None:
        """Note an attempt before it is made."""
        ...

    async def mark_posted(self, notice_id: NoticeId, reference: str, now: datetime) -> None:
        """Note that it was told."""
        ...

    async def postpone(self, notice_id: NoticeId, until: datetime, because: str) -> None:
        """Try again later."""
        ...

    async def give_up(self, notice_id: NoticeId, because: str) -> None:
        """Never try again."""
        ...


class LeadCounts(Protocol):
    """Counts leads."""

    async def by_temperature(self, since: datetime, until: datetime) -> Mapping[Temperature, int]:
        """Count those who wrote in this time, by how hot they are now."""
        ...


class NoticeDesk(Protocol):
    """Where notices reach reps."""

    async def tell(self, notice: Notice) -> str:
        """Show one and give the desk's reference; raises DeskUnavailableError or DeskRefusedError."""
        ...


def occasions(playbook: Playbook, now: datetime) -> list[Occasion]:
    """Find the notices that opening and closing times made due of late, for each team and the common desk."""
    found: list[Occasion] = []
    for team in (NO_TEAM, *(team.id for team in playbook.teams)):
        hours = playbook.hours_of_team(team)
        today = now.astimezone(hours.zone).date()
        for day in (today - timedelta(days=1), today):
            found += _of_day(hours, team, day, playbook)
    return [each for each in found if each.at <= now < each.at + TOO_LATE]


def opening_digest(
    occasion: Occasion, handoffs: Iterable[Handoff], gaps: Iterable[Gap], playbook: Playbook
) -> OpeningDigest | None:
    """Tell what waits at opening; None when nothing does. Whoever is hottest comes first."""
    mine = [each for each in handoffs if each.team == occasion.team]
    waiting = [each for each in mine if each.state is HandoffState.OPEN and each.opened_at < occasion.at]  # fmt: skip
    waiting.sort(key=_hottest_first)
    left = sorted(
        (each for each in mine if _was_left(each, occasion, playbook)), key=_hottest_first
    )
    zone = playbook.hours_of_team(occasion.team).zone
    today = occasion.at.astimezone(zone).date()
    calls = [
        Promised(each.id, _who(each), back)
        for each in mine
        if (back := each.call_back) and back.is_pending and each.state.is_active
        and back.at.astimezone(zone).date() <= today
    ]  # fmt: skip
    calls.sort(key=lambda each: each.call_back.at)
    asked = dict.fromkeys(gap.question[:LONGEST_QUOTE] for gap in gaps if gap.at < occasion.at)
    if not (waiting or calls or asked or left):
        return None
    return OpeningDigest(
        waiting=tuple(map(_waiting, waiting[:MOST_LINES])),
        call_backs=tuple(calls[:MOST_LINES]),
        gaps=tuple(asked)[:MOST_LINES],
        more=max(0, len(waiting) - MOST_LINES),
        left=tuple(map(_waiting, left[:MOST_LINES])),
    )


def daily_summary(
    occasion: Occasion, handoffs: Iterable[Handoff], temperatures: Mapping[Temperature, int]
) -> DailySummary | None:
    """Tell what became of the day; None when nothing happened. `handoffs` are all that may bear on it."""
    mine = [each for each in handoffs if each.team == occasion.team]
    opened = [each for each in mine if _within(each.opened_at, occasion)]
    waits = [(each.claimed_at - each.opened_at).total_seconds() for each in opened if each.claimed_at]  # fmt: skip
    calls = [each.call_back for each in mine if each.call_back]
    kept = sum(_within(call.done_at, occasion) for call in calls)
    missed = sum(_within(call.missed_at, occasion) for call in calls)
    if not (opened or kept or missed or any(temperatures.values())):
        return None
    return DailySummary(
        day=occasion.day,
        temperatures=dict(temperatures),
        handed_off=len(opened),
        claimed=len(waits),
        unclaimed=sum(each.state is HandoffState.OPEN for each in opened),
        median_claim=timedelta(seconds=median(waits)) if waits else None,
        kept=kept,
        missed=missed,
    )


def _of_day(
    hours: BusinessHours, team: TeamId, day: date, playbook: Playbook
) -> Iterable[Occasion]:
    span = _span(hours, day)
    if span is None:
        return
    opens_at, closes_at = span
    if playbook.desk.opening_digest:
        since = _closed_before(hours, day) or opens_at - timedelta(days=1)
        yield Occasion(NoticeKind.OPENING_DIGEST, team, day, since, opens_at)
    if playbook.desk.daily_summary:
        since = _closed_before(hours, day) or opens_at
        yield Occasion(NoticeKind.DAILY_SUMMARY, team, day, since, closes_at)


def _span(hours: BusinessHours, day: date) -> tuple[datetime, datetime] | None:
    """Give the first opening and the last closing of a day; None when it has none."""
    at = opens_at = hours.next_open_at(datetime.combine(day, time.min, hours.zone))
    closes_at = None
    while at is not None and at.astimezone(hours.zone).date() == day:
        closes_at = hours.closes_at(at)
        at = hours.next_open_at(closes_at) if closes_at else None
    return (opens_at, closes_at) if opens_at and closes_at else None


def _closed_before(hours: BusinessHours, day: date) -> datetime | None:
    """Give when the desk closed last before a day."""
    before = (_span(hours, day - timedelta(days=back)) for back in range(1, LOOK_BACK))
    return next((span[1] for span in before if span), None)


def _was_left(handoff: Handoff, occasion: Occasion, playbook: Playbook) -> bool:
    """Tell whether a conversation came back to the agent since closing, when its rep was not at work."""
    rep = playbook.rep(handoff.claimed_by)
    if handoff.state is not HandoffState.GIVEN_BACK or rep is None or handoff.ended_at is None:
        return False
    return _within(handoff.ended_at, occasion) and not playbook.hours_of(rep).is_open(handoff.ended_at)  # fmt: skip


def _hottest_first(handoff: Handoff) -> tuple[int, datetime]:
    return -handoff.briefing.score.total, handoff.opened_at


def _within(at: datetime | None, occasion: Occasion) -> bool:
    return at is not None and occasion.since <= at < occasion.at


def _waiting(handoff: Handoff) -> Waiting:
    briefing = handoff.briefing
    return Waiting(
        handoff_id=handoff.id,
        who=_who(handoff),
        company=briefing.company,
        quote=briefing.quote[:LONGEST_QUOTE],
        total=briefing.score.total,
        temperature=briefing.score.temperature,
        opened_at=handoff.opened_at,
    )


def _who(handoff: Handoff) -> str:
    return handoff.briefing.who
