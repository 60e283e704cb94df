"""Values to test with: each builder gives a plausible one, and takes the fields that matter to the test."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from agent.briefing import Briefing, BriefingLine
from agent.conversation import (
    Author,
    Citation,
    Conversation,
    ConversationId,
    Held,
    Holder,
    Message,
    MessageId,
    Page,
    RepId,
    Sentence,
    Source,
)
from agent.engagement import EngagementEvent, EngagementEventId
from agent.facts import Fact, FactId
from agent.handoff import Handoff, HandoffId, HandoffState
from agent.lead import Company, Lead, LeadId, Visitor
from agent.reply import Reply
from agent.routing import RouteStep
from agent.scoring import Reason, ReasonGroup, Score, Temperature
from agent.signals import HeardSignal, MessageKind, Readiness, Reading, SignalKind
from agent.tracking import CallKind, TrackingCall
from agent.turn import Opening, Turn
from tests.fakes.clock import MONDAY_TEN

PRICE_QUESTION = "What does it cost for 40 seats?"
PRICE_ANSWER = "The Team plan is 29 EUR a seat and month."


def a_visitor(**changes: Any) -> Visitor:
    """Somebody with a browser and nothing else."""
    return replace(Visitor(anonymous_id="a-1"), **changes)


def a_company(**changes: Any) -> Company:
    """A customer to be."""
    company = Company("Nordwind", "nordwind.example", "logistics", 420, "DE", "Hamburg")
    return replace(company, **changes)


def a_lead(**changes: Any) -> Lead:
    """Somebody we know."""
    lead = Lead(
        id=LeadId("l-ada"),
        name="Ada Holm",
        email="ada@nordwind.example",
        title="Head of Operations",
        company=a_company(),
        identities={"user_id": ("u-ada",)},
    )
    return replace(lead, **changes)


def an_opening(**changes: Any) -> Opening:
    """A conversation begun on the pricing page."""
    page = Page("https://shop.example/pricing", "Pricing", "")
    return replace(Opening(visitor=a_visitor(), page=page, locale="en-GB"), **changes)


def a_conversation(**changes: Any) -> Conversation:
    """A conversation that the agent holds."""
    conversation = Conversation(
        id=ConversationId("c-1"),
        lead_id=LeadId("l-ada"),
        visitor=a_visitor(),
        holder=Holder.AGENT,
        rep_id=None,
        epoch=1,
        last_seq=1,
        locale="en-GB",
        page=Page("https://shop.example/pricing", "Pricing", ""),
        started_at=MONDAY_TEN,
    )
    return replace(conversation, **changes)


def a_message(text: str = PRICE_QUESTION, **changes: Any) -> Message:
    """Something the visitor said."""
    message = Message(
        id=MessageId("m-1"),
        conversation_id=ConversationId("c-1"),
        seq=1,
        author=Author.VISITOR,
        author_name="",
        text=text,
        created_at=MONDAY_TEN,
    )
    # What the agent says first of all is a greeting; a reply follows words.
    seq = 2 if changes.get("author") is Author.AGENT else message.seq
    return replace(message, **{"seq": seq, **changes})


def a_held(**changes: Any) -> Held:
    """One question that waits for a reply."""
    return replace(Held(a_conversation(), (a_message(),), ()), **changes)


def an_event(name: str = "Content Downloaded", **changes: Any) -> EngagementEvent:
    """Something a lead did yesterday."""
    event = EngagementEvent(
        id=EngagementEventId("e-1"),
        lead_id=LeadId("l-ada"),
        name=name,
        at=MONDAY_TEN - timedelta(days=1),
        title="ROI guide",
        url="https://shop.example/roi",
        properties={"format": "pdf"},
    )
    return replace(event, **changes)


def a_call(kind: CallKind = CallKind.TRACK, **changes: Any) -> TrackingCall:
    """Something another system reports; an act has a name."""
    call = TrackingCall(id="r-1", kind=kind, at=MONDAY_TEN, received_at=MONDAY_TEN)
    name = "Content Downloaded" if kind is CallKind.TRACK else ""
    return replace(call, **{"name": name, **changes})


def a_signal(kind: SignalKind = SignalKind.PRICING, **changes: Any) -> HeardSignal:
    """A question about the price."""
    signal = HeardSignal(kind, "What does it cost", 0.9, MessageId("m-1"), MONDAY_TEN)
    return replace(signal, **changes)


def a_reading(**changes: Any) -> Reading:
    """A reading of a message that asks for the price."""
    reading = Reading(MessageKind.SALES, Readiness.HOT, "en", (a_signal(),), ("Acme",))
    return replace(reading, **changes)


def a_score(**changes: Any) -> Score:
    """A hot score."""
    reason = Reason(
        40,
        "asked for a price",
        ReasonGroup.INTENT,
        SignalKind.PRICING,
        "What does it cost",
        None,
        MONDAY_TEN,
    )
    score = Score(
        total=72,
        intent=40,
        engagement=20,
        fit=12,
        temperature=Temperature.HOT,
        since=MONDAY_TEN,
        grade="A",
        reasons=(
            reason,
            Reason(20, "downloaded", ReasonGroup.ENGAGEMENT),
            Reason(12, "size", ReasonGroup.FIT),
        ),
    )
    return replace(score, **changes)


def a_briefing(**changes: Any) -> Briefing:
    """A card's worth of knowledge."""
    briefing = Briefing(
        who="Ada Holm, Head of Operations",
        company="Nordwind, 420 people, Hamburg",
        contact="ada@nordwind.example",
        local_time="11:00",
        quote=PRICE_QUESTION,
        wants="a price for 40 seats",
        score=a_score(),
        why_now=("asked for a price",),
        known=("need: routing",),
        missing=("budget",),
        competitors=("Acme",),
        timeline=(BriefingLine(MONDAY_TEN, "downloaded the ROI guide"),),
        already_said=PRICE_ANSWER,
        next_step="Offer a call today.",
    )
    return replace(briefing, **changes)


