"""The JSON that goes out, as models, so that OpenAPI describes all of it with examples."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from agent.conversation import Author, Holder
from agent.handoff import HandoffState, Outcome
from agent.scoring import ReasonGroup, Temperature
from agent.signals import MessageKind, Readiness, SignalKind

AT = "2026-11-23T09:30:00Z"


class Shape(BaseModel):
    """A JSON object we send."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class SourceShape(Shape):
    """A page that a reply rests on."""

    title: str = Field(examples=["Pricing"])
    url: str = Field(examples=["https://shop.example/pricing"])


class AttachmentShape(Shape):
    """A file that came with a message."""

    attachment_id: str = Field(examples=["f-1"])
    name: str = Field(examples=["offer.pdf"])
    media_type: str = Field(examples=["application/pdf"])
    size: int = Field(description="in bytes", examples=[48_213])
    url: str = Field(
        description="where it is fetched, with the token or key that the message was read with",
        examples=["/v1/conversations/c-1/attachments/f-1"],
    )


class CitationShape(Shape):
    """A passage that backs a sentence."""

    source: int = Field(description="the place of its page in `sources`, from 0", examples=[0])
    title: str = Field(examples=["Pricing: Team"])
    url: str = Field(examples=["https://shop.example/pricing#team"])


class SentenceShape(Shape):
    """A sentence of a reply; one without `sources` states nothing, or what needs no page."""

    text: str = Field(
        description="with its white space: all sentences, one after the other, are the message's text",
        examples=["A seat costs 39 euros a month."],
    )
    sources: list[CitationShape]


class MessageShape(Shape):
    """One thing said; one that was taken back keeps its place, without words, and says when in `deleted_at`."""

    seq: int = Field(description="counts from 1 without gaps within a conversation", examples=[2])
    message_id: str = Field(examples=["m-2"])
    author: Author = Field(examples=["agent"])
    author_name: str = Field(examples=["Mia"])
    author_picture: str | None = Field(
        description="the rep's picture in the playbook", examples=["/pictures/mia.png"]
    )
    text: str = Field(examples=["A seat costs 39 euros a month."])
    created_at: datetime = Field(examples=[AT])
    in_reply_to: list[str] = Field(examples=[["m-1"]])
    sources: list[SourceShape]
    attachments: list[AttachmentShape]
    edited_at: datetime | None = Field(
        description="when its words were changed last", examples=[None]
    )
    deleted_at: datetime | None = Field(description="when it was taken back", examples=[None])
    sentences: list[SentenceShape] = Field(
        description="a reply of the agent, by sentences; empty for what others say"
    )


class CaseMessageShape(MessageShape):
    """One thing said to or by a lead, and in which of their conversations."""

    conversation_id: str = Field(examples=["c-1"])


class PresentRepShape(Shape):
    """The rep who is there for the visitor."""

    name: str = Field(examples=["Mia"])
    picture: str | None = Field(examples=["/pictures/mia.png"])


class MessagesShape(Shape):
    """Messages after a seq, and who is there."""

    messages: list[MessageShape]
    changed: list[MessageShape] = Field(
        description="messages up to `after` that were edited or taken back, when `revision` is not the newest"
    )
    revision: int = Field(description="send it along when you read again", examples=[0])
    held_by: Holder = Field(examples=["agent"])
    rep: PresentRepShape | None = Field(description="who holds it, if a rep does")
    typing: Author | None = Field(description="agent, rep or null", examples=[None])
    ended_at: datetime | None = Field(
        None,
        description="when the visitor ended it; nothing more can be said then",
        examples=[None],
    )


class AcceptedShape(Shape):
    """A message that is on disk."""

    message_id: str = Field(examples=["m-1"])
    seq: int = Field(examples=[1])


class HoursShape(Shape):
    """Whether somebody is at the desk; `next_open_at` is null when no opening is planned."""

    open: bool = Field(examples=[False])
    next_open_at: datetime | None = Field(examples=[AT])


