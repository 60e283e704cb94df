"""What is to be said: the plan of a reply, the reply itself, and the Protocol of those who write it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from agent.briefing import EMAIL, PHONE
from agent.conversation import Author, Held, Message, MessageId, RepId, Source
from agent.courtesies import is_greeting, is_thanks
from agent.criteria import Question
from agent.engagement import Discretion, EngagementEvent
from agent.estimate import Estimate, estimates
from agent.facts import AskedQuestion, Findings
from agent.handoff import Handoff
from agent.history import History
from agent.playbook import Playbook, RepRules
from agent.qualification import next_question, qualify_lead
from agent.scoring import Assessment
from agent.signals import Reading, SignalKind


@dataclass(frozen=True, slots=True)
class Promise:
    """What may be promised about a human: who, and by when; `is_open` says the desk is staffed now."""

    rep: RepRules
    is_open: bool
    within_minutes: int
    opens_at: datetime | None
    closes_at: datetime | None


@dataclass(frozen=True, slots=True)
class Known:
    """What the library has on a message: by question, and all together."""

    questions: tuple[AskedQuestion, ...] = ()
    findings: Findings = field(default_factory=Findings)


class Move(StrEnum):
    """What sort of reply this turn wants; each but ANSWER has a phrase of its own."""

    ANSWER = "answer"
    GREET = "greet"
    THANK = "thank"
    COOLING = "cooling"
    SUPPORT = "support"
    VENDOR_PITCH = "vendor_pitch"
    JOB_SEEKER = "job_seeker"
    STUDENT_PRESS = "student_press"
    SPAM = "spam"


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything a writer may use, decided before a word is written.

    `questions` are those of the message, each with its own findings; `findings` are all of them, and those for
    sums. `asks_person` is true when the visitor wants a human and gets one; `promise` is there while a rep has been called.
    """

    question: str
    before: tuple[Message, ...]
    language: str
    move: Move
    assessment: Assessment
    questions: tuple[AskedQuestion, ...]
    findings: Findings
    playbook: Playbook
    now: datetime
    is_first: bool
    asks_person: bool
    mention: EngagementEvent | None = None
    promise: Promise | None = None
    is_new_promise: bool = False
    estimates: tuple[Estimate, ...] = ()
    ask: Question | None = None
    was_returned: bool = False


@dataclass(frozen=True, slots=True)
class Sentence:
    """A piece of a reply with the facts that back it; `text` carries its own spacing."""

    text: str
    fact_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """A sentence that was not shown, and why."""

    text: str
    because: str


@dataclass(frozen=True, slots=True)
class Reply:
    """Our words back, as shown: who wrote them, what they rest on, and what was held back."""

    message_id: MessageId
    text: str
    writer: str
    sources: tuple[Source, ...] = ()
    sentences: tuple[Sentence, ...] = ()
    refused: tuple[Refused, ...] = ()
    degraded: str | None = None


class Writer(Protocol):
    """Turns a plan into words."""

    @property
    def name(self) -> str:
        """Name the writer in records: `composed`, or the model."""
        ...

    @property
    def version(self) -> str:
        """Give the version of its words or prompt."""
        ...

    def write(self, plan: Plan) -> AsyncIterator[str]:
        """Give the reply piece by piece as it arrives; raises ModelUnavailableError."""
        ...


def plan_reply(
    held: Held,
    assessment: Assessment,
    known: Known,
    handoff: Handoff | None,
    playbook: Playbook,
    now: datetime,
) -> Plan:
    """Decide what is to be said: pure. `handoff` is the active one, or the latest that has ended."""
    reading, history = assessment.reading, assessment.history
    is_active = handoff is not None and handoff.state.is_active
    promise = _promise(handoff.routed_to, playbook, now) if handoff and is_active else None
    is_first = held.is_first
    move = _move(held.text, reading, playbook)
    return Plan(
        question=held.text,
        before=held.before,
        language=reading.language,
        move=move,
        assessment=assessment,
        questions=known.questions,
        findings=known.findings,
        playbook=playbook,
        now=now,
        is_first=is_first,
        asks_person=reading.asks_for_rep or (promise is not None and reading.has(SignalKind.HUMAN)),
        mention=_mention(held, history, playbook, now)
        if is_first and held.conversation.visitor.is_proven
        else None,
        promise=promise,
        is_new_promise=bool(handoff and is_active and _is_news(handoff, held)),
        estimates=_estimates(held.text, reading, known.findings) if move is Move.ANSWER else (),
        ask=_question(held, assessment, promise) if move is Move.ANSWER else None,
        was_returned=_was_returned(held.before),
    )


