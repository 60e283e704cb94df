"""What gives points from when on: each act and word begins a spell, which fades until its source is renewed.

All spells of a lead tell its score at any instant: of each source the one begun last counts.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from math import exp2
from operator import attrgetter

from agent.engagement import EngagementEvent
from agent.occurrences import Occurrence
from agent.past import Past, about_buying, is_trying
from agent.pattern_rules import PatternRule, QuietRule
from agent.playbook import Playbook
from agent.scoring_rules import IntentRules, ScoringRules
from agent.signals import (
    NOT_BUYERS,
    HeardKind,
    HeardSignal,
    MessageKind,
    Readiness,
    SignalKind,
)


class Part(StrEnum):
    """Points of one part are capped together."""

    INTENT = "intent"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    PATTERNS = "patterns"


ACTS = (Part.HIGH, Part.MEDIUM, Part.LOW)


class Evidence(StrEnum):
    """The independent kinds of evidence that hot asks for; what is explicit is enough alone."""

    NONE = "none"
    WORDS = "words"
    ACTS = "acts"
    BEHAVIOUR = "behaviour"
    EXPLICIT = "explicit"


@dataclass(frozen=True, slots=True)
class Act:
    """Something done, for the how-manieth time."""

    event: EngagementEvent
    count: int


@dataclass(frozen=True, slots=True)
class Asked:
    """An act that says as much as words: a demo asked for by a form."""

    event: EngagementEvent


@dataclass(frozen=True, slots=True)
class Words:
    """Something said; `key` names the phrase that tells a rep what it shows, `signal` its most telling words."""

    key: str
    signal: HeardSignal | None
    at: datetime


Cause = Act | Asked | Words | HeardKind | Occurrence


@dataclass(frozen=True, slots=True)
class Source:
    """What gives points: an act, a signal, a pattern; `rate` is in half-lives a second, 0 for what does not fade."""

    key: str
    part: Part
    rate: float = 0.0
    evidence: Evidence = Evidence.NONE


@dataclass(frozen=True, slots=True)
class Spell:
    """Points from an instant on, fading at the rate of their source.

    `freezes` marks what keeps a lead cold, `is_support` what does so unless they have shown a wish to buy.

    `second` is the instant as seconds since 1970: thousands of these are weighed in one turn.
    """

    source: Source
    begins: datetime
    second: float
    points: float
    cause: Cause
    freezes: bool = False
    is_support: bool = False

    def worth(self, second: float) -> float:
        """Give what is left of the points at a later instant, in full precision."""
        return self.points * exp2(self.source.rate * (self.second - second))


def spells_of(past: Past, occurrences: Iterable[Occurrence], playbook: Playbook) -> list[Spell]:
    """Give all spells of a lead, in the order in which they begin."""
    rules = playbook.scoring
    said = about_buying(past, rules.intent)
    spells = [
        *_words(said, _inquiries(past, said, rules.intent), rules),
        *_cooling(said, past.events, rules),
        *_kinds(past, rules.intent),
        *_acts(past.events, rules),
        *_patterns(occurrences, past),
    ]
    return sorted(spells, key=attrgetter("second"))


def _rate(half_life_days: float) -> float:
    return 1 / timedelta(days=half_life_days).total_seconds()


def _words(
    said: tuple[HeardSignal, ...], inquiries: Sequence[Spell], rules: ScoringRules
) -> Iterator[Spell]:
    """Each kind counts once, by its freshest mention; what was said before a cooling counts less."""
    words = (_spoken(signal, rules) for signal in said if signal.kind is not SignalKind.COOLING)
    cooled = {signal.at for signal in said if signal.kind is SignalKind.COOLING}
    by_instant: dict[datetime, list[Spell]] = defaultdict(list)
    for spell in (*words, *inquiries):
        by_instant[spell.begins].append(spell)
    spells: dict[str, Spell] = {}
    for at in sorted({*by_instant, *cooled}):
        new, second = by_instant[at], at.timestamp()
        spells |= {spell.source.key: spell for spell in new}
        if at in cooled:
            new = [
                replace(s, begins=at, second=second, points=s.worth(second) * rules.intent.cooling_keeps)
                for s in spells.values()
            ]  # fmt: skip
            spells = {spell.source.key: spell for spell in new}
        yield from new


def _spoken(signal: HeardSignal, rules: ScoringRules) -> Spell:
    name = f"signal_{signal.kind.value}"
    source = Source(name, Part.INTENT, _rate(rules.intent.half_life_days), Evidence.WORDS)
    points = rules.intent.signals.get(signal.kind, 0)
    return Spell(source, signal.at, signal.at.timestamp(), points, Words(name, signal, signal.at))


def _inquiries(past: Past, said: tuple[HeardSignal, ...], rules: IntentRules) -> list[Spell]:
    """Each message of somebody who may buy; one that asks for a salesperson's answer is worth more."""
    rate = _rate(rules.half_life_days)
    kinds = {
        Readiness.HOT: (Source("direct_inquiry", Part.INTENT, rate, Evidence.EXPLICIT), rules.direct_inquiry),
        Readiness.WARM: (Source("inquiry", Part.INTENT, rate, Evidence.WORDS), rules.inquiry),
    }  # fmt: skip
    spells = []
    for heard in past.kinds:
        if heard.kind is MessageKind.SALES and heard.readiness in kinds:
            source, points = kinds[heard.readiness]
            theirs = (signal for signal in said if signal.message_id in heard.messages)
            telling = max(theirs, key=lambda s: (s.confidence, s.kind), default=None)
            words = Words(source.key, telling, heard.at)
            spells.append(Spell(source, heard.at, heard.at.timestamp(), points, words))
    return spells


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
            cause = Words("signal_cooling", signal, at)
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


