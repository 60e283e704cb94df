"""What gives points from when on: each act and word begins a spell, which fades until its source is renewed.

All spells of a lead tell its score at any instant: of each source the one begun last counts.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from agent.engagement import EngagementEvent
from agent.occurrences import Occurrence, PatternKind
from agent.past import Past
from agent.playbook import Playbook
from agent.scoring_rules import ActGroup, IntentRules, ScoringRules
from agent.pattern_rules import PatternRule
from agent.signals import NOT_BUYERS, HeardKind, HeardSignal, MessageKind, Readiness, SignalKind


class Part(StrEnum):
    """Points of one part are capped together."""

    INTENT = "intent"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    PATTERNS = "patterns"


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
class Spell:
    """Points from an instant on; without a half-life they do not fade. `freezes` marks what keeps a lead cold."""

    source: str
    part: Part
    begins: datetime
    points: float
    half_life: timedelta | None
    cause: Cause
    evidence: Evidence = Evidence.NONE
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
        *_words(said, _inquiries(past, said, rules.intent), rules),
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


def _words(
    said: tuple[HeardSignal, ...], inquiries: Sequence[Spell], rules: ScoringRules
) -> Iterator[Spell]:
    """Each kind counts once, by its freshest mention; what was said before a cooling counts less."""
    spells: dict[str, Spell] = {}
    new = [_spoken(signal, rules) for signal in said if signal.kind is not SignalKind.COOLING]
    cooled = {signal.at for signal in said if signal.kind is SignalKind.COOLING}
    begun = sorted([*new, *inquiries], key=lambda spell: spell.begins)
    for at in sorted({*(spell.begins for spell in begun), *cooled}):
        now = [spell for spell in begun if spell.begins == at]
        spells |= {spell.source: spell for spell in now}
        if at in cooled:
            kept = rules.intent.cooling_keeps
            now = [replace(s, begins=at, points=s.worth(at) * kept) for s in spells.values()]
            spells = {spell.source: spell for spell in now}
        yield from now


def _spoken(signal: HeardSignal, rules: ScoringRules) -> Spell:
    return Spell(
        source=f"signal:{signal.kind.value}",
        part=Part.INTENT,
        begins=signal.at,
        points=rules.intent.signals.get(signal.kind, 0),
        half_life=timedelta(days=rules.intent.half_life_days),
        cause=Words(f"signal_{signal.kind.value}", signal, signal.at),
        evidence=Evidence.WORDS,
    )


def _inquiries(past: Past, said: tuple[HeardSignal, ...], rules: IntentRules) -> list[Spell]:
    """Somebody who may buy wrote; readier words make a direct inquiry of it."""
    points = {
        Readiness.HOT: ("direct_inquiry", rules.direct_inquiry, Evidence.EXPLICIT),
        Readiness.WARM: ("inquiry", rules.inquiry, Evidence.WORDS),
    }
    spells = []
    for heard in past.kinds:
        if heard.kind is MessageKind.SALES and heard.readiness in points:
            key, worth, evidence = points[heard.readiness]
            theirs = (signal for signal in said if signal.message_id in heard.messages)
            telling = max(theirs, key=lambda s: (s.confidence, s.kind), default=None)
            cause = Words(key, telling, heard.at)
            half_life = timedelta(days=rules.half_life_days)
            spells.append(
                Spell(
                    "inquiry" if key == "inquiry" else key,
                    Part.INTENT,
                    heard.at,
                    worth,
                    half_life,
                    cause,
                    evidence,
                )
            )
    return spells


def _cooling(
    said: tuple[HeardSignal, ...], events: tuple[EngagementEvent, ...], rules: ScoringRules
) -> Iterator[Spell]:
    """Take points off from a cooling on, until what is said and done afterwards has made up for them.

    Until then a lead stays cold, unless words follow.
    """
    spell: Spell | None = None
    for at, worth, signal in _making_up(said, events, rules):
        if signal and signal.kind is SignalKind.COOLING:
            cause = Words("signal_cooling", signal, at)
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
        is_buyer = heard.kind is MessageKind.SALES and heard.readiness is not Readiness.COLD
        if heard.kind in rules.kinds or is_buyer:
            points, frozen = rules.kinds.get(heard.kind, 0), heard.kind in NOT_BUYERS
            yield Spell("kind", Part.INTENT, heard.at, points, None, heard, freezes=frozen)


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
            yield from _asked(event, rules.intent)


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
        evidence=Evidence.NONE if part is Part.LOW else Evidence.ACTS,
    )


def _asked(event: EngagementEvent, rules: IntentRules) -> Iterator[Spell]:
    if points := rules.explicit_acts.get(event.name, 0):
        source, half_life = f"asked:{event.name}", timedelta(days=rules.half_life_days)
        yield Spell(source, Part.INTENT, event.at, points, half_life, Asked(event), Evidence.EXPLICIT)  # fmt: skip


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
        half_life = timedelta(days=rule.half_life_days)
        evidence = Evidence.BEHAVIOUR if _tells(found) else Evidence.NONE
        yield Spell(source, Part.PATTERNS, found.at, rule.points, half_life, found, evidence)


def _tells(found: Occurrence) -> bool:
    """Tell whether a pattern is evidence beside the acts it is made of: one that may call a rep, or several people's."""
    people = {moment.lead_id for moment in found.moments}
    return len(people) > 1 or (isinstance(found.rule, PatternRule) and found.rule.calls_rep)
