"""What the words themselves say about buying from us."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
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
OF_BUYERS_ALONE = frozenset(
    {
        SignalKind.PRICING,
        SignalKind.BUDGET,
        SignalKind.PURCHASE,
        SignalKind.IMPLEMENTATION,
    }
)
SAME_TALK = timedelta(hours=12)
STAYS_VENDOR = timedelta(days=30)  # they write again after a day, a week, a month


def in_the_talk(reading: Reading, heard: tuple[HeardKind, ...], now: datetime) -> Reading:
    """Read a message as what its writer has shown to be, a while ago at most; `heard` is newest first.

    A vendor who asks for "your head of sales" is no buyer, nor is a customer who says that it works again; and a
    buyer who asked for a salesperson is no spammer a minute later. Who asks as only a buyer does is one.
    """
    lately = [h for h in heard if timedelta() <= now - h.at <= _lasts(h.kind)]
    before = next((h for h in lately if h.kind is not MessageKind.OTHER), None)
    if before is None:
        return reading
    if before.kind is MessageKind.SALES:
        was_hot = any(h.readiness is Readiness.HOT for h in lately)
        if was_hot and reading.kind in NOT_BUYERS:
            return replace(reading, kind=MessageKind.OTHER, readiness=Readiness.COLD, signals=())
        return reading
    return _of_a_stranger(reading, before)


def _lasts(kind: MessageKind) -> timedelta:
    return STAYS_VENDOR if kind is MessageKind.VENDOR_PITCH else SAME_TALK


def _of_a_stranger(reading: Reading, before: HeardKind) -> Reading:
    if reading.kind not in (MessageKind.SALES, MessageKind.OTHER):
        return reading
    shown = {signal.kind for signal in reading.signals}
    wants_more = shown & (OF_BUYERS_ALONE | {SignalKind.DEMO, SignalKind.TIMELINE})
    if before.kind is MessageKind.SUPPORT and wants_more:
        return reading
    if before.kind in NOT_BUYERS and reading.wants_rep and _as_only_buyers(shown, before.kind):
        return reading
    return replace(reading, kind=before.kind, readiness=Readiness.COLD, signals=_kept(reading))


def _as_only_buyers(shown: set[SignalKind], before: MessageKind) -> bool:
    """Tell whether only a buyer asks so; who seemed to study or to apply may evaluate, which a vendor only offers."""
    is_evaluated = (
        readiness(MessageKind.SALES, frozenset(shown - {SignalKind.HUMAN})) is Readiness.HOT
    )
    is_vendor = before in (MessageKind.VENDOR_PITCH, MessageKind.SPAM)
    return bool(shown & OF_BUYERS_ALONE) or (is_evaluated and not is_vendor)


def _kept(reading: Reading) -> tuple[HeardSignal, ...]:
    """Anybody may ask for a person, or leave; of those who do not buy nothing else counts."""
    return tuple(s for s in reading.signals if s.kind in (SignalKind.HUMAN, SignalKind.COOLING))


class SignalDetector(Protocol):
    """Reads messages."""

    def read_text(self, text: str) -> TextReading:
        """Read one text on its own."""
        ...

    def read(self, unanswered: tuple[Message, ...], before: tuple[Message, ...]) -> Reading:
        """Read the messages to be answered, in the light of what was said before."""
        ...
