"""When patterns of behaviour were complete: looked for at each act, so that the passing of time makes none.

Whatever is found at an act rests on that act and earlier ones only; a lead's past can thus be replayed.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import accumulate, pairwise

from agent.engagement import EngagementEvent
from agent.fit import role_of
from agent.lead import LeadId
from agent.past import Past
from agent.pattern_rules import (
    AccelerationRule,
    AnyRule,
    BurstRule,
    ExecutiveRule,
    PeopleRule,
    QuietRule,
    ReturnRule,
    Scope,
)
from agent.playbook import Playbook
from agent.signals import SignalKind

VISIT = timedelta(minutes=30)  # the pause that ends a visit, as web analytics count them
MOST_MOMENTS = 50


class PatternKind(StrEnum):
    """What a pattern is about."""

    BURST = "burst"
    PEOPLE = "people"
    EXECUTIVE = "executive"
    RETURN = "return"
    ACCELERATION = "acceleration"
    QUIET = "quiet"


@dataclass(frozen=True, slots=True)
class Moment:
    """Somebody did something, or said something: then `event` is None."""

    at: datetime
    lead_id: LeadId
    event: EngagementEvent | None = None


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A pattern was complete at an instant; `moments` are what it rests on, oldest first, the newest 50.

    `executive` is who joined, where the pattern is that somebody did.
    """

    name: str
    kind: PatternKind
    rule: AnyRule
    at: datetime
    moments: tuple[Moment, ...]
    executive: LeadId | None = None

    @property
    def is_by_several(self) -> bool:
        """Tell whether more than one person took part."""
        return any(moment.lead_id != self.moments[0].lead_id for moment in self.moments)


@dataclass(frozen=True, slots=True)
class Scene:
    """Where patterns are looked for: what this person did and said, what the whole company did, oldest first.

    `life` are all the instants of this person, those of acts that count for no pattern too.
    """

    past: Past
    playbook: Playbook
    mine: tuple[Moment, ...]
    company: tuple[Moment, ...]
    life: tuple[datetime, ...]

    def moments(self, acts: Sequence[str], scope: Scope) -> list[Moment]:
        """Give what was said, and what was done of the acts a rule names."""
        wanted = frozenset(acts) or self.playbook.scoring.engagement.telling_acts()
        pool = self.mine if scope is Scope.PERSON else self.company
        return [m for m in pool if m.event is None or m.event.name in wanted]

    def acts(self, acts: Sequence[str], scope: Scope = Scope.PERSON) -> list[Moment]:
        """Give what was done of the acts a rule names."""
        return [moment for moment in self.moments(acts, scope) if moment.event]

    def is_mine(self, moment: Moment) -> bool:
        """Tell whether this person did it."""
        return moment.lead_id == self.past.lead.id


def find_occurrences(past: Past, playbook: Playbook) -> list[Occurrence]:
    """Find each time a pattern was complete, oldest first."""
    scene, rules = _scene(past, playbook), playbook.patterns
    found = [
        *(each for named in rules.bursts.items() for each in _bursts(*named, scene)),
        *(each for named in rules.people.items() for each in _people(*named, scene)),
        *(each for named in rules.executives.items() for each in _executives(*named, scene)),
        *(each for named in rules.returns.items() for each in _returns(*named, scene)),
        *(each for named in rules.accelerations.items() for each in _accelerations(*named, scene)),
        *(each for named in rules.quiet.items() for each in _quiet(*named, scene)),
    ]
    return sorted(found, key=lambda occurrence: occurrence.at)


def _scene(past: Past, playbook: Playbook) -> Scene:
    own = past.lead.id
    words = [Moment(s.at, own) for s in past.signals if s.kind is not SignalKind.COOLING]
    mine = _ordered([*(Moment(e.at, own, e) for e in past.events), *words])
    others = [Moment(e.at, e.lead_id, e) for e in past.company_events]
    company = _ordered([*mine, *others]) if others else mine
    return Scene(past, playbook, mine, company, life=past.instants())


def _ordered(moments: Iterable[Moment]) -> tuple[Moment, ...]:
    return tuple(sorted(moments, key=lambda m: (m.at, m.event.id if m.event else "")))


def _windows(moments: Sequence[Moment], span: timedelta, least: int) -> Iterator[slice]:
    """Give, for each moment, the place of those within the span that ends with it, if they are enough."""
    first = 0
    for last, moment in enumerate(moments):
        start = moment.at - span
        while moments[first].at < start:
            first += 1
        if last - first + 1 >= least:
            yield slice(max(first, last + 1 - MOST_MOMENTS), last + 1)


def _bursts(name: str, rule: BurstRule, scene: Scene) -> Iterator[Occurrence]:
    for series in _alike(scene.acts(rule.acts, rule.of), rule.same):
        visits = _visits(series)
        for place in _windows(series, rule.span, rule.times):
            if visits[place.stop - 1] - visits[place.start] + 1 < rule.visits:
                continue
            window = series[place]
            is_ours = rule.of is Scope.PERSON or any(map(scene.is_mine, window))
            if is_ours and _is_varied(window, rule):
                yield _occurrence(name, PatternKind.BURST, rule, window)


