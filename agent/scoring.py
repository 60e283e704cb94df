"""The lead score: 0 to 100, arithmetic over the playbook, each point with its reason."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from math import floor

from agent.engagement import EngagementEvent
from agent.history import History
from agent.lead import Lead
from agent.playbook import (
    ActGroup,
    FitRules,
    GradeRules,
    IntentRules,
    Playbook,
    ScoringRules,
    TemperatureRules,
)
from agent.signals import HeardSignal, MessageKind, Readiness, Reading, SignalKind, readiness
from prompts.phrases import reasons as reasons_in_words

HIGHEST = 100


class Temperature(StrEnum):
    """How soon a rep is due."""

    COLD = "cold"
    WARM = "warm"
    HOT = "hot"
    RED_HOT = "red_hot"

    @property
    def is_hot(self) -> bool:
        """Tell whether a rep is due now."""
        return self in (Temperature.HOT, Temperature.RED_HOT)


class ReasonGroup(StrEnum):
    """Which part of the score a reason belongs to."""

    INTENT = "intent"
    ENGAGEMENT = "engagement"
    FIT = "fit"


@dataclass(frozen=True, slots=True)
class Reason:
    """Some points and what they rest on: a quote, an engagement event, or a record."""

    points: int
    because: str
    group: ReasonGroup
    signal: SignalKind | None = None
    quote: str | None = None
    event: str | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """The score at one instant; the points of the reasons add up to the total."""

    total: int
    intent: int
    engagement: int
    fit: int
    temperature: Temperature
    since: datetime
    grade: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Assessment:
    """What was read, what is known, and what it adds up to."""

    reading: Reading
    history: History
    score: Score


def score_lead(history: History, reading: Reading, playbook: Playbook, now: datetime) -> Score:
    """Score a lead from all that was done and said up to `now`: pure, so that it can be replayed."""
    rules = playbook.scoring
    signals = (*reading.signals, *history.signals)
    intent = _capped(_intent(signals, rules.intent, now), rules.intent.cap)
    engagement = _capped(_engagement(history.events, rules, now), rules.engagement.cap)
    fit = _capped(_fit(history.lead, rules.fit), rules.fit.cap)
    uncapped = (*intent, *engagement, *fit)
    reasons = _capped(uncapped, HIGHEST)
    sums = _sums(reasons)
    total = sum(sums.values())
    temperature = _temperature(total, reasons, signals, history.temperature, rules.temperature)
    return Score(
        total=total,
        intent=sums[ReasonGroup.INTENT],
        engagement=sums[ReasonGroup.ENGAGEMENT],
        fit=sums[ReasonGroup.FIT],
        temperature=temperature,
        since=_since(temperature, history, now),
        grade=_grade(_sums(uncapped), rules.grade),
        reasons=reasons,
    )


def _sums(reasons: tuple[Reason, ...]) -> Mapping[ReasonGroup, int]:
    return {group: sum(r.points for r in reasons if r.group is group) for group in ReasonGroup}


def _intent(
    signals: tuple[HeardSignal, ...], rules: IntentRules, now: datetime
) -> tuple[Reason, ...]:
    """Each kind counts once, by its freshest mention; what was said before a cooling counts less."""
    cooled_at = max((s.at for s in signals if s.kind is SignalKind.COOLING), default=None)
    freshest: dict[SignalKind, HeardSignal] = {}
    for signal in sorted(signals, key=lambda signal: signal.at):
        freshest[signal.kind] = signal
    reasons = [
        _said(
            signal,
            f"signal_{kind.value}",
            _faded(rules.signals.get(kind, 0), signal, rules, now, cooled_at),
        )
        for kind, signal in freshest.items()
    ]
    if inquiry := _direct_inquiry(signals):
        reasons.append(
            _said(
                inquiry,
                "direct_inquiry",
                _faded(rules.direct_inquiry, inquiry, rules, now, cooled_at),
            )
        )
    return tuple(reason for reason in reasons if reason.points)


def _direct_inquiry(signals: tuple[HeardSignal, ...]) -> HeardSignal | None:
    """Find the newest message that asked for a salesperson's answer; give its most telling signal."""
    for message_id in dict.fromkeys(
        s.message_id for s in sorted(signals, key=lambda s: s.at, reverse=True)
    ):
        said = [signal for signal in signals if signal.message_id == message_id]
        if readiness(MessageKind.SALES, frozenset(signal.kind for signal in said)) is Readiness.HOT:
            return max(said, key=lambda signal: signal.confidence)
    return None


