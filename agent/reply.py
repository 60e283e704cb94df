"""What is to be said: the plan of a reply, the reply itself, and the Protocol of those who write it."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol

from agent.asking import is_asking
from agent.briefing import EMAIL, PHONE
from agent.conversation import Author, Held, Message, MessageId, MessageSource, Sentence, Source
from agent.criteria import Question
from agent.engagement import EngagementEvent
from agent.estimate import Estimate, estimates
from agent.facts import AskedQuestion, Findings
from agent.handoff import Handoff
from agent.history import EarlierTalk, History
from agent.human_stretch import HumanStretch, human_stretch, was_just_returned
from agent.language import detect_language
from agent.next_step import NextStep, choose_step
from agent.occasion import Move, decide_move, is_sent_on
from agent.playbook import Playbook
from agent.promise import Promise, promise_of
from agent.proof import Proof, choose_proof
from agent.qualification import QUANTITY, next_question, qualify_lead
from agent.recollection import away_for, choose_mention, choose_talk, touches
from agent.requests import Request, asked_for_data, requests_in
from agent.routing import case_of, opens_at
from agent.scoring import Assessment
from agent.signals import Reading, SignalKind
from agent.steering import privacy_contact, steered, unsaid_titles

__all__ = [
    "Move",
    "NextStep",
    "Plan",
    "Promise",
    "Proof",
    "Reply",
    "Request",
    "Writer",
    "plan_reply",
]
WORD = re.compile(r"[^\W\d_]{2,}")
NO_QUESTIONS = frozenset({Request.INNER, Request.OTHERS, Request.IS_HUMAN})


@dataclass(frozen=True, slots=True)
class Known:
    """What the library has on a message: by question, and all together; `stories` are case studies for its writer."""

    questions: tuple[AskedQuestion, ...] = ()
    findings: Findings = field(default_factory=Findings)
    stories: Findings = field(default_factory=Findings)


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything a writer may use, decided before a word is written.

    `questions` are those of the message, each with its own findings; `findings` are all of them, and those for
    sums. `asks_person` is true when the visitor wants a human and gets one; `promise` is there while a rep has been called.

    Of the history, `mention` (an act) and `talk` (earlier words, with `away` for somebody who returns) alone may be
    said aloud, one of them at most; `unsaid` are titles of acts that steer or brief and are never named. `proof`
    is a customer like the visitor, worth a sentence where the answer leaves room.

    `requests` are what the message asks beside the offer, to be declined, routed or told truthfully. `is_telling`
    means that it asks nothing: then nothing is unknown. `was_sent_on` means that somebody who does not buy knows
    already where to turn. `opens_at` is there while the desk is closed. `next_step` may be offered, once.
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
    is_amended: bool = False
    estimates: tuple[Estimate, ...] = ()
    ask: Question | None = None
    was_returned: bool = False
    stretch: HumanStretch | None = None
    away: timedelta | None = None
    talk: EarlierTalk | None = None
    unsaid: tuple[str, ...] = ()
    proof: Proof | None = None
    requests: frozenset[Request] = frozenset()
    is_telling: bool = False
    was_sent_on: bool = False
    opens_at: datetime | None = None
    next_step: NextStep | None = None
    privacy_contact: str = ""
    source: MessageSource = MessageSource.CHAT

    @property
    def discloses(self) -> bool:
        """Tell whether the reply begins by saying who writes: always where no chat window shows it."""
        is_unseen = self.source is not MessageSource.CHAT or self.playbook.replies.discloses
        return self.is_first and is_unseen


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
    reading = assessment.reading
    is_active = handoff is not None and handoff.state.is_active
    promise = promise_of(handoff, held, playbook, now) if handoff and is_active else None
    is_amended = bool(handoff and is_active and _is_amended(handoff, held))
    move = decide_move(held, reading, playbook)
    findings = steered(known.findings, held, assessment, playbook, now)
    plan = Plan(
        question=held.text,
        before=held.before,
        language=_language(held, reading),
        move=move,
        assessment=assessment,
        questions=tuple(q for q in known.questions if not requests_in(q.text) & NO_QUESTIONS),
        findings=findings,
        playbook=playbook,
        now=now,
        is_first=held.is_first,
        asks_person=reading.asks_for_rep or (promise is not None and reading.has(SignalKind.HUMAN)),
        promise=promise,
        is_new_promise=is_amended or bool(handoff and is_active and _is_news(handoff, held)),
        is_amended=is_amended,
        estimates=_estimates(held, assessment, findings) if move is Move.ANSWER else (),
        was_returned=was_just_returned(held.before),
        stretch=human_stretch(held.before),
        requests=requests_in(held.text),
        is_telling=not is_asking(held.text),
        was_sent_on=is_sent_on(held, move, playbook),
        opens_at=_opens_at(held, assessment, playbook, now),
        privacy_contact=privacy_contact(playbook, findings),
        source=held.conversation.source,
    )
    return _with_invitations(_with_history(plan, held, known), held)


def _language(held: Held, reading: Reading) -> str:
    """Give the language to write in: that of the last words in one, where a message has none, such as a number."""
    if WORD.search(EMAIL.sub(" ", held.text)):
        return reading.language
    said = [m.text for m in held.before if m.author is Author.VISITOR and WORD.search(m.text)]
    return detect_language(said[-1], reading.language) if said else reading.language


def goes_on_about_price(held: Held, history: History) -> bool:
    """Tell whether a message gives the number that we asked for after a question about the price."""
    return history.asked[:1] == (Question.SEATS.value,) and bool(QUANTITY.search(held.text))


def _with_history(plan: Plan, held: Held, known: Known) -> Plan:
    """Add what may be said of the visitor's history, and a customer like them: at most one of each."""
    assessment, playbook, now = plan.assessment, plan.playbook, plan.now
    away = away_for(held, assessment.history, playbook, now)
    plan = replace(plan, away=away, unsaid=unsaid_titles(assessment.history, playbook))
    is_discreet = asked_for_data(held)
    if is_discreet or plan.move not in (Move.ANSWER, Move.GREET, Move.GREET_AGAIN):
        return replace(plan, away=None) if is_discreet else plan
    talk = choose_talk(held, assessment.history, playbook, now) if away else None
    mention = choose_mention(
        held, assessment.history, plan.findings, playbook, now, is_back=away is not None
    )
    if (
        talk
        and mention
        and plan.move is Move.ANSWER
        and not touches(plan.question, talk.first_words)
    ):
        talk = None  # it would not be taken up, and the act says more
    stories = known.stories.joined((plan.findings,))
    tells = playbook.replies.tells_of_customers and plan.move is Move.ANSWER
    proof = choose_proof(held, assessment, stories, playbook) if tells else None
    return replace(plan, talk=talk, mention=None if talk else mention, proof=proof)