def _alike(moments: list[Moment], same: str) -> Iterable[list[Moment]]:
    """Part the acts by the value of a property; those without it are in no part."""
    if not same:
        return [moments]
    parts: dict[str, list[Moment]] = defaultdict(list)
    for moment in moments:
        if moment.event and (value := moment.event.properties.get(same, "").strip().casefold()):
            parts[value].append(moment)
    return parts.values()


def _is_varied(window: Sequence[Moment], rule: BurstRule) -> bool:
    return (rule.kinds == 1 or len({m.event.name for m in window if m.event}) >= rule.kinds) and (
        rule.titles == 1 or len({m.event.title for m in window if m.event}) >= rule.titles
    )


def _visits(series: Sequence[Moment]) -> list[int]:
    """Give the number of the visit that each moment belongs to."""
    pauses = (after.at - before.at > VISIT for before, after in pairwise(series))
    return list(accumulate(pauses, initial=0))


def _people(name: str, rule: PeopleRule, scene: Scene) -> Iterator[Occurrence]:
    if not scene.past.company_events:
        return
    moments = scene.moments(rule.acts, Scope.COMPANY)
    for place in _windows(moments, rule.span, rule.people):
        window = moments[place]
        people = {moment.lead_id for moment in window}
        if len(people) >= rule.people and scene.past.lead.id in people:
            yield _occurrence(name, PatternKind.PEOPLE, rule, window)


def _executives(name: str, rule: ExecutiveRule, scene: Scene) -> Iterator[Occurrence]:
    if not scene.past.company_events:
        return
    moments = scene.moments(rule.acts, Scope.COMPANY)
    for joining in _joinings(moments, rule, scene):
        if partner := _partner(joining, moments, rule.span, scene):
            both = sorted((joining, partner), key=lambda moment: moment.at)
            found = _occurrence(name, PatternKind.EXECUTIVE, rule, both)
            yield replace(found, executive=joining.lead_id)


def _joinings(moments: Sequence[Moment], rule: ExecutiveRule, scene: Scene) -> Iterator[Moment]:
    """Give the moments at which an executive of whom nothing was seen for a while became active.

    The lead who is back after a while is no new face.
    """
    quiet, fit = timedelta(days=rule.quiet_days), scene.playbook.scoring.fit
    people = {**scene.past.colleagues, scene.past.lead.id: scene.past.lead}
    active = {moment.lead_id for moment in moments} & people.keys()
    executives = {one for one in active if role_of(people[one], fit) in rule.roles}
    seen: dict[LeadId, datetime] = {}
    for moment in moments:
        if moment.lead_id in executives:
            before = seen.get(moment.lead_id)
            is_back = before is not None and moment.at - before >= quiet
            if before is None or (is_back and not scene.is_mine(moment)):
                yield moment
            seen[moment.lead_id] = moment.at


def _partner(
    joining: Moment, moments: Sequence[Moment], span: timedelta, scene: Scene
) -> Moment | None:
    """Find who was active beside the executive; one of the two must be this person."""
    near = [
        moment
        for moment in moments
        if abs(moment.at - joining.at) <= span
        and moment.lead_id != joining.lead_id
        and (scene.is_mine(joining) or scene.is_mine(moment))
    ]
    before = [moment for moment in near if moment.at <= joining.at]
    return before[-1] if before else next(iter(near), None)


def _returns(name: str, rule: ReturnRule, scene: Scene) -> Iterator[Occurrence]:
    span, quiet = timedelta(days=rule.within_days), rule.span
    moments = scene.moments(rule.acts, Scope.PERSON)
    instants = [moment.at for moment in moments]
    for before, back in pairwise(scene.life):
        if back - before < quiet:
            continue
        first, end = bisect_left(instants, back), bisect_right(instants, back + span)
        for last in range(first, end):
            window = moments[max(first, last + 1 - MOST_MOMENTS) : last + 1]
            yield _occurrence(name, PatternKind.RETURN, rule, window)


def _accelerations(name: str, rule: AccelerationRule, scene: Scene) -> Iterator[Occurrence]:
    span, before = rule.span, timedelta(days=rule.before_days)
    moments = scene.acts(rule.acts)
    instants = [moment.at for moment in moments]
    for place in _windows(moments, span, rule.times):
        start = instants[place.stop - 1] - span
        known = min(before, start - scene.life[0])
        earlier = bisect_left(instants, start) - bisect_left(instants, start - known)
        times = place.stop - place.start
        if earlier > 0 and times >= rule.factor * earlier * (span / known):
            yield _occurrence(name, PatternKind.ACCELERATION, rule, moments[place])


def _quiet(name: str, rule: QuietRule, scene: Scene) -> Iterator[Occurrence]:
    before, quiet = timedelta(days=rule.before_days), rule.span
    moments = scene.acts(rule.acts)
    instants = [moment.at for moment in moments]
    for last, following in pairwise((*scene.life, scene.past.now + quiet)):
        silent_from = last + quiet
        if following <= silent_from or silent_from > scene.past.now:
            continue
        window = moments[bisect_left(instants, last - before) : bisect_right(instants, last)]
        if len(window) >= rule.times:
            evidence = tuple(window[-MOST_MOMENTS:])
            yield Occurrence(name, PatternKind.QUIET, rule, silent_from, evidence)


def _occurrence(
    name: str, kind: PatternKind, rule: AnyRule, window: Sequence[Moment]
) -> Occurrence:
    return Occurrence(name, kind, rule, window[-1].at, tuple(window))
