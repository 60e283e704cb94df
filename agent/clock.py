"""Time comes in from outside, so that rules can be replayed and tests can set it."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """Give this instant, aware, in UTC."""
        ...