def _with_invitations(plan: Plan, held: Held) -> Plan:
    """Add the next step that may be offered, and the one next question; two questions are never put."""
    reading, promise = plan.assessment.reading, plan.promise
    if asked_for_data(held):
        return plan
    is_open = promise.is_open if promise else plan.opens_at is None
    step = choose_step(held, reading, plan.move, plan.playbook, is_promised=promise is not None, is_open=is_open)  # fmt: skip
    asks = plan.move is Move.ANSWER or Request.DISCOUNT in plan.requests
    ask = _question(held, plan.assessment, promise) if asks else None
    is_open_end = bool(plan.questions) and not any(q.findings.is_answered for q in plan.questions)
    if step is NextStep.COLLEAGUE and is_open_end and not plan.is_telling and not plan.estimates:
        ask = None
    return replace(plan, next_step=step, ask=ask)


def _is_news(handoff: Handoff, held: Held) -> bool:
    """Tell whether the visitor has not heard of this handoff here: opened by these words, or elsewhere before them."""
    is_elsewhere = handoff.conversation_id != held.conversation.id
    is_joined_now = is_elsewhere and (held.is_first or handoff.id != held.conversation.handoff_id)
    return is_joined_now or handoff.opened_at >= held.unanswered[0].created_at


def _is_amended(handoff: Handoff, held: Held) -> bool:
    """Tell whether these words changed the time or the number of a call-back that was promised before."""
    changed_at = handoff.call_back.changed_at if handoff.call_back else None
    since = held.unanswered[0].created_at
    return changed_at is not None and changed_at >= since and not _is_news(handoff, held)


def _opens_at(
    held: Held, assessment: Assessment, playbook: Playbook, now: datetime
) -> datetime | None:
    """Give when the desk opens for this visitor; None while it is open, and when it never will."""
    case = case_of(held, assessment.reading.language, assessment.history)
    at = opens_at(case, playbook, now)
    return None if at == now else at


def _estimates(held: Held, assessment: Assessment, findings: Findings) -> tuple[Estimate, ...]:
    """Work out sums only for those who ask what it costs, now or in the words before the number we asked for."""
    facts = [found.fact for found in findings.facts]
    if assessment.reading.has(SignalKind.PRICING):
        return estimates(held.text, facts)
    if goes_on_about_price(held, assessment.history):
        before = [m.text for m in held.before if m.author is Author.VISITOR][-1:]
        return estimates("\n".join((*before, held.text)), facts)
    return ()


def _question(held: Held, assessment: Assessment, promise: Promise | None) -> Question | None:
    visitor_words = [m.text for m in (*held.before, *held.unanswered) if m.author is Author.VISITOR]
    said, history = "\n".join(visitor_words), assessment.history
    if promise and not promise.is_open and not _is_reachable(held, history, said):
        return None if Question.CONTACT.value in history.asked else Question.CONTACT
    if promise and _asked_for_person(held, history):
        return None
    known = qualify_lead(history, assessment.reading, held)
    return next_question(known, assessment.reading, said, history.asked)


def _asked_for_person(held: Held, history: History) -> bool:
    """Tell whether the visitor asked for a person in this conversation."""
    ours = {message.id for message in held.before}
    return any(s.kind is SignalKind.HUMAN and s.message_id in ours for s in history.signals)


def _is_reachable(held: Held, history: History, said: str) -> bool:
    known = (history.lead.email, history.lead.phone, held.conversation.left_email)
    return any(known) or bool(EMAIL.search(said) or PHONE.search(said))
