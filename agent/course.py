"""The score at many instants at once, so that a lead's whole past is looked through in a millisecond or two."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from agent.playbook import Playbook
from agent.reasons import Reason
from agent.spells import ACTS, Part, Source, Spell

HIGHEST = 100
Floats = NDArray[np.float64]
Side = Literal["left", "right"]


class Sight(NamedTuple):
    """What is in force at an instant: the score, whether there is evidence enough for hot, what keeps cold."""

    total: int
    is_evident: bool
    is_frozen: bool


@dataclass(frozen=True, slots=True)
class Track:
    """The spells of one source as columns, the oldest first, after a blank one."""

    source: Source
    seconds: Floats
    points: Floats
    evidence: NDArray[np.int64]
    freezes: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Course:
    """All tracks of a lead; `gained` and `lost` are the points of fit."""

    playbook: Playbook
    tracks: tuple[Track, ...]
    gained: int
    lost: int

    def blank(self) -> Sight:
        """Look at the time before anything happened: there is fit alone."""
        return Sight(
            max(0, min(HIGHEST, self.gained) + self.lost), is_evident=False, is_frozen=False
        )

    def look(self, seconds: Floats, side: Side = "right") -> list[Sight]:
        """Look at instants, in seconds since 1970; `left` is just before what happens at them."""
        gains = {part: np.zeros_like(seconds) for part in Part}
        lost = np.full_like(seconds, self.lost)
        evidence, frozen = np.zeros(seconds.shape, int), np.zeros(seconds.shape, bool)
        for track in self.tracks:
            row = np.searchsorted(track.seconds[1:], seconds, side)
            age = np.maximum(0.0, seconds - track.seconds[row])
            points = np.rint(track.points[row] * np.exp2(-track.source.rate * age))
            gains[track.source.part] += np.maximum(0.0, points)
            lost += np.minimum(0.0, points)
            evidence += np.where(points > 0, track.evidence[row], 0)
            frozen |= track.freezes[row]
        gained = np.minimum(HIGHEST, self.gained + self._capped(gains))
        totals = np.maximum(0, gained + lost).astype(int)
        return list(map(Sight, totals.tolist(), (evidence > 1).tolist(), frozen.tolist()))

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
        evidence=np.array([0, *(_evidence(spell.source) for spell in spells)]),
        freezes=np.array([False, *(spell.freezes for spell in spells)]),
    )


def _evidence(source: Source) -> int:
    """Count an explicit act or word as two kinds, since it is enough alone."""
    return 2 if source.is_explicit else int(source.is_evidence)
