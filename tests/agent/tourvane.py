"""The demo company to test with: its playbook, some of its facts, and plans made from them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from agent.answering.words import content_words, stem
from agent.conversation import Message
from agent.facts import AskedQuestion, Fact, FactId, Findings, FoundFact
from agent.handoff import Handoff
from agent.history import History
from agent.lead import Company, Lead, LeadId
from agent.questions import split_questions
from agent.reply import Known, Plan, plan_reply
from agent.scoring import Assessment, score_lead
from agent.signals import HeardSignal, MessageKind, Reading, SignalKind, readiness
from knowledge.playbook import demo_playbook_path, load_playbook
from tests.builders import a_conversation, a_held, a_message, a_signal, a_visitor
from tests.fakes.clock import MONDAY_TEN
from tests.fakes.phrase_detector import PhraseDetector

PLAYBOOK = load_playbook(demo_playbook_path())
DETECTOR = PhraseDetector(PLAYBOOK.competitors)
TUESDAY_TEN = MONDAY_TEN + timedelta(days=1)
SATURDAY_NIGHT = datetime(2026, 3, 7, 22, 40, tzinfo=UTC)


def fact(identity: str, page: str, heading: str, text: str, language: str = "en") -> Fact:
    """One fact of the demo company."""
    return Fact(FactId(identity), page, heading, text, f"/{page.lower()}#{identity}", language)


ESSENTIAL = fact("essential", "Pricing", "Price of Essential", "Essential costs $24 per seat per month. Essential starts at 3 seats and ends at 30 seats. Essential includes the planning board and the technician app.")  # fmt: skip
GROWTH = fact("growth", "Pricing", "Price of Growth", "Growth costs $42 per seat per month. Growth starts at 10 seats. Growth includes everything in Essential plus skill-based planning and the REST API.")  # fmt: skip
SCALE = fact("scale", "Pricing", "Price of Scale", "Scale costs $66 per seat per month. Scale starts at 25 seats. Scale includes everything in Growth plus single sign-on.")  # fmt: skip
ANNUAL = fact("annual", "Pricing", "Annual billing", "Annual billing saves 12 %. The saving applies to Essential, Growth and Scale.")  # fmt: skip
OFFLINE = fact("offline", "FAQ", "Does the app work without reception?", "The Tourvane app works offline for up to 72 hours and keeps the jobs of the next 7 days on the phone.")  # fmt: skip
SOC = fact("soc", "Security", "Certificates", "Tourvane is certified to ISO/IEC 27001 since 2022. Tourvane has a SOC 2 Type II report.")  # fmt: skip
CRM = fact("crm", "Integrations", "Connectors", "Pinemarsh (CRM) is a ready-made connector. There is no other CRM connector.")  # fmt: skip
PRICES = (ESSENTIAL, GROWTH, SCALE, ANNUAL)


def findings(*facts: Fact, relevance: float = 0.9) -> Findings:
    """What a library found that has these facts on the question."""
    return Findings(tuple(FoundFact(each, relevance) for each in facts), bool(facts))


def found_for(question: str, facts: Sequence[Fact]) -> Findings:
    """What a library found for one question: only what shares a word with it is relevant."""
    asked = stems(question)
    shared = {each: asked & stems(f"{each.heading} {each.text}") for each in facts}
    found = (FoundFact(each, 0.9 if words else 0.2) for each, words in shared.items())
    return Findings(tuple(found), any(shared.values()))


def a_stranger(**changes: object) -> History:
    """Nothing is known of whoever writes."""
    return replace(History(lead=Lead(LeadId("l-1")), home="user_id:u-1"), **changes)  # type: ignore[arg-type]


def a_perfect_lead() -> Lead:
    """A lead that fits in every respect: 45 points."""
    company = Company("Oakmere", "oakmere.example", "Fire protection", 340, "GB", "Manchester")
    return Lead(LeadId("l-1"), "Priya Nair", "p@oakmere.example", title="CEO", company=company)


def reading_of(*kinds: SignalKind, at: datetime = MONDAY_TEN, message: str = "m-1") -> Reading:
    """A sales message that shows these signals, and is as ready as they make it."""
    signals = tuple(said(kind, at, message) for kind in kinds)
    return Reading(MessageKind.SALES, readiness(MessageKind.SALES, frozenset(kinds)), "en", signals)


def said(kind: SignalKind, at: datetime = MONDAY_TEN, message: str = "m-1") -> HeardSignal:
    """One signal of one message."""
    return replace(a_signal(kind, at=at), message_id=type(a_signal().message_id)(message))


def assess(reading: Reading, history: History, now: datetime = MONDAY_TEN) -> Assessment:
    """Read, recalled and scored."""
    return Assessment(reading, history, score_lead(history, reading, PLAYBOOK, now))


def plan_for(
    text: str,
    facts: Sequence[Fact] = (),
    *,
    history: History | None = None,
    handoff: Handoff | None = None,
    now: datetime = MONDAY_TEN,
    is_proven: bool = False,
    before: tuple[Message, ...] = (),
    left_email: str = "",
) -> Plan:
    """Plan the reply to a message, of which the library knows these facts."""
    conversation = a_conversation(
        visitor=a_visitor(user_id="u-1", is_proven=is_proven), left_email=left_email
    )
    held = a_held(
        conversation=conversation, unanswered=(a_message(text, created_at=now),), before=before
    )
    assessment = assess(DETECTOR.read(held.unanswered, ()), history or a_stranger(), now)
    found = findings(*facts)
    asked = tuple(AskedQuestion(each, found_for(each, facts)) for each in split_questions(text))
    return plan_reply(held, assessment, Known(asked, found), handoff, PLAYBOOK, now)


def stems(text: str) -> frozenset[str]:
    """Give the content words of a text, roughly stemmed."""
    return frozenset(stem(word) for word in content_words(text))
