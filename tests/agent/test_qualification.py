from dataclasses import replace
from datetime import timedelta

import pytest

from agent.conversation import MessageId
from agent.criteria import Criterion, HeardAnswer, Question, VisitorMessage
from agent.qualification import QUANTITY, next_question, qualify
from agent.signals import HeardSignal, MessageKind, SignalKind
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
        (K.AUTHORITY, "I'm the CEO", Criterion.ECONOMIC_BUYER, False),
        (K.AUTHORITY, "I'm the CEO", Criterion.AUTHORITY, False),
        (K.AUTHORITY, "I'm pushing for this", Criterion.CHAMPION, True),
        (K.AUTHORITY, "I'm pushing for this", Criterion.AUTHORITY, False),
        (K.BUDGET, "net 30 works for us", Criterion.BUDGET, True),
        (K.BUDGET, "in arrears", Criterion.BUDGET, False),
        (K.NEED, "we need ISO 27001", Criterion.METRICS, False),
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
    assert ask(K.PRICING, said="40 seats", asked=("seats", "need")) is Question.TIMELINE


def test_never_asks_what_was_answered() -> None:
    assert ask(K.NEED, K.TIMELINE) is Question.AUTHORITY


def test_asks_for_the_budget_last() -> None:
    assert ask(K.NEED, K.TIMELINE, K.AUTHORITY) is Question.BUDGET


def test_asks_nothing_when_nothing_is_left() -> None:
    assert ask(K.NEED, K.TIMELINE, K.AUTHORITY, K.BUDGET) is None


def test_a_third_question_is_not_put_to_whoever_left_two_unanswered() -> None:
    assert ask(K.DEMO, asked=("need",)) is Question.TIMELINE
    assert ask(K.DEMO, asked=("timeline", "need")) is None
    assert ask(K.NEED, asked=("timeline", "need")) is Question.AUTHORITY


@pytest.mark.parametrize("kind", [K.COOLING, K.HUMAN])
def test_whoever_cools_or_wants_a_person_is_asked_nothing(kind: SignalKind) -> None:
    assert ask(K.PRICING, kind) is None


@pytest.mark.parametrize("kind", [kind for kind in MessageKind if kind is not MessageKind.SALES])
def test_whoever_does_not_buy_is_asked_nothing(kind: MessageKind) -> None:
    reading = replace(reading_of(), kind=kind)
    assert next_question(qualify(()), reading, "", ()) is None


def test_whoever_orders_is_not_asked_what_for() -> None:
    assert ask(K.PURCHASE) is Question.TIMELINE


@pytest.mark.parametrize(("text", "numbers"), [("40 seats", ["40"]), ("1,200 and 30", ["1,200", "30"]), ("for 40, 50 or 60.", ["40", "50", "60"]), ("Q3", []), ("5pm", []), ("$5,000", [])])  # fmt: skip
def test_reads_quantities(text: str, numbers: list[str]) -> None:
    assert QUANTITY.findall(text) == numbers


# What counts of what was said


def said(text: str, minute: int = 0, asked: str | None = None) -> VisitorMessage:
    return VisitorMessage(MessageId(f"m-{minute}"), text, MONDAY_TEN + timedelta(minutes=minute), asked)  # fmt: skip


def signal(kind: SignalKind, message: VisitorMessage, quote: str = "") -> HeardSignal:
    return a_signal(kind, quote=quote or message.text, message_id=message.id, at=message.at)


def test_the_words_around_a_quote_can_deny_it() -> None:
    message = said("We have no budget set aside for this yet.")
    known = qualify((signal(K.BUDGET, message, "budget set aside"),), (message,)).known
    assert known[Criterion.BUDGET].is_negative
    assert known[Criterion.BUDGET].quote == "We have no budget set aside for this yet"


@pytest.mark.parametrize(
    ("text", "criterion"),
    [
        ("There is no deadline on our side.", Criterion.TIMELINE),
        ("I don't decide, our CFO does.", Criterion.AUTHORITY),
        ("Wir haben kein Budget dafür.", Criterion.BUDGET),
        ("No tenemos fecha límite.", Criterion.TIMELINE),
        ("Karar bende değil.", Criterion.AUTHORITY),
        ("予算はまだありません。", Criterion.BUDGET),
        ("Бюджета пока нет.", Criterion.BUDGET),
        ("我们没有预算。", Criterion.BUDGET),
    ],
)
def test_a_denial_is_known_even_where_the_detector_hears_nothing(
    text: str, criterion: Criterion
) -> None:
    assert qualify((), (said(text),)).known[criterion].is_negative