class OpenedShape(Shape):
    """A conversation, and the token that opens it."""

    conversation_id: str = Field(examples=["c-1"])
    visitor_token: str = Field(examples=["eyJhbGciOi.eyJzdWIi.c2ln"])
    disclosure: str = Field(examples=["You are chatting with an AI assistant."])
    greeting: MessageShape | None = Field(examples=[None])
    hours: HoursShape


class SignalShape(Shape):
    """A buying signal with the words that show it."""

    kind: SignalKind = Field(examples=["pricing"])
    quote: str = Field(examples=["what does it cost"])
    confidence: float = Field(examples=[0.94])


class ReasonShape(Shape):
    """Some points and what they rest on."""

    points: int = Field(examples=[25])
    because: str = Field(examples=["asked for a price"])
    group: ReasonGroup = Field(examples=["intent"])
    signal: SignalKind | None = Field(examples=["pricing"])
    quote: str | None = Field(examples=["what does it cost"])
    event: str | None = Field(examples=[None])
    at: datetime | None = Field(examples=[AT])


class ScoreShape(Shape):
    """A score; the points of its reasons add up to the total."""

    total: int = Field(examples=[82])
    intent: int = Field(examples=[41])
    engagement: int = Field(examples=[26])
    fit: int = Field(examples=[15])
    temperature: Temperature = Field(examples=["hot"])
    since: datetime = Field(examples=[AT])
    grade: str = Field(examples=["A"])
    reasons: list[ReasonShape]


class PatternShape(Shape):
    """Behaviour that tells without words: when it was last complete, and the acts that show it."""

    name: str = Field(examples=["pricing_surge"])
    because: str = Field(examples=["Pricing surge: Pricing Viewed 3 times, within 24 hours"])
    at: datetime = Field(examples=[AT])
    events: list[str] = Field(
        description="ids of engagement events, of colleagues too", examples=[["e-1", "e-2", "e-3"]]
    )


class TimedLineShape(Shape):
    """One line of a timeline."""

    at: datetime = Field(examples=[AT])
    text: str = Field(examples=["Viewed the pricing page"])


class BriefingShape(Shape):
    """What the rep reads first."""

    who: str = Field(examples=["Dana Weiss, Head of Operations"])
    company: str = Field(examples=["Nordlift, 240 people, elevator maintenance"])
    contact: str = Field(examples=["dana@nordlift.example"])
    local_time: str = Field(examples=["10:30 in Hamburg"])
    quote: str = Field(examples=["we need this before March"])
    wants: str = Field(examples=["a quote for 200 seats"])
    score: ScoreShape
    why_now: list[str]
    known: list[str]
    missing: list[str]
    competitors: list[str]
    timeline: list[TimedLineShape]
    already_said: str = Field(examples=["Named the price of Team."])
    next_step: str = Field(examples=["Offer a call today."])
    notes: list[str]
    reach: str = Field("", examples=["left a number: +49 30 1234567"])


class RouteStepShape(Shape):
    """Who was considered for a handoff, and why or why not."""

    rep_id: str = Field(examples=["mia"])
    is_chosen: bool = Field(examples=[True])
    because: str = Field(examples=["speaks German"])


class CallBackShape(Shape):
    """A call that was promised to the visitor."""

    at: datetime = Field(examples=["2026-11-24T13:00:00Z"])
    rep_id: str = Field(description="who calls", examples=["mia"])
    contact: str = Field(examples=["+49 40 1234567"])
    asked: str = Field(description="the visitor's own words", examples=["call me at two"])
    done_at: datetime | None = Field(description="when somebody said it was made", examples=[None])
    missed_at: datetime | None = Field(examples=[None])


