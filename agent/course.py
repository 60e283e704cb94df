"""The score at many instants at once, so that a lead's whole past is looked through in a millisecond or two."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from agent.playbook import Playbook
from agent.reasons import Reason
from agent.scoring_rules import TemperatureRules
from agent.spells import ACTS, Evidence, Part, Spell

HIGHEST = 100
Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Side = Literal["left", "right"]
SIDES: tuple[Side, Side] = "left", "right"


class Hold(IntEnum):
    """What keeps a score below a threshold, whatever its points."""

    NOTHING = 0
    NOT_EVIDENT = 1
    NO_INTEREST = 2
    SUPPORT = 3
    COOLED = 4


HOLDS = tuple(Hold)


class Sight(NamedTuple):
    """The score at an instant, and what holds it."""

    total: int
    hold: Hold


class Sights(NamedTuple):
    """The scores at many instants, and what holds them."""

    totals: Integers
    holds: Integers

    def at(self, place: int) -> Sight:
        """Give one of them."""
        return Sight(int(self.totals[place]), HOLDS[self.holds[place]])


@dataclass(frozen=True, slots=True)
class Tracks:
    """The spells of all sources as columns: source by source, the oldest first, after a blank one.

    `begins` are the seconds of each source's own spells, `blanks` the places of the blank ones. `rates` stand one
    below the other; `parts` and `evidence` say with a one what each source counts towards.
    """

    begins: tuple[Floats, ...]
    blanks: NDArray[np.intp]
    seconds: Floats
    points: Floats
    freezes: NDArray[np.bool_]
    support: NDArray[np.bool_]
    rates: Floats
    parts: Floats
    evidence: Floats

    def in_force(self, seconds: Floats, side: Side) -> NDArray[np.intp]:
        """Find the spell of each source that is in force at each instant."""
        found = [begins.searchsorted(seconds, side) for begins in self.begins]
        return np.array(found, np.intp).reshape(-1, len(seconds)) + self.blanks

    def sums(self, spells: NDArray[np.intp], seconds: Floats) -> "Sums":
        """Add up what these spells, a row a source, give at these instants."""
        age = np.maximum(0.0, seconds - self.seconds[spells])
        points = np.rint(self.points[spells] * np.exp2(-self.rates * age))
        gains = np.maximum(0.0, points)
        return Sums(
            gains=dict(zip(Part, self.parts @ gains, strict=True)),
            shown=dict(zip(Evidence, self.evidence @ gains, strict=True)),
            lost=(points - gains).sum(axis=0),
            frozen=np.logical_or.reduce(self.freezes[spells]),
            support=np.logical_or.reduce(self.support[spells]),
        )


@dataclass(frozen=True, slots=True)
class Sums:
    """What all tracks add up to, at many instants."""

    gains: Mapping[Part, Floats]
    shown: Mapping[Evidence, Floats]
    lost: Floats
    frozen: NDArray[np.bool_]
    support: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Course:
    """All tracks of a lead; `gained` and `lost` are the points of fit."""

    playbook: Playbook
    tracks: Tracks
    gained: int
    lost: int

    def totals(self, seconds: Floats) -> Integers:
        """Give the scores at instants."""
        return self._scores(self.tracks.in_force(seconds, "right"), seconds)[0]

    def look_around(self, seconds: Floats) -> Sights:
        """Look at the scores just before what happens at instants and right after it: two for each."""
        sides = [self.tracks.in_force(seconds, side) for side in SIDES]
        found = self._scores(np.hstack(sides), np.tile(seconds, len(SIDES)))
        return Sights(*(each.reshape(len(SIDES), -1).T.ravel() for each in found))

    def _scores(self, spells: NDArray[np.intp], seconds: Floats) -> tuple[Integers, Integers]:
        """Give the totals and what holds them."""
        sums = self.tracks.sums(spells, seconds)
        interest = self._capped(sums.gains)
        gained = np.minimum(HIGHEST, self.gained + interest)
        points = np.maximum(0, gained + sums.lost + self.lost)
        return self._held(points, sums, interest + sums.lost)

    def _held(self, points: Floats, sums: Sums, interest: Floats) -> tuple[Integers, Integers]:
        """Give the totals and what holds them.

        What is held lies below the band of its threshold, or within it where little is lacking: who wobbles
        around the interest that is asked for does not flicker.
        """
        rules = self.playbook.scoring.temperature
        strict, eased = (self._holds(sums, interest, ease) for ease in (0, rules.margin))
        most = np.array(
            [HIGHEST, rules.hot_from, rules.warm_from, rules.warm_from, rules.warm_from]
        )
        limits = np.where(strict, most[strict] - 1, HIGHEST)
        limits = np.where(eased, np.minimum(limits, most[eased] - 1 - rules.margin), limits)
        return np.minimum(points, limits).astype(int), strict

    def _holds(self, sums: Sums, interest: Floats, ease: int) -> Integers:
        rules = self.playbook.scoring.temperature
        holds = np.where(_is_evident(sums.shown, rules, ease), Hold.NOTHING, Hold.NOT_EVIDENT)
        holds[interest < rules.warm_interest - ease] = Hold.NO_INTEREST
        said = sums.gains[Part.INTENT] + sums.lost
        holds[sums.support & (said < rules.warm_interest)] = Hold.SUPPORT
        holds[sums.frozen] = Hold.COOLED
        return holds

    def _capped(self, gains: Mapping[Part, Floats]) -> Floats:
        rules, patterns = self.playbook.scoring, self.playbook.patterns
        groups = zip(ACTS, rules.engagement.groups(), strict=True)
        acts = sum((np.minimum(group.cap, gains[part]) for part, group in groups), np.zeros(1))
        return (
            np.minimum(rules.intent.cap, gains[Part.INTENT])
            + np.minimum(rules.engagement.cap, acts)
            + np.minimum(patterns.cap, gains[Part.PATTERNS])
        )


def course_of(spells: Iterable[Spell], fit: Sequence[Reason], playbook: Playbook) -> Course:
    """Arrange spells, given in the order they begin, by what they come from."""
    by_source: dict[str, list[Spell]] = defaultdict(list)
    for spell in spells:
        by_source[spell.source.key].append(spell)
    return Course(
        playbook,
        tracks=_tracks(tuple(by_source.values())),
        gained=sum(reason.points for reason in fit if reason.points > 0),
        lost=sum(reason.points for reason in fit if reason.points < 0),
    )


def _tracks(by_source: Sequence[Sequence[Spell]]) -> Tracks:
    sources = [spells[0].source for spells in by_source]
    blank = (0.0, 0.0, False, False)
    rows = [row for spells in by_source for row in (blank, *map(_row, spells))]
    seconds, points, freezes, support = np.array(rows, float).reshape(-1, len(blank)).T
    ends = np.cumsum([1 + len(spells) for spells in by_source], dtype=np.intp)
    starts = np.array([0, *ends[:-1]], np.intp)[: len(sources)]
    return Tracks(
        begins=tuple(seconds[1 + first : end] for first, end in zip(starts, ends, strict=True)),
        blanks=starts[:, None],
        seconds=seconds,
        points=points,
        freezes=freezes.astype(bool),
        support=support.astype(bool),
        rates=np.array([source.rate for source in sources])[:, None],
        parts=np.array([[source.part is part for source in sources] for part in Part], float),
        evidence=np.array([[s.evidence is kind for s in sources] for kind in Evidence], float),
    )


def _row(spell: Spell) -> tuple[float, float, bool, bool]:
    return spell.second, spell.points, spell.freezes, spell.is_support


def _is_evident(
    shown: Mapping[Evidence, Floats], rules: TemperatureRules, ease: int
) -> NDArray[np.bool_]:
    """Tell whether somebody asked for a salesperson by word or act, or showed much in two kinds of ways."""
    words, acts, behaviour = (shown[each] for each in (Evidence.WORDS, Evidence.ACTS, Evidence.BEHAVIOUR))  # fmt: skip
    two = (behaviour > 0) & (words + acts > 0)
    two |= np.minimum(words, acts) >= rules.hot_evidence - ease
    is_much = words + acts + behaviour >= rules.hot_interest - ease
    return (shown[Evidence.EXPLICIT] > 0) | (is_much & two)
