"""What other systems report of people: who they are, what they did, whom they work for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class CallKind(StrEnum):
    """The calls of the Segment tracking specification (https://segment.com/docs/connections/spec/)."""

    IDENTIFY = "identify"
    TRACK = "track"
    PAGE = "page"
    SCREEN = "screen"
    GROUP = "group"
    ALIAS = "alias"


@dataclass(frozen=True, slots=True)
class TrackingCall:
    """One report, checked: it has an id, somebody it is about, and an instant that can be.

    `id` is the sender's own, by which the same report is known again. `at` is when it happened, corrected
    for the sender's clock. `previous_id` belongs to `alias`, `group_id` to `group`; `traits` describe the
    person (`identify`) or the company (`group`), nested ones with dots (`company.name`).
    """

    id: str
    kind: CallKind
    at: datetime
    received_at: datetime
    user_id: str = ""
    anonymous_id: str = ""
    previous_id: str = ""
    group_id: str = ""
    name: str = ""
    title: str = ""
    url: str = ""
    properties: Mapping[str, str] = field(default_factory=dict)
    traits: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What became of a batch: how many were new, how many known already, and what was not done and why."""

    new: int = 0
    known: int = 0
    refused: tuple[str, ...] = ()


class Tracking(Protocol):
    """Where reports are kept."""

    async def take_in(self, calls: Sequence[TrackingCall]) -> TakenIn:
        """Keep these, in any order and any number of times; they are on disk when this returns.

        Raises StoreUnavailableError, and keeps nothing of the batch then.
        """
        ...
