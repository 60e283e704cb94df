"""What gives points from when on: each act and word begins a spell, which fades until its source is renewed.

All spells of a lead tell its score at any instant: of each source the one begun last counts.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import groupby

from agent.engagement import EngagementEvent
from agent.occurrences import Occurrence, PatternKind
from agent.past import Past
from agent.playbook import Playbook
from agent.scoring_rules import ActGroup, IntentRules, ScoringRules
from agent.signals import HeardKind, HeardSignal, MessageKind, Readiness, SignalKind, readiness


class Part(StrEnum):
    """Points of one part are capped together."""

    INTENT = "intent"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    PATTERNS = "patterns"


@dataclass(frozen=True, slots=True)
class Act:
    """Something done, for the how-manieth time."""

    event: EngagementEvent
    count: int


@dataclass(frozen=True, slots=True)
class Words:
    """Something said; `key` names the phrase that tells a rep what it shows."""

    key: str
    signal: HeardSignal


Cause = Act | Words | HeardKind | Occurrence


@dataclass(frozen=True, slots=True)
class Spell:
    """Points from an instant on; without a half-life they do not fade.

    `is_evidence` marks what is one of the independent kinds that hot asks for, `is_explicit` what is enough
    alone, `freezes` what keeps a lead cold.
    """

    source: str
    part: Part
    begins: datetime
    points: float
    half_life: timedelta | None
    cause: Cause
    is_evidence: bool = False
    is_explicit: bool = False
    freezes: bool = False

    def worth(self, at: datetime) -> float:
        """Give what is left of the points, in full precision."""
        if self.half_life is None or at <= self.begins:
            return self.points
        return float(self.points * 0.5 ** ((at - self.begins) / self.half_life))


def spells_of(past: Past, occurrences: Iterable[Occurrence], playbook: Playbook) -> list[Spell]:
    """Give all spells of a lead, in the order in which they begin."""
    rules = playbook.scoring
    said = _about_buying(past, rules.intent)
    spells = [
        *_words(said, rules),
        *_cooling(said, past.events, rules),
        *_kinds(past.kinds, rules.intent),
        *_acts(past.events, rules),
        *_patterns(occurrences, past),
    ]
    return sorted(spells, key=lambda spell: spell.begins)


def _about_buying(past: Past, rules: IntentRules) -> tuple[HeardSignal, ...]:
    """Give what was said in messages of sales, and what cools in any; who asks for support is no buyer by that."""
    others = {m for kind in past.kinds if kind.kind in rules.kinds for m in kind.messages}
    return tuple(
        signal
        for signal in past.signals
        if signal.kind is SignalKind.COOLING or signal.message_id not in others
    )


def _words(said: tuple[HeardSignal, ...], rules: ScoringRules) -> Iterator[Spell]:
    """Each kind counts once, by its freshest mention; what was said before a cooling counts less."""
    spells: dict[str, Spell] = {}
    inquiries = _direct_inquiries(said)
    for at, together in groupby(said, key=lambda signal: signal.at):
        heard = tuple(together)
        new = [_spoken(signal, rules) for signal in heard if signal.kind is not SignalKind.COOLING]
        new += (_inquiry(each, rules.intent) for each in inquiries if each.at == at)
        spells |= {spell.source: spell for spell in new}
        if any(s.kind is SignalKind.COOLING for s in heard):
            kept = rules.intent.cooling_keeps
            new = [replace(s, begins=at, points=s.worth(at) * kept) for s in spells.values()]
            spells = {spell.source: spell for spell in new}
        yield from new


def _spoken(signal: HeardSignal, rules: ScoringRules) -> Spell:
    return Spell(
        source=f"signal:{signal.kind.value}",
        part=Part.INTENT,
        begins=signal.at,
        points=rules.intent.signals.get(signal.kind, 0),
        half_life=timedelta(days=rules.intent.half_life_days),
        cause=Words(f"signal_{signal.kind.value}", signal),
        is_evidence=True,
        is_explicit=signal.kind in rules.temperature.explicit_signals,
    )


def _inquiry(signal: HeardSignal, rules: IntentRules) -> Spell:
    return Spell(
        source="direct_inquiry",
        part=Part.INTENT,
        begins=signal.at,
        points=rules.direct_inquiry,
        half_life=timedelta(days=rules.half_life_days),
        cause=Words("direct_inquiry", signal),
        is_evidence=True,
        is_explicit=True,
    )


def _direct_inquiries(said: tuple[HeardSignal, ...]) -> list[HeardSignal]:
    """Find the messages that asked for a salesperson's answer; give the most telling signal of each."""
    messages: dict[str, list[HeardSignal]] = {}
    for signal in said:
        messages.setdefault(signal.message_id, []).append(signal)
    return [
        max(heard, key=lambda signal: (signal.confidence, signal.kind))
        for heard in messages.values()
        if readiness(MessageKind.SALES, frozenset(s.kind for s in heard)) is Readiness.HOT
    ]


