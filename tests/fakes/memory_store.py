"""What the fakes in memory.py share: a handful of dictionaries."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import count

from agent.clock import Clock
from agent.conversation import (
    Amendment,
    Attachment,
    Author,
    Conversation,
    ConversationId,
    Held,
    Message,
    MessageId,
)
from agent.engagement import EngagementEvent
from agent.errors import StaleEpochError, UnknownConversationError
from agent.feedback import Feedback
from agent.handoff import DeskPostId, DeskPostKind, Handoff, HandoffId, LogEntry
from agent.lead import ANONYMOUS_ID, EMAIL, USER_ID, Identity, Lead, LeadId, Visitor
from agent.profile import normal_email
from agent.scoring import Score
from agent.second_reading import SecondReading, Verdict
from agent.signals import HeardSignal
from agent.turn import Turn
from tests.fakes.memory_identities import MemoryIdentities


@dataclass(slots=True)
class Talk:
    """Everything about one conversation."""

    conversation: Conversation
    claimed: LeadId | None
    came_by: str = ""
    messages: list[Message] = field(default_factory=list)
    said: dict[tuple[Author, str], Message] = field(default_factory=dict)
    turns: list[Turn] = field(default_factory=list)
    heard_later: list[HeardSignal] = field(default_factory=list)
    score: Score | None = None
    answered_seq: int = 0
    showing_epoch: int | None = None
    lease: object | None = None
    lease_until: datetime | None = None
    timer_at: datetime | None = None
    words_due_at: datetime | None = None

    @property
    def unanswered(self) -> list[Message]:
        """What the visitor said since the last answer."""
        return [
            m for m in self.messages if m.author is Author.VISITOR and m.seq > self.answered_seq
        ]

    def is_leased(self, now: datetime) -> bool:
        """Tell whether somebody works on it."""
        return self.lease_until is not None and self.lease_until > now

    def look_again(self, now: datetime) -> None:
        """Let the watch come by at once."""
        self.timer_at = min(self.timer_at or now, now)

    def raise_epoch(self) -> None:
        """Make whatever is being prepared out of date."""
        self.conversation = replace(self.conversation, epoch=self.conversation.epoch + 1)

    def must_be_current(self, held: Held) -> None:
        """Refuse a hold that is out of date."""
        if self.conversation.epoch != held.conversation.epoch:
            raise StaleEpochError("The conversation moved on.")


@dataclass(slots=True)
class Post:
    """One thing due at the desk."""

    id: DeskPostId
    kind: DeskPostKind
    handoff_id: HandoffId
    message: Message | None
    text: str
    due_at: datetime
    attempts: int = 0
    is_attempted: bool = False
    reference: str | None = None
    is_finished: bool = False


@dataclass(slots=True)
class MemoryStore:
    """What the three stores share; tests may look into it and put leads and events in."""

    clock: Clock
    talks: dict[ConversationId, Talk] = field(default_factory=dict)
    handoffs: dict[HandoffId, Handoff] = field(default_factory=dict)
    posts: list[Post] = field(default_factory=list)
    log: list[tuple[HandoffId, LogEntry]] = field(default_factory=list)
    feedback: list[Feedback] = field(default_factory=list)
    events: dict[str, EngagementEvent] = field(default_factory=dict)
    came_by: dict[str, str] = field(default_factory=dict)
    readings: dict[str, SecondReading] = field(default_factory=dict)
    heeded: set[str] = field(default_factory=set)
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    amendments: dict[str, Amendment] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    who: MemoryIdentities = field(init=False)

    def __post_init__(self) -> None:
        self.who = MemoryIdentities(self.new_id)

    def new_id(self, prefix: str) -> str:
        """Give the next id."""
        return f"{prefix}-{next(self.numbers):06}"

    def add_lead(self, lead: Lead) -> None:
        """Know somebody."""
        self.who.import_lead(lead, self.clock.now())
        self.give_back()

    def add_events(self, events: Iterable[EngagementEvent]) -> None:
        """Know what somebody did."""
        for event in events:
            if event.id not in self.events:
                self.came_by[event.id] = event.came_by or f"lead:{event.lead_id}"
                self.events[event.id] = replace(event, lead_id=self.who.roots[event.lead_id])

    def lead_of(self, visitor: Visitor) -> LeadId:
        """Find or make the visitor's lead, as proven."""
        now, proven = self.clock.now(), _said(visitor)[:1] if visitor.is_proven else []
        browser = Identity(ANONYMOUS_ID, visitor.anonymous_id)
        links = [ends for ends in self.who.links if browser in ends and ends not in self.who.undone]
        is_open = not links or any(other.kind == USER_ID for _, other in links)
        lead_id = self.who.meet([*proven, *([browser] if is_open or not proven else [])], now)
        if proven:
            told = {"name": visitor.name or "", "email": normal_email(visitor.email or "")}
            told = {name: text for name, text in told.items() if text}
            self.who.tell(str(proven[0]), told, now)
        self.give_back()
        return lead_id

    def came_by_of(self, visitor: Visitor) -> str:
        """Say under which identity a visitor's conversation is kept."""
        proven = _said(visitor)[:1] if visitor.is_proven else []
        return str(proven[0] if proven else Identity(ANONYMOUS_ID, visitor.anonymous_id))

    def claimed_by(self, visitor: Visitor) -> LeadId | None:
        """Find whom the visitor says to be, without proof."""
        claims = _said(visitor)[1 if visitor.is_proven else 0 :]
        owners = self.who.owners
        return next((owners[name] for name in claims if name in owners), None)

    def give_back(self) -> None:
        """Give each event and conversation to the lead whose identity it came by."""
        for event_id, event in self.events.items():
            owner = self._owner(self.came_by[event_id], event.at)
            self.events[event_id] = replace(event, lead_id=owner)
        for talk in self.talks.values():
            owner = self._owner(talk.came_by, talk.conversation.started_at)
            talk.conversation = replace(talk.conversation, lead_id=owner)
        for handoff in self.handoffs.values():
            owner = self.talk(handoff.conversation_id).conversation.lead_id
            self.handoffs[handoff.id] = replace(handoff, lead_id=owner)

    def _owner(self, came_by: str, at: datetime) -> LeadId:
        name = Identity.read(came_by)
        return (
            self.who.roots[LeadId(name.value)] if name.kind == "lead" else self.who.whose(name, at)
        )

    def talk(self, conversation_id: str) -> Talk:
        """Get one; raises UnknownConversationError."""
        try:
            return self.talks[ConversationId(conversation_id)]
        except KeyError:
            raise UnknownConversationError(conversation_id) from None

    def talks_of(self, lead_id: LeadId) -> list[Talk]:
        """Give a lead's conversations, newest first."""
        talks = (talk for talk in self.talks.values() if talk.conversation.lead_id == lead_id)
        return sorted(talks, key=lambda talk: talk.conversation.started_at, reverse=True)

    def active(self, conversation_id: ConversationId) -> Handoff | None:
        """Find the open or claimed handoff that serves a conversation."""
        talk = self.talks.get(conversation_id)
        ours = self.handoffs.get(talk.conversation.handoff_id or HandoffId("")) if talk else None
        return ours if ours and ours.state.is_active else None

    def latest(self, conversation_id: ConversationId) -> Handoff | None:
        """Find the active handoff that serves it; else the lead's active one; else the lead's newest."""
        if conversation_id not in self.talks:
            return None
        talk = self.talks[conversation_id].conversation
        newest = [
            h
            for h in reversed(self.handoffs.values())
            if h.lead_id == talk.lead_id or h.id == talk.handoff_id
        ]
        ours = self.active(conversation_id)
        return ours or max(newest, key=lambda h: h.state.is_active, default=None)

    def served(self, handoff: Handoff) -> list[Talk]:
        """Give the conversations that a handoff serves, the one it was opened in first."""
        first = self.talk(handoff.conversation_id)
        others = [t for t in self.talks.values() if t.conversation.handoff_id == handoff.id]
        others.sort(key=lambda t: (t.conversation.started_at, t.conversation.id))
        return [first, *(talk for talk in others if talk is not first)]

    def say(
        self,
        talk: Talk,
        author: Author,
        name: str,
        text: str,
        said_id: str | None = None,
        attachments: tuple[Attachment, ...] = (),
    ) -> Message:
        """Add words with the next seq; an amendment that came before them holds at once."""
        blank = replace(self.blank(talk, author, name, text), attachments=attachments)
        said = self.add(talk, blank, said_id)
        waits = self.amendments.pop(said_id or "", None) if author is Author.REP else None
        return (self.amend([talk], said_id or "", waits) or said) if waits else said

    def amend(self, talks: Iterable[Talk], words_id: str, amendment: Amendment) -> Message | None:
        """Change or take back a rep's words, or keep the amendment for later; the newest stands."""
        for talk in talks:
            if before := talk.said.get((Author.REP, words_id)):
                return self._replace(talk, words_id, before, _amended(before, amendment))
        kept = self.amendments.get(words_id)
        is_newer = kept is None or (kept.text is not None and kept.at < amendment.at)
        if is_newer or amendment.text is None:
            self.amendments[words_id] = amendment
        return None

    def _replace(self, talk: Talk, words_id: str, before: Message, after: Message) -> Message:
        if after != before:
            talk.messages[talk.messages.index(before)] = after
            talk.said[Author.REP, words_id] = after
            count = talk.conversation.amended + 1
            talk.conversation = replace(talk.conversation, amended=count)
        return after

    def add(self, talk: Talk, message: Message, said_id: str | None = None) -> Message:
        """Put the next message in."""
        talk.conversation = replace(talk.conversation, last_seq=message.seq)
        talk.messages.append(message)
        if said_id is not None:
            talk.said[message.author, said_id] = message
        return message

    def blank(self, talk: Talk, author: Author, name: str, text: str) -> Message:
        """Make the next message, not yet said."""
        conversation = talk.conversation
        at = self.clock.now()
        seq = conversation.last_seq + 1
        return Message(MessageId(self.new_id("m")), conversation.id, seq, author, name, text, at)

    def post(
        self, handoff_id: HandoffId, kind: DeskPostKind, text: str, message: Message | None = None
    ) -> None:
        """Make something due at the desk; updates that nobody tried yet become one."""
        for post in self.posts:
            is_due = not post.is_attempted and not post.is_finished
            if (
                is_due
                and post.handoff_id == handoff_id
                and post.kind is kind is DeskPostKind.UPDATE
            ):
                post.text = text
                return
        about = message if kind is DeskPostKind.RELAY else None
        post_id = DeskPostId(self.new_id("p"))
        self.posts.append(Post(post_id, kind, handoff_id, about, text, self.clock.now()))

    def unfinished(self, conversation_id: ConversationId) -> list[Post]:
        """Give what still has to reach the desk, in order."""
        ours = [h.id for h in self.handoffs.values() if h.conversation_id == conversation_id]
        return [post for post in self.posts if post.handoff_id in ours and not post.is_finished]

    def lead(self, lead_id: LeadId) -> Lead:
        """Give a lead with all they go by."""
        return self.who.lead(lead_id)

    def newest_events(self, lead_ids: Iterable[LeadId]) -> tuple[EngagementEvent, ...]:
        """Give what these leads did, newest first."""
        wanted = set(lead_ids)
        theirs = (event for event in self.events.values() if event.lead_id in wanted)
        return tuple(sorted(theirs, key=lambda event: (event.at, event.id), reverse=True))


def _amended(message: Message, amendment: Amendment) -> Message:
    if message.deleted_at is not None:
        return message
    if amendment.text is None:
        return replace(message, text="", attachments=(), deleted_at=amendment.at)
    if message.edited_at is not None and message.edited_at >= amendment.at:
        return message
    return replace(message, text=amendment.text, edited_at=amendment.at)


def _said(visitor: Visitor) -> list[Identity]:
    said = [(USER_ID, visitor.user_id or ""), (EMAIL, normal_email(visitor.email or ""))]
    return [Identity(kind, value) for kind, value in said if value]
