"""What a language model adds to our own reading of a burst, and where both readings are kept.

The model proposes, `merge` decides:

* A signal counts when both heard it; when we are SURE of it alone; or when the model alone is at least LIKELY
  right and quotes the visitor's own words. The model is never believed more than SURE.
* The kind is ours when both agree or a buying signal of ours is SURE. Otherwise it is the model's, but `sales`
  only with a buying signal that the model quotes.
* The readiness is the middle one of three: ours, the model's, and the one that follows from the signals that
  count. So neither side makes a lead hot alone. Without a buyer, or with a `cooling`, it is cold.
* What the model says of a criterion counts when it is LIKELY right, quotes the visitor's own words, and a buyer
  wrote them. What it is worth beside our own findings is decided in qualification.py.
* A competitor is named when the names are written in the words and the `competitor` signal counts.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Protocol, TypeVar

from agent.conversation import ConversationId, Held, Message
from agent.criteria import Answer, Criterion, HeardAnswer
from agent.own_words import own_words
from agent.scoring import Score
from agent.signals import (
    OF_ANYBODY,
    HeardSignal,
    MessageKind,
    Readiness,
    Reading,
    Signal,
    SignalKind,
    TextReading,
    readiness,
)

S = TypeVar("S", Signal, HeardSignal)
SURE = 0.8
LIKELY = 0.6
LONGEST_QUOTE = 240
LONGEST_NAME = 80
WARMTH = (Readiness.COLD, Readiness.WARM, Readiness.HOT)


class Verdict(StrEnum):
    """Which reading a person took for right."""

    LOCAL = "local"
    MODEL = "model"
    EDITED = "edited"


@dataclass(frozen=True, slots=True)
class SecondReading:
    """One burst read twice, and what was made of it; `reader` is the model, `local` our own detector's."""

    turn_id: str
    conversation_id: ConversationId
    at: datetime
    reader: str
    prompt_version: str
    local: Reading
    model: TextReading
    merged: Reading

    @property
    def differs(self) -> bool:
        """Tell whether the two readings disagree on anything but quotes and confidence."""
        return _gist(self.local) != _gist(self.model)


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A burst on which the readings differ, with the talk before it, oldest first."""

    reading: SecondReading
    unanswered: tuple[Message, ...]
    before: tuple[Message, ...]


class SecondReader(Protocol):
    """A slow reader that is asked once the visitor has been answered."""

    @property
    def name(self) -> str:
        """Name the model."""
        ...

    @property
    def version(self) -> str:
        """Give the version of its prompt."""
        ...

    async def read(
        self, unanswered: tuple[Message, ...], before: tuple[Message, ...]
    ) -> TextReading:
        """Read a burst in the light of what was said before; raises ModelUnavailableError.

        What it gives need not be true: `verified` keeps what the words bear out.
        """
        ...


class Readings(Protocol):
    """Where second readings are kept, one a turn."""

    async def keep(self, reading: SecondReading) -> bool:
        """Keep one; tells whether the turn had none yet, and changes nothing if it had."""
        ...

    async def heed(
        self, held: Held, turn_id: str, heard: tuple[HeardSignal, ...], score: Score
    ) -> None:
        """Record what the reading adds to the lead, and the new score, in one transaction.

        The signals are added once a turn, however often this is called. Raises StaleEpochError and writes
        nothing when the hold is out of date.
        """
        ...

    async def disagreements(self, limit: int = 1_000) -> list[Disagreement]:
        """Find what no person has judged yet, newest first."""
        ...

    async def judge(self, turn_id: str, verdict: Verdict) -> None:
        """Note a person's verdict, after which it is no disagreement any more."""
        ...


def merge(local: Reading, model: TextReading, unanswered: tuple[Message, ...]) -> Reading:
    """Make one reading of two, by the rule above; `model` should be `verified` before. Pure."""
    kind = _kind(local, model)
    heard = {signal.kind: signal for signal in _heard(local, model, unanswered)}
    if kind is not MessageKind.SALES:
        leaving = {SignalKind.COMPETITOR} if SignalKind.COOLING in heard else set()
        heard = {each: s for each, s in heard.items() if each in OF_ANYBODY | leaving}
    return Reading(
        kind=kind,
        readiness=_readiness(kind, frozenset(heard), local.readiness, model.readiness),
        language=local.language,
        signals=tuple(heard.values()),
        competitors=_names(local, model) if SignalKind.COMPETITOR in heard else (),
        answers=_answers(kind, model, unanswered),
    )


