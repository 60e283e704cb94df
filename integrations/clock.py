"""The time of this machine, or of the database that several share; everything else asks a Clock, so that tests can set it."""

from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Final

NEAR_ENOUGH: Final = timedelta(milliseconds=50)


class SystemClock:
    """Tells the time of this machine."""

    def now(self) -> datetime:
        """Give this instant, aware, in UTC."""
        return datetime.now(UTC)


class FollowingClock:
    """Tells the time of another clock, between two looks at it by what has passed since: jumps here do not matter."""

    def __init__(self, at: datetime, felt_at: float) -> None:
        """Take what the other clock said, and `monotonic()` at that instant."""
        self._at = at
        self._felt_at = felt_at

    def now(self) -> datetime:
        """Give this instant, aware, in UTC."""
        return self._at + timedelta(seconds=monotonic() - self._felt_at)

    def follow(self, at: datetime, felt_at: float) -> timedelta:
        """Take a further look at the other clock; gives how far it has jumped. Trifles come from the way there."""
        expected = self._at + timedelta(seconds=felt_at - self._felt_at)
        off = at - expected
        if abs(off) > NEAR_ENOUGH:
            self._at, self._felt_at = at, felt_at
        return off

    def skew(self) -> timedelta:
        """Give how far the clock of this machine is ahead."""
        return datetime.now(UTC) - self.now()
