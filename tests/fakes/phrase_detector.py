"""A detector of cue phrases for tests: what it reads can be told from the words of the test.

A clause that carries a cue is the quote. Quoted mail and signatures are not read. Confidence grows with the
number of cues; these are not calibrated probabilities.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from agent.conversation import Author, Message
from agent.courtesies import is_greeting, is_thanks
from agent.language import detect_language
from agent.own_words import own_words
from agent.playbook import Competitor
from agent.signals import (
    HeardSignal,
    MessageKind,
    Reading,
    Signal,
    SignalKind,
    TextReading,
    readiness,
)
from tests.fakes.cues import KIND_CUES, SIGNAL_CUES

LONGEST_READ = 20_000
LONGEST_QUOTE = 240
NO_DEMO = re.compile(
    r"\b(?:not|don't|no need for|without)\b[^.,;]{0,30}\b(?:demo|call|trial)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class PhraseDetector:
    """Reads messages by cue phrases; knows the playbook's competitors by name."""

    competitors: tuple[Competitor, ...] = ()

    def foresee(self, text: str, said: str) -> TextReading:
        """Keep nothing."""
        return self.read_text(text)

    def read_text(self, text: str) -> TextReading:
        """Read one text on its own."""
        words = own_words(text[:LONGEST_READ])
        named = tuple(_named(words, self.competitors))
        signals = tuple(_signals(words, named))
        kind = _kind(words, signals)
        if kind is not MessageKind.SALES:
            signals = tuple(signal for signal in signals if _stays(signal.kind, kind, words))
        heard = frozenset(signal.kind for signal in signals)
        return TextReading(
            kind=kind,
            readiness=readiness(kind, heard),
            language=detect_language(words),
            signals=signals,
            competitors=named if kind is MessageKind.SALES or SignalKind.COOLING in heard else (),
        )

    def read(self, unanswered: tuple[Message, ...], before: tuple[Message, ...]) -> Reading:
        """Read a burst as one: signals keep their own message, the kind is that of the whole."""
        whole = self.read_text("\n".join(own_words(message.text) for message in unanswered))
        heard = tuple(self._heard(unanswered, whole))
        kind = _in_context(whole, before)
        return Reading(
            kind=kind,
            readiness=readiness(kind, frozenset(signal.kind for signal in heard)),
            language=_language(unanswered, before, whole.language),
            signals=heard,
            competitors=whole.competitors,
        )

    def _heard(self, unanswered: tuple[Message, ...], whole: TextReading) -> Iterator[HeardSignal]:
        for signal in whole.signals:
            first_line = signal.quote.splitlines()[0]
            home = next((m for m in unanswered if first_line in m.text), unanswered[-1])
            yield HeardSignal(
                kind=signal.kind,
                quote=signal.quote if signal.quote in home.text else first_line,
                confidence=signal.confidence,
                message_id=home.id,
                at=home.created_at,
            )


def _clauses(text: str) -> Iterator[str]:
    for part in re.finditer(r"[^.!?\n;]+(?:[.](?=\w)[^.!?\n;]+)*[.!?;]*", text):
        if clause := part[0].strip():
            yield clause[:LONGEST_QUOTE]


def _signals(text: str, competitors: tuple[str, ...]) -> Iterator[Signal]:
    clauses = list(_clauses(text))
    for kind in SignalKind:
        counts = {clause: _cues(kind, clause) for clause in clauses}
        if kind is SignalKind.COMPETITOR and competitors:
            counts = {c: n + sum(2 for name in competitors if name in c) for c, n in counts.items()}
        best = max(counts, key=lambda clause: counts[clause], default="")
        if best and counts[best]:
            yield Signal(
                kind,
                _narrowed(kind, best, competitors),
                confidence=round(min(0.95, 0.55 + 0.15 * counts[best]), 2),
            )


def _narrowed(kind: SignalKind, clause: str, competitors: tuple[str, ...]) -> str:
    """Give the part between commas that shows the signal, where one part does so alone."""
    for part in re.split(r",\s+|\s+(?=(?:and|but|because|so)\s)", clause):
        is_named = kind is SignalKind.COMPETITOR and any(name in part for name in competitors)
        if _cues(kind, part) or is_named:
            return part.strip()
    return clause


def _cues(kind: SignalKind, clause: str) -> int:
    if kind is SignalKind.DEMO and NO_DEMO.search(clause):
        return 0
    return sum(1 for cue in _signal_cues()[kind] if cue.search(clause))


def _named(text: str, competitors: tuple[Competitor, ...]) -> Iterator[str]:
    for competitor in competitors:
        for name in (competitor.name, *competitor.aliases):
            if match := re.search(rf"\b{re.escape(name)}\b", text, re.IGNORECASE):
                yield match[0]
                break


def _kind(text: str, signals: tuple[Signal, ...]) -> MessageKind:
    if not text.strip() or is_greeting(text) or is_thanks(text):
        return MessageKind.OTHER
    scores = {
        kind: sum(1 for cue in cues if cue.search(text)) for kind, cues in _kind_cues().items()
    }
    best = max(scores, key=lambda kind: scores[kind])
    if scores[best] and not _buys_all_the_same(best, scores[best], signals):
        return best
    only_human = {signal.kind for signal in signals} == {SignalKind.HUMAN}
    return MessageKind.OTHER if only_human and not _asks(text) else MessageKind.SALES


def _buys_all_the_same(kind: MessageKind, cues: int, signals: tuple[Signal, ...]) -> bool:
    """Tell whether the buying words outweigh one stray cue of another kind (an injection, say)."""
    heard = {signal.kind for signal in signals} - {
        SignalKind.HUMAN,
        SignalKind.COOLING,
        SignalKind.NEED,
    }
    if kind in (MessageKind.SUPPORT, MessageKind.SPAM):
        return cues == 1 and len(heard) >= 2
    return False


def _asks(text: str) -> bool:
    return len(text.split()) > 6


def _stays(signal: SignalKind, kind: MessageKind, text: str) -> bool:
    """Outside sales only a wish for a person stays, and cooling when an existing customer leaves."""
    if signal is SignalKind.HUMAN:
        return kind in (MessageKind.OTHER, MessageKind.SUPPORT)
    return signal is SignalKind.COOLING and bool(
        re.search(r"\bcancel|\bdowngrade|\bleaving|\bswitch", text, re.I)
    )


def _in_context(whole: TextReading, before: tuple[Message, ...]) -> MessageKind:
    """A short answer within a talk belongs to that talk."""
    spoke = any(message.author is Author.VISITOR for message in before)
    return (
        MessageKind.SALES
        if spoke and whole.kind is MessageKind.OTHER and whole.signals
        else whole.kind
    )


def _language(unanswered: tuple[Message, ...], before: tuple[Message, ...], found: str) -> str:
    """Short texts tell little: read them together with what the visitor said before."""
    text = "\n".join(message.text for message in unanswered)
    if len(text.split()) > 3:
        return found
    earlier = " ".join(message.text for message in before if message.author is Author.VISITOR)
    return detect_language(f"{earlier} {text}" if earlier else text, otherwise=found)


@cache
def _signal_cues() -> Mapping[SignalKind, tuple[re.Pattern[str], ...]]:
    return {kind: _compiled(cues) for kind, cues in SIGNAL_CUES.items()}


@cache
def _kind_cues() -> Mapping[MessageKind, tuple[re.Pattern[str], ...]]:
    return {kind: _compiled(cues) for kind, cues in KIND_CUES.items()}


def _compiled(cues: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(cue, re.IGNORECASE) for cue in cues)
