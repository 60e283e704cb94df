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
from agent.signals import HeardKind, HeardSignal, MessageKind, SignalKind
from agent.spells import Evidence, Part, Spell

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
class Hold:
    """Why a lead is held below a threshold, whatever the points; `because` names the phrase."""

    limit: int
    because: str


@dataclass(frozen=True, slots=True)
class Thermometer:
    """Reads the temperature off the spells in force at an instant."""

    playbook: Playbook
    fit: tuple[Reason, ...]
    red: tuple[HeardSignal, ...]
    cooled: tuple[datetime, ...]

    def total(self, active: Active, at: datetime) -> int:
        """Give the score: gains capped part by part, less what is lost, within 0 and what it is held below."""
        gained, lost = _interest(active, at, self.playbook)
        gained += sum(r.points for r in self.fit if r.points > 0)
        lost += sum(r.points for r in self.fit if r.points < 0)
        held = self.hold(active, at)
        return min(held.limit if held else HIGHEST, max(0, min(HIGHEST, gained + lost)))

    def hold(self, active: Active, at: datetime) -> Hold | None:
        """Tell what keeps a lead cold, or from being hot; a limit lies below the band of its threshold."""
        rules = self.playbook.scoring.temperature
        cold = rules.warm_from - rules.margin - 1
        if any(spell.freezes for spell in active.values()):
            return Hold(cold, "held_cooled")
        interest = sum(_interest(active, at, self.playbook))
        if self._is_support(active, at):
            return Hold(cold, "held_support")
        if interest < rules.warm_interest:
            return Hold(cold, "held_no_interest")
        if not _is_evident(active.values(), at, rules):
            return Hold(rules.hot_from - rules.margin - 1, "held_not_evident")
        return None

    def _is_support(self, active: Active, at: datetime) -> bool:
        """Tell whether somebody wrote for support last, without having shown that they may buy."""
        kind = active.get("kind")
        is_support = kind is not None and _kind_of(kind) is MessageKind.SUPPORT
        said = sum(s.worth(at) for s in active.values() if s.part is Part.INTENT)
        return is_support and said < self.playbook.scoring.temperature.warm_interest

    def read(self, active: Active, at: datetime, before: Temperature) -> Temperature:
        """Give the temperature, which depends within a band on the one before."""
        rules, total = self.playbook.scoring.temperature, self.total(active, at)
        if total >= rules.hot_from - (rules.margin if before.is_hot else 0):
            return Temperature.RED_HOT if self._is_red(at) else Temperature.HOT
        warm_from = rules.warm_from - (rules.margin if before is not Temperature.COLD else 0)
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


def _interest(active: Active, at: datetime, playbook: Playbook) -> tuple[int, int]:
    """Give what was gained by words, acts and behaviour, each capped, and what was lost by words."""
    gains, lost = dict.fromkeys(Part, 0), 0
    for spell in active.values():
        points = round(spell.worth(at))
        if points > 0:
            gains[spell.part] += points
        else:
            lost += points
    scoring = playbook.scoring
    parts = zip((Part.HIGH, Part.MEDIUM, Part.LOW), scoring.engagement.groups(), strict=True)
    acts = sum(min(group.cap, gains[part]) for part, group in parts)
    said = min(scoring.intent.cap, gains[Part.INTENT])
    behaviour = min(playbook.patterns.cap, gains[Part.PATTERNS])
    return said + min(scoring.engagement.cap, acts) + behaviour, lost


def _is_evident(spells: Iterable[Spell], at: datetime, rules: TemperatureRules) -> bool:
    """Tell whether somebody asked for a salesperson by word or act, or showed much in two kinds of ways."""
    shown = dict.fromkeys(Evidence, 0)
    for spell in spells:
        shown[spell.evidence] += max(0, round(spell.worth(at)))
    if shown[Evidence.EXPLICIT]:
        return True
    words, acts, behaviour = (shown[each] for each in (Evidence.WORDS, Evidence.ACTS, Evidence.BEHAVIOUR))  # fmt: skip
    if words + acts + behaviour < rules.hot_interest:
        return False
    return bool(behaviour and (words or acts)) or min(words, acts) >= rules.hot_evidence


def _kind_of(spell: Spell) -> MessageKind | None:
    return spell.cause.kind if isinstance(spell.cause, HeardKind) else None


def _makes_red(signal: HeardSignal, rules: TemperatureRules) -> bool:
    if not any(signal.kind in needed for needed in rules.red_hot_signals):
        return False
    quote = rules.red_hot_quotes.get(signal.kind, QuoteRules())
    said = " ".join(["", *re.findall(r"\w+", signal.quote.lower()), ""])
    if any(f" {words.lower()} " in said for words in quote.unless):
        return False
    return not quote.says or any(f" {words.lower()} " in said for words in quote.says)
