"""How figures and faults are called and written, in the terminal and on the page alike."""

from collections.abc import Iterable, Mapping
from math import isnan

from agent.signals import MessageKind, Readiness, SignalKind
from integrations.evaluation.mistakes import Fault, Mistake

NOTHING = "-"

FIGURES: Mapping[str, str] = {
    "macro_f1": "signals, macro-F1",
    "micro_f1": "signals, micro-F1",
    "kind_accuracy": "kind right",
    "readiness_accuracy": "temperature right",
    "handoff_precision": "handoff precision",
    "handoff_recall": "handoff recall",
    "non_sales_handed_off": "non-sales handed off",
    "competitors_exact": "competitors exact",
    "competitors_exact_where_named": "competitors exact where named",
    "language_accuracy": "language right",
    "quote_overlap": "quotes overlap",
    "calibration_error": "calibration error",
}

FAULTS: Mapping[Fault, str] = {
    Fault.NON_SALES_HANDED_OFF: "non-sales handed off",
    Fault.MISSED_HANDOFF: "missed handoff",
    Fault.WRONG_KIND: "wrong kind",
    Fault.WRONG_SIGNALS: "wrong signals",
    Fault.NEEDLESS_HANDOFF: "needless handoff",
    Fault.WRONG_TEMPERATURE: "wrong temperature",
}


def share(value: float) -> str:
    """Write a share with three decimals, and "-" where there was nothing to measure."""
    return NOTHING if isnan(value) else f"{value:.3f}"


def spoken(name: str) -> str:
    """Write a label's words with spaces: `vendor pitch`."""
    return name.replace("_", " ")


def expected(mistake: Mistake) -> str:
    """Write in one line what a message should have been read as."""
    example = mistake.compared.example
    signals = [kind.value for kind in SignalKind if kind in example.signals]
    return _reading(example.kind, example.readiness, signals, example.competitors)


def read(mistake: Mistake) -> str:
    """Write in one line what a message was read as, with the confidences."""
    reading = mistake.compared.reading
    sure = mistake.compared.reported
    signals = [f"{kind.value} {sure[kind]:.2f}" for kind in SignalKind if kind in sure]
    return _reading(reading.kind, reading.readiness, signals, reading.competitors)


def _reading(
    kind: MessageKind, readiness: Readiness, signals: Iterable[str], competitors: Iterable[str]
) -> str:
    heard = ", ".join(signals) or "no signals"
    named = ", ".join(competitors)
    return f"{spoken(kind.value)}, {readiness.value}: {heard}{f' ({named})' if named else ''}"
