"""The score at many instants at once, so that a lead's whole past is looked through in a millisecond or two."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Literal, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from agent.playbook import Playbook
from agent.reasons import Reason
from agent.scoring_rules import TemperatureRules
from agent.spells import ACTS, Evidence, Part, Source, Spell

HIGHEST = 100
Floats = NDArray[np.float64]
Side = Literal["left", "right"]


class Hold(IntEnum):
    """What keeps a score below a threshold, whatever its points."""

    NOTHING = 0
    NOT_EVIDENT = 1
    NO_INTEREST = 2
    SUPPORT = 3
    COOLED = 4


class Sight(NamedTuple):
    """The score at an instant, and what holds it."""

    total: int
    hold: Hold


@dataclass(frozen=True, slots=True)
class Track:
    """The spells of one source as columns, the oldest first, after a blank one."""

    source: Source
    seconds: Floats
    points: Floats
    freezes: NDArray[np.bool_]
    support: NDArray[np.bool_]


@dataclass(slots=True)
class Sums:
    """What all tracks add up to, at many instants."""

    gains: dict[Part, Floats]
    shown: dict[Evidence, Floats]
    lost: Floats
    frozen: NDArray[np.bool_]
    support: NDArray[np.bool_]

    @classmethod
    def none(cls, shape: tuple[int, ...]) -> Self:
        """Begin with nothing."""
        return cls(
            {part: np.zeros(shape) for part in Part},
            {kind: np.zeros(shape) for kind in Evidence},
            np.zeros(shape),
            np.zeros(shape, bool),
            np.zeros(shape, bool),
        )

    def add(self, track: Track, row: NDArray[np.intp], seconds: Floats) -> None:
        """Add what a track gives; `row` is its spell in force at each instant."""
        age = np.maximum(0.0, seconds - track.seconds[row])
        points = np.rint(track.points[row] * np.exp2(-track.source.rate * age))
        self.gains[track.source.part] += np.maximum(0.0, points)
        self.shown[track.source.evidence] += np.maximum(0.0, points)
        self.lost += np.minimum(0.0, points)
        self.frozen |= track.freezes[row]
        self.support |= track.support[row]


@dataclass(frozen=True, slots=True)
class Course:
    """All tracks of a lead; `gained` and `lost` are the points of fit."""

    playbook: Playbook
    tracks: tuple[Track, ...]
    gained: int
    lost: int

    def blank(self) -> Sight:
        """Look at the time before anything happened: there is fit alone."""
        return self.look(np.array([-np.inf]))[0]

    def look(self, seconds: Floats, side: Side = "right") -> list[Sight]:
        """Look at instants, in seconds since 1970; `left` is just before what happens at them."""
        sums = Sums.none(seconds.shape)
        for track in self.tracks:
            sums.add(track, np.searchsorted(track.seconds[1:], seconds, side), seconds)
        interest = self._capped(sums.gains)
        gained = np.minimum(HIGHEST, self.gained + interest)
        points = np.maximum(0, gained + sums.lost + self.lost)
        totals, holds = self._held(points, sums, interest + sums.lost)
        return [Sight(total, Hold(hold)) for total, hold in zip(totals.tolist(), holds.tolist(), strict=True)]  # fmt: skip

    def _held(
        self, points: Floats, sums: Sums, interest: Floats
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
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

    def _holds(self, sums: Sums, interest: Floats, ease: int) -> NDArray[np.int64]:
        rules = self.playbook.scoring.temperature
        holds = np.where(_is_evident(sums.shown, rules, ease), Hold.NOTHING, Hold.NOT_EVIDENT)
        holds[interest < rules.warm_interest - ease] = Hold.NO_INTEREST
        said = sums.gains[Part.INTENT] + sums.lost
        holds[sums.support & (said < rules.warm_interest)] = Hold.SUPPORT
        holds[sums.frozen] = Hold.COOLED
        return holds

    def _capped(self, gains: dict[Part, Floats]) -> Floats:
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
        tracks=tuple(map(_track, by_source.values())),
        gained=sum(reason.points for reason in fit if reason.points > 0),
        lost=sum(reason.points for reason in fit if reason.points < 0),
    )


def _track(spells: list[Spell]) -> Track:
    return Track(
        source=spells[0].source,
        seconds=np.array([spells[0].second, *(spell.second for spell in spells)]),
        points=np.array([0.0, *(spell.points for spell in spells)]),
        freezes=np.array([False, *(spell.freezes for spell in spells)]),
        support=np.array([False, *(spell.is_support for spell in spells)]),
    )


def _is_evident(
    shown: dict[Evidence, Floats], rules: TemperatureRules, ease: int
) -> NDArray[np.bool_]:
    """Tell whether somebody asked for a salesperson by word or act, or showed much in two kinds of ways."""
    words, acts, behaviour = (shown[each] for each in (Evidence.WORDS, Evidence.ACTS, Evidence.BEHAVIOUR))  # fmt: skip
    two = (behaviour > 0) & (words + acts > 0)
    two |= np.minimum(words, acts) >= rules.hot_evidence - ease
    is_much = words + acts + behaviour >= rules.hot_interest - ease
    return (shown[Evidence.EXPLICIT] > 0) | (is_much & two)
