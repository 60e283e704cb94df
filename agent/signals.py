"""What the words themselves say about buying from us."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from agent.conversation import Message, MessageId
from agent.criteria import Answer, HeardAnswer


class SignalKind(StrEnum):
    """A buying signal, or its opposite (`cooling`)."""

    PRICING = "pricing"
    BUDGET = "budget"
    TIMELINE = "timeline"
    COMPETITOR = "competitor"
    DEMO = "demo"
    AUTHORITY = "authority"
    NEED = "need"
    IMPLEMENTATION = "implementation"
    PURCHASE = "purchase"
    HUMAN = "human"
    COOLING = "cooling"


class MessageKind(StrEnum):
    """What sort of message it is; only `sales` can be worth a rep."""

    SALES = "sales"
    SUPPORT = "support"
    VENDOR_PITCH = "vendor_pitch"
    JOB_SEEKER = "job_seeker"
    STUDENT_PRESS = "student_press"
    SPAM = "spam"
    OTHER = "other"


class Readiness(StrEnum):
    """The temperature of one message read alone (the lead's own is `scoring.Temperature`)."""

    COLD = "cold"
    WARM = "warm"
    HOT = "hot"


@dataclass(frozen=True, slots=True)
class Signal:
    """One signal, the verbatim span that shows it, and a confidence in [0, 1]."""

    kind: SignalKind
    quote: str
    confidence: float


@dataclass(frozen=True, slots=True)
class HeardSignal:
    """A signal with the message that carried it and when that was said."""

    kind: SignalKind
    quote: str
    confidence: float
    message_id: MessageId
    at: datetime


@dataclass(frozen=True, slots=True)
class HeardKind:
    """What sort of message somebody wrote, when, how ready it was, and the messages that were read as it."""

    kind: MessageKind
    at: datetime
    messages: tuple[MessageId, ...] = ()
    readiness: Readiness = Readiness.COLD


@dataclass(frozen=True, slots=True)
class Reading:
    """All that was found in the words to be answered; `answers` are a model's, and none of a detector's."""

    kind: MessageKind
    readiness: Readiness
    language: str
    signals: tuple[HeardSignal, ...] = ()
    competitors: tuple[str, ...] = ()
    answers: tuple[HeardAnswer, ...] = ()

    @property
    def evaluates(self) -> bool:
        """Tell whether more is said than what things are like and how the product works."""
        return any(signal.kind not in DESCRIBING for signal in self.signals)

    @property
    def asks_for_rep(self) -> bool:
        """Tell whether a person was asked for whom the sales team should send; who may be no buyer says first what for."""
        is_buyer = self.kind is not MessageKind.OTHER
        return self.has(SignalKind.HUMAN) and (is_buyer or self.wants_rep)

    @property
    def wants_rep(self) -> bool:
        """Tell whether a rep should be alerted by these words alone."""
        return self.readiness is Readiness.HOT

    def has(self, kind: SignalKind) -> bool:
        """Tell whether this signal was heard."""
        return any(signal.kind is kind for signal in self.signals)


@dataclass(frozen=True, slots=True)
class TextReading:
    """A reading of one text on its own, as `/v1/classify` gives it."""

    kind: MessageKind
    readiness: Readiness
    language: str
    signals: tuple[Signal, ...] = ()
    competitors: tuple[str, ...] = ()
    answers: tuple[Answer, ...] = ()


EVALUATING = frozenset(
    {
        SignalKind.PRICING,
        SignalKind.TIMELINE,
        SignalKind.BUDGET,
        SignalKind.AUTHORITY,
        SignalKind.COMPETITOR,
    }
)
DESCRIBING = frozenset({SignalKind.COMPETITOR, SignalKind.NEED, SignalKind.IMPLEMENTATION})
SCOPE = EVALUATING | {SignalKind.IMPLEMENTATION, SignalKind.NEED}


def readiness(kind: MessageKind, heard: frozenset[SignalKind]) -> Readiness:
    """Derive the readiness of one message from what was heard in it.

    Hot: a purchase act, a buyer who asks for a person, a demo or quote with scope, or two or more parts
    of an active evaluation. Cold: nothing, a negative, or no buyer at all.
    """
    if kind is not MessageKind.SALES or not heard or SignalKind.COOLING in heard:
        return Readiness.COLD
    if heard & {SignalKind.PURCHASE, SignalKind.HUMAN}:
        return Readiness.HOT
    if (SignalKind.DEMO in heard and heard & SCOPE) or len(heard & EVALUATING) >= 2:
        return Readiness.HOT
    return Readiness.WARM


NOT_BUYERS = frozenset(
    {
        MessageKind.VENDOR_PITCH,
        MessageKind.JOB_SEEKER,
        MessageKind.STUDENT_PRESS,
        MessageKind.SPAM,
    }
)
OF_ANYBODY = frozenset({SignalKind.HUMAN, SignalKind.COOLING})
"""Signals that say nothing of buying, and are heard outside sales too."""


class SignalDetector(Protocol):
    """Reads messages."""

    def read_text(self, text: str) -> TextReading:
        """Read one text on its own."""
        ...

    def read(self, unanswered: tuple[Message, ...], before: tuple[Message, ...]) -> Reading:
        """Read the messages to be answered, in the light of what was said before."""
        ...

    def foresee(self, text: str, said: str) -> TextReading:
        """Read words that are still being saved, as the answer to what our side said last; `read` finds it done."""
        ...
