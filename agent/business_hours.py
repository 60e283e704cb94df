"""When reps work: intervals a week, a time zone, days off; and arithmetic in business time."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

HORIZON_DAYS = 400


@dataclass(frozen=True, slots=True)
class Interval:
    """From `opens` to `closes`, local wall time, on one day."""

    opens: time
    closes: time

    def __post_init__(self) -> None:
        """Refuse an interval that ends before it begins."""
        if self.opens >= self.closes:
            raise ValueError(f"{self.opens:%H:%M}-{self.closes:%H:%M} ends before it begins")


@dataclass(frozen=True, slots=True)
class BusinessHours:
    """A week of intervals (0 is Monday) in one time zone, less the days off."""

    zone: ZoneInfo
    week: Mapping[int, tuple[Interval, ...]]
    days_off: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        """Refuse intervals of one day that overlap."""
        for intervals in self.week.values():
            ordered = sorted(intervals, key=lambda interval: interval.opens)
            if any(earlier.closes > later.opens for earlier, later in pairwise(ordered)):
                raise ValueError("two intervals of one day overlap")

    def without(self, days: Iterable[date]) -> "BusinessHours":
        """Give the same hours with further days off."""
        return replace(self, days_off=self.days_off | frozenset(days))

    def is_open(self, at: datetime) -> bool:
        """Tell whether somebody is at the desk at this instant."""
        return any(opens <= at < closes for opens, closes in self._spans(at, days=1))

    def next_open_at(self, at: datetime) -> datetime | None:
        """Give this instant when open, else the next opening; None when there is none in a year."""
        for opens, closes in self._spans(at, days=HORIZON_DAYS):
            if at < closes:
                return max(at, opens)
        return None

    def closes_at(self, at: datetime) -> datetime | None:
        """Give the end of the interval that contains this instant; None when closed."""
        return next((c for o, c in self._spans(at, days=1) if o <= at < c), None)

    def add(self, at: datetime, business_time: timedelta) -> datetime | None:
        """Give the instant at which this much business time has passed since `at`."""
        left = business_time
        for opens, closes in self._spans(at, days=HORIZON_DAYS):
            start = max(at.astimezone(UTC), opens)
            if start >= closes:
                continue
            if closes - start >= left:
                return start + left
            left -= closes - start
        return None

    def _spans(self, at: datetime, days: int) -> Iterator[tuple[datetime, datetime]]:
        """Give open spans in UTC, in order, from the local day before `at` on."""
        first = at.astimezone(self.zone).date() - timedelta(days=1)
        for offset in range(days + 2):
            day = first + timedelta(days=offset)
            if day in self.days_off:
                continue
            for interval in sorted(self.week.get(day.weekday(), ()), key=lambda i: i.opens):
                yield self._instant(day, interval.opens), self._instant(day, interval.closes)

    def _instant(self, day: date, wall: time) -> datetime:
        return datetime.combine(day, wall, tzinfo=self.zone).astimezone(UTC)
