"""Reports of other systems in memory: each once, whatever the number of times it comes."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from agent.errors import StoreUnavailableError
from agent.tracking import TakenIn, TrackingCall


@dataclass(slots=True)
class RecordingTracking:
    """Reports in a dictionary by id.

    The next `failures` batches are refused whole; the `lost_answers` after them are kept, and the sender is told
    that they were not.
    """

    kept: dict[str, TrackingCall] = field(default_factory=dict)
    failures: int = 0
    lost_answers: int = 0
    batches: int = 0

    @property
    def calls(self) -> list[TrackingCall]:
        """Give what was kept, in the order of arrival."""
        return list(self.kept.values())

    async def take_in(self, calls: Sequence[TrackingCall]) -> TakenIn:
        """Keep what is new."""
        self.batches += 1
        if self.failures:
            self.failures -= 1
            raise StoreUnavailableError("The database is locked.")
        before = len(self.kept)
        for call in calls:
            self.kept.setdefault(call.id, call)
        new = len(self.kept) - before
        if self.lost_answers:
            self.lost_answers -= 1
            raise StoreUnavailableError("The database is gone.")
        return TakenIn(new, len(calls) - new)
