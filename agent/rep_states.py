"""What reps say of themselves: that they take nothing new for a while."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from agent.conversation import RepId


class RepStates(Protocol):
    """Where it is kept, for all replicas and over restarts."""

    async def pause(self, rep_id: RepId, until: datetime | None) -> None:
        """Let a rep take nothing new until then; None ends the pause."""
        ...

    async def paused(self, now: datetime) -> Mapping[RepId, datetime]:
        """Give the reps who take nothing new now, and until when."""
        ...
