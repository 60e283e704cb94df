"""The pictures of the page: bars, intervals, heat tables and the reliability plot, as plain HTML and SVG."""

from collections.abc import Iterator, Mapping, Sequence
from math import isnan
from xml.etree.ElementTree import Element

from agent.signals import SignalKind
from integrations.evaluation.calibration import Bin
from integrations.evaluation.elements import element, elements
from integrations.evaluation.metrics import Confusion, SignalFigures
from integrations.evaluation.tally import Interval
from integrations.evaluation.wording import share, spoken

HEATS = 8
FEW = 3
SIDE, LEFT, TOP, COUNTS = 240, 40, 10, 44
"""The plot: the square's side, the room at its left and top, the height of the counts below; in pixels."""


def bar(value: float) -> Element:
    """Draw a share as a bar; an empty track where there is nothing to measure."""
    picture = element(
        "svg", class_="bar", viewBox="0 0 100 6", preserveAspectRatio="none", aria_hidden="true"
    )
    picture.append(element("rect", class_="track", width=100, height=6))
    if not isnan(value):
        picture.append(element("rect", class_="fill", width=f"{value * 100:.1f}", height=6))
    return picture


def range_bar(value: float, limits: Interval) -> Element:
    """Draw a figure as a mark on the line from 0 to 1, with its interval."""
    low, width = limits.low * 100, (limits.high - limits.low) * 100
    return element(
        "svg",
        element("rect", class_="track", y=4, width=100, height=4),
        element("rect", class_="reach", x=f"{low:.1f}", y=3, width=f"{width:.1f}", height=6),
        element("rect", class_="mark", x=f"{value * 99:.1f}", width=1, height=12),
        class_="range", viewBox="0 0 100 12", preserveAspectRatio="none", aria_hidden="true",
    )  # fmt: skip


def signal_table(per_signal: Mapping[SignalKind, SignalFigures]) -> Element:
    """Show precision, recall and F1 of each signal as numbers over bars."""
    heads = elements("th", ("Signal", "Precision", "Recall", "F1", "Labelled", "Read"), scope="col")
    rows = [
        element(
            "tr",
            element("th", kind.value, scope="row"),
            *(_measured(figure) for figure in (each.precision, each.recall, each.f1)),
            element("td", str(each.support)),
            element("td", str(each.reported)),
        )
        for kind, each in per_signal.items()
    ]
    return element(
        "table",
        element("thead", element("tr", *heads)),
        element("tbody", *rows),
        class_="signals",
    )


def heat_table(confusion: Confusion, caption: str) -> Element:
    """Show a confusion matrix; the deeper the colour, the larger the part of its row."""
    heads = [
        element("th", element("span", spoken(label)), scope="col") for label in confusion.labels
    ]
    rows = [
        element("tr", element("th", spoken(label), scope="row"), *_heat_row(row, counts))
        for row, (label, counts) in enumerate(zip(confusion.labels, confusion.counts, strict=True))
    ]
    corner = element("td", class_="corner")
    return element(
        "table",
        element("caption", caption),
        element("thead", element("tr", corner, *heads)),
        element("tbody", *rows),
        class_="heat heat-many" if len(confusion.labels) > FEW else "heat",
    )


def reliability_plot(bins: Sequence[Bin]) -> Element:
    """Plot how often signals are right against how sure they were, with their counts below."""
    filled = [each for each in bins if each.count]
    line = " ".join(f"{_across(each.confidence):.1f},{_up(each.right):.1f}" for each in filled)
    return element(
        "svg",
        *_frame(),
        element("path", class_="ideal", d=f"M{_across(0)} {_up(0)}L{_across(1)} {_up(1)}"),
        element("polyline", class_="line", points=line),
        *(_point(each) for each in filled),
        *_counts(bins),
        class_="plot", role="img", viewBox=f"0 0 {LEFT + SIDE + 14} {TOP + SIDE + COUNTS + 48}",
        aria_label="Reliability: share right by confidence; the table below has the numbers.",
    )  # fmt: skip


def reliability_table(bins: Sequence[Bin]) -> Element:
    """Give the numbers of the plot."""
    heads = elements("th", ("Confidence", "Signals", "Mean", "Right"), scope="col")
    rows = [
        element(
            "tr",
            element("th", f"{each.low:.1f} to {each.high:.1f}", scope="row"),
            *elements("td", (str(each.count), share(each.confidence), share(each.right))),
        )
        for each in bins
        if each.count
    ]
    return element("table", element("thead", element("tr", *heads)), element("tbody", *rows))


def _measured(figure: float) -> Element:
    return element("td", share(figure), bar(figure))


def _heat_row(row: int, counts: Sequence[int]) -> Iterator[Element]:
    for column, count in enumerate(counts):
        heat = -(-count * HEATS // sum(counts)) if count else 0
        side = "right" if row == column else "wrong"
        yield element("td", str(count) if count else "", class_=f"{side} heat-{heat}")


def _frame() -> Iterator[Element]:
    for tenth in (0, 2, 4, 6, 8, 10):
        at = tenth / 10
        yield element("path", class_="grid", d=f"M{_across(0)} {_up(at)}H{_across(1)}")
        yield element("text", f"{at:g}", x=LEFT - 6, y=_up(at) + 4, text_anchor="end")
        yield element("text", f"{at:g}", x=_across(at), y=_foot() + 16, text_anchor="middle")
    yield element("text", "confidence", x=_across(0.5), y=_foot() + 34, text_anchor="middle")
    middle = _up(0.5)
    yield element(
        "text", "share right", x=10, y=middle, text_anchor="middle", transform=f"rotate(-90 10 {middle})",
    )  # fmt: skip


def _point(each: Bin) -> Element:
    told = f"{each.low:.1f} to {each.high:.1f}: {each.count} signals, {share(each.right)} right"
    return element(
        "circle", element("title", told), class_="point",
        cx=f"{_across(each.confidence):.1f}", cy=f"{_up(each.right):.1f}", r=4.5,
    )  # fmt: skip


def _counts(bins: Sequence[Bin]) -> Iterator[Element]:
    most = max((each.count for each in bins), default=0)
    for each in bins:
        height = (COUNTS - 10) * each.count / most if most else 0
        yield element(
            "rect", class_="count", x=f"{_across(each.low) + 2:.1f}", y=f"{_foot() - height:.1f}",
            width=SIDE / 10 - 4, height=f"{height:.1f}",
        )  # fmt: skip


def _across(value: float) -> float:
    return LEFT + value * SIDE


def _up(value: float) -> float:
    return TOP + (1 - value) * SIDE


def _foot() -> float:
    return TOP + SIDE + COUNTS
