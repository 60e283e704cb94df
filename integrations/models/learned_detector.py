"""The detector in service: the signal model's scores, read by the rules of knowledge/examples/GUIDE.md."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from agent.conversation import Author, Message
from agent.language import detect_language
from agent.own_words import own_words
from agent.playbook import Competitor
from agent.signals import (
    HeardSignal,
    MessageKind,
    Readiness,
    Reading,
    Signal,
    SignalKind,
    TextReading,
)
from integrations.models.evidence import names, quote, sureness_of_a_name
from integrations.models.recent import Recent
from integrations.models.signal_model import Scores, SignalModel
from integrations.models.signal_text import readable

FEW_WORDS = 3
MOST_NAMES = 4_096  # of competitors, kept as patterns
SPEAKS_FOR_ITSELF = (
    16  # words; such a message is read alone, as what was said before tells it little
)
SURELY_SALES = 0.5  # below it no rep is alerted, even if no other kind is likelier
MISSED_BUYER = 1.6  # a missed buyer costs more than a ticket in the wrong place (GUIDE.md, Kind)
SURELY_OTHER = 0.6  # below it nobody is turned away: what cannot be told is `other`
TURNED_AWAY = frozenset(
    {
        MessageKind.SUPPORT,
        MessageKind.VENDOR_PITCH,
        MessageKind.JOB_SEEKER,
        MessageKind.STUDENT_PRESS,
        MessageKind.SPAM,
    }
)
SURE_NAME, MAYBE_COMPETITOR = 0.9, 0.35  # a name that is sure makes up for a signal that is not
OF_OTHERS = frozenset({SignalKind.HUMAN, SignalKind.COOLING})


@dataclass(frozen=True, slots=True)
class LearnedDetector:
    """Reads messages by the signal model; knows the playbook's competitors by name."""

    model: SignalModel
    competitors: tuple[Competitor, ...] = ()
    _foreseen: Recent[tuple[str, str], TextReading] = field(default_factory=Recent, repr=False)

    def read_text(self, text: str) -> TextReading:
        """Read one text on its own."""
        return self._read(text, "")

    def read(self, unanswered: tuple[Message, ...], before: tuple[Message, ...]) -> Reading:
        """Read a burst as one, as the answer to what was said last; signals keep their own message.

        Whoever may be a buyer is not turned away: a kind that is not sure enough for that reads as `other`.
        """
        text = "\n".join(message.text for message in unanswered)
        said = _heeded(text, _said(before))
        whole = self._foreseen.take((text, said)) or self._read(text, said, turns_away=False)
        return Reading(
            kind=whole.kind,
            readiness=whole.readiness,
            language=_language(unanswered, before, whole.language),
            signals=tuple(_heard(unanswered, whole)),
            competitors=whole.competitors,
        )

    def foresee(self, text: str, said: str) -> TextReading:
        """Read words that are still being saved, as the answer to what our side said last; `read` finds it done."""
        said = _heeded(text, said)
        reading = self._read(text, said, turns_away=False)
        self._foreseen.keep((text, said), reading)
        return reading

    def read_example(self, text: str, before: Sequence[tuple[str, str]]) -> TextReading:
        """Read a text after turns given as (author, text), the author being visitor, agent or rep."""
        said = next((each for author, each in reversed(before) if author != "visitor"), "")
        return self._read(text, _heeded(text, said))

    def _read(self, text: str, before: str, *, turns_away: bool = True) -> TextReading:
        words = readable(text)
        if not any(letter.isalnum() for letter in words):
            # Nothing but lines that play the part of the system: no buyer is behind them.
            is_played = any(letter.isalnum() for letter in text)
            kind = MessageKind.SPAM if is_played else MessageKind.OTHER
            return TextReading(kind, Readiness.COLD, "en")
        scores = self.model.score(text, before)
        kind = _kind(scores)
        if not turns_away and kind in TURNED_AWAY and scores.kinds[kind] < SURELY_OTHER:
            kind = MessageKind.OTHER
        known = tuple(_known(own_words(text), self.competitors))
        found = self._found(scores, kind, is_named=bool(known))
        return TextReading(
            kind=kind,
            readiness=self._readiness(scores, kind, found),
            language=detect_language(words),
            signals=tuple(
                Signal(each, quote(text, scores.tokens, each), round(sure, 2))
                for each, sure in found.items()
            ),
            competitors=self._names(text, scores, found, known),
        )

    def _found(
        self, scores: Scores, kind: MessageKind, *, is_named: bool
    ) -> Mapping[SignalKind, float]:
        least = self.model.calibration.thresholds
        found = {each: sure for each, sure in scores.signals.items() if sure >= least[each]}
        sure = scores.signals[SignalKind.COMPETITOR]
        is_heard = sure >= MAYBE_COMPETITOR and sureness_of_a_name(scores.tokens) >= SURE_NAME
        if (is_named or is_heard) and kind is MessageKind.SALES:
            found.setdefault(SignalKind.COMPETITOR, max(0.5, sure))
        if kind is MessageKind.SALES:
            return found
        leaving = {SignalKind.COMPETITOR} if SignalKind.COOLING in found else set()
        return {each: sure for each, sure in found.items() if each in OF_OTHERS | leaving}

    def _readiness(
        self, scores: Scores, kind: MessageKind, found: Mapping[SignalKind, float]
    ) -> Readiness:
        if kind is not MessageKind.SALES or SignalKind.COOLING in found:
            return Readiness.COLD
        is_sure = scores.kinds[MessageKind.SALES] >= SURELY_SALES
        if is_sure and scores.readiness[Readiness.HOT] >= self.model.calibration.hot:
            return Readiness.HOT
        warm, cold = scores.readiness[Readiness.WARM], scores.readiness[Readiness.COLD]
        return Readiness.WARM if warm >= cold else Readiness.COLD

    def _names(
        self,
        text: str,
        scores: Scores,
        found: Mapping[SignalKind, float],
        known: tuple[str, ...],
    ) -> tuple[str, ...]:
        if SignalKind.COMPETITOR not in found:
            return ()
        seen = names(text, scores.tokens, self.model.calibration.name)
        # A name that the playbook knows is given as far as it goes, and no further.
        kept = [each for each in seen if not any(name in each for name in known)]
        return (*kept, *known)