def _kinds(past: Past, rules: IntentRules) -> Iterator[Spell]:
    """Take points off while what somebody wrote last shows that they are no buyer."""
    source = Source("kind", Part.INTENT)
    for heard in past.kinds:
        is_buyer = heard.kind is MessageKind.SALES and heard.readiness is not Readiness.COLD
        if heard.kind in rules.kinds or is_buyer:
            points, second = rules.kinds.get(heard.kind, 0), heard.at.timestamp()
            freezes = heard.kind in NOT_BUYERS
            is_support = heard.kind is MessageKind.SUPPORT and not is_trying(past, heard.at, rules)
            yield Spell(source, heard.at, second, points, heard, freezes, is_support)


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
            if event.name in rules.intent.explicit_acts:
                yield _asked(event, rules.intent)


def _scored_acts(rules: ScoringRules) -> Iterator[tuple[str, tuple[Source, int]]]:
    for part, group in zip(ACTS, rules.engagement.groups(), strict=True):
        evidence = Evidence.NONE if part is Part.LOW else Evidence.ACTS
        for act, points in group.acts.items():
            yield act, (Source(f"act:{act}", part, _rate(group.half_life_days), evidence), points)


def _asked(event: EngagementEvent, rules: IntentRules) -> Spell:
    rate, points = _rate(rules.half_life_days), rules.explicit_acts[event.name]
    source = Source(f"asked:{event.name}", Part.INTENT, rate, Evidence.EXPLICIT)
    return Spell(source, event.at, event.at.timestamp(), points, Asked(event))


def _patterns(occurrences: Iterable[Occurrence], past: Past) -> Iterator[Spell]:
    """A pattern counts once, by when it was last complete."""
    sources: dict[tuple[str, bool], Source] = {}
    for found in occurrences:
        second, by_several = found.at.timestamp(), found.is_by_several
        source = sources.get((found.name, by_several)) or _pattern(found)
        sources[found.name, by_several] = source
        spell = Spell(source, found.at, second, found.rule.points, found)
        yield from (_until_back(spell, past) if isinstance(found.rule, QuietRule) else (spell,))


def _pattern(found: Occurrence) -> Source:
    rate = 0.0 if isinstance(found.rule, QuietRule) else _rate(found.rule.half_life_days)
    evidence = Evidence.BEHAVIOUR if _tells(found) else Evidence.NONE
    return Source(f"pattern:{found.name}", Part.PATTERNS, rate, evidence)


def _tells(found: Occurrence) -> bool:
    """Tell whether a pattern is evidence beside its acts: one that may call a rep, or several people's."""
    return found.is_by_several or (isinstance(found.rule, PatternRule) and found.rule.calls_rep)


def _until_back(spell: Spell, past: Past) -> Iterator[Spell]:
    """Let what is taken off for silence end with the silence."""
    yield spell
    if back := next((at for at in past.instants() if at > spell.begins), None):
        yield replace(spell, begins=back, second=back.timestamp(), points=0)
