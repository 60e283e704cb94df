"""One labelled message beside what was read in it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from agent.signals import MessageKind, Readiness, SignalKind, TextReading
from integrations.evaluation.examples import Example


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a message should be read as, and what it was read as."""

    example: Example
    reading: TextReading

    @property
    def labelled(self) -> frozenset[SignalKind]:
        """The signals it carries by its labels."""
        return frozenset(self.example.signals)

    @property
    def reported(self) -> Mapping[SignalKind, float]:
        """The signals that were read, each once, with the highest confidence given for it."""
        highest: dict[SignalKind, float] = {}
        for signal in self.reading.signals:
            highest[signal.kind] = max(signal.confidence, highest.get(signal.kind, 0.0))
        return highest

    @property
    def is_handed_off(self) -> bool:
        """Tell whether this reading alerts a rep."""
        return self.reading.readiness is Readiness.HOT

    @property
    def is_sales(self) -> bool:
        """Tell whether it is a buyer's message by its labels."""
        return self.example.kind is MessageKind.SALES

    @property
    def language(self) -> str:
        """The language it is labelled with, or else the one that was read: two letters."""
        return primary(self.example.language) or primary(self.reading.language)

    def quotes_overlap(self, kind: SignalKind) -> bool:
        """Tell whether a quote read for this signal shares a character of the message with a labelled one."""
        text = self.example.text
        read = [span for one in self._quotes_read(kind) for span in _spans(text, one)]
        labelled = [span for one in self.example.signals[kind] for span in _spans(text, one)]
        return any(a < d and c < b for a, b in read for c, d in labelled)

    def _quotes_read(self, kind: SignalKind) -> Iterator[str]:
        return (signal.quote for signal in self.reading.signals if signal.kind is kind)


def primary(language: str) -> str:
    """Give the language of a tag: `en` of `en-GB`."""
    return language.replace("_", "-").partition("-")[0].lower()


def _spans(text: str, quote: str) -> Iterator[tuple[int, int]]:
    start = text.find(quote) if quote else -1
    while start >= 0:
        yield start, start + len(quote)
        start = text.find(quote, start + 1)
