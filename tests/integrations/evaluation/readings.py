"""Examples and readings to compare, with plausible values for all that a test does not care about."""

from collections.abc import Mapping, Sequence
from typing import Any

from agent.signals import MessageKind, Readiness, Signal, SignalKind, TextReading
from integrations.evaluation.examples import Example

Quotes = Mapping[SignalKind, tuple[str, ...]]


def an_example(*signals: SignalKind, quotes: Quotes | None = None, **changes: Any) -> Example:
    """A warm buyer's message that carries these signals, without quotes unless they are given."""
    fields: dict[str, Any] = {"id": "e-1", "text": "hm", "kind": MessageKind.SALES}
    carried = dict.fromkeys(signals, ()) | dict(quotes or {})
    return Example(**{**fields, "readiness": Readiness.WARM, "signals": carried, **changes})


def a_text_reading(*signals: SignalKind | Signal, **changes: Any) -> TextReading:
    """A warm buyer's message in which these signals were read, surely unless said otherwise."""
    heard = tuple(each if isinstance(each, Signal) else Signal(each, "", 1.0) for each in signals)
    fields: dict[str, Any] = {"kind": MessageKind.SALES, "readiness": Readiness.WARM}
    return TextReading(**{**fields, "language": "en", "signals": heard, **changes})


def as_labelled(examples: Sequence[Example]) -> list[TextReading]:
    """Read every example just as it is labelled."""
    return [
        TextReading(
            each.kind,
            each.readiness,
            each.language,
            tuple(Signal(kind, next(iter(q), ""), 1.0) for kind, q in each.signals.items()),
            each.competitors,
        )
        for each in examples
    ]
