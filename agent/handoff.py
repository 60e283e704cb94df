"""Passing a conversation to reps: the state machine, and who keeps and shows handoffs.

    open -> claimed -> given_back | closed;   open -> closed

Transitions are pure: they take a handoff and give the next one, or raise and change nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType, Protocol

from agent.briefing import Briefing
from agent.conversation import Conversation, ConversationId, Held, Message, RepId
from agent.conversation import HandoffId as HandoffId
from agent.errors import AlreadyClaimedError, HandoffEndedError, NotClaimedByError
from agent.handoff_change import SILENTLY as SILENTLY
from agent.handoff_change import Change as Change
from agent.handoff_change import DeskPostKind as DeskPostKind
from agent.handoff_change import Joining as Joining
from agent.lead import LeadId
from agent.outcome import Outcome as Outcome
from agent.outcome import ToldOutcome as ToldOutcome
from agent.routing import RouteStep
from agent.scoring import Temperature
from agent.team_rules import NO_TEAM, TeamId

DeskPostId = NewType("DeskPostId", str)
ATTEMPT = timedelta(seconds=12)


class HandoffState(StrEnum):
    """Where a handoff stands."""

    OPEN = "open"
    CLAIMED = "claimed"
    GIVEN_BACK = "given_back"
    CLOSED = "closed"

    @property
    def is_active(self) -> bool:
        """Tell whether reps still have something to do."""
        return self in (HandoffState.OPEN, HandoffState.CLAIMED)


@dataclass(frozen=True, slots=True)
class CallBack:
    """A call that was promised to a visitor: by whom, at which time of that rep's, and whether it happened.

    `contact` is a phone number or address that the visitor gave, empty for the chat; `asked` are their words for
    the time. `changed_at` is when it was promised, as it stands.
    """

    at: datetime
    rep_id: RepId
    contact: str
    asked: str = ""
    done_at: datetime | None = None
    missed_at: datetime | None = None
    changed_at: datetime | None = None

    @property
    def is_pending(self) -> bool:
        """Tell whether it neither happened nor was missed."""
        return self.done_at is None and self.missed_at is None


@dataclass(frozen=True, slots=True)
class Handoff:
    """One lead passed to reps, for one episode; `claim_due_at` is None when nobody will come.

    `team` is the team whose channel the card is in, empty for the desk's common one. `transferred_at` is when it
    was last passed on to others.

    `conversation_id` is where it was opened. What the lead writes elsewhere meanwhile comes under it, too:
    whoever claims it holds all these conversations.
    """

    id: HandoffId
    conversation_id: ConversationId
    lead_id: LeadId
    state: HandoffState
    temperature: Temperature
    reason: str
    opened_at: datetime
    claim_due_at: datetime | None
    briefing: Briefing
    routed_to: tuple[RepId, ...] = ()
    route: tuple[RouteStep, ...] = ()
    claimed_by: RepId | None = None
    claimed_at: datetime | None = None
    nudged_at: datetime | None = None
    backup_at: datetime | None = None
    escalated_at: datetime | None = None
    silent_nudged_at: datetime | None = None
    paged_at: datetime | None = None
    snoozed_until: datetime | None = None
    ended_at: datetime | None = None
    outcome: Outcome | None = None
    note: str = ""
    team: TeamId = NO_TEAM
    call_back: CallBack | None = None
    transferred_at: datetime | None = None

    @property
    def called_at(self) -> datetime:
        """Give when those who are expected now were called: reminders count from then on."""
        return self.transferred_at or self.opened_at


def claim(handoff: Handoff, rep_id: RepId, now: datetime) -> Handoff:
    """Give the handoff to a rep; the same rep again changes nothing."""
    must_be_active(handoff)
    if handoff.claimed_by == rep_id:
        return handoff
    if handoff.claimed_by is not None:
        raise AlreadyClaimedError(handoff.claimed_by)
    return replace(
        handoff, state=HandoffState.CLAIMED, claimed_by=rep_id, claimed_at=now, snoozed_until=None
    )


def give_back(handoff: Handoff, rep_id: RepId, now: datetime) -> Handoff:
    """Let the agent answer again; only the rep who holds the conversation may."""
    must_hold(handoff, rep_id)
    return replace(handoff, state=HandoffState.GIVEN_BACK, ended_at=now)


def close(handoff: Handoff, outcome: Outcome | None, note: str, now: datetime) -> Handoff:
    """End the handoff with what became of it."""
    must_be_active(handoff)
    return replace(handoff, state=HandoffState.CLOSED, ended_at=now, outcome=outcome, note=note)


def snooze(handoff: Handoff, until: datetime) -> Handoff:
    """Hold reminders back until then."""
    must_be_active(handoff)
    return replace(handoff, snoozed_until=until)


def refresh(handoff: Handoff, briefing: Briefing, temperature: Temperature) -> Handoff:
    """Keep the card current as the talk goes on."""
    must_be_active(handoff)
    return replace(handoff, briefing=briefing, temperature=temperature)


def must_hold(handoff: Handoff, rep_id: RepId) -> None:
    """Raise unless this rep holds the conversation now."""
    must_be_active(handoff)
    if handoff.claimed_by != rep_id:
        raise NotClaimedByError(rep_id, handoff.claimed_by)


def must_be_active(handoff: Handoff) -> None:
    """Raise when nothing more can be done with it."""
    if not handoff.state.is_active:
        raise HandoffEndedError(f"This handoff is {handoff.state.value} already.")


@dataclass(frozen=True, slots=True)
class DeskPost:
    """One thing due at the desk: a row before it is tried, so that nothing is lost or posted twice.

    `is_in_doubt` is true when an earlier attempt may have got through: look before posting again.
    `thread` is the desk's own reference of the card, once it is there.
    """

    id: DeskPostId
    kind: DeskPostKind
    handoff: Handoff
    message: Message | None
    text: str
    thread: str | None
    is_in_doubt: bool
    attempts: int


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One line of a handoff's log: what happened, when, by whom and why; where it stood then."""

    at: datetime
    state: HandoffState
    rep_id: RepId | None
    because: str


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose handoffs: those in a team's channel, those a rep holds or is called for; None is anybody's."""

    team: TeamId | None = None
    rep: RepId | None = None


ANYBODYS = Whose()


class Handoffs(Protocol):
    """Where handoffs are kept: a lead has at most one that is open or claimed.

    Only when two leads were found to be one, both with a handoff, may both go on; no third is opened then.
    """

    async def open(self, held: Held, handoff: Handoff, joining: Joining = SILENTLY) -> Handoff:
        """Record a new handoff and its card; when the lead has an active one, joins that and gives it.

        Raises StaleEpochError when the hold is out of date.
        """
        ...

    async def join(self, held: Held, joining: Joining = SILENTLY) -> Handoff | None:
        """Bring a conversation under the lead's active handoff; gives that, None when there is none.

        The desk gets the note and the last words of the conversation, once. A rep who holds the lead's other
        conversations holds this one from now on, too. Raises StaleEpochError when the hold is out of date.
        """
        ...

    async def get(self, handoff_id: HandoffId) -> Handoff:
        """Get one; raises UnknownHandoffError."""
        ...

    async def active(self, conversation_id: ConversationId) -> Handoff | None:
        """Find the open or claimed handoff that serves a conversation."""
        ...

    async def served(self, handoff_id: HandoffId) -> list[Conversation]:
        """Give the conversations that a handoff serves, the one it was opened in first."""
        ...

    async def latest(self, conversation_id: ConversationId) -> Handoff | None:
        """Find the handoff that counts for whoever writes in a conversation.

        That is the active one that serves it; else the lead's active one; else the lead's newest.
        """
        ...

    async def find(
        self,
        state: HandoffState | None,
        limit: int,
        before: HandoffId | None,
        whose: Whose = ANYBODYS,
    ) -> list[Handoff]:
        """Find handoffs, newest first, from a cursor (a handoff id) on."""
        ...

    async def change(
        self, handoff_id: HandoffId, transition: Callable[[Handoff], Handoff], change: Change
    ) -> Handoff:
        """Load, apply a pure transition, save: one transaction that also passes the conversations on.

        Claimed means the rep holds them, any other state means the agent does; a change of holder raises
        the epoch, so that what the agent was about to say is refused. The announcement is made in each, the
        rep's words are said where the visitor wrote last.
        """
        ...

    async def note(self, handoff_id: HandoffId, rep_id: RepId, because: str) -> None:
        """Add a line to the log, once for each rep and reason; raises UnknownHandoffError."""
        ...

    async def log(self, handoff_id: HandoffId) -> list[LogEntry]:
        """Give the log, oldest first; raises UnknownHandoffError."""
        ...

    async def due_posts(self, conversation_id: ConversationId, now: datetime) -> list[DeskPost]:
        """Find what is due at the desk for the handoffs that were opened in this conversation, in order."""
        ...

    async def mark_attempted(self, post_id: DeskPostId, now: datetime) -> int | None:
        """Note an attempt before it is made, which keeps others away for a while (`ATTEMPT`).

        Gives how many there were before; None when it is not ours to make: others are at it, or it is done.
        """
        ...

    async def mark_posted(self, post_id: DeskPostId, reference: str, now: datetime) -> None:
        """Note that it is there; for a card the reference becomes the thread."""
        ...

    async def mark_all_posted(
        self, conversation_id: ConversationId, references: Mapping[DeskPostId, str], now: datetime
    ) -> None:
        """Note of several that are due for one conversation that they are there, all at once."""
        ...

    async def postpone(self, post_id: DeskPostId, until: datetime, because: str) -> None:
        """Try again later; `because` is kept for the doctor."""
        ...

    async def give_up(self, post_id: DeskPostId, because: str) -> None:
        """Never try again; `because` is kept for the doctor."""
        ...


class RepDesk(Protocol):
    """Where handoffs reach reps."""

    async def deliver(self, post: DeskPost) -> str:
        """Show one post and give the desk's reference of it.

        Raises DeskUnavailableError (try later) or DeskRefusedError (never).
        """
        ...
