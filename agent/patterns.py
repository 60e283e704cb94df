"""Behaviour without words: named patterns, each with its evidence and a sentence for the rep."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import exp2
from typing import assert_never

from agent.engagement import EngagementEventId
from agent.history import History
from agent.lead import LeadId
from agent.occurrences import Moment, Occurrence, PatternKind, find_occurrences
from agent.past import Past, past_of
from agent.pattern_rules import (
    AccelerationRule,
    BurstRule,
    ExecutiveRule,
    PeopleRule,
    QuietRule,
    ReturnRule,
)
from agent.playbook import Playbook
from agent.signals import Reading
from prompts.phrases import reasons

MOST_ACTS = 4


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern, when it was last complete, the acts and people that show it, and a sentence for the rep."""

    name: str
    kind: PatternKind
    at: datetime
    because: str
    events: tuple[EngagementEventId, ...]
    people: tuple[LeadId, ...]
    calls_rep: bool = False


def find_patterns(
    history: History, playbook: Playbook, now: datetime, reading: Reading | None = None
) -> tuple[Pattern, ...]:
    """Find the patterns in force at an instant, the newest first, each as it was last complete.

    A pattern is in force while its points have not faded away; having gone quiet, until anything happens.
    """
    past = past_of(history, now, reading)
    latest = {each.name: each for each in find_occurrences(past, playbook)}
    found = (each for each in latest.values() if _is_in_force(each, past))
    return tuple(sorted((tell(each, past) for each in found), key=_newest_first))


def tell(found: Occurrence, past: Past) -> Pattern:
    """Put an occurrence into words."""
    moments = found.moments
    return Pattern(
        name=found.name,
        kind=found.kind,
        at=found.at,
        because=sentence(found, past),
        events=tuple(moment.event.id for moment in moments if moment.event),
        people=tuple(dict.fromkeys(moment.lead_id for moment in moments)),
        calls_rep=not isinstance(found.rule, QuietRule) and found.rule.calls_rep,
    )


def sentence(found: Occurrence, past: Past) -> str:
    """Say what was seen, plainly, for a rep."""
    name = found.name.replace("_", " ").capitalize()
    return reasons().fill(_key(found), pattern=name, **_values(found, past))


def _is_in_force(found: Occurrence, past: Past) -> bool:
    rule = found.rule
    if isinstance(rule, QuietRule):
        return past.instants()[-1] < found.at
    half_lives = (past.now - found.at) / timedelta(days=rule.half_life_days)
    return round(rule.points * exp2(-half_lives)) > 0


def _newest_first(pattern: Pattern) -> tuple[float, str]:
    return -pattern.at.timestamp(), pattern.name


def _key(found: Occurrence) -> str:
    same = "_same" if isinstance(found.rule, BurstRule) and found.rule.same else ""
    return f"pattern_{found.kind.value}{same}"


def _values(found: Occurrence, past: Past) -> dict[str, str]:
    """Give what the phrase of this kind of pattern has places for."""
    span, acts = _span(found.rule.span), _acts(found.moments)
    match found.rule:
        case BurstRule(same=same):
            values = {"acts": acts} | ({"value": _shared(found.moments, same)} if same else {})
        case PeopleRule():
            values = {"count": str(len({moment.lead_id for moment in found.moments}))}
        case ExecutiveRule():
            values = _executive(found, past)
        case ReturnRule():
            values = {"acts": acts}
        case AccelerationRule() | QuietRule():
            values = {"count": str(len(found.moments))}
        case _:
            assert_never(found.rule)
    return {"span": span, **values}


def _acts(moments: Sequence[Moment]) -> str:
    names = Counter(m.event.name if m.event else reasons().fill("act_words") for m in moments)
    told = [
        name if count == 1 else reasons().fill("act_often", act=name, count=str(count))
        for name, count in names.most_common(MOST_ACTS)
    ]
    return ", ".join(told)


def _shared(moments: Sequence[Moment], same: str) -> str:
    event = moments[-1].event
    return event.properties.get(same, "") if event else ""


def _executive(found: Occurrence, past: Past) -> dict[str, str]:
    people = {**past.colleagues, past.lead.id: past.lead}
    lead = people[found.executive or past.lead.id]
    did = [moment for moment in found.moments if moment.lead_id == lead.id]
    who = (lead.name, lead.title or lead.role.replace("_", " "))
    return {"who": ", ".join(filter(None, who)), "acts": _acts(did)}


def _span(span: timedelta) -> str:
    hours = span / timedelta(hours=1)
    key, value = ("span_days", hours / 24) if hours >= 48 else ("span_hours", hours)
    return reasons().fill(key, count=f"{value:g}")
