"""How well labelled messages were read: every figure of `hotline eval signals`, computed and nothing shown.

A figure with nothing to measure (a signal that no message carries, handoffs where none was made) is not a
number; it is shown as "-" and written to JSON as null, never as 0 or 1.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from math import isnan
from typing import TypeVar

import numpy as np

from agent.signals import MessageKind, Readiness, SignalKind, TextReading
from integrations.evaluation.calibration import Bin, calibration_error, reliability
from integrations.evaluation.comparison import Comparison, primary
from integrations.evaluation.examples import Example
from integrations.evaluation.mistakes import Mistake, worst_first
from integrations.evaluation.tally import Array, Interval, Tally, draws, interval, tally

T = TypeVar("T", bound=StrEnum)

FEW_WORDS = 6
MANY_WORDS = 40
LENGTHS = ("<= 6 words", "7-40 words", "> 40 words")
LANGUAGES = ("en", "other")
FIGURES = (
    "macro_f1",
    "micro_f1",
    "kind_accuracy",
    "readiness_accuracy",
    "handoff_precision",
    "handoff_recall",
    "non_sales_handed_off",
    "competitors_exact",
    "competitors_exact_where_named",
    "language_accuracy",
    "quote_overlap",
    "calibration_error",
)


@dataclass(frozen=True, slots=True)
class SignalFigures:
    """How well one signal is read: shares in [0, 1], and how many messages carry it and were read with it."""

    precision: float
    recall: float
    f1: float
    support: int
    reported: int = 0


@dataclass(frozen=True, slots=True)
class GroupFigures:
    """How well one group of messages is read."""

    count: int
    macro_f1: float
    kind_accuracy: float


@dataclass(frozen=True, slots=True)
class Confusion:
    """How many messages with each label (rows) were read as each (columns), both in the order of `labels`."""

    labels: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Report:
    """All figures: shares in [0, 1], not a number where there is nothing to measure."""

    count: int
    macro_f1: float
    """The mean F1 of the signals that some message carries."""
    micro_f1: float
    """The F1 of all signals counted together."""
    per_signal: Mapping[SignalKind, SignalFigures]
    kind_accuracy: float
    kinds: Confusion
    readiness_accuracy: float
    readinesses: Confusion
    handoff_precision: float
    handoff_recall: float
    non_sales_handed_off: float
    """The share of the messages that are no buyer's and alerted a rep."""
    competitors_exact: float
    """Exactly the labelled names, over the messages where labels or reading have any."""
    competitors_exact_where_named: float
    """The same, over the messages where the labels have any."""
    language_accuracy: float
    """Over the messages that say which language they are in."""
    quote_overlap: float
    """The share of rightly read signals with labelled quotes whose own quote overlaps one of them."""
    calibration_error: float
    """See `calibration.calibration_error`."""
    reliability: tuple[Bin, ...]
    by_language: Mapping[str, GroupFigures]
    by_length: Mapping[str, GroupFigures]
    intervals: Mapping[str, Interval]
    """95 % bootstrap intervals of macro_f1, kind_accuracy, handoff_precision and handoff_recall."""
    mistakes: tuple[Mistake, ...]
    """Every message that was read wrongly, the worst first."""


def evaluate(examples: Sequence[Example], readings: Sequence[TextReading]) -> Report:
    """Compare each example with its reading, given in the same order. Raises ValueError if one is missing."""
    compared = [Comparison(*pair) for pair in zip(examples, readings, strict=True)]
    counted = tally(compared)
    everything = counted.everything()
    bins = reliability(compared)
    return Report(
        count=len(compared),
        macro_f1=_one(counted.macro_f1(everything)),
        micro_f1=_one(counted.micro_f1(everything)),
        per_signal=_per_signal(counted),
        kind_accuracy=_one(counted.kind_accuracy(everything)),
        kinds=_confusion(MessageKind, [(c.example.kind, c.reading.kind) for c in compared]),
        readiness_accuracy=_share(c.example.readiness is c.reading.readiness for c in compared),
        readinesses=_confusion(
            Readiness, [(c.example.readiness, c.reading.readiness) for c in compared]
        ),
        handoff_precision=_one(counted.handoff_precision(everything)),
        handoff_recall=_one(counted.handoff_recall(everything)),
        non_sales_handed_off=_one(counted.non_sales_handed_off(everything)),
        competitors_exact=_competitors(compared, _has_names),
        competitors_exact_where_named=_competitors(compared, lambda c: bool(c.example.competitors)),
        language_accuracy=_language_accuracy(compared),
        quote_overlap=_quote_overlap(compared),
        calibration_error=calibration_error(bins),
        reliability=bins,
        by_language=_groups(counted, LANGUAGES, [int(c.language != "en") for c in compared]),
        by_length=_groups(counted, LENGTHS, [_length(c.example.text) for c in compared]),
        intervals=_intervals(counted),
        mistakes=worst_first(compared),
    )