def a_handoff(**changes: Any) -> Handoff:
    """A handoff that waits for Mia."""
    handoff = Handoff(
        id=HandoffId("h-1"),
        conversation_id=ConversationId("c-1"),
        lead_id=LeadId("l-ada"),
        state=HandoffState.OPEN,
        temperature=Temperature.HOT,
        reason="Asked for a price.",
        opened_at=MONDAY_TEN,
        claim_due_at=MONDAY_TEN + timedelta(minutes=10),
        briefing=a_briefing(),
        routed_to=(RepId("mia"), RepId("jonas")),
        route=(RouteStep(RepId("mia"), is_chosen=True, because="speaks English"),),
    )
    return replace(handoff, **changes)


def a_fact(**changes: Any) -> Fact:
    """What the Team plan costs."""
    fact = Fact(FactId("f-1"), "Pricing", "Team", PRICE_ANSWER, "https://shop.example/pricing#team")
    return replace(fact, **changes)


def a_reply(text: str = PRICE_ANSWER, **changes: Any) -> Reply:
    """A grounded reply."""
    reply = Reply(
        message_id=MessageId("m-reply"),
        text=text,
        writer="composed",
        sources=(Source("Pricing: Team", "https://shop.example/pricing#team"),),
        sentences=(
            Sentence(
                text,
                ("f-1",),
                (Citation(0, "Pricing: Team", "https://shop.example/pricing#team"),),
            ),
        ),
    )
    return replace(reply, **changes)


def a_turn(**changes: Any) -> Turn:
    """A turn that answered the price question."""
    turn = Turn(
        id="t-1",
        answered=(MessageId("m-1"),),
        reading=a_reading(),
        score=a_score(),
        facts=(a_fact(),),
        handoff=None,
        decision="keep",
        reply=a_reply(),
        playbook_version="p1",
        prompt_version="w1",
        started_at=MONDAY_TEN,
        milliseconds={"read": 6.5},
        asked="budget",
    )
    return replace(turn, **changes)