def _heeded(text: str, said: str) -> str:
    """Give what was said before, where it tells something of these words."""
    return said if len(readable(text).split()) < SPEAKS_FOR_ITSELF else ""


def _kind(scores: Scores) -> MessageKind:
    """Give the likeliest kind, a buyer being likelier than the score of `sales` alone says."""
    return max(
        scores.kinds,
        key=lambda kind: scores.kinds[kind] * (MISSED_BUYER if kind is MessageKind.SALES else 1),
    )


def _known(words: str, competitors: tuple[Competitor, ...]) -> Iterator[str]:
    for competitor in competitors:
        for name in (competitor.name, *competitor.aliases):
            if match := _pattern(name).search(words):
                yield match[0]
                break


@lru_cache(maxsize=MOST_NAMES)
def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(rf"\b{re.escape(name)}\b", re.IGNORECASE)


def _said(before: tuple[Message, ...]) -> str:
    """Give what our side said last, which is what the visitor answers."""
    return next((m.text for m in reversed(before) if m.author is not Author.VISITOR), "")


def _heard(unanswered: tuple[Message, ...], whole: TextReading) -> Iterator[HeardSignal]:
    for signal in whole.signals:
        # A quote that runs over two messages is shortened to its longest line.
        for words in (signal.quote, *sorted(signal.quote.split("\n"), key=len, reverse=True)):
            home = next((message for message in unanswered if words in message.text), None)
            if home:
                yield HeardSignal(signal.kind, words, signal.confidence, home.id, home.created_at)
                break


def _language(unanswered: tuple[Message, ...], before: tuple[Message, ...], found: str) -> str:
    """Short texts tell little: read them together with what the visitor said before."""
    text = "\n".join(message.text for message in unanswered)
    if len(text.split()) > FEW_WORDS:
        return found
    earlier = " ".join(message.text for message in before if message.author is Author.VISITOR)
    return detect_language(f"{earlier} {text}" if earlier else text, otherwise=found)