@pytest.mark.parametrize(
    "text",
    [
        "Is there no budget limit?",
        "Do you have no deadline?",
        "I can't decide between Growth and Scale.",
        "We haven't decided yet.",
        "Money is no problem.",
        "No more than 20,000 EUR of our budget.",
        "We have no app, and the budget is approved.",
    ],
)
def test_what_only_looks_like_a_denial_is_none(text: str) -> None:
    assert not [e for e in qualify((), (said(text),)).known.values() if e.is_negative]


def test_what_is_contradicted_keeps_its_history() -> None:
    none, some = said("We have no budget yet."), said("20,000 EUR are approved now.", 5)
    gone = said("Forget it, we have no budget any more.", 9)
    heard = (signal(K.BUDGET, some),)
    budget = qualify(heard, (gone, none, some)).known[Criterion.BUDGET]
    assert (budget.is_negative, budget.message_id) == (True, "m-9")
    assert [(e.is_negative, e.message_id) for e in budget.earlier] == [(False, "m-5"), (True, "m-0")]  # fmt: skip


def test_the_same_words_again_change_nothing() -> None:
    first, again = said("We have no budget yet."), said("we have NO budget yet!", 5)
    assert qualify((), (first, again)) == qualify((), (first,))


@pytest.mark.parametrize(
    ("asked", "text", "sign"),
    [
        (Question.BUDGET, "no", True),
        (Question.BUDGET, "Not yet", True),
        (Question.BUDGET, "nein, noch nicht", True),
        (Question.BUDGET, "yes, 20k", False),
        (Question.BUDGET, "oui", False),
        (Question.TIMELINE, "no", True),
        (Question.AUTHORITY, "Nobody, just me", False),
        (Question.NEED, "double bookings", False),
    ],
)
def test_a_bare_answer_is_read_as_the_answer_to_our_question(
    asked: Question,
    text: str,
    sign: bool,  # noqa: FBT001
) -> None:
    known = qualify((), (said(text, asked=asked),)).known
    assert known[Criterion(asked.value)].is_negative is sign
    assert qualify((), (said(text),)).known == {}


@pytest.mark.parametrize("text", ["I don't know", "why?", "thanks", "", "ok", "weiß ich nicht", "x " * 40, "call me on +49 170 1234567", "ada@nordwind.example"])  # fmt: skip
@pytest.mark.parametrize("asked", [Question.BUDGET, Question.NEED, Question.AUTHORITY, None, "seats", "nonsense"])  # fmt: skip
def test_no_answer_is_no_answer(asked: str | None, text: str) -> None:
    assert qualify((), (said(text, asked=asked),)).known == {}


# What a model adds


def answer(criterion: Criterion, quote: str, *, is_negative: bool = False) -> HeardAnswer:
    return HeardAnswer(criterion, quote, is_negative, MessageId("m-0"), MONDAY_TEN)


def test_a_model_fills_what_we_did_not_find() -> None:
    known = qualify((), (), (answer(Criterion.CHAMPION, "I keep telling them"),)).known
    assert known[Criterion.CHAMPION].quote == "I keep telling them"


def test_what_we_found_ourselves_stands_unless_the_model_hears_a_denial() -> None:
    message = said("The budget is approved by nobody")
    heard = (signal(K.BUDGET, message, "budget is approved"),)
    theirs = answer(Criterion.BUDGET, "approved by nobody")
    assert qualify(heard, (), (theirs,)).known[Criterion.BUDGET].quote == "budget is approved"
    denied = replace(theirs, is_negative=True)
    assert qualify(heard, (), (denied,)).known[Criterion.BUDGET].is_negative


def test_what_the_detector_heard_is_not_taken_for_an_answer_to_another_question() -> None:
    message = said("Show me the scheduler", asked=Question.NEED)
    assert qualify((signal(K.DEMO, message),), (message,)).known == {}
