"""What the Slack wire needs of the rest of Hotline."""

from dataclasses import dataclass
from typing import Protocol

from agent.desk_board import DeskBoard
from agent.dossier import Dossiers
from agent.drafting import Drafter
from agent.handoff import HandoffId
from agent.rep_states import RepStates
from agent.takeover import Takeover


class SeenEvents(Protocol):
    """Remembers durably, for all replicas, what Slack told us already."""

    async def first_time(self, key: str) -> bool:
        """Note the key; true for the first caller ever, false for all others."""
        ...


class Threads(Protocol):
    """Knows which threads are ours."""

    async def handoff_of(self, channel: str, thread_ts: str) -> HandoffId | None:
        """Find the handoff whose card begins this thread."""
        ...


@dataclass(frozen=True, slots=True)
class DeskActions:
    """What listeners need of the rest of Hotline."""

    takeover: Takeover
    seen: SeenEvents
    threads: Threads
    dossiers: Dossiers
    drafter: Drafter
    board: DeskBoard
    rep_states: RepStates