def _faded(
    points: int, signal: HeardSignal, rules: IntentRules, now: datetime, cooled_at: datetime | None
) -> int:
    kept = 1.0
    if cooled_at and signal.at <= cooled_at and signal.kind is not SignalKind.COOLING:
        kept = rules.cooling_keeps
    return round(points * kept * _decay(signal.at, now, rules.half_life_days))


def _said(signal: HeardSignal, key: str, points: int) -> Reason:
    return Reason(
        points=points,
        because=reasons_in_words().fill(key),
        group=ReasonGroup.INTENT,
        signal=signal.kind,
        quote=signal.quote,
        at=signal.at,
    )


def _engagement(
    events: tuple[EngagementEvent, ...], rules: ScoringRules, now: datetime
) -> tuple[Reason, ...]:
    return tuple(
        reason
        for group in rules.engagement.groups()
        for reason in _capped(tuple(_acts(events, group, rules.repeat, now)), group.cap)
    )


def _acts(
    events: tuple[EngagementEvent, ...], group: ActGroup, repeat: float, now: datetime
) -> Iterator[Reason]:
    """Sum each act's occurrences, the freshest in full, each further one for a share of the one before."""
    for act, points in group.acts.items():
        done = sorted(
            (e for e in events if e.name == act and e.at <= now), key=lambda e: e.at, reverse=True
        )
        worth = sum(
            points * repeat**n * _decay(e.at, now, group.half_life_days) for n, e in enumerate(done)
        )
        if rounded := round(worth):
            yield Reason(
                rounded, _done(act, done), ReasonGroup.ENGAGEMENT, event=done[0].id, at=done[0].at
            )


def _done(act: str, events: list[EngagementEvent]) -> str:
    words, title = reasons_in_words(), events[0].title
    if not title:
        return words.fill("event_untitled", act=act)
    if len(events) == 1:
        return words.fill("event_once", act=act, title=title)
    return words.fill("event_often", act=act, count=str(len(events)), title=title)


def _fit(lead: Lead, rules: FitRules) -> tuple[Reason, ...]:
    company, role = lead.company, role_of(lead, rules)
    found = (
        (
            "fit_industry",
            company.industry,
            rules.industry if company.industry in rules.industries else 0,
        ),
        (
            "fit_size",
            f"{company.employees:,}" if company.employees else "",
            _size(company.employees, rules),
        ),
        (
            "fit_geography",
            company.country,
            rules.geography if company.country in rules.countries else 0,
        ),
        ("fit_role", lead.title or role, rules.roles.get(role, 0)),
    )
    reasons = [
        Reason(points, reasons_in_words().fill(key, value=value), ReasonGroup.FIT)
        for key, value, points in found
        if points
    ]
    if rules.free_mail and lead.email.rpartition("@")[2].lower() in rules.free_mail_domains:
        reasons.append(
            Reason(rules.free_mail, reasons_in_words().fill("fit_free_mail"), ReasonGroup.FIT)
        )
    return tuple(reasons)


def role_of(lead: Lead, rules: FitRules) -> str:
    """Give the role on record, else the first whose words the title contains; `other` for any other title."""
    if lead.role:
        return lead.role
    title = " ".join(["", *re.findall(r"\w+", lead.title.lower()), ""])
    return next(
        (r for r, words in rules.titles.items() if any(f" {w.lower()} " in title for w in words)),
        "other" if title.strip() else "",
    )


