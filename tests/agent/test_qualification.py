from datetime import timedelta

import pytest

from agent.qualification import QUANTITY, Criterion, Question, next_question, qualify
from agent.signals import SignalKind
from tests.agent.tourvane import reading_of
from tests.builders import a_signal
from tests.fakes.clock import MONDAY_TEN

K = SignalKind


def test_nothing_is_known_of_a_stranger() -> None:
    assert qualify(()).known == {}
    assert qualify(()).missing() == (Criterion.BUDGET, Criterion.AUTHORITY, Criterion.NEED, Criterion.TIMELINE)  # fmt: skip


def test_a_criterion_rests_on_the_visitors_words() -> None:
    signal = a_signal(K.BUDGET, quote="the budget is approved")
    evidence = qualify((signal,)).known[Criterion.BUDGET]
    assert (evidence.quote, evidence.message_id) == ("the budget is approved", "m-1")


def test_the_newest_mention_counts() -> None:
    old = a_signal(K.TIMELINE, quote="by June")
    new = a_signal(K.TIMELINE, quote="by March", at=MONDAY_TEN + timedelta(minutes=1))
    assert qualify((new, old)).known[Criterion.TIMELINE].quote == "by March"


@pytest.mark.parametrize(
    ("kind", "quote", "criterion", "is_known"),
    [
        (K.NEED, "we lose 30 jobs a week", Criterion.METRICS, True),
        (K.NEED, "we lose jobs", Criterion.METRICS, False),
        (K.NEED, "we lose jobs", Criterion.IDENTIFY_PAIN, True),
        (K.AUTHORITY, "our CFO signs", Criterion.ECONOMIC_BUYER, True),
        (K.AUTHORITY, "my boss signs", Criterion.ECONOMIC_BUYER, False),
        (K.AUTHORITY, "legal will look at it", Criterion.DECISION_PROCESS, True),
        (K.IMPLEMENTATION, "SSO is a must", Criterion.DECISION_CRITERIA, True),
        (K.IMPLEMENTATION, "do you have SSO", Criterion.DECISION_CRITERIA, False),
        (K.PRICING, "what is your budget price", Criterion.BUDGET, False),
    ],
)
def test_meddic_asks_for_more_than_the_signal(
    kind: SignalKind,
    quote: str,
    criterion: Criterion,
    is_known: bool,  # noqa: FBT001
) -> None:
    assert (criterion in qualify((a_signal(kind, quote=quote),)).known) is is_known


def ask(*kinds: SignalKind, said: str = "", asked: tuple[str, ...] = ()) -> Question | None:
    reading = reading_of(*kinds)
    return next_question(qualify(reading.signals), reading, said, asked)


def test_asks_for_seats_when_the_price_depends_on_them() -> None:
    assert ask(K.PRICING, said="What does it cost?") is Question.SEATS


def test_does_not_ask_for_seats_that_were_named() -> None:
    assert ask(K.PRICING, said="What do 40 seats cost?") is Question.NEED


@pytest.mark.parametrize("said", ["What will it cost in 2026?", "Is there a 15 % discount?", "Price with SOC 2?"])  # fmt: skip
def test_a_number_that_counts_nobody_leaves_the_seats_open(said: str) -> None:
    assert ask(K.PRICING, said=said) is Question.SEATS


def test_never_asks_the_same_twice() -> None:
    assert ask(K.PRICING, asked=("seats", "need")) is Question.TIMELINE


def test_never_asks_what_was_answered() -> None:
    assert ask(K.NEED, K.TIMELINE) is Question.AUTHORITY


def test_asks_nothing_when_nothing_is_left() -> None:
    assert ask(K.NEED, K.TIMELINE, K.AUTHORITY) is None


@pytest.mark.parametrize(("text", "numbers"), [("40 seats", ["40"]), ("1,200 and 30", ["1,200", "30"]), ("for 40, 50 or 60.", ["40", "50", "60"]), ("Q3", []), ("5pm", []), ("$5,000", [])])  # fmt: skip
def test_reads_quantities(text: str, numbers: list[str]) -> None:
    assert QUANTITY.findall(text) == numbers
