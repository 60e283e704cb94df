"""What gives points from when on: each act and word begins a spell, which fades until its source is renewed.

All spells of a lead tell its score at any instant: of each source the one begun last counts.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import groupby
from math import exp2
from operator import attrgetter

from agent.engagement import EngagementEvent
from agent.occurrences import Occurrence
from agent.past import Past
from agent.pattern_rules import QuietRule
from agent.playbook import Playbook
from agent.scoring_rules import IntentRules, ScoringRules
from agent.signals import HeardKind, HeardSignal, MessageKind, Readiness, SignalKind, readiness


class Part(StrEnum):
    """Points of one part are capped together."""

    INTENT = "intent"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    PATTERNS = "patterns"


ACTS = (Part.HIGH, Part.MEDIUM, Part.LOW)


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
class Source:
    """What gives points: an act, a signal, a pattern; `rate` is in half-lives a second, 0 for what does not fade.

    `is_evidence` marks what is one of the independent kinds that hot asks for, `is_explicit` what is enough alone.
    """

    key: str
    part: Part
    rate: float = 0.0
    is_evidence: bool = False
    is_explicit: bool = False


@dataclass(frozen=True, slots=True)
class Spell:
    """Points from an instant on, fading at the rate of their source; `freezes` marks what keeps a lead cold.

    `second` is the instant as seconds since 1970: thousands of these are weighed in one turn.
    """

    source: Source
    begins: datetime
    second: float
    points: float
    cause: Cause
    freezes: bool = False

    def worth(self, second: float) -> float:
        """Give what is left of the points at a later instant, in full precision."""
        return self.points * exp2(self.source.rate * (self.second - second))


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
    return sorted(spells, key=attrgetter("second"))


def _rate(half_life_days: float) -> float:
    return 1 / timedelta(days=half_life_days).total_seconds()


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
        heard, second = tuple(together), at.timestamp()
        new = [_spoken(signal, rules) for signal in heard if signal.kind is not SignalKind.COOLING]
        new += (_inquiry(each, rules.intent) for each in inquiries if each.at == at)
        spells |= {spell.source.key: spell for spell in new}
        if any(signal.kind is SignalKind.COOLING for signal in heard):
            new = [
                replace(s, begins=at, second=second, points=s.worth(second) * rules.intent.cooling_keeps)
                for s in spells.values()
            ]  # fmt: skip
            spells = {spell.source.key: spell for spell in new}
        yield from new


def _spoken(signal: HeardSignal, rules: ScoringRules) -> Spell:
    name = f"signal_{signal.kind.value}"
    is_explicit = signal.kind in rules.temperature.explicit_signals
    source = Source(name, Part.INTENT, _rate(rules.intent.half_life_days), is_evidence=True, is_explicit=is_explicit)  # fmt: skip
    points = rules.intent.signals.get(signal.kind, 0)
    return Spell(source, signal.at, signal.at.timestamp(), points, Words(name, signal))


def _inquiry(signal: HeardSignal, rules: IntentRules) -> Spell:
    name = "direct_inquiry"
    source = Source(name, Part.INTENT, _rate(rules.half_life_days), is_evidence=True, is_explicit=True)  # fmt: skip
    second = signal.at.timestamp()
    return Spell(source, signal.at, second, rules.direct_inquiry, Words(name, signal))


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
    source = Source("cooling", Part.INTENT)
    for at, worth, signal in _making_up(said, events, rules):
        if signal and signal.kind is SignalKind.COOLING:
            cause = Words("signal_cooling", signal)
            spell = Spell(source, at, at.timestamp(), worth, cause, freezes=True)
            yield spell
        elif spell and (spell.points or spell.freezes):
            left = min(0.0, spell.points + worth)
            is_frozen = spell.freezes and signal is None and left < 0
            spell = Spell(source, at, at.timestamp(), left, spell.cause, is_frozen)
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
    source = Source("kind", Part.INTENT)
    for heard in kinds:
        if heard.kind in rules.kinds or heard.kind is MessageKind.SALES:
            points = rules.kinds.get(heard.kind, 0)
            yield Spell(source, heard.at, heard.at.timestamp(), points, heard)


def _acts(events: tuple[EngagementEvent, ...], rules: ScoringRules) -> Iterator[Spell]:
    """The freshest of equal acts counts in full, each further one for a share of the one after it."""
    known = dict(_scored_acts(rules))
    last: dict[str, Spell] = {}
    counts: Counter[str] = Counter()
    for event in events:
        if event.name in known:
            source, points = known[event.name]
            second, before = event.at.timestamp(), last.get(event.name)
            left = rules.repeat * before.worth(second) if before else 0.0
            counts[event.name] += 1
            act = Act(event, counts[event.name])
            last[event.name] = Spell(source, event.at, second, points + left, act)
            yield last[event.name]


def _scored_acts(rules: ScoringRules) -> Iterator[tuple[str, tuple[Source, int]]]:
    for part, group in zip(ACTS, rules.engagement.groups(), strict=True):
        is_telling, rate = part is not Part.LOW, _rate(group.half_life_days)
        for act, points in group.acts.items():
            is_explicit = act in rules.temperature.explicit_acts
            yield act, (Source(f"act:{act}", part, rate, is_telling, is_explicit), points)


def _patterns(occurrences: Iterable[Occurrence], past: Past) -> Iterator[Spell]:
    """A pattern counts once, by when it was last complete; those of several people are evidence of their own."""
    sources: dict[tuple[str, bool], Source] = {}
    for found in occurrences:
        second, by_several = found.at.timestamp(), found.is_by_several
        source = sources.get((found.name, by_several)) or _pattern(found)
        sources[found.name, by_several] = source
        spell = Spell(source, found.at, second, found.rule.points, found)
        yield from (_until_back(spell, past) if isinstance(found.rule, QuietRule) else (spell,))


def _pattern(found: Occurrence) -> Source:
    rate = 0.0 if isinstance(found.rule, QuietRule) else _rate(found.rule.half_life_days)
    return Source(f"pattern:{found.name}", Part.PATTERNS, rate, is_evidence=found.is_by_several)


def _until_back(spell: Spell, past: Past) -> Iterator[Spell]:
    """Let what is taken off for silence end with the silence."""
    yield spell
    if back := next((at for at in past.instants() if at > spell.begins), None):
        yield replace(spell, begins=back, second=back.timestamp(), points=0)
