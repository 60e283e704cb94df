"""When reps work: intervals a week, a time zone, days off; and arithmetic in business time."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

HORIZON_DAYS = 400
MIDNIGHT = time(0)
NEVER_CLOSES = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Interval:
    """From `opens` to `closes`, local wall time, on one day; closing at 00:00 is the midnight that ends it."""

    opens: time
    closes: time

    def __post_init__(self) -> None:
        """Refuse an interval that ends before it begins."""
        if self.closes != MIDNIGHT and self.opens >= self.closes:
            raise ValueError(
                f"{self.opens:%H:%M}-{self.closes:%H:%M} ends before it begins; a night is written as two, "
                "22:00-24:00 and on the next day 00:00-06:00"
            )

    def overlaps(self, later: "Interval") -> bool:
        """Tell whether this one goes on when a later one has begun."""
        return self.closes == MIDNIGHT or self.closes > later.opens


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
            if any(earlier.overlaps(later) for earlier, later in pairwise(ordered)):
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
        """Give when the desk next closes; None when it is closed, or stays open for a week and more."""
        until = None
        for opens, closes in self._spans(at, days=NEVER_CLOSES.days + 1):
            if until == opens or opens <= at < closes:
                until = closes
        return until if until and until - at <= NEVER_CLOSES else None

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
                opens, closes = self._instant(day, interval.opens), self._end(day, interval.closes)
                if opens < closes:  # an interval may fall into the hour that a spring day lacks
                    yield opens, closes

    def _end(self, day: date, wall: time) -> datetime:
        return self._instant(day + timedelta(days=wall == MIDNIGHT), wall)

    def _instant(self, day: date, wall: time) -> datetime:
        return datetime.combine(day, wall, tzinfo=self.zone).astimezone(UTC)