def _move(text: str, reading: Reading, playbook: Playbook) -> Move:
    if playbook.scoring.intent.turns_away(reading.kind):
        return Move(reading.kind.value)
    if reading.has(SignalKind.COOLING) and "?" not in text:
        return Move.COOLING
    if is_thanks(text):
        return Move.THANK
    return Move.GREET if is_greeting(text) else Move.ANSWER


def _is_news(handoff: Handoff, held: Held) -> bool:
    """Tell whether the visitor has not heard of this handoff here: opened by these words, or elsewhere before them."""
    is_elsewhere = handoff.conversation_id != held.conversation.id
    is_joined_now = is_elsewhere and (held.is_first or handoff.id != held.conversation.handoff_id)
    return is_joined_now or handoff.opened_at >= held.unanswered[0].created_at


def _was_returned(before: tuple[Message, ...]) -> bool:
    """Tell whether a human stretch has just ended: a rep spoke or was announced since our last words."""
    others = [message.author for message in before if message.author is not Author.VISITOR]
    return bool(others) and others[-1] in (Author.REP, Author.SYSTEM)


def _promise(reps: tuple[RepId, ...], playbook: Playbook, now: datetime) -> Promise | None:
    rep = next((rep for rep_id in reps if (rep := playbook.rep(rep_id))), None)
    if rep is None:
        return None
    hours = playbook.hours.hours()
    return Promise(
        rep=rep,
        is_open=hours.is_open(now),
        within_minutes=round(playbook.sla.claim_minutes),
        opens_at=hours.next_open_at(now),
        closes_at=hours.closes_at(now),
    )


def _mention(
    held: Held, history: History, playbook: Playbook, now: datetime
) -> EngagementEvent | None:
    """Choose one act that may be said aloud: the one that speaks of the question, else the freshest.

    What was joined to this lead by reports alone stays unsaid: anybody can report that two identities are one.
    """
    rules, own = playbook.personalisation, history.names_of(held.conversation.visitor)
    since = now - timedelta(days=rules.say_within_days)
    sayable = [
        e
        for e in history.events
        if rules.discretion(e.name) is Discretion.SAY
        and e.at >= since
        and e.title
        and e.came_by in own
    ]
    asked = set(held.text.lower().split())
    return max(
        sayable, key=lambda e: (len(asked & set(e.title.lower().split())), e.at), default=None
    )


def _estimates(text: str, reading: Reading, findings: Findings) -> tuple[Estimate, ...]:
    """Work out sums only for those who ask what it costs."""
    if not reading.has(SignalKind.PRICING):
        return ()
    return estimates(text, (found.fact for found in findings.facts))


def _question(held: Held, assessment: Assessment, promise: Promise | None) -> Question | None:
    visitor_words = [m.text for m in (*held.before, *held.unanswered) if m.author is Author.VISITOR]
    said, history = "\n".join(visitor_words), assessment.history
    if promise and not promise.is_open and not _is_reachable(history, said):
        return None if Question.CONTACT.value in history.asked else Question.CONTACT
    if promise and _asked_for_person(held, history):
        return None
    known = qualify_lead(history, assessment.reading, held)
    return next_question(known, assessment.reading, said, history.asked)


def _asked_for_person(held: Held, history: History) -> bool:
    """Tell whether the visitor asked for a person in this conversation."""
    ours = {message.id for message in held.before}
    return any(s.kind is SignalKind.HUMAN and s.message_id in ours for s in history.signals)


def _is_reachable(history: History, said: str) -> bool:
    return bool(
        history.lead.email or history.lead.phone or EMAIL.search(said) or PHONE.search(said)
    )
