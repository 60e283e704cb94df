"""Cold, warm, hot, red-hot: derived from what happened alone, so that it is right at any instant, with no job having run.

Points fall between happenings and jump at them. Warm and hot are bands: they are entered at one threshold and
left below another, so a lead's past is walked through once, from happening to happening.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import groupby

from agent.playbook import Playbook
from agent.reasons import Reason
from agent.scoring_rules import QuoteRules, TemperatureRules
from agent.signals import HeardSignal, SignalKind
from agent.spells import Part, Spell

HIGHEST = 100
Active = Mapping[str, Spell]


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


ORDER = tuple(Temperature)


@dataclass(frozen=True, slots=True)
class Change:
    """A temperature and when it began; `at` is None for the one before anything happened."""

    temperature: Temperature
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Thermometer:
    """Reads the temperature off the spells in force at an instant."""

    playbook: Playbook
    fit: tuple[Reason, ...]
    red: tuple[HeardSignal, ...]
    cooled: tuple[datetime, ...]

    def total(self, active: Active, at: datetime) -> int:
        """Give the score: gains capped part by part, less what is lost, between 0 and 100."""
        gains, lost = dict.fromkeys(Part, 0), sum(r.points for r in self.fit if r.points < 0)
        for spell in active.values():
            points = round(spell.worth(at))
            if points > 0:
                gains[spell.part] += points
            else:
                lost += points
        gained = sum(r.points for r in self.fit if r.points > 0) + _capped(gains, self.playbook)
        return min(HIGHEST, max(0, gained + lost))

    def read(self, active: Active, at: datetime, before: Temperature) -> Temperature:
        """Give the temperature, which depends within a band on the one before."""
        if any(spell.freezes for spell in active.values()):
            return Temperature.COLD
        rules, total = self.playbook.scoring.temperature, self.total(active, at)
        hot_from = rules.hot_from - (rules.margin if before.is_hot else 0)
        warm_from = rules.warm_from - (rules.margin if before is not Temperature.COLD else 0)
        if total >= hot_from and _is_evident(active.values(), at):
            return Temperature.RED_HOT if self._is_red(at) else Temperature.HOT
        return Temperature.WARM if total >= warm_from else Temperature.COLD

    def _is_red(self, at: datetime) -> bool:
        """Tell whether all signals of one set were heard of late, with no cooling since."""
        rules = self.playbook.scoring.temperature
        old = at - timedelta(days=rules.red_hot_days)
        since = max((cooled for cooled in (old, *self.cooled) if cooled <= at))
        heard = {signal.kind for signal in self.red if since < signal.at <= at}
        return any(needed <= heard for needed in rules.red_hot_signals)


def thermometer(
    playbook: Playbook, fit: tuple[Reason, ...], signals: tuple[HeardSignal, ...]
) -> Thermometer:
    """Make the thermometer for one lead."""
    rules = playbook.scoring.temperature
    red = tuple(signal for signal in signals if _makes_red(signal, rules))
    cooled = tuple(signal.at for signal in signals if signal.kind is SignalKind.COOLING)
    return Thermometer(playbook, fit, red, cooled)


def trail(spells: Iterable[Spell], reader: Thermometer, now: datetime) -> Iterator[Change]:
    """Give each change of temperature up to `now`, the oldest first; spells come in the order they begin."""
    active: dict[str, Spell] = {}
    present, last = reader.read(active, now, Temperature.COLD), now
    yield Change(present, None)
    for begins, group in groupby(spells, key=lambda spell: spell.begins):
        if faded := _faded(active, reader, present, last, begins):
            yield faded
            present = faded.temperature
        active.update((spell.source, spell) for spell in group)
        after, last = reader.read(active, begins, present), begins
        if after is not present:
            yield Change(after, begins)
            present = after
    if faded := _faded(active, reader, present, last, now):
        yield faded


def _faded(
    active: Active, reader: Thermometer, present: Temperature, start: datetime, end: datetime
) -> Change | None:
    """Find when, to the second, the temperature that `end` is reached with began, if it fell on the way."""
    if present is Temperature.COLD or not active:
        return None
    after = reader.read(active, end, present)
    if after is present:
        return None

    def has_fallen(seconds: int) -> bool:
        found = reader.read(active, start + timedelta(seconds=seconds), present)
        return ORDER.index(found) <= ORDER.index(after)

    seconds = bisect_left(range(int((end - start).total_seconds())), x=True, key=has_fallen)
    return Change(after, start + timedelta(seconds=seconds))


def _capped(gains: Mapping[Part, int], playbook: Playbook) -> int:
    scoring = playbook.scoring
    parts = zip((Part.HIGH, Part.MEDIUM, Part.LOW), scoring.engagement.groups(), strict=True)
    acts = sum(min(group.cap, gains[part]) for part, group in parts)
    return (
        min(scoring.intent.cap, gains[Part.INTENT])
        + min(scoring.engagement.cap, acts)
        + min(playbook.patterns.cap, gains[Part.PATTERNS])
    )


def _is_evident(spells: Iterable[Spell], at: datetime) -> bool:
    """Hot asks for two independent kinds of evidence, or for one explicit act or word: never for fit alone."""
    telling = [s for s in spells if s.is_evidence and round(s.worth(at)) > 0]
    return len(telling) > 1 or any(spell.is_explicit for spell in telling)


def _makes_red(signal: HeardSignal, rules: TemperatureRules) -> bool:
    if not any(signal.kind in needed for needed in rules.red_hot_signals):
        return False
    quote = rules.red_hot_quotes.get(signal.kind, QuoteRules())
    said = " ".join(["", *re.findall(r"\w+", signal.quote.lower()), ""])
    if any(f" {words.lower()} " in said for words in quote.unless):
        return False
    return not quote.says or any(f" {words.lower()} " in said for words in quote.says)