def as_json(report: Report) -> dict[str, object]:
    """Give the report as JSON has it: figures by their names, null where there is nothing to measure."""
    return {
        "count": report.count,
        **{name: _number(getattr(report, name)) for name in FIGURES},
        "intervals": {
            name: [_number(each.low), _number(each.high)] for name, each in report.intervals.items()
        },
        "per_signal": {kind.value: _fields(each) for kind, each in report.per_signal.items()},
        "kind_confusion": _fields(report.kinds),
        "readiness_confusion": _fields(report.readinesses),
        "reliability": [_fields(each) for each in report.reliability],
        "by_language": {name: _fields(each) for name, each in report.by_language.items()},
        "by_length": {name: _fields(each) for name, each in report.by_length.items()},
        "mistakes": [_mistake(each) for each in report.mistakes],
    }


def _per_signal(counted: Tally) -> dict[SignalKind, SignalFigures]:
    everything = counted.everything()
    columns = zip(
        SignalKind,
        counted.precision(everything)[0],
        counted.recall(everything)[0],
        counted.f1(everything)[0],
        counted.support(everything)[0],
        counted.count_reported(everything)[0],
        strict=True,
    )
    return {
        kind: SignalFigures(float(p), float(r), float(f1), int(support), int(reported))
        for kind, p, r, f1, support, reported in columns
    }


def _confusion(labels: type[T], pairs: Sequence[tuple[T, T]]) -> Confusion:
    counted = Counter(pairs)
    return Confusion(
        labels=tuple(label.value for label in labels),
        counts=tuple(tuple(counted[row, column] for column in labels) for row in labels),
    )


def _competitors(compared: Iterable[Comparison], counts: Callable[[Comparison], bool]) -> float:
    return _share(
        set(c.example.competitors) == set(c.reading.competitors) for c in compared if counts(c)
    )


def _has_names(one: Comparison) -> bool:
    return bool(one.example.competitors or one.reading.competitors)


def _language_accuracy(compared: Iterable[Comparison]) -> float:
    return _share(
        primary(c.example.language) == primary(c.reading.language)
        for c in compared
        if c.example.language
    )


def _quote_overlap(compared: Iterable[Comparison]) -> float:
    return _share(
        c.quotes_overlap(kind)
        for c in compared
        for kind in c.reported
        if c.example.signals.get(kind)
    )


def _length(text: str) -> int:
    words = len(text.split())
    return (words > FEW_WORDS) + (words > MANY_WORDS)


def _groups(
    counted: Tally, names: Sequence[str], belongs: Sequence[int]
) -> dict[str, GroupFigures]:
    weights = np.array([[group == number for group in belongs] for number in range(len(names))])
    weights = weights.reshape(len(names), len(belongs)).astype(np.float64)
    columns = zip(
        names,
        weights.sum(axis=1),
        counted.macro_f1(weights),
        counted.kind_accuracy(weights),
        strict=True,
    )
    return {
        name: GroupFigures(int(count), float(f1), float(kind)) for name, count, f1, kind in columns
    }


def _intervals(counted: Tally) -> dict[str, Interval]:
    weights = draws(len(counted.kind_right))
    return {
        "macro_f1": interval(counted.macro_f1(weights)),
        "kind_accuracy": interval(counted.kind_accuracy(weights)),
        "handoff_precision": interval(counted.handoff_precision(weights)),
        "handoff_recall": interval(counted.handoff_recall(weights)),
    }


def _share(right: Iterable[bool]) -> float:
    every = list(right)
    return sum(every) / len(every) if every else float("nan")


def _one(figures: Array) -> float:
    return float(figures[0])


def _fields(figures: SignalFigures | GroupFigures | Confusion | Bin) -> dict[str, object]:
    return {
        name: _number(value) if isinstance(value, float) else value
        for name, value in asdict(figures).items()
    }


def _mistake(mistake: Mistake) -> dict[str, object]:
    example, reading = mistake.compared.example, mistake.compared.reading
    return {
        "id": example.id,
        "faults": [fault.value for fault in mistake.faults],
        "text": example.text,
        "expected": {
            "kind": example.kind.value,
            "temperature": example.readiness.value,
            "signals": {kind.value: list(quotes) for kind, quotes in example.signals.items()},
            "competitors": list(example.competitors),
        },
        "read": {
            "kind": reading.kind.value,
            "temperature": reading.readiness.value,
            "signals": [
                {"kind": one.kind.value, "quote": one.quote, "confidence": one.confidence}
                for one in reading.signals
            ],
            "competitors": list(reading.competitors),
        },
    }


def _number(value: float) -> float | None:
    return None if isnan(value) else round(value, 4)
