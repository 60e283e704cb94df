"""A clock that stands still until it is told to go on."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

MONDAY_TEN = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


@dataclass(slots=True)
class FixedClock:
    """Tells the time it was given."""

    at: datetime = MONDAY_TEN

    def now(self) -> datetime:
        """Give the instant this clock stands at."""
        return self.at

    def advance(self, by: timedelta) -> None:
        """Let time pass."""
        self.at += by


@dataclass(slots=True)
class TickingClock(FixedClock):
    """Goes on by a moment whenever it is asked, as a real one does."""

    def now(self) -> datetime:
        """Give the instant, and let a millisecond pass."""
        self.at += timedelta(milliseconds=1)
        return self.at
