import json
from math import isnan
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.signals import MessageKind, Readiness, Signal, SignalKind, TextReading
from integrations.evaluation.examples import Example, read_examples
from integrations.evaluation.metrics import Report, as_json, evaluate
from integrations.evaluation.mistakes import Fault
from tests.integrations.evaluation.readings import a_text_reading, an_example, as_labelled

K = SignalKind
MESSAGES = Path(__file__).with_name("messages.jsonl")


def measured(*pairs: tuple[Example, TextReading]) -> Report:
    return evaluate([example for example, _ in pairs], [reading for _, reading in pairs])


# Signals


def test_counts_each_signal_by_hits_misses_and_inventions() -> None:
    report = measured(
        (an_example(K.PRICING, K.NEED), a_text_reading(K.PRICING, K.DEMO)),
        (an_example(K.PRICING), a_text_reading(K.PRICING)),
        (an_example(K.PRICING), a_text_reading()),
        (an_example(), a_text_reading(K.PRICING)),
    )
    pricing = report.per_signal[K.PRICING]
    assert (pricing.support, pricing.reported) == (3, 3)
    assert pricing.precision == pricing.recall == pricing.f1 == pytest.approx(2 / 3)
    need = report.per_signal[K.NEED]
    assert (need.recall, need.f1, need.support) == (0.0, 0.0, 1)
    assert isnan(need.precision)
    assert report.macro_f1 == pytest.approx((2 / 3 + 0) / 2)
    assert report.micro_f1 == pytest.approx(2 * 2 / (4 + 4))


def test_a_signal_that_no_message_carries_has_no_figures_and_no_part_in_the_mean() -> None:
    report = measured((an_example(K.NEED), a_text_reading(K.NEED, K.DEMO)))
    demo = report.per_signal[K.DEMO]
    assert all(isnan(figure) for figure in (demo.precision, demo.recall, demo.f1))
    assert (demo.support, demo.reported) == (0, 1)
    assert report.macro_f1 == 1.0
    assert report.micro_f1 == pytest.approx(2 / 3)


def test_a_signal_read_twice_counts_once_with_its_highest_confidence() -> None:
    twice = a_text_reading(Signal(K.NEED, "a", 0.3), Signal(K.NEED, "b", 0.85))
    report = measured((an_example(K.NEED), twice))
    assert report.per_signal[K.NEED].reported == 1
    assert [each.count for each in report.reliability] == [0, 0, 0, 0, 0, 0, 0, 0, 1, 0]


def test_quotes_overlap_when_they_share_a_character_of_the_message() -> None:
    text = "what would it cost, and is there a trial?"

    def pair(quote: str) -> tuple[Example, TextReading]:
        example = an_example(quotes={K.PRICING: ("would it cost",)}, text=text)
        return example, a_text_reading(Signal(K.PRICING, quote, 0.9))

    unquoted = an_example(K.PRICING, text=text), a_text_reading(Signal(K.PRICING, "trial", 0.9))
    report = measured(
        pair("it cost, and"), pair(", and"), pair("trial"), pair("not in it"), pair(""), unquoted
    )
    assert report.quote_overlap == pytest.approx(1 / 5)


# Kind, temperature, handoff


def test_kinds_and_temperatures_are_confused_by_label_and_reading() -> None:
    support, cold = MessageKind.SUPPORT, Readiness.COLD
    report = measured(
        (an_example(), a_text_reading()),
        (an_example(), a_text_reading(kind=support, readiness=cold)),
        (an_example(kind=support, readiness=cold), a_text_reading(kind=support, readiness=cold)),
    )
    assert report.kind_accuracy == report.readiness_accuracy == pytest.approx(2 / 3)
    assert report.kinds.labels[:2] == ("sales", "support")
    assert report.kinds.counts[0] == (1, 1, 0, 0, 0, 0, 0)
    assert report.kinds.counts[1] == (0, 1, 0, 0, 0, 0, 0)
    assert report.readinesses.counts == ((1, 0, 0), (1, 1, 0), (0, 0, 0))


