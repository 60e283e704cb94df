"""A message is read in the light of what its writer said and did before."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from agent.context import in_context
from agent.conversation import MessageId
from agent.decision import decide_handoff
from agent.history import History
from agent.scoring import Temperature, score_lead
from agent.signals import HeardKind, HeardSignal, MessageKind, Readiness, Reading, SignalKind
from tests.agent.tourvane import PLAYBOOK, a_perfect_lead, a_stranger, reading_of, said
from tests.builders import a_message, an_event
from tests.fakes.clock import MONDAY_TEN

K, R = SignalKind, Readiness
EARLIER = MONDAY_TEN - timedelta(minutes=3)


def hear(kind: SignalKind, quote: str, message: str = "m-1") -> HeardSignal:
    return replace(said(kind, message=message), quote=quote)


def read(
    reading: Reading, text: str = "So?", history: History | None = None, now: datetime = MONDAY_TEN
) -> Reading:
    message = a_message(text, id=MessageId("m-1"), created_at=now)
    return in_context(reading, (message,), history or a_stranger(), PLAYBOOK, now)


def sales(readiness: Readiness, *signals: HeardSignal) -> Reading:
    return Reading(MessageKind.SALES, readiness, "en", signals)


def heard(*kinds: SignalKind, at: datetime = EARLIER) -> History:
    """Somebody who was read as a buyer before, by these signals of their own messages."""
    signals = tuple(said(kind, at, f"m-{kind}") for kind in kinds)
    told = tuple(HeardKind(MessageKind.SALES, at, (s.message_id,), R.WARM) for s in signals)
    return a_stranger(signals=signals, heard=told)


@pytest.mark.parametrize(
    ("kinds", "ready"),
    [
        ([K.COMPETITOR], R.WARM),
        ([K.NEED, K.IMPLEMENTATION], R.WARM),
        ([K.PRICING], R.WARM),
        ([K.PRICING, K.NEED], R.WARM),
        ([K.PRICING, K.COMPETITOR], R.HOT),
        ([K.TIMELINE], R.HOT),
        ([K.AUTHORITY], R.HOT),
        ([K.DEMO], R.HOT),
        ([], R.WARM),
    ],
)
def test_questions_and_descriptions_alone_are_not_hot(kinds: list[SignalKind], ready: Readiness) -> None:  # fmt: skip
    assert read(replace(reading_of(*kinds), readiness=R.HOT)).readiness is ready


@pytest.mark.parametrize(
    ("kind", "quote", "ready"),
    [
        (K.PRICING, "a formal quote for 40 technicians", R.HOT),
        (K.PRICING, "ein Angebot für 42 Monteure", R.HOT),
        (K.PRICING, "what it would cost for that many", R.WARM),
        (K.TIMELINE, "by the end of March", R.HOT),
        (K.TIMELINE, "Ende nächsten Jahres", R.WARM),
    ],
)
def test_the_words_of_a_signal_tell_whether_there_is_any_hurry(kind: SignalKind, quote: str, ready: Readiness) -> None:  # fmt: skip
    assert read(sales(R.HOT, hear(kind, quote))).readiness is ready


@pytest.mark.parametrize(
    ("before", "now", "ready"),
    [
        (K.PRICING, K.TIMELINE, R.HOT),
        (K.TIMELINE, K.PRICING, R.HOT),
        (K.PRICING, K.COMPETITOR, R.WARM),
        (K.NEED, K.TIMELINE, R.WARM),
        (K.TIMELINE, K.TIMELINE, R.WARM),
    ],
)
def test_an_evaluation_told_bit_by_bit_is_one(before: SignalKind, now: SignalKind, ready: Readiness) -> None:  # fmt: skip
    assert read(replace(reading_of(now), readiness=R.WARM), history=heard(before)).readiness is ready  # fmt: skip


def test_what_was_said_in_another_talk_completes_nothing() -> None:
    reading = sales(R.WARM, said(K.TIMELINE))
    yesterday = heard(K.PRICING, at=MONDAY_TEN - timedelta(hours=13))
    assert read(reading, history=yesterday).readiness is R.WARM


def test_what_was_said_before_a_refusal_completes_nothing() -> None:
    refused = heard(K.PRICING)
    no = said(K.COOLING, EARLIER + timedelta(minutes=1), "m-no")
    reading = sales(R.WARM, said(K.TIMELINE))
    assert read(reading, history=replace(refused, signals=(no, *refused.signals))).readiness is R.WARM  # fmt: skip


@pytest.mark.parametrize(
    ("kinds", "text", "ago", "ready"),
    [
        ([K.IMPLEMENTATION], "it talks to our accounting, that's all", 1, R.COLD),
        ([K.COMPETITOR], "theirs was cheaper", 1, R.COLD),
        ([], "it was the price", 1, R.COLD),
        ([K.IMPLEMENTATION], "does it talk to SAP?", 1, R.WARM),
        ([K.NEED], "our planner breaks down every Monday", 1, R.WARM),
        ([K.PRICING], "tell me what ten seats cost", 1, R.WARM),
        ([K.IMPLEMENTATION], "it must talk to SAP", 13, R.WARM),
    ],
)
def test_who_explains_a_refusal_has_not_taken_it_back(
    kinds: list[SignalKind], text: str, ago: int, ready: Readiness
) -> None:
    no = said(K.COOLING, MONDAY_TEN - timedelta(hours=ago), "m-no")
    reading = replace(reading_of(*kinds), readiness=R.WARM)
    assert read(reading, text, a_stranger(signals=(no,))).readiness is ready


def test_who_has_taken_a_refusal_back_may_say_what_things_are_like() -> None:
    no, again = said(K.COOLING, EARLIER, "m-no"), said(K.PRICING, EARLIER + timedelta(minutes=1), "m-2")  # fmt: skip
    reading = replace(reading_of(K.IMPLEMENTATION), readiness=R.WARM)
    assert read(reading, "it must talk to SAP", a_stranger(signals=(again, no))).readiness is R.WARM


def test_a_message_read_cold_is_hot_by_an_order_with_a_date() -> None:
    assert read(sales(R.COLD, said(K.PURCHASE), said(K.TIMELINE))).readiness is R.HOT
    assert read(sales(R.COLD, said(K.PURCHASE))).readiness is R.COLD


def test_a_refusal_is_left_as_it_was_read() -> None:
    reading = sales(R.COLD, said(K.COOLING), said(K.PURCHASE), said(K.TIMELINE))
    assert read(reading, "The budget is approved.") is reading


def test_an_approved_budget_in_plain_words_is_heard() -> None:
    text = "Orçamento aprovado pela administração."
    found = read(sales(R.COLD), text)
    assert [(s.kind, s.quote) for s in found.signals] == [(K.BUDGET, text.rstrip("."))]
    assert found.readiness is R.WARM


@pytest.mark.parametrize(
    ("confidence", "text", "before", "kept"),
    [
        (0.87, "118 now with the merged company.", R.HOT, []),
        (0.95, "no thanks, we chose another", R.HOT, [K.COOLING]),
        (0.87, "118 now with the merged company.", R.WARM, [K.COOLING]),
        (0.87, "we have looked at this again and again, and in the end it is not for us", R.HOT, [K.COOLING]),
    ],
)  # fmt: skip
def test_a_few_unclear_words_cool_no_hot_talk(
    confidence: float, text: str, before: Readiness, kept: list[SignalKind]
) -> None:
    reading = sales(R.COLD, replace(said(K.COOLING), confidence=confidence))
    history = a_stranger(heard=(HeardKind(MessageKind.SALES, EARLIER, readiness=before),))
    assert [signal.kind for signal in read(reading, text, history).signals] == kept
    assert read(reading, text, history, EARLIER + timedelta(hours=13)).has(K.COOLING)


def test_a_budget_heard_already_is_not_heard_twice() -> None:
    found = read(sales(R.WARM, hear(K.BUDGET, "budget is approved")), "Our budget is approved.")
    assert len(found.signals) == 1


def asks_person(quote: str) -> Reading:
    return Reading(MessageKind.OTHER, R.COLD, "en", (hear(K.HUMAN, quote),))


def called(reading: Reading, history: History) -> bool:
    score = score_lead(history, reading, PLAYBOOK, MONDAY_TEN)
    return decide_handoff(reading, score, None, PLAYBOOK, MONDAY_TEN).calls_rep


STORY = "my technician was supposed to be here between 8 and 12, I want to talk to a human"
WISH = "I want to talk to a human"


def test_a_bare_wish_for_a_person_calls_one_at_once() -> None:
    reading = read(asks_person("I would like to talk to a person"), "I would like to talk to a person.")  # fmt: skip
    assert called(reading, a_stranger())


def test_a_strangers_story_is_answered_first_and_leaves_them_cold() -> None:
    reading = read(asks_person(WISH), STORY)
    assert not called(reading, a_stranger())
    assert score_lead(a_stranger(), reading, PLAYBOOK, MONDAY_TEN).temperature is Temperature.COLD


def test_who_asks_for_a_person_again_gets_one() -> None:
    first = replace(hear(K.HUMAN, WISH, "m-0"), at=EARLIER)
    before = a_stranger(
        signals=(first,), heard=(HeardKind(MessageKind.OTHER, EARLIER, (first.message_id,)),)
    )
    assert called(read(asks_person(WISH), STORY, before), before)


def test_the_same_message_read_a_second_time_is_no_second_wish() -> None:
    before = a_stranger(signals=(hear(K.HUMAN, WISH),))
    assert not called(read(asks_person(WISH), STORY, before), before)


@pytest.mark.parametrize(
    "known",
    [
        a_stranger(lead=a_perfect_lead()),
        a_stranger(events=(an_event("Pricing Viewed", at=EARLIER),)),
        a_stranger(heard=(HeardKind(MessageKind.SALES, EARLIER),)),
    ],
)
def test_of_somebody_known_a_story_calls_a_rep(known: History) -> None:
    assert called(read(asks_person(WISH), STORY, known), known)


def test_a_page_view_makes_nobody_known() -> None:
    looked = a_stranger(events=(an_event("Page Viewed", at=EARLIER),))
    assert not called(read(asks_person(WISH), STORY, looked), looked)


@pytest.mark.parametrize("quote", ["anyone there", "Hallo, ist da jemand?", "hay alguien??", "is anyone there"])  # fmt: skip
def test_calling_out_is_no_wish_for_a_person(quote: str) -> None:
    assert not read(asks_person(quote), f"{quote} prob not at 23:30").has(K.HUMAN)


@pytest.mark.parametrize("quote", ["anyone there? call me", "is anybody there who can ring me"])
def test_a_wish_that_begins_by_calling_out_is_one(quote: str) -> None:
    assert called(read(asks_person(quote), quote), a_stranger())


@pytest.mark.parametrize("kind", [MessageKind.STUDENT_PRESS, MessageKind.JOB_SEEKER, MessageKind.SPAM])  # fmt: skip
def test_who_is_on_record_at_a_firm_we_sell_to_is_not_turned_away(kind: MessageKind) -> None:
    reading = Reading(kind, R.COLD, "en")
    assert read(reading, history=a_stranger(lead=a_perfect_lead())).kind is MessageKind.OTHER
    assert read(reading).kind is kind


@pytest.mark.parametrize("kind", [MessageKind.VENDOR_PITCH, MessageKind.SUPPORT])
def test_a_vendor_or_customer_of_the_trade_is_read_as_one(kind: MessageKind) -> None:
    reading = Reading(kind, R.COLD, "en")
    assert read(reading, history=a_stranger(lead=a_perfect_lead())).kind is kind


def test_a_hot_lead_who_only_says_what_things_are_like_is_answered_first() -> None:
    acts = ("Trial Started", "Billing Page Viewed", "Pricing Downloaded")
    history = a_stranger(
        lead=a_perfect_lead(), events=tuple(an_event(a, id=a, at=EARLIER) for a in acts)
    )
    needs, asks = (replace(reading_of(kind), readiness=R.WARM) for kind in (K.NEED, K.PRICING))
    assert score_lead(history, needs, PLAYBOOK, MONDAY_TEN).temperature.is_hot
    assert not called(needs, history)
    assert called(asks, history)
