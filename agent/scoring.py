"""The lead score: 0 to 100, arithmetic over the playbook, each point with its reason."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never

from agent.course import HIGHEST, Course, Hold, Sight, course_of
from agent.fit import weigh_fit
from agent.history import History
from agent.occurrences import Occurrence, find_occurrences
from agent.past import Past, past_of
from agent.patterns import sentence
from agent.playbook import Playbook
from agent.reasons import Reason, ReasonGroup, capped, netted
from agent.scoring_rules import GradeRules
from agent.signals import HeardKind, Reading
from agent.spells import ACTS, Act, Asked, Part, Spell, Words, spells_of
from agent.temperature import Temperature, next_fall, take_temperature
from prompts.phrases import reasons as words

__all__ = ["Assessment", "Reason", "ReasonGroup", "Score", "Temperature", "score_lead"]


@dataclass(frozen=True, slots=True)
class Score:
    """The score at one instant; the points of the reasons add up to the total.

    `since` is when the present temperature began: where nothing has ever changed it, when the lead was first
    seen. `hot_since` is when the lead became hot or red-hot without having cooled since; None while neither.
    """

    total: int
    intent: int
    engagement: int
    fit: int
    temperature: Temperature
    since: datetime
    grade: str
    reasons: tuple[Reason, ...]
    hot_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Assessment:
    """What was read, what is known, and what it adds up to."""

    reading: Reading
    history: History
    score: Score


def score_lead(
    history: History, reading: Reading | None, playbook: Playbook, now: datetime
) -> Score:
    """Score a lead as of `now` from what was done and said up to then; `reading` is what is being said now.

    Pure, and replayable at any past instant: what came later is left out, and nothing stored is asked.
    """
    past = past_of(history, now, reading)
    return _score(past, _course(past, playbook), playbook)


def score_and_cooling(
    history: History, playbook: Playbook, now: datetime
) -> tuple[Score, datetime | None]:
    """Score a lead who says nothing now, and tell when they cool if nothing happens any more.

    None if not within a year.
    """
    past = past_of(history, now)
    whole = _course(past, playbook)
    score = _score(past, whole, playbook)
    return score, next_fall(whole[-1], score.temperature, now)


def _score(
    past: Past, whole: tuple[list[Spell], tuple[Reason, ...], Course], playbook: Playbook
) -> Score:
    spells, fit, course = whole
    instants = sorted({spell.begins for spell in spells})
    standing, sight = take_temperature(course, past.signals, instants, past.now)
    active = {spell.source.key: spell for spell in spells}.values()
    uncapped = (*_interest(active, playbook, past), *fit)
    reasons = _held(netted(uncapped, HIGHEST), sight, active, past)
    sums = _sums(reasons)
    return Score(
        total=sum(sums.values()),
        intent=sums[ReasonGroup.INTENT],
        engagement=sums[ReasonGroup.ENGAGEMENT],
        fit=sums[ReasonGroup.FIT],
        temperature=standing.temperature,
        since=standing.since or past.first_seen(),
        grade=_grade(_sums(uncapped), playbook.scoring.grade),
        reasons=reasons,
        hot_since=standing.hot_since,
    )


def _course(past: Past, playbook: Playbook) -> tuple[list[Spell], tuple[Reason, ...], Course]:
    spells = spells_of(past, find_occurrences(past, playbook), playbook)
    fit = weigh_fit(past.lead, playbook, past.events)
    return spells, fit, course_of(spells, fit, playbook)


def _held(
    reasons: tuple[Reason, ...], sight: Sight, active: Iterable[Spell], past: Past
) -> tuple[Reason, ...]:
    """Add the reason that holds a score below a threshold, where there is one.

    It rests on the words that hold it; what is lacking, is lacking now.
    """
    over = sum(reason.points for reason in reasons) - sight.total
    if sight.hold is Hold.NOTHING or over <= 0:
        return reasons
    because = words().fill(f"held_{sight.hold.name.lower()}")
    resting = (spell for spell in active if _rests_on(sight.hold, spell))
    spell = max(resting, key=lambda spell: spell.second, default=None)
    held = Reason(-over, because, ReasonGroup.INTENT, at=past.now)
    rests_on = _reason(spell, -over, past) if spell else held
    return (*reasons, replace(rests_on, because=because))


def _rests_on(hold: Hold, spell: Spell) -> bool:
    return spell.freezes if hold is Hold.COOLED else spell.is_support and hold is Hold.SUPPORT


def _interest(active: Iterable[Spell], playbook: Playbook, past: Past) -> tuple[Reason, ...]:
    """Give the reasons of intent and engagement, each part held to its cap."""
    rules, second = playbook.scoring, past.now.timestamp()
    parts: dict[Part, list[Reason]] = {part: [] for part in Part}
    for spell in active:
        if points := round(spell.worth(second)):
            parts[spell.source.part].append(_reason(spell, points, past))
    groups = zip(ACTS, rules.engagement.groups(), strict=True)
    acts = [reason for part, group in groups for reason in capped(parts[part], group.cap)]
    return (
        *capped(parts[Part.INTENT], rules.intent.cap),
        *capped(acts, rules.engagement.cap),
        *capped(parts[Part.PATTERNS], playbook.patterns.cap),
    )


def _reason(spell: Spell, points: int, past: Past) -> Reason:
    match spell.cause:
        case Act(event=event):
            because, group, event_id = _done(spell.cause), ReasonGroup.ENGAGEMENT, str(event.id)
            reason = Reason(points, because, group, event=event_id, at=event.at)
        case Asked(event=event):
            because = words().fill("asked_by_act", act=event.name)
            reason = Reason(points, because, ReasonGroup.INTENT, event=str(event.id), at=event.at)
        case Words(key=key, signal=signal, at=at):
            kind, quote = (signal.kind, signal.quote) if signal else (None, None)
            reason = Reason(points, words().fill(key), ReasonGroup.INTENT, kind, quote, at=at)
        case HeardKind(kind=kind, at=at):
            because = words().fill("kind_heard", kind=kind.value.replace("_", " "))
            reason = Reason(points, because, ReasonGroup.INTENT, at=at)
        case Occurrence() as found:
            events = [moment.event.id for moment in found.moments if moment.event]
            reason = Reason(points, sentence(found, past), ReasonGroup.ENGAGEMENT, event=events[-1] if events else None, at=found.at, pattern=found.name)  # fmt: skip
        case _:
            assert_never(spell.cause)
    return reason


def _done(act: Act) -> str:
    name, title = act.event.name, act.event.title
    if not title:
        return words().fill("event_untitled", act=name)
    if act.count == 1:
        return words().fill("event_once", act=name, title=title)
    return words().fill("event_often", act=name, count=str(act.count), title=title)


def _sums(reasons: Iterable[Reason]) -> Mapping[ReasonGroup, int]:
    sums = dict.fromkeys(ReasonGroup, 0)
    for reason in reasons:
        sums[reason.group] += reason.points
    return sums


def _grade(sums: Mapping[ReasonGroup, int], rules: GradeRules) -> str:
    fit, interest = sums[ReasonGroup.FIT], sums[ReasonGroup.INTENT] + sums[ReasonGroup.ENGAGEMENT]
    letter = "A" if fit >= rules.a_from else "B" if fit >= rules.b_from else "C"
    number = "1" if interest >= rules.one_from else "2" if interest >= rules.two_from else "3"
    return letter + number
