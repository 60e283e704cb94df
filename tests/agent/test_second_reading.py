"""Two readings of a burst made one: the rule of agent/second_reading.py."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.conversation import Message, MessageId
from agent.criteria import Answer, Criterion
from agent.second_reading import LIKELY, LONGEST_QUOTE, SURE, added, merge, says_more, verified
from agent.signals import (
    HeardSignal,
    MessageKind,
    Readiness,
    Reading,
    Signal,
    SignalKind,
    TextReading,
    readiness,
)
from tests.builders import a_message, a_reading, a_signal

TEXT = "We leave Crewpine in May. What does Growth cost? The CFO signs."
BURST = (a_message(TEXT),)
K = SignalKind
SALES, SUPPORT, SPAM, OTHER = (
    MessageKind.SALES,
    MessageKind.SUPPORT,
    MessageKind.SPAM,
    MessageKind.OTHER,
)


def local(*heard: tuple[SignalKind, float], kind: MessageKind = SALES, **changes: Any) -> Reading:
    signals = tuple(a_signal(each, quote="in May", confidence=sure) for each, sure in heard)
    known = readiness(kind, frozenset(each for each, _ in heard))
    reading = a_reading(kind=kind, readiness=known, signals=signals, competitors=())
    return replace(reading, **changes)


def model(
    *heard: tuple[SignalKind, float], kind: MessageKind = SALES, **changes: Any
) -> TextReading:
    signals = tuple(Signal(each, "The CFO signs", sure) for each, sure in heard)
    known = readiness(kind, frozenset(each for each, _ in heard))
    reading = TextReading(kind, known, "", signals)
    return replace(reading, **changes)


def kinds(reading: Reading | TextReading) -> set[SignalKind]:
    return {signal.kind for signal in reading.signals}


# Signals


@pytest.mark.parametrize(
    ("ours", "theirs", "counts"),
    [
        (0.5, 0.3, True),
        (SURE, None, True),
        (0.79, None, False),
        (None, LIKELY, True),
        (None, 0.59, False),
    ],
)
def test_a_signal_counts_when_both_hear_it_or_one_is_sure_enough(
    ours: float | None, theirs: float | None, *, counts: bool
) -> None:
    mine = local(*[(K.PRICING, ours)] if ours else [])
    other = model(*[(K.PRICING, theirs)] if theirs else [])
    assert (K.PRICING in kinds(merge(mine, other, BURST))) is counts


def test_our_own_quote_is_kept_when_both_heard_it() -> None:
    (signal,) = merge(local((K.PRICING, 0.5)), model((K.PRICING, 0.9)), BURST).signals
    assert (signal.quote, signal.confidence) == ("in May", SURE)


def test_what_the_model_alone_heard_belongs_to_the_message_it_quotes() -> None:
    first, second = a_message("The CFO signs", id=MessageId("m-7")), a_message("ok")
    (signal,) = merge(local(), model((K.AUTHORITY, 1.0)), (first, second)).signals
    assert (signal.message_id, signal.at, signal.confidence) == ("m-7", first.created_at, SURE)


# Kind


@pytest.mark.parametrize(
    ("ours", "theirs", "expected"),
    [
        (local(), model(kind=SUPPORT), SUPPORT),
        (local((K.PRICING, 0.7)), model(kind=SUPPORT), SUPPORT),
        (local((K.PRICING, SURE)), model(kind=SUPPORT), SALES),
        (local((K.HUMAN, 0.95)), model(kind=OTHER), OTHER),
        (local(kind=OTHER), model((K.PRICING, 0.9)), SALES),
        (local(kind=OTHER), model((K.HUMAN, 0.9)), OTHER),
        (local(kind=SPAM), model(), SPAM),
        (local(kind=SPAM), model(kind=OTHER), OTHER),
    ],
)
def test_the_kind_is_the_models_unless_we_are_sure_or_it_cannot_show_a_buyer(
    ours: Reading, theirs: TextReading, expected: MessageKind
) -> None:
    assert merge(ours, theirs, BURST).kind is expected


def test_outside_sales_only_what_anybody_may_say_is_left() -> None:
    theirs = model((K.PRICING, 0.9), (K.HUMAN, 0.9), kind=SUPPORT)
    assert kinds(merge(local(kind=SUPPORT), theirs, BURST)) == {K.HUMAN}


def test_a_customer_who_leaves_for_another_vendor_is_heard() -> None:
    theirs = model((K.COOLING, 0.9), (K.COMPETITOR, 0.9), kind=SUPPORT, competitors=("Crewpine",))
    merged = merge(local(kind=SUPPORT), theirs, BURST)
    assert kinds(merged) == {K.COOLING, K.COMPETITOR}
    assert merged.competitors == ("Crewpine",)
    assert merged.readiness is Readiness.COLD


# Readiness and names


def test_the_model_makes_nobody_hot_alone() -> None:
    theirs = model((K.PRICING, 0.9), readiness=Readiness.HOT)
    assert merge(local(), theirs, BURST).readiness is Readiness.WARM


def test_two_of_three_make_hot() -> None:
    hot = model((K.PRICING, 0.9), (K.TIMELINE, 0.9))
    assert merge(local(), hot, BURST).readiness is Readiness.HOT
    ours = local((K.PRICING, 0.9), readiness=Readiness.HOT)
    assert merge(ours, model((K.PRICING, 0.9), readiness=Readiness.HOT), BURST).wants_rep


def test_names_are_given_once_as_first_written_and_only_with_their_signal() -> None:
    ours = local((K.COMPETITOR, 0.9), competitors=("Crewpine",))
    theirs = model((K.COMPETITOR, 0.9), competitors=("crewpine", "Fleetly"))
    assert merge(ours, theirs, BURST).competitors == ("Crewpine", "Fleetly")
    assert merge(local(), replace(theirs, signals=()), BURST).competitors == ()


# What is verified


@pytest.mark.parametrize(
    "quote",
    ["", "  ", "send the contract", "the cfo signs", "in  May", "in May. What does Growth cost?!"],
)
def test_a_quote_that_is_not_in_the_words_is_dropped(quote: str) -> None:
    said = TextReading(SALES, Readiness.HOT, "", (Signal(K.PURCHASE, quote, 1.0),), (quote,))
    assert verified(said, BURST) == TextReading(SALES, Readiness.HOT, "")


def test_words_of_others_in_the_message_are_no_quotes() -> None:
    mail = a_message("Hello\n\n> please send the contract\n\n-- \nAda, CEO at Crewpine")
    signals = (Signal(K.PURCHASE, "send the contract", 1.0), Signal(K.AUTHORITY, "CEO", 1.0))
    said = TextReading(SALES, Readiness.HOT, "", signals, ("Crewpine",))
    assert verified(said, (mail,)) == TextReading(SALES, Readiness.HOT, "")


def test_a_quote_across_two_messages_is_dropped() -> None:
    burst = (a_message("The CFO"), a_message("signs"))
    assert verified(model((K.AUTHORITY, 1.0)), burst).signals == ()


def test_a_quote_of_everything_is_dropped() -> None:
    long = "word " * LONGEST_QUOTE
    said = TextReading(SALES, Readiness.HOT, "", (Signal(K.NEED, long, 1.0),))
    assert verified(said, (a_message(long),)).signals == ()


def test_the_surest_of_several_quotes_is_kept() -> None:
    signals = (Signal(K.TIMELINE, "We leave", 0.6), Signal(K.TIMELINE, "in May", 0.9))
    said = TextReading(SALES, Readiness.HOT, "", signals)
    assert [signal.quote for signal in verified(said, BURST).signals] == ["in May"]


# What is new


def test_more_is_a_new_signal_or_hot_only_now() -> None:
    ours = local((K.PRICING, 0.9))
    assert not says_more(ours, ours)
    assert not says_more(ours, local())
    assert says_more(ours, local((K.PRICING, 0.9), (K.DEMO, 0.9)))
    assert says_more(ours, replace(ours, readiness=Readiness.HOT))
    assert not says_more(replace(ours, readiness=Readiness.HOT), ours)


# Properties

SPANS = st.sampled_from(["in May", "The CFO signs", "We leave Crewpine", "made up", ""])
# Criteria


def answering(quote: str, sure: float = 0.9, kind: MessageKind = SALES) -> TextReading:
    found = (Answer(Criterion.AUTHORITY, quote, is_negative=False, confidence=sure),)
    return model((K.PRICING, 0.9), kind=kind, answers=found)


def test_an_answer_belongs_to_the_message_it_quotes() -> None:
    first, second = a_message("The CFO signs", id=MessageId("m-7")), a_message("ok")
    (heard,) = merge(local(), answering("The CFO signs"), (second, first)).answers
    assert (heard.criterion, heard.message_id, heard.is_negative) == ("authority", "m-7", False)


@pytest.mark.parametrize("quote", ["", "  ", "The CEO signs", "the cfo signs"])
def test_an_answer_without_the_visitors_words_is_dropped(quote: str) -> None:
    assert verified(answering(quote), BURST).answers == ()


def test_an_answer_counts_only_when_likely_and_of_a_buyer() -> None:
    assert merge(local(), answering("The CFO signs", LIKELY), BURST).answers
    assert not merge(local(), answering("The CFO signs", LIKELY - 0.01), BURST).answers
    support = answering("The CFO signs", kind=SUPPORT)
    assert not merge(local(kind=SUPPORT), support, BURST).answers


def test_of_two_answers_to_one_criterion_the_surer_is_kept() -> None:
    sure, unsure = answering("The CFO signs").answers[0], answering("in May", 0.7).answers[0]
    for both in ((sure, unsure), (unsure, sure)):
        assert verified(model(answers=both), BURST).answers == (sure,)


def test_new_answers_are_worth_another_look() -> None:
    ours = local((K.PRICING, 0.9))
    assert says_more(ours, merge(ours, answering("The CFO signs"), BURST))
    assert not says_more(ours, merge(ours, answering("The CFO signs", 0.1), BURST))


SURENESS = st.floats(0, 1)
LOCAL_SIGNALS = st.builds(a_signal, st.sampled_from(K), quote=SPANS, confidence=SURENESS)
MODEL_SIGNALS = st.builds(Signal, st.sampled_from(K), SPANS, SURENESS)
NAMES = st.lists(st.sampled_from(["Crewpine", "crewpine", "Growth", "Nobody"])).map(tuple)
LOCALS = st.builds(
    Reading,
    st.sampled_from(MessageKind),
    st.sampled_from(Readiness),
    st.just("en"),
    st.lists(LOCAL_SIGNALS, unique_by=lambda s: s.kind).map(tuple),
    NAMES,
)
MODELS = st.builds(
    TextReading,
    st.sampled_from(MessageKind),
    st.sampled_from(Readiness),
    st.just(""),
    st.lists(MODEL_SIGNALS).map(tuple),
    NAMES,
)
many = settings(max_examples=300, deadline=None)


@many
@given(LOCALS, MODELS)
def test_nothing_counts_that_neither_heard(ours: Reading, said: TextReading) -> None:
    theirs = verified(said, BURST)
    merged = merge(ours, theirs, BURST)
    assert kinds(merged) <= kinds(ours) | kinds(theirs)
    assert merged.kind in (ours.kind, theirs.kind)
    assert len(merged.signals) == len(kinds(merged))


@many
@given(LOCALS, MODELS)
def test_whatever_is_added_stands_in_the_words(ours: Reading, said: TextReading) -> None:
    merged = merge(ours, verified(said, BURST), BURST)
    assert all(_stands(signal, BURST) for signal in added(ours, merged))
    assert all(name in TEXT for name in set(merged.competitors) - set(ours.competitors))


@many
@given(LOCALS, MODELS)
def test_the_middle_readiness_is_never_beyond_all_three(ours: Reading, said: TextReading) -> None:
    merged = merge(ours, said, BURST)
    if merged.kind is not SALES or K.COOLING in kinds(merged):
        assert merged.readiness is Readiness.COLD
    else:
        plain = readiness(merged.kind, frozenset(kinds(merged)))
        votes = [ours.readiness, said.readiness, plain]
        assert merged.readiness in votes
        assert merged.readiness is not Readiness.HOT or votes.count(Readiness.HOT) >= 2


@many
@given(LOCALS, MODELS)
def test_merging_again_changes_nothing(ours: Reading, said: TextReading) -> None:
    theirs = verified(said, BURST)
    merged = merge(ours, theirs, BURST)
    assert merge(merged, theirs, BURST) == merged


def _stands(signal: HeardSignal, burst: tuple[Message, ...]) -> bool:
    return any(signal.quote in m.text for m in burst if m.id == signal.message_id)
