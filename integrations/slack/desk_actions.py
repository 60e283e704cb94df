"""What the Slack wire needs of the rest of Hotline."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from agent.attachments import AttachmentRules, Attachments
from agent.conversation import ConversationId
from agent.desk_board import DeskBoard
from agent.dossier import Dossiers
from agent.drafting import Drafter
from agent.handoff import HandoffId
from agent.rep_states import RepStates
from agent.rewording import Rewording
from agent.takeover import Takeover


class SeenEvents(Protocol):
    """Remembers durably, for all replicas, what Slack told us already."""

    async def first_time(self, key: str) -> bool:
        """Note the key; true for the first caller ever, false for all others."""
        ...

    async def is_known(self, key: str) -> bool:
        """Tell whether the key was noted, without noting it."""
        ...


class Threads(Protocol):
    """Knows which threads are ours."""

    async def handoff_of(self, channel: str, thread_ts: str) -> HandoffId | None:
        """Find the handoff whose card begins this thread."""
        ...

    async def cards_in_doubt(self) -> Mapping[str, HandoffId]:
        """Give the handoffs whose cards may stand in Slack without our knowing where, by the ids of their posts."""
        ...

    async def card_deleted(self, channel: str, ts: str) -> ConversationId | None:
        """Let a card that was deleted be posted anew, once a handoff; gives the conversation to deliver for."""
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
    attachments: Attachments
    file_rules: AttachmentRules = field(default_factory=AttachmentRules)

    @property
    def rewording(self) -> Rewording:
        """Give what lets the visitor's messages follow edits and deletions."""
        takeover = self.takeover
        return Rewording(takeover.handoffs, takeover.conversations, takeover.audience)
