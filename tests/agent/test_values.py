"""Short values where the words are certain, and the words where they are not."""

from datetime import UTC, datetime

import pytest

from agent.conversation import MessageId
from agent.criteria import Criterion
from agent.qualification import Evidence, Qualification
from agent.values import date_in, money_in, with_values
from tests.fakes.clock import MONDAY_TEN


def value(criterion: Criterion, quote: str, *, is_negative: bool = False) -> str:
    evidence = Evidence(quote, quote, MessageId("m-1"), MONDAY_TEN, is_negative)
    return with_values(Qualification({criterion: evidence})).known[criterion].value


@pytest.mark.parametrize(
    ("quote", "money"),
    [
        ("Finance released 60,000 EUR", "60,000 EUR"),
        ("20.000 Euro für dieses Jahr", "20,000 EUR"),
        ("Mamy zatwierdzony budżet 40 000 zł", "40,000 PLN"),
        ("We have £30k for this", "30,000 GBP"),
        ("Budget of 25k is signed off", "25,000"),
        ("1.5m EUR", "1,500,000 EUR"),
        ("US$ 20,000", "20,000 USD"),
        ("R$ 50.000", "50,000 BRL"),
        ("$5,000 in total", "5,000 $"),
        ("up to $1,500 a month", None),
        ("höchstens 600 Euro im Monat", None),
        ("between 10k and 20k", None),
        ("the budget is approved", None),
        ("budget for 2026", None),
        ("40 seats", None),
        ("", None),
    ],
)
def test_one_sum_is_a_value_and_anything_less_certain_is_not(quote: str, money: str | None) -> None:
    assert money_in(quote) == money


@pytest.mark.parametrize(
    ("quote", "date"),
    [
        ("runs out on 30 June, so we need to have switched by then", "2026-06-30"),
        ("before the end of March", "2026-03"),
        ("by 1 March 2027", "2027-03-01"),
        ("by 2026-09-15", "2026-09-15"),
        ("leaves in two weeks and we need something", "2026-03-16"),
        ("starting next month", "2026-04"),
        ("slipped to Q4 2026", "2026-Q4"),
        ("in sechs Wochen", "2026-04-13"),
        ("avant fin octobre", "2026-10"),
        ("queremos empezar en mayo", "2026-05"),
        ("chcemy wystartować w maju", "2026-05"),
        ("6月までに導入したい", "2026-06"),
        ("usually three weeks", None),
        ("by 01/02/2027", None),
        ("in May or June", None),
        ("by Q3", None),
        ("we may do that", None),
        ("asap", None),
        ("by the summer", None),
        ("", None),
    ],
)
def test_one_date_is_seen_from_the_day_it_was_said(quote: str, date: str | None) -> None:
    assert date_in(quote, MONDAY_TEN) == date


def test_the_same_words_said_later_name_a_later_day() -> None:
    assert date_in("next month", datetime(2026, 12, 30, tzinfo=UTC)) == "2027-01"


@pytest.mark.parametrize(
    ("criterion", "quote", "expected"),
    [
        (Criterion.AUTHORITY, "As owner I make the decision alone", "decides alone"),
        (Criterion.AUTHORITY, "Ich entscheide allein", "decides alone"),
        (Criterion.AUTHORITY, "Our director decides alone", "Our director decides alone"),
        (Criterion.ECONOMIC_BUYER, "our CFO has to sign", "CFO"),
        (Criterion.ECONOMIC_BUYER, "das macht unser Geschäftsführer", "Geschäftsführer"),
        (Criterion.ECONOMIC_BUYER, "CFO and CEO sign", "CFO and CEO sign"),
        (Criterion.NEED, "we lose 12 hours", "we lose 12 hours"),
        (Criterion.BUDGET, "20,000 EUR approved", "20,000 EUR"),
        (Criterion.TIMELINE, "by 1 March 2027", "2027-03-01"),
    ],
)
def test_each_criterion_has_its_sort_of_value(
    criterion: Criterion, quote: str, expected: str
) -> None:
    assert value(criterion, quote) == expected


def test_what_is_denied_keeps_its_words() -> None:
    said = "the 20,000 EUR are gone, no budget"
    assert value(Criterion.BUDGET, said, is_negative=True) == said


def test_what_was_replaced_has_its_value_too() -> None:
    old = Evidence("20k", "20k", MessageId("m-1"), MONDAY_TEN)
    new = Evidence("30k", "30k", MessageId("m-2"), MONDAY_TEN, earlier=(old,))
    known = with_values(Qualification({Criterion.BUDGET: new})).known[Criterion.BUDGET]
    assert (known.value, known.earlier[0].value) == ("30,000", "20,000")


@pytest.mark.parametrize("piece", ["1", "1.", "1,", "€", "in ", "Q1 ", "May ", "k ", "1 000 "])
def test_a_hostile_quote_is_read(piece: str) -> None:
    quote = (piece * 240)[:240]
    money_in(quote)
    date_in(quote, MONDAY_TEN)
