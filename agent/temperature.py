"""Cold, warm, hot, red-hot: derived from what happened alone, so that it is right at any instant, with no job having run.

Points fall between happenings and jump at them. Warm and hot are bands: they are entered at one threshold and
left below another, so a lead's past is walked through once, from happening to happening.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import numpy as np

from agent.course import Course, Integers, Sight, Sights
from agent.scoring_rules import QuoteRules, TemperatureRules
from agent.signals import HeardSignal, SignalKind

STEPS = 256
YEAR = 366


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


BANDS = (Temperature.COLD, Temperature.WARM, Temperature.HOT)


@dataclass(frozen=True, slots=True)
class Standing:
    """A temperature and when it began, None for before anything happened; `hot_since` while hot or red-hot."""

    temperature: Temperature
    since: datetime | None = None
    hot_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Pause:
    """The time between two happenings, in which points only fall."""

    start: datetime
    end: datetime


def take_temperature(
    course: Course, signals: Sequence[HeardSignal], instants: Sequence[datetime], now: datetime
) -> tuple[Standing, Sight]:
    """Walk through the instants at which anything began, oldest first, and say where that leads by `now`.

    What is seen of the score now comes along.
    """
    moments = sorted({*instants, now})
    sights = course.look_around(np.array([each.timestamp() for each in moments]))
    standing = _walked(course, signals, _steps(course, sights, moments), now)
    return standing, sights.at(2 * moments.index(now) + 1)


def _walked(
    course: Course,
    signals: Sequence[HeardSignal],
    steps: Iterable[tuple[int, datetime | Pause | None]],
    now: datetime,
) -> Standing:
    rules = course.playbook.scoring.temperature
    before = present = Temperature.COLD
    brought: datetime | Pause | None = None
    for total, at in steps:
        reached = _read(total, present, rules)
        if reached is not present:
            before, present, brought = present, reached, at
    since = _fell(brought, before, present, course) if isinstance(brought, Pause) else brought
    if present is Temperature.HOT and since:
        return _reddened(since, signals, rules, now)
    return Standing(present, since)


def next_fall(course: Course, present: Temperature, now: datetime) -> datetime | None:
    """Tell when the temperature falls next if nothing happens any more; None if not within a year."""
    if present is Temperature.COLD:
        return None
    rules, before = course.playbook.scoring.temperature, _band(present)
    seconds = np.array([(now + timedelta(days=day)).timestamp() for day in range(YEAR + 1)])
    bands = _bands(course.totals(seconds), before, rules)
    day = int(np.argmax(bands != BANDS.index(before)))
    if not day:
        return None
    start = now + timedelta(days=day - 1)
    return _fell(Pause(start, start + timedelta(days=1)), before, BANDS[bands[day]], course)


def _band(temperature: Temperature) -> Temperature:
    return Temperature.HOT if temperature.is_hot else temperature


def _steps(
    course: Course, sights: Sights, moments: Sequence[datetime]
) -> Iterator[tuple[int, datetime | Pause | None]]:
    """Give the scores just before and right after each moment wherever another threshold lies below.

    Between two of these nothing can change, whatever the temperature was before. The first is the score of the time
    before anything happened, which has no beginning.
    """
    rules = course.playbook.scoring.temperature
    totals = sights.totals
    edges = sorted(each - ease for each in (rules.warm_from, rules.hot_from) for ease in (0, rules.margin))  # fmt: skip
    passed = np.diff(np.digitize(totals, edges), prepend=-1)
    for step in np.flatnonzero(passed).tolist():
        number, is_after = divmod(step, 2)
        fell = Pause(moments[number - 1], moments[number]) if number else None
        yield int(totals[step]), moments[number] if is_after else fell


def _read(total: int, before: Temperature, rules: TemperatureRules) -> Temperature:
    """Give cold, warm or hot, which depends within a band on the temperature before."""
    return BANDS[_bands(np.array(total), before, rules)]


def _bands(totals: Integers, before: Temperature, rules: TemperatureRules) -> Integers:
    """Read many scores at once, all with the same temperature before."""
    hot_from = rules.hot_from - (rules.margin if before is Temperature.HOT else 0)
    warm_from = rules.warm_from - (rules.margin if before is not Temperature.COLD else 0)
    return np.digitize(totals, (warm_from, hot_from))


def _fell(pause: Pause, before: Temperature, after: Temperature, course: Course) -> datetime:
    """Find the second of a pause in which the temperature fell from one to the other."""
    rules, begun = course.playbook.scoring.temperature, pause.start.timestamp()
    low, high = 0, int((pause.end - pause.start).total_seconds())
    while low < high:
        grid = np.unique(np.linspace(low, high, STEPS, dtype=int))
        bands = _bands(course.totals(begun + grid.astype(float)), before, rules)
        is_after = bands == BANDS.index(after)
        fallen = int(np.argmax(is_after)) if is_after.any() else len(grid) - 1
        low, high = int(grid[max(0, fallen - 1)]) + (1 if fallen else 0), int(grid[fallen])
    return pause.start + timedelta(seconds=high)


def _reddened(
    hot_since: datetime, signals: Sequence[HeardSignal], rules: TemperatureRules, now: datetime
) -> Standing:
    """Tell whether a hot lead is red-hot, and since when it is or no longer is."""
    red = [signal for signal in signals if _makes_red(signal, rules)]
    cooled = [signal.at for signal in signals if signal.kind is SignalKind.COOLING]
    lasting = timedelta(days=rules.red_hot_days)
    turns = {*cooled, *(s.at for s in red), *(s.at + lasting for s in red)}
    standing = Standing(Temperature.HOT, hot_since, hot_since)
    for at in (hot_since, *sorted(turn for turn in turns if hot_since < turn <= now)):
        since = max(each for each in (at - lasting, *cooled) if each <= at)
        heard = {signal.kind for signal in red if since < signal.at <= at}
        is_red = any(needed <= heard for needed in rules.red_hot_signals)
        if is_red is not (standing.temperature is Temperature.RED_HOT):
            standing = Standing(Temperature.RED_HOT if is_red else Temperature.HOT, at, hot_since)
    return standing


def _makes_red(signal: HeardSignal, rules: TemperatureRules) -> bool:
    """Tell whether a signal counts towards red-hot, by its kind and its very words."""
    if not any(signal.kind in needed for needed in rules.red_hot_signals):
        return False
    return rules.red_hot_quotes.get(signal.kind, QuoteRules()).fits(signal.quote)
