"""What became of the words of a run, and the figures that are made of it."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

LATE = 0.01
"""Words for which the generator itself is so many seconds too slow are late."""


@dataclass(slots=True)
class Spoken:
    """One message: when it was due, left, was acknowledged and answered; None is not (yet). Instants in seconds.

    `late_by` is what the generator itself put it off; words that the server put off, by being slow before, are not late.
    """

    due: float
    text: str = ""
    id: str = ""
    sent: float | None = None
    acknowledged: float | None = None
    first: float | None = None
    whole: float | None = None
    late_by: float = 0.0
    refusals: int = 0
    problem: str = ""

    @property
    def is_late(self) -> bool:
        """Tell whether the generator put it off noticeably."""
        return self.late_by > LATE

    @property
    def is_done(self) -> bool:
        """Tell whether its whole reply was read."""
        return self.whole is not None


@dataclass(frozen=True, slots=True)
class Spread:
    """How long something took, in milliseconds; `count` is how often it was seen at all."""

    count: int
    p50: float
    p95: float
    p99: float
    most: float


NOTHING = Spread(0, math.nan, math.nan, math.nan, math.nan)


def percentile(ordered: Sequence[float], percent: float) -> float:
    """Give the smallest value that so many percent of all do not exceed."""
    return ordered[max(0, math.ceil(percent / 100 * len(ordered)) - 1)]


def spread(seconds: Iterable[float]) -> Spread:
    """Give the spread of durations."""
    ordered = sorted(1000 * each for each in seconds)
    if not ordered:
        return NOTHING
    p50, p95, p99 = (percentile(ordered, percent) for percent in (50, 95, 99))
    return Spread(len(ordered), p50, p95, p99, ordered[-1])


@dataclass(frozen=True, slots=True)
class Faults:
    """What must not happen to words that were accepted, by how often it did."""

    unanswered: int = 0
    lost: int = 0
    doubled: int = 0
    disordered: int = 0

    def __add__(self, other: "Faults") -> "Faults":
        return Faults(
            self.unanswered + other.unanswered,
            self.lost + other.lost,
            self.doubled + other.doubled,
            self.disordered + other.disordered,
        )

    @property
    def broken(self) -> int:
        """Give how many no wait would mend; what is unanswered may only be late."""
        return self.lost + self.doubled + self.disordered


@dataclass(frozen=True, slots=True)
class Run:
    """All words of one run, with its length in seconds and what went wrong with those that were accepted."""

    spoken: tuple[Spoken, ...]
    seconds: float
    faults: Faults

    @property
    def acknowledgement(self) -> Spread:
        """Give the time from when words were due until they were acknowledged."""
        return spread(s.acknowledged - s.due for s in self.spoken if s.acknowledged is not None)

    @property
    def first_sentence(self) -> Spread:
        """Give the time from when words were due until the first sentence of the reply could be read."""
        return spread(s.first - s.due for s in self.spoken if s.first is not None)

    @property
    def whole(self) -> Spread:
        """Give the time from when words were due until the whole reply was there."""
        return spread(s.whole - s.due for s in self.spoken if s.whole is not None)

    @property
    def done(self) -> int:
        """Give how many messages were answered."""
        return sum(spoken.is_done for spoken in self.spoken)

    @property
    def turns_a_second(self) -> float:
        """Give how many were answered a second, while words were due and after."""
        ends = [each.whole for each in self.spoken if each.whole is not None]
        if not ends:
            return 0.0
        begin = min(each.due for each in self.spoken)
        return len(ends) / max(self.seconds, max(ends) - begin)

    @property
    def late(self) -> int:
        """Give how many left late, for the generator's own sake."""
        return sum(spoken.is_late for spoken in self.spoken)

    @property
    def refusals(self) -> int:
        """Give how often words were refused with 503."""
        return sum(spoken.refusals for spoken in self.spoken)

    @property
    def errors(self) -> int:
        """Give how many messages were never accepted."""
        return sum(bool(spoken.problem) for spoken in self.spoken)
