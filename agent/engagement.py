"""What a person did before or beside the conversation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NewType, Protocol

from agent.lead import LeadId

EngagementEventId = NewType("EngagementEventId", str)


class Discretion(StrEnum):
    """What may be done with knowledge of an act: say it aloud, steer by it, or brief the rep only."""

    SAY = "say"
    STEER = "steer"
    BRIEF = "brief"


@dataclass(frozen=True, slots=True)
class EngagementEvent:
    """One act: its name in Object Action form, the thing's title, and when it happened.

    `came_by` is the identity it was recorded under (`anonymous_id:a-1`, `user_id:u-1`, `email:x@y`); empty
    when it was recorded for the lead itself.
    """

    id: EngagementEventId
    lead_id: LeadId
    name: str
    at: datetime
    title: str = ""
    url: str = ""
    properties: Mapping[str, str] = field(default_factory=dict)
    came_by: str = ""


@dataclass(frozen=True, slots=True)
class ActTally:
    """How often an act was reported under a name of late, and when the last report came."""

    name: str
    count: int
    last_at: datetime


class EngagementLog(Protocol):
    """Where acts are kept."""

    async def record(self, events: Sequence[EngagementEvent]) -> int:
        """Keep these once; gives how many are new. Raises UnknownLeadError."""
        ...
