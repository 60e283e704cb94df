"""Everything the HTTP API is given; `integrations/app.py` builds it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Protocol

from fastapi import Depends, Request

from agent.attachments import AttachmentRules, Attachments
from agent.clock import Clock
from agent.conversation import Conversation, ConversationId
from agent.desk_board import DeskBoard
from agent.dossier import Dossiers
from agent.drafting import Drafter
from agent.duty import Duty
from agent.feedback import FeedbackLog
from agent.gaps import GapGroup
from agent.greeting import PassersBy
from agent.handoff import Handoff, Handoffs, Outcome, ToldOutcome
from agent.history import Histories
from agent.lead import Lead, LeadId
from agent.partings import Parting
from agent.patterns import Pattern
from agent.playbook import Playbook
from agent.qualification import Qualification
from agent.scoring import Score, Temperature
from agent.signals import SignalDetector
from agent.takeover import Takeover
from agent.tracking import Tracking
from agent.turn import Conversations, Opening
from integrations.web.audience import LiveAudience
from integrations.web.document_records import DocumentRecords
from integrations.web.door import DeskDoor
from integrations.web.identity import IdentityRules
from integrations.web.limits import NoLimits, RateLimits
from integrations.web.people import People
from integrations.web.post_room import PostRoom
from integrations.web.tokens import VisitorTokens
from integrations.web.waiting import WaitingRoom


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One engagement event or turn; `kind` is `engagement_event` or `turn`."""

    at: datetime
    kind: str
    name: str
    title: str = ""
    url: str = ""
    conversation_id: ConversationId | None = None


@dataclass(frozen=True, slots=True)
class LeadRecord:
    """All that is shown of one lead; patterns and timeline are newest first, `cursor` leads on in the timeline."""

    lead: Lead
    score: Score
    qualification: Qualification
    patterns: tuple[Pattern, ...] = ()
    conversations: tuple[Conversation, ...] = ()
    handoffs: tuple[Handoff, ...] = ()
    outcomes: tuple[ToldOutcome, ...] = ()
    timeline: tuple[TimelineEntry, ...] = ()
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class LeadLine:
    """A lead in a list."""

    lead: Lead
    total: int
    temperature: Temperature
    since: datetime | None


@dataclass(frozen=True, slots=True)
class LeadPage:
    """Some leads, and the cursor of the next page."""

    leads: tuple[LeadLine, ...]
    cursor: str | None


class LeadRecords(Protocol):
    """Where leads are looked up. A reference is our id, or `user_id:X`, `anonymous_id:X`, `email:X`."""

    async def get(self, reference: str, cursor: str | None = None) -> LeadRecord:
        """Get one, its timeline from a cursor on; raises UnknownLeadError."""
        ...

    async def list(
        self, temperature: Temperature | None, cursor: str | None, limit: int
    ) -> LeadPage:
        """List leads, highest score first."""
        ...

    async def record_outcome(
        self, reference: str, outcome: Outcome, value: float | None, at: datetime
    ) -> LeadId:
        """Record what became of a lead and give its id; the same again changes nothing."""
        ...


@dataclass(frozen=True, slots=True)
class Persona:
    """Somebody the demo lets you be; `open` gives how their conversation begins at an instant."""

    id: str
    label: str
    description: str
    open: Callable[[datetime], Opening]


@dataclass(frozen=True, slots=True)
class SitePage:
    """A page of the demo company: its title, and the whole of it as safe HTML."""

    title: str
    html: str


def ignore_message() -> None:
    """Count nothing."""


def ignore_refusal() -> None:
    """Count no refusal."""


def ignore_text(_conversation: Conversation, _text: str) -> None:
    """Prepare nothing."""


def ignore_request(method: str, route: str, status: int, seconds: float) -> None:
    """Note nothing about a request that was answered."""


def ignore_reading(_conversation_id: ConversationId, _seq: int) -> None:
    """Note nothing about what a visitor has read."""


async def no_gaps(_since: datetime | None) -> Sequence[GapGroup]:
    """Give nothing."""
    return ()


@dataclass(frozen=True, slots=True)
class DeskServices:
    """What the desk needs beside handoffs and conversations."""

    door: DeskDoor
    feedback: FeedbackLog
    board: DeskBoard
    drafter: Drafter


@dataclass(frozen=True, slots=True)
class WidgetServices:
    """What the widget needs before a word was said; `note_calls` counts what it tells: new, known, refused or unusable."""

    tracking: Tracking
    passers_by: PassersBy
    duty: Duty
    note_calls: Callable[[str, int], None]


@dataclass(frozen=True)
class WebServices:
    """What the API needs. `wake` starts answering and never waits; `audience.close()` ends all streams.

    `render_metrics` gives the text and its media type; `note_request` takes method, route, status, seconds.
    """

    conversations: Conversations
    handoffs: Handoffs
    histories: Histories
    takeover: Takeover
    audience: LiveAudience
    playbook: Playbook
    clock: Clock
    detector: SignalDetector
    leads: LeadRecords
    wake: Callable[[ConversationId], None]
    readiness: Callable[[], Awaitable[Mapping[str, str]]]
    render_metrics: Callable[[], tuple[bytes, str]]
    tokens: VisitorTokens
    desk: DeskServices
    widget: WidgetServices
    api_key: str
    identity_secret: str | None = None
    enforces_identity: bool = False
    allowed_origins: tuple[str, ...] = ()
    public_url: str = "http://localhost:8000"
    is_demo: bool = False
    personas: tuple[Persona, ...] = ()
    site: Mapping[str, SitePage] = field(default_factory=dict)
    note_request: Callable[[str, str, int, float], None] = ignore_request
    open_stream: Callable[[], AbstractContextManager[None]] = nullcontext
    anticipate: Callable[[Conversation, str], None] = ignore_text
    note_message: Callable[[], None] = ignore_message
    documents: DocumentRecords | None = None
    gaps: Callable[[datetime | None], Awaitable[Sequence[GapGroup]]] = no_gaps
    attachments: Attachments | None = None
    file_rules: AttachmentRules = field(default_factory=AttachmentRules)
    parting: Parting | None = None
    limits: RateLimits = field(default_factory=NoLimits)
    waiting_room: WaitingRoom = field(default_factory=WaitingRoom)
    note_refused: Callable[[], None] = ignore_refusal
    note_read: Callable[[ConversationId, int], None] = ignore_reading
    post_room: PostRoom | None = None
    people: People | None = None

    @property
    def dossiers(self) -> Dossiers:
        """Give what reads all there is on a handoff."""
        return Dossiers(self.handoffs, self.conversations, self.histories)

    @property
    def identity(self) -> IdentityRules:
        """Give the rules by which visitors prove who they are."""
        return IdentityRules(self.identity_secret, self.enforces_identity)


# Not a plain function, like all that is asked for each request: FastAPI would call it in a thread.
async def services_of(request: Request) -> WebServices:
    """Give what this application was built with."""
    services: WebServices = request.app.state.services
    return services


Services = Annotated[WebServices, Depends(services_of)]