def verified(model: TextReading, unanswered: tuple[Message, ...]) -> TextReading:
    """Keep of a model's reading what stands in the visitor's own words: one signal a kind, one answer a criterion, the names."""
    own = [own_words(message.text) for message in unanswered]
    kept = _best(s for s in model.signals if _stands(s.quote, own, LONGEST_QUOTE))
    names = (name for name in model.competitors if _stands(name, own, LONGEST_NAME))
    answers = _surest(a for a in model.answers if _stands(a.quote, own, LONGEST_QUOTE))
    return replace(
        model,
        signals=tuple(kept.values()),
        competitors=tuple(_once(names)),
        answers=tuple(answers.values()),
    )


def added(local: Reading, merged: Reading) -> tuple[HeardSignal, ...]:
    """Give the signals that the merged reading has beyond our own."""
    known = {signal.kind for signal in local.signals}
    return tuple(signal for signal in merged.signals if signal.kind not in known)


def says_more(local: Reading, merged: Reading) -> bool:
    """Tell whether the merged reading is worth another look at the lead: new signals, answers, or hot only now."""
    is_more = bool(added(local, merged) or merged.answers)
    return is_more or (merged.wants_rep and not local.wants_rep)


def _kind(local: Reading, model: TextReading) -> MessageKind:
    if model.kind is local.kind:
        return local.kind
    if local.kind is MessageKind.SALES and _buys(local.signals, SURE):
        return local.kind
    if model.kind is MessageKind.SALES and not _buys(model.signals, LIKELY):
        return local.kind
    return model.kind


def _buys(signals: Iterable[Signal | HeardSignal], least: float) -> bool:
    return any(s.confidence >= least and s.kind not in OF_ANYBODY for s in signals)


def _heard(
    local: Reading, model: TextReading, unanswered: tuple[Message, ...]
) -> Iterator[HeardSignal]:
    ours, theirs = _best(local.signals), _best(model.signals)
    for kind in SignalKind:
        mine, other = ours.get(kind), theirs.get(kind)
        if mine and other:
            yield replace(mine, confidence=max(mine.confidence, min(SURE, other.confidence)))
        elif mine and mine.confidence >= SURE:
            yield mine
        elif other and other.confidence >= LIKELY:
            yield _at_home(other, unanswered)


def _answers(
    kind: MessageKind, model: TextReading, unanswered: tuple[Message, ...]
) -> tuple[HeardAnswer, ...]:
    if kind is not MessageKind.SALES:
        return ()
    likely = (answer for answer in model.answers if answer.confidence >= LIKELY)
    homes = ((answer, _home(answer.quote, unanswered)) for answer in likely)
    return tuple(
        HeardAnswer(a.criterion, a.quote, a.is_negative, home.id, home.created_at)
        for a, home in homes
    )


def _home(quote: str, unanswered: tuple[Message, ...]) -> Message:
    return next((m for m in unanswered if quote in own_words(m.text)), unanswered[-1])


def _at_home(signal: Signal, unanswered: tuple[Message, ...]) -> HeardSignal:
    home = _home(signal.quote, unanswered)
    return HeardSignal(
        kind=signal.kind,
        quote=signal.quote,
        confidence=min(SURE, signal.confidence),
        message_id=home.id,
        at=home.created_at,
    )


def _readiness(
    kind: MessageKind, heard: frozenset[SignalKind], ours: Readiness, theirs: Readiness
) -> Readiness:
    if kind is not MessageKind.SALES or SignalKind.COOLING in heard:
        return Readiness.COLD
    return sorted((ours, theirs, readiness(kind, heard)), key=WARMTH.index)[1]


def _names(local: Reading, model: TextReading) -> tuple[str, ...]:
    return tuple(_once((*local.competitors, *model.competitors)))


def _once(names: Iterable[str]) -> Iterable[str]:
    """Give each name once, however it is written, as it was written first."""
    first: dict[str, str] = {}
    for name in names:
        first.setdefault(name.strip().casefold(), name.strip())
    return first.values()


def _best(signals: Iterable[S]) -> dict[SignalKind, S]:
    best: dict[SignalKind, S] = {}
    for signal in signals:
        if signal.kind not in best or signal.confidence > best[signal.kind].confidence:
            best[signal.kind] = signal
    return best


def _surest(answers: Iterable[Answer]) -> dict[Criterion, Answer]:
    surest: dict[Criterion, Answer] = {}
    for answer in answers:
        if answer.confidence > surest.get(answer.criterion, answer).confidence:
            surest[answer.criterion] = answer
        surest.setdefault(answer.criterion, answer)
    return surest


def _stands(words: str, own: list[str], longest: int) -> bool:
    return bool(words.strip()) and len(words) <= longest and any(words in text for text in own)


def _gist(reading: Reading | TextReading) -> tuple[object, ...]:
    return (
        reading.kind,
        reading.readiness,
        frozenset(signal.kind for signal in reading.signals),
        frozenset(name.casefold() for name in reading.competitors),
    )
