"""The report as one HTML page that needs nothing else: no network, no other file, no fonts."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from xml.etree.ElementTree import Element

from integrations.evaluation.charts import (
    heat_table,
    range_bar,
    reliability_plot,
    reliability_table,
    signal_table,
)
from integrations.evaluation.elements import element, elements
from integrations.evaluation.frame import framed
from integrations.evaluation.metrics import GroupFigures, Report
from integrations.evaluation.mistakes import Fault, Mistake
from integrations.evaluation.wording import FAULTS, FIGURES, expected, read, share

MOST_OF_A_FAULT = 100
GROUPS = {"en": "English", "other": "Other languages"}


def write_page(report: Report, name: str) -> str:
    """Write the page for the messages called `name`: all figures, and of each fault the 100 worst mistakes."""
    return framed(f"Signals: {name}", _header(report, name), _main(report))


def _header(report: Report, name: str) -> Element:
    counted = f"{report.count:,} labelled messages, {len(report.mistakes):,} of them read wrongly"
    return element(
        "header",
        element("h1", "How the signals were read"),
        element("p", name),
        element("p", counted, class_="quiet"),
    )


def _main(report: Report) -> Element:
    return element(
        "main",
        _headline(report),
        _section("By signal", _scroll(signal_table(report.per_signal)), note=SIGNALS_NOTE),
        _section("What was read as what", _confusions(report), note=CONFUSION_NOTE),
        _section("How sure, and how often right", _reliability(report), note=RELIABILITY_NOTE),
        _section("By group of messages", _scroll(_groups(report)), note=""),
        _mistakes(report.mistakes),
    )


SIGNALS_NOTE = (
    "Precision: how many of the signals read are labelled. Recall: how many of the labelled were read. "
    "“-” where there is nothing to measure."
)
CONFUSION_NOTE = (
    "Rows are the labels, columns the readings. A deeper colour is a larger part of its row."
)
RELIABILITY_NOTE = (
    "Only signals that were reported. On the dashed line a confidence is what it says; below it, "
    "the detector is surer than it is right. Columns at the foot: how many signals."
)
MISTAKES_NOTE = "The worst first: by fault, then by how sure the reading was."


def _section(title: str, *content: Element, note: str) -> Element:
    section = element("section", element("h2", title))
    if note:
        section.append(element("p", note, class_="quiet"))
    section.extend(content)
    return section


def _scroll(content: Element) -> Element:
    return element("div", content, class_="scroll")


def _headline(report: Report) -> Element:
    measured = [_with_interval(report, name) for name in report.intervals]
    others = [
        element("div", element("dt", called), element("dd", share(getattr(report, name))))
        for name, called in FIGURES.items()
        if name not in report.intervals
    ]
    return element(
        "section",
        element("h2", "In short", class_="unseen"),
        element("dl", *measured, class_="cards"),
        element("dl", *others, class_="facts"),
    )


def _with_interval(report: Report, name: str) -> Element:
    value, limits = getattr(report, name), report.intervals[name]
    card = element(
        "div", element("dt", FIGURES[name]), element("dd", share(value), class_="figure")
    )
    if value == value and limits.low == limits.low:
        between = f"{share(limits.low)} to {share(limits.high)} (95 %)"
        card.append(element("dd", range_bar(value, limits), element("span", between)))
    return card


def _confusions(report: Report) -> Element:
    return element(
        "div",
        _scroll(heat_table(report.kinds, "Kind")),
        _scroll(heat_table(report.readinesses, "Temperature")),
        class_="pair",
    )


def _reliability(report: Report) -> Element:
    if not any(each.count for each in report.reliability):
        return element("p", "No signal was reported.")
    error = element(
        "p", "Expected calibration error ", element("b", share(report.calibration_error))
    )
    return element(
        "div",
        element("figure", reliability_plot(report.reliability)),
        element("div", error, _scroll(reliability_table(report.reliability))),
        class_="pair",
    )


def _groups(report: Report) -> Element:
    heads = elements("th", ("Group", "Messages", "Macro-F1", "Kind right"), scope="col")
    rows = [_group(name, each) for name, each in {**report.by_language, **report.by_length}.items()]
    return element("table", element("thead", element("tr", *heads)), element("tbody", *rows))


def _group(name: str, group: GroupFigures) -> Element:
    figures = str(group.count), share(group.macro_f1), share(group.kind_accuracy)
    called = element("th", GROUPS.get(name, name), scope="row")
    return element("tr", called, *elements("td", figures))


def _mistakes(mistakes: Sequence[Mistake]) -> Element:
    if not mistakes:
        return _section("Mistakes", element("p", "No message was read wrongly."), note="")
    shown = [
        each
        for _, alike in groupby(mistakes, key=lambda mistake: mistake.faults[0])
        for each in list(alike)[:MOST_OF_A_FAULT]
    ]
    cut = len(mistakes) - len(shown)
    note = f"{MISTAKES_NOTE} {cut:,} more are left out here." if cut else MISTAKES_NOTE
    return _section(
        "Mistakes",
        _legend(),
        _filters(shown),
        element("ol", *(_mistake(each) for each in shown), class_="mistakes"),
        note=note,
    )


def _legend() -> Element:
    return element(
        "p",
        "In the messages: ",
        element("mark", "a labelled quote", class_="labelled"),
        ", ",
        element("mark", "a quote that was read", class_="read"),
        ", ",
        element("mark", "both", class_="labelled read"),
        ".",
        class_="quiet",
    )


def _filters(mistakes: Sequence[Mistake]) -> Element:
    buttons = [_filter("", "all", len(mistakes))]
    for fault in Fault:
        count = sum(fault in each.faults for each in mistakes)
        if count:
            buttons.append(_filter(fault.value, FAULTS[fault], count))
    return element("div", *buttons, class_="filters", role="group", aria_label="Show", hidden="")


def _filter(fault: str, called: str, count: int) -> Element:
    return element(
        "button", f"{called} ", element("span", f"{count:,}"),
        type="button", data_fault=fault, aria_pressed="false" if fault else "true",
    )  # fmt: skip


def _mistake(mistake: Mistake) -> Element:
    faults = [
        element("span", FAULTS[fault], class_=f"fault {fault.value}") for fault in mistake.faults
    ]
    example = mistake.compared.example
    return element(
        "li",
        element("p", *faults, element("span", example.id, class_="id"), class_="top"),
        *_before(mistake),
        element("blockquote", *_marked(mistake), dir="auto", tabindex="0"),
        element("dl",
            element("dt", "Expected"), element("dd", expected(mistake)),
            element("dt", "Read"), element("dd", read(mistake)),
        ),
        data_faults=" ".join(fault.value for fault in mistake.faults),
    )  # fmt: skip


def _before(mistake: Mistake) -> Iterator[Element]:
    for author, said in mistake.compared.example.before:
        yield element("p", element("b", author), f" {said}", class_="before", dir="auto")


def _marked(mistake: Mistake) -> Iterator[Element | str]:
    """Give the text with every quote marked: labelled, read, or both."""
    text = mistake.compared.example.text
    labelled = _covered(text, _quotes_labelled(mistake))
    reads = _covered(text, _quotes_read(mistake))
    for (is_labelled, is_read), span in groupby(
        range(len(text)), key=lambda at: (at in labelled, at in reads)
    ):
        words = "".join(text[at] for at in span)
        names = [name for name, on in (("labelled", is_labelled), ("read", is_read)) if on]
        yield element("mark", words, class_=" ".join(names)) if names else words


def _quotes_labelled(mistake: Mistake) -> Iterator[str]:
    return (q for quotes in mistake.compared.example.signals.values() for q in quotes)


def _quotes_read(mistake: Mistake) -> Iterator[str]:
    return (signal.quote for signal in mistake.compared.reading.signals)


def _covered(text: str, quotes: Iterator[str]) -> set[int]:
    """Give the places in the text that a quote covers, where it stands first."""
    starts = ((text.find(quote), quote) for quote in quotes if quote)
    return {at for start, quote in starts if start >= 0 for at in range(start, start + len(quote))}
