"""The time of this machine; everything else asks a Clock, so that tests can set it."""

from datetime import UTC, datetime


class SystemClock:
    """Tells the time of this machine."""

    def now(self) -> datetime:
        """Give this instant, aware, in UTC."""
        return datetime.now(UTC)
