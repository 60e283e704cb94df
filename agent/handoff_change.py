"""What accompanies a transition of a handoff: what is said, to whom, and what becomes due at the desk."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from agent.conversation import Attachment, RepId
from agent.outcome import Closing


class DeskPostKind(StrEnum):
    """What is to be shown at the rep desk."""

    CARD = "card"
    UPDATE = "update"
    RELAY = "relay"
    NUDGE = "nudge"
    BACKUP = "backup"
    ESCALATE = "escalate"
    SILENT_REP = "silent_rep"
    PAGE = "page"
    CALL_BACK = "call_back"
    CALL_BACK_DUE = "call_back_due"
    NOTE = "note"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class Change:
    """What accompanies a transition, in the same transaction.

    `announcement` becomes a system message to the visitor, `rep_words` a message of the rep (with the
    client's own id, so that a retry does nothing); `posts` are made due at the desk, and those that tell colleagues
    something tell `told`. A `closing` is kept beside the decision that led to the handoff.
    """

    because: str
    rep_id: RepId | None = None
    announcement: str | None = None
    rep_words: str | None = None
    rep_words_id: str | None = None
    rep_attachments: tuple[Attachment, ...] = ()
    rep_name: str = ""
    posts: tuple[DeskPostKind, ...] = (DeskPostKind.UPDATE,)
    told: str = ""
    closing: Closing | None = None
    playbook_version: str = ""


@dataclass(frozen=True, slots=True)
class Joining:
    """What is said when a further conversation of the lead comes under the active handoff.

    `note` tells the desk, if anything was written there; `greeting` tells the visitor when a rep holds it already.
    """

    note: str = ""
    greeting: Callable[[RepId], str | None] = field(default=lambda _: None)


SILENTLY = Joining()