def _cooling(
    said: tuple[HeardSignal, ...], events: tuple[EngagementEvent, ...], rules: ScoringRules
) -> Iterator[Spell]:
    """Take points off from a cooling on, until what is said and done afterwards has made up for them.

    Until then a lead stays cold, unless words follow.
    """
    spell: Spell | None = None
    for at, worth, signal in _making_up(said, events, rules):
        if signal and signal.kind is SignalKind.COOLING:
            cause = Words("signal_cooling", signal)
            spell = Spell("cooling", Part.INTENT, at, worth, None, cause, freezes=True)
            yield spell
        elif spell:
            left = min(0.0, spell.points + worth)
            is_frozen = spell.freezes and signal is None and left < 0
            spell = replace(spell, begins=at, points=left, freezes=is_frozen)
            yield spell


def _making_up(
    said: tuple[HeardSignal, ...], events: tuple[EngagementEvent, ...], rules: ScoringRules
) -> list[tuple[datetime, int, HeardSignal | None]]:
    """Give all words and telling acts with their full points, oldest first; at one instant, a cooling is last."""
    points = rules.intent.signals
    telling = {**rules.engagement.high.acts, **rules.engagement.medium.acts}
    words = [(signal.at, points.get(signal.kind, 0), signal) for signal in said]
    acts = [(event.at, telling[event.name], None) for event in events if event.name in telling]
    cools = {SignalKind.COOLING}
    return sorted([*acts, *words], key=lambda e: (e[0], e[2] is not None and e[2].kind in cools))


def _kinds(kinds: tuple[HeardKind, ...], rules: IntentRules) -> Iterator[Spell]:
    """Take points off while what somebody wrote last shows that they are no buyer."""
    for heard in kinds:
        if heard.kind in rules.kinds or heard.kind is MessageKind.SALES:
            yield Spell("kind", Part.INTENT, heard.at, rules.kinds.get(heard.kind, 0), None, heard)


def _acts(events: tuple[EngagementEvent, ...], rules: ScoringRules) -> Iterator[Spell]:
    """The freshest of equal acts counts in full, each further one for a share of the one after it."""
    groups = dict(zip((Part.HIGH, Part.MEDIUM, Part.LOW), rules.engagement.groups(), strict=True))
    known = {act: (part, group) for part, group in groups.items() for act in group.acts}
    counts: Counter[str] = Counter()
    before: dict[str, Spell] = {}
    for event in events:
        if event.name in known:
            counts[event.name] += 1
            spell = _done(event, counts[event.name], *known[event.name], rules)
            if last := before.get(event.name):
                left = rules.repeat * last.worth(event.at)
                spell = replace(spell, points=spell.points + left)
            before[event.name] = spell
            yield spell


def _done(
    event: EngagementEvent, count: int, part: Part, group: ActGroup, rules: ScoringRules
) -> Spell:
    return Spell(
        source=f"act:{event.name}",
        part=part,
        begins=event.at,
        points=group.acts[event.name],
        half_life=timedelta(days=group.half_life_days),
        cause=Act(event, count),
        is_evidence=part is not Part.LOW,
        is_explicit=event.name in rules.temperature.explicit_acts,
    )


def _patterns(occurrences: Iterable[Occurrence], past: Past) -> Iterator[Spell]:
    """A pattern counts once, by when it was last complete; those of several people are evidence of their own."""
    instants = past.instants()
    for found in occurrences:
        rule, source = found.rule, f"pattern:{found.name}"
        if found.kind is PatternKind.QUIET:
            spell = Spell(source, Part.PATTERNS, found.at, rule.points, None, found)
            yield spell
            if back := next((at for at in instants if at > found.at), None):
                yield replace(spell, begins=back, points=0)
            continue
        people = {moment.lead_id for moment in found.moments}
        half_life = timedelta(days=rule.half_life_days)
        yield Spell(source, Part.PATTERNS, found.at, rule.points, half_life, found, is_evidence=len(people) > 1)  # fmt: skip