class HandoffShape(Shape):
    """A conversation passed to reps."""

    handoff_id: str = Field(examples=["h-1"])
    conversation_id: str = Field(examples=["c-1"])
    lead_id: str = Field(examples=["l-1"])
    state: HandoffState = Field(examples=["open"])
    temperature: Temperature = Field(examples=["hot"])
    reason: str = Field(examples=["asked for a quote with a date"])
    opened_at: datetime = Field(examples=[AT])
    due_at: datetime | None = Field(examples=["2026-11-23T09:35:00Z"])
    claimed_by: str | None = Field(examples=[None])
    claimed_at: datetime | None = Field(examples=[None])
    snoozed_until: datetime | None = Field(examples=[None])
    nudged_at: datetime | None = Field(examples=[None])
    escalated_at: datetime | None = Field(examples=[None])
    ended_at: datetime | None = Field(examples=[None])
    outcome: Outcome | None = Field(examples=[None])
    note: str = Field(examples=[""])
    team: str = Field("", description="whose channel; empty: the desk of all", examples=["emea"])
    transferred_at: datetime | None = Field(None, examples=[None])
    call_back: CallBackShape | None = None
    routed_to: list[str] = Field(examples=[["mia", "jonas"]])
    route: list[RouteStepShape]
    briefing: BriefingShape


class HandoffsShape(Shape):
    """A page of handoffs, newest first; pass `cursor` on for the next, null means no more."""

    handoffs: list[HandoffShape]
    cursor: str | None = Field(examples=[None])


class FactShape(Shape):
    """An approved statement that a reply used."""

    title: str = Field(examples=["Pricing: Team"])
    url: str = Field(examples=["https://shop.example/pricing#team"])
    text: str = Field(examples=["Team costs 39 euros per seat and month."])


class RefusedShape(Shape):
    """A sentence that was not shown, and why."""

    text: str = Field(examples=["It takes two days."])
    because: str = Field(examples=["no fact says so"])


class TurnShape(Shape):
    """One turn with all its reasons."""

    turn_id: str = Field(examples=["t-1"])
    started_at: datetime = Field(examples=[AT])
    answered: list[str] = Field(examples=[["m-1"]])
    message_id: str | None = Field(description="the reply, if there was one", examples=["m-2"])
    kind: MessageKind = Field(examples=["sales"])
    readiness: Readiness = Field(examples=["hot"])
    language: str = Field(examples=["en"])
    signals: list[SignalShape]
    competitors: list[str] = Field(examples=[["Crewpine"]])
    score: ScoreShape
    facts: list[FactShape]
    decision: str = Field(examples=["hand off: asked for a quote with a date"])
    handoff_id: str | None = Field(examples=["h-1"])
    writer: str | None = Field(examples=["composed"])
    degraded: str | None = Field(examples=[None])
    refused: list[RefusedShape]
    asked: str | None = Field(examples=["timeline"])
    milliseconds: dict[str, float] = Field(examples=[{"read": 12.0, "write": 310.5}])
    playbook_version: str = Field(examples=["2026.11"])
    prompt_version: str = Field(examples=["3fa9c1"])


class TurnsShape(Shape):
    """All turns of a conversation, oldest first."""

    turns: list[TurnShape]


class ConversationShape(Shape):
    """The state of a conversation."""

    conversation_id: str = Field(examples=["c-1"])
    lead_id: str = Field(examples=["l-1"])
    held_by: Holder = Field(examples=["rep"])
    rep: str | None = Field(examples=["mia"])
    locale: str = Field(examples=["en-GB"])
    started_at: datetime = Field(examples=[AT])
    last_seq: int = Field(examples=[4])
    page_url: str = Field(examples=["https://shop.example/pricing"])
    page_title: str = Field(examples=["Pricing"])
    visitor_name: str | None = Field(examples=["Dana Weiss"])
    is_proven: bool = Field(description="whether the visitor's identity is proven", examples=[True])
    ended_at: datetime | None = Field(
        None, description="when the visitor ended it", examples=[None]
    )
    rating: int | None = Field(
        None, description="what the visitor said of it, 1 to 5", examples=[5]
    )
    left_email: str = Field(
        "",
        description="an address they left; it proves nothing",
        examples=["dana@nordlift.example"],
    )


class ClassifiedShape(Shape):
    """What one message says, by its own words."""

    id: str | int = Field(examples=["1"])
    kind: MessageKind = Field(examples=["sales"])
    signals: list[SignalShape]
    temperature: Readiness = Field(examples=["hot"])
    handoff: bool = Field(examples=[True])
    competitors: list[str] = Field(examples=[[]])
    language: str = Field(examples=["en"])


class ClassifiedListShape(Shape):
    """The results, in the order of the messages."""

    results: list[ClassifiedShape]