def _size(employees: int | None, rules: FitRules) -> int:
    return rules.size if employees and rules.smallest <= employees <= rules.largest else 0


def _capped(reasons: tuple[Reason, ...], cap: int) -> tuple[Reason, ...]:
    """Shrink the reasons in proportion, so that they add up to between 0 and the cap; weightiest first."""
    ordered = sorted(reasons, key=lambda reason: -reason.points)
    gained = sum(reason.points for reason in ordered if reason.points > 0)
    lost = max(sum(reason.points for reason in ordered if reason.points < 0), -gained)
    kept = [
        *_shared_out([reason for reason in ordered if reason.points > 0], min(gained, cap - lost)),
        *_shared_out([reason for reason in ordered if reason.points < 0], lost),
    ]
    return tuple(reason for reason in kept if reason.points)


def _shared_out(reasons: list[Reason], total: int) -> list[Reason]:
    """Share a total out in proportion to the points, in whole points (largest remainders first)."""
    whole = sum(reason.points for reason in reasons)
    if whole in (0, total):
        return reasons
    exact = [reason.points * total / whole for reason in reasons]
    floors = [floor(share) for share in exact]
    by_remainder = sorted(range(len(exact)), key=lambda n: floors[n] - exact[n])
    for n in by_remainder[: total - sum(floors)]:
        floors[n] += 1
    return [replace(reason, points=points) for reason, points in zip(reasons, floors, strict=True)]


def _temperature(
    total: int,
    reasons: tuple[Reason, ...],
    signals: tuple[HeardSignal, ...],
    before: str,
    rules: TemperatureRules,
) -> Temperature:
    if _has_cooled(signals):
        return Temperature.COLD
    was_hot, was_warm = Temperature(before).is_hot, before != Temperature.COLD
    if total >= rules.hot_from - (rules.margin if was_hot else 0) and _is_evident(reasons):
        return Temperature.RED_HOT if _is_red(signals, rules) else Temperature.HOT
    return (
        Temperature.WARM
        if total >= rules.warm_from - (rules.margin if was_warm else 0)
        else Temperature.COLD
    )


def _has_cooled(signals: tuple[HeardSignal, ...]) -> bool:
    """Tell whether the last thing heard was a negative."""
    newest = max((signal.at for signal in signals), default=None)
    return any(signal.at == newest and signal.kind is SignalKind.COOLING for signal in signals)


def _is_evident(reasons: tuple[Reason, ...]) -> bool:
    """Hot asks for something said, or for two different acts: never for fit alone."""
    said = any(reason.group is ReasonGroup.INTENT and reason.points > 0 for reason in reasons)
    return said or sum(reason.group is ReasonGroup.ENGAGEMENT for reason in reasons) > 1


def _is_red(signals: tuple[HeardSignal, ...], rules: TemperatureRules) -> bool:
    heard = {signal.kind for signal in signals}
    return any(needed <= heard for needed in rules.red_hot_signals)


def _since(temperature: Temperature, history: History, now: datetime) -> datetime:
    unchanged = temperature.value == history.temperature and history.temperature_since is not None
    return history.temperature_since if unchanged and history.temperature_since else now


def _grade(sums: Mapping[ReasonGroup, int], rules: GradeRules) -> str:
    fit, interest = sums[ReasonGroup.FIT], sums[ReasonGroup.INTENT] + sums[ReasonGroup.ENGAGEMENT]
    letter = "A" if fit >= rules.a_from else "B" if fit >= rules.b_from else "C"
    number = "1" if interest >= rules.one_from else "2" if interest >= rules.two_from else "3"
    return letter + number


def _decay(at: datetime, now: datetime, half_life_days: float) -> float:
    """Give the share left after `now - at`; something from the future counts as now."""
    return float(0.5 ** (max(timedelta(), now - at) / timedelta(days=half_life_days)))
