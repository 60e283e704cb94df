"""The model card, written from what was measured."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from statistics import median
from typing import Protocol

from agent.signals import SignalKind
from integrations.evaluation.examples import Example
from integrations.evaluation.metrics import Report

Figures = Mapping[str, float]


class Messages(Protocol):
    """The three sets of messages."""

    @property
    def training(self) -> Sequence[Example]:
        """What the model learned from."""
        ...

    @property
    def development(self) -> Sequence[Example]:
        """What choices and thresholds were made on."""
        ...

    @property
    def fresh(self) -> Sequence[Example]:
        """What nothing was chosen on, by writers who saw neither guide nor data."""
        ...


def figures_of(report: Report) -> dict[str, float]:
    """Give the figures that are kept beside the model and held by a test."""
    return {
        "macro_f1": round(report.macro_f1, 4),
        "kind_accuracy": round(report.kind_accuracy, 4),
        "temperature_accuracy": round(report.readiness_accuracy, 4),
        "handoff_precision": round(report.handoff_precision, 4),
        "handoff_recall": round(report.handoff_recall, 4),
        "non_sales_handed_off": round(report.non_sales_handed_off, 4),
        "competitors_exact": round(report.competitors_exact, 4),
        "competitors_exact_where_named": round(report.competitors_exact_where_named, 4),
        "calibration_error": round(report.calibration_error, 4),
        "language_accuracy": round(report.language_accuracy, 4),
    }


def write_model_card(
    messages: Messages, reports: Mapping[str, Report], compared: Mapping[str, Figures]
) -> str:
    """Write the card as Markdown; every figure in it is measured, none is typed."""
    return "\n".join(
        [
            *_HEAD,
            *_sets(messages),
            *_METHOD,
            *_results(reports),
            *_by_signal(reports),
            *_comparison(compared),
            *_LIMITS,
            "",
        ]
    )


_HEAD = (
    "# Model card: the signal model",
    "",
    "Written by `make train`; do not edit by hand. What is measured and how: `hotline eval signals --help`.",
    "",
)

_METHOD = (
    "## Method",
    "",
    "- Encoder: the first seven layers of multilingual-e5-small (MIT; Wang et al. 2024, arXiv 2402.05672), its vocabulary cut",
    "  to 30,000 pieces, fine-tuned with AdamW, words frozen, lower layers slower. Exported to ONNX, weights as int8 with",
    "  seven bits used, so that processors with and without VNNI read alike.",
    "- Heads: kind, eleven signals and temperature, each with its own attention over the message's tokens; a",
    "  twelfth token output marks competitors' names. Quotes of the training messages teach the tokens, so a quote is what decided.",
    "- Before reading: quoted mail, signatures and disclaimers blanked (mail-parser-reply), shouting lowered, long texts read in",
    "  up to four windows of 256 tokens. In a conversation, what our side said last is read along.",
    "- Calibration on the development messages: Platt scaling a signal, temperature scaling for kind and temperature,",
    "  thresholds of best smoothed F1.",
    "- Rules after it: only `sales` may be warm or hot; `cooling` is cold; other kinds keep only `human` and, when leaving, `cooling` and",
    "  `competitor`; names of the playbook's competitors are always found.",
    "",
)

_LIMITS = (
    "## Limits",
    "",
    "- All messages were written for this project by language models playing people, under many different briefs; no mail of a real",
    "  customer is in them. Real inboxes will differ: measure yours with `hotline eval signals`, and mend with `hotline examples review`.",
    "- The development messages chose thresholds and design, so their figures flatter a little; the fresh ones chose nothing, though",
    "  the first of their three authors was looked at twice, which showed that competitors' names needed more training messages; the other two never.",
    "- Languages beyond the first dozen have few messages each; names written in small letters are missed more often.",
    "- It reads words, not attachments, and one message with what was said just before it, not a whole thread.",
)


def _sets(messages: Messages) -> Iterator[str]:
    yield "## Messages"
    yield ""
    yield "| set | messages | batches | sales | other languages | languages | words (median) |"
    yield "|---|---|---|---|---|---|---|"
    for name, examples in (
        ("training", messages.training),
        ("development", messages.development),
        ("fresh", messages.fresh),
    ):
        count = len(examples)
        sales = sum(each.kind.value == "sales" for each in examples) / count
        other = sum(each.language != "en" for each in examples) / count
        yield (
            f"| {name} | {count} | {len({e.batch for e in examples})} | {sales:.0%} | {other:.0%} | "
            f"{len({e.language for e in examples})} | {median(len(e.text.split()) for e in examples):.0f} |"
        )
    yield ""
    counted = Counter(kind for each in messages.training for kind in each.signals)
    listed = ", ".join(f"{kind.value} {counted[kind]}" for kind in SignalKind)
    yield f"Signals in the training messages: {listed}."
    yield ""


def _results(reports: Mapping[str, Report]) -> Iterator[str]:
    yield "## Figures"
    yield ""
    yield f"| | {' | '.join(reports)} |"
    yield f"|---|{'---|' * len(reports)}"
    kept = {name: figures_of(report) for name, report in reports.items()}
    for figure in next(iter(kept.values())):
        yield f"| {figure.replace('_', ' ')} | {' | '.join(f'{each[figure]:.3f}' for each in kept.values())} |"
    yield ""


def _by_signal(reports: Mapping[str, Report]) -> Iterator[str]:
    yield f"| precision / recall / F1 | {' | '.join(reports)} |"
    yield f"|---|{'---|' * len(reports)}"
    for kind in SignalKind:
        cells = [report.per_signal[kind] for report in reports.values()]
        each = " | ".join(
            f"{c.precision:.2f} / {c.recall:.2f} / {c.f1:.2f} ({c.support})" for c in cells
        )
        yield f"| {kind.value} | {each} |"
    yield ""


def _comparison(compared: Mapping[str, Figures]) -> Iterator[str]:
    if not compared:
        return
    yield "## What was compared, on the development messages"
    yield ""
    yield "Measured while the messages grew: a row says how many it learned from, in five epochs unless it says otherwise."
    yield ""
    yield "| variant | macro-F1 | kind | handoff precision | handoff recall | other kinds handed off |"
    yield "|---|---|---|---|---|---|"
    for name, figures in compared.items():
        cells = " | ".join(
            f"{figures[key]:.3f}"
            for key in (
                "macro_f1",
                "kind_accuracy",
                "handoff_precision",
                "handoff_recall",
                "non_sales_handed_off",
            )
        )
        yield f"| {name} | {cells} |"
    yield ""