def test_a_handoff_is_due_exactly_when_a_message_is_hot() -> None:
    hot, support = Readiness.HOT, MessageKind.SUPPORT
    report = measured(
        (an_example(readiness=hot), a_text_reading(readiness=hot)),
        (an_example(readiness=hot), a_text_reading()),
        (an_example(), a_text_reading(readiness=hot)),
        (an_example(kind=support, readiness=Readiness.COLD), a_text_reading(readiness=hot)),
        (an_example(kind=support, readiness=Readiness.COLD), a_text_reading()),
    )
    assert report.handoff_precision == pytest.approx(1 / 3)
    assert report.handoff_recall == pytest.approx(1 / 2)
    assert report.non_sales_handed_off == pytest.approx(1 / 2)


# Names, languages, groups


def test_competitors_are_exact_as_sets_where_either_side_has_any() -> None:
    report = measured(
        (an_example(competitors=("A", "B")), a_text_reading(competitors=("B", "A", "A"))),
        (an_example(competitors=("A",)), a_text_reading(competitors=("A", "B"))),
        (an_example(), a_text_reading(competitors=("C",))),
        (an_example(), a_text_reading()),
    )
    assert report.competitors_exact == pytest.approx(1 / 3)
    assert report.competitors_exact_where_named == pytest.approx(1 / 2)


def test_languages_are_measured_where_they_are_given_without_their_country() -> None:
    report = measured(
        (an_example(language="en-GB"), a_text_reading(language="en")),
        (an_example(language="de"), a_text_reading(language="nl")),
        (an_example(), a_text_reading(language="fr")),
    )
    assert report.language_accuracy == pytest.approx(1 / 2)
    assert {name: each.count for name, each in report.by_language.items()} == {"en": 1, "other": 2}


def test_lengths_part_at_six_and_forty_words() -> None:
    lengths = (1, 6, 7, 40, 41)
    report = measured(*((an_example(text="word " * n), a_text_reading()) for n in lengths))
    assert [each.count for each in report.by_length.values()] == [2, 2, 1]


def test_groups_have_their_own_figures() -> None:
    report = measured(
        (an_example(K.NEED, language="en"), a_text_reading(K.NEED)),
        (an_example(K.NEED, language="de"), a_text_reading(kind=MessageKind.SPAM)),
    )
    assert (report.by_language["en"].macro_f1, report.by_language["en"].kind_accuracy) == (1, 1)
    assert (report.by_language["other"].macro_f1, report.by_language["other"].kind_accuracy) == (
        0,
        0,
    )
    assert isnan(report.by_length["> 40 words"].macro_f1)


# Confidences


def test_the_calibration_error_is_the_mean_distance_between_sure_and_right() -> None:
    report = measured(
        (an_example(K.NEED), a_text_reading(Signal(K.NEED, "", 0.9), Signal(K.DEMO, "", 0.9))),
        (an_example(K.NEED), a_text_reading(Signal(K.NEED, "", 0.5))),
    )
    assert report.calibration_error == pytest.approx((2 * abs(0.5 - 0.9) + abs(1 - 0.5)) / 3)
    last = report.reliability[9]
    assert (last.count, last.right) == (2, 0.5)
    assert last.confidence == pytest.approx(0.9)


@pytest.mark.parametrize(
    ("sure", "number"), [(0.0, 0), (0.0999, 0), (0.3, 3), (0.999, 9), (1.0, 9)]
)
def test_a_confidence_falls_into_its_tenth(sure: float, number: int) -> None:
    report = measured((an_example(), a_text_reading(Signal(K.NEED, "", sure))))
    assert [each.count for each in report.reliability].index(1) == number


# Intervals


def test_intervals_are_the_same_every_time_and_hold_the_figure() -> None:
    examples = read_examples(MESSAGES)
    readings = [*as_labelled(examples[:8]), *[a_text_reading(K.NEED)] * 4]
    first, again = evaluate(examples, readings), evaluate(examples, readings)
    assert first.intervals == again.intervals
    for name, limits in first.intervals.items():
        assert 0 <= limits.low <= getattr(first, name) <= limits.high <= 1, name
    assert first.intervals["kind_accuracy"].low < first.intervals["kind_accuracy"].high


