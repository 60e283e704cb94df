"""A lead's history in a few lines: what they did and what they said before, the telling acts rather than the many."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from agent.engagement import EngagementEvent
from agent.history import EarlierTalk, History
from agent.playbook import Playbook

MOST_LINES = 6
LONGEST_LINE = 160


@dataclass(frozen=True, slots=True)
class BriefingLine:
    """One item of history with its time."""

    at: datetime
    text: str


def timeline(history: History, playbook: Playbook) -> tuple[BriefingLine, ...]:
    """Give the newest of each telling act with how often it was done, and earlier talks; the newest first."""
    acts = [_act(events) for events in _by_name(history.events, playbook)]
    talks = [_talk(talk) for talk in history.talks[:2]]
    kept = (acts[: MOST_LINES - len(talks)], talks)
    lines = [line for some in kept for line in some]
    return tuple(sorted(lines, key=lambda line: line.at, reverse=True))


def _by_name(events: Iterable[EngagementEvent], playbook: Playbook) -> list[list[EngagementEvent]]:
    """Bring acts of one name together, newest first; the weightiest names come first."""
    weights = _weights(playbook)
    named: dict[str, list[EngagementEvent]] = {}
    for event in sorted(events, key=lambda event: event.at, reverse=True):
        named.setdefault(event.name, []).append(event)
    return sorted(named.values(), key=lambda same: weights.get(same[0].name, len(weights)))


def _weights(playbook: Playbook) -> dict[str, int]:
    """Rank the acts that the playbook knows: those that ask for a salesperson, then by their group."""
    rules = playbook.scoring
    groups = (rules.intent.explicit_acts, *(group.acts for group in rules.engagement.groups()))
    return {name: rank for rank, acts in reversed([*enumerate(groups)]) for name in acts}


def _act(same: list[EngagementEvent]) -> BriefingLine:
    event = same[0]
    often = f" {len(same)} times, last" if len(same) > 1 and event.title else ""
    times = f" {len(same)} times" if len(same) > 1 and not event.title else ""
    title = f"{often or ':'} {event.title}" if event.title else times
    return BriefingLine(event.at, f"{event.name}{title}"[:LONGEST_LINE])


def _talk(talk: EarlierTalk) -> BriefingLine:
    return BriefingLine(talk.at, f"Earlier chat: “{talk.first_words[:80]}”")