def test_more_messages_make_narrower_intervals() -> None:
    right, wrong = (
        (an_example(), a_text_reading()),
        (an_example(), a_text_reading(kind=MessageKind.SPAM)),
    )
    few = measured(*[right, wrong] * 5).intervals["kind_accuracy"]
    many = measured(*[right, wrong] * 500).intervals["kind_accuracy"]
    assert many.high - many.low < 0.08 < 0.4 < few.high - few.low


# All of it


def test_nothing_read_is_nothing_measured() -> None:
    report = evaluate([], [])
    assert report.count == 0
    assert all(
        value is None for name, value in as_json(report).items()
        if name.endswith(("f1", "accuracy", "recall", "error"))
    )  # fmt: skip


def test_a_missing_reading_is_an_error() -> None:
    with pytest.raises(ValueError, match="shorter"):
        evaluate([an_example()], [])


def test_what_is_read_as_labelled_is_all_right() -> None:
    examples = read_examples(MESSAGES)
    report = evaluate(examples, as_labelled(examples))
    assert report.macro_f1 == report.micro_f1 == report.kind_accuracy == 1
    assert report.handoff_precision == report.handoff_recall == report.quote_overlap == 1
    assert (report.non_sales_handed_off, report.calibration_error, report.mistakes) == (0, 0, ())


def test_json_has_null_where_there_is_nothing_to_measure() -> None:
    report = measured((an_example(K.NEED), a_text_reading(K.DEMO)))
    written = json.loads(json.dumps(as_json(report), allow_nan=False))
    assert written["macro_f1"] == 0
    assert written["handoff_recall"] is None
    assert written["intervals"]["handoff_recall"] == [None, None]
    assert written["per_signal"]["need"] == {
        "precision": None, "recall": 0, "f1": 0, "support": 1, "reported": 0,
    }  # fmt: skip
    assert written["mistakes"][0]["faults"] == [Fault.WRONG_SIGNALS.value]


kinds = st.sampled_from(MessageKind)
readinesses = st.sampled_from(Readiness)
signals = st.sets(st.sampled_from(SignalKind))
pairs = st.lists(
    st.tuples(
        st.builds(lambda s, k, r: an_example(*s, kind=k, readiness=r), signals, kinds, readinesses),
        st.builds(lambda s, k, r: a_text_reading(*s, kind=k, readiness=r), signals, kinds, readinesses),
    ),
    max_size=12,
)  # fmt: skip


@given(pairs)
def test_figures_agree_with_counting_by_hand(compared: list[tuple[Example, TextReading]]) -> None:
    report = measured(*compared)
    each_f1 = []
    for kind in SignalKind:
        labelled = [kind in example.signals for example, _ in compared]
        read = [kind in {s.kind for s in reading.signals} for _, reading in compared]
        hits = sum(a and b for a, b in zip(labelled, read, strict=True))
        if any(labelled):
            each_f1.append(2 * hits / (sum(labelled) + sum(read)))
            assert report.per_signal[kind].f1 == pytest.approx(each_f1[-1])
        else:
            assert isnan(report.per_signal[kind].f1)
    if each_f1:
        assert report.macro_f1 == pytest.approx(sum(each_f1) / len(each_f1))
    else:
        assert isnan(report.macro_f1)


@given(pairs)
def test_every_message_is_counted_once_in_each_confusion(
    compared: list[tuple[Example, TextReading]],
) -> None:
    report = measured(*compared)
    for confusion in (report.kinds, report.readinesses):
        assert sum(map(sum, confusion.counts)) == len(compared)
    wrong = [m for m in report.mistakes if Fault.WRONG_KIND in m.faults]
    diagonal = sum(report.kinds.counts[n][n] for n in range(len(MessageKind)))
    assert len(wrong) == len(compared) - diagonal
