from decimal import Decimal

import pytest

from agent.estimate import estimates, figures, money, prices
from tests.agent.tourvane import ANNUAL, ESSENTIAL, GROWTH, PRICES, SCALE


def totals(question: str) -> dict[str, Decimal]:
    return {each.price.plan: each.monthly for each in estimates(question, PRICES)}


def test_forty_growth_seats_for_a_year_come_to_the_list_price_less_twelve_percent() -> None:
    (sum_,) = estimates("40 seats of Growth, paid annually?", PRICES)
    assert sum_.yearly == 40 * 42 * 12
    assert sum_.yearly_less == Decimal("17740.80")
    assert sum_.is_yearly


def test_offers_every_plan_that_admits_the_number_of_seats() -> None:
    assert totals("for 40 seats?") == {"Growth": 1680, "Scale": 2640}
    assert totals("for 28 people?") == {"Essential": 672, "Growth": 1176, "Scale": 1848}
    assert totals("for 5 people?") == {"Essential": 120}


def test_a_named_plan_alone_is_worked_out() -> None:
    assert totals("what is scale for 30 people?") == {"Scale": 1980}


@pytest.mark.parametrize(
    "question",
    [
        "What does it cost?",
        "What will it cost in 2026?",
        "We have $20,000, is that enough?",
        "We have 20,000 euros, is that enough?",
        "What does it cost, and are you ISO 27001 certified?",
        "What does it cost with support 24/7?",
        "What does it cost if we start by March 31?",
        "What does it cost if we start on 31 March?",
        "What does it cost from 15.03.2026 on?",
        "What does it cost on net 30 terms?",
        "Does it work with Office 365 and what does it cost?",
        "What does it cost for 12 months?",
        "a 40 % discount?",
        "for 0 seats?",
        "for 999999 seats?",
    ],
)
def test_numbers_that_count_no_people_give_no_sum(question: str) -> None:
    assert estimates(question, PRICES) == ()


@pytest.mark.parametrize(
    ("question", "seats"),
    [
        ("in 2026 we will be 40", 40),
        ("1,200 seats", 1200),
        ("1.200 seats", 1200),
        ("10-20 technicians", 20),
        ("(35)", 35),
    ],
)
def test_reads_the_number_of_seats(question: str, seats: int) -> None:
    assert {each.seats for each in estimates(question, PRICES)} == {seats}


def test_without_a_stated_discount_there_is_none() -> None:
    (sum_,) = estimates("40 seats a year", (GROWTH,))
    assert sum_.discount is None
    assert sum_.yearly_less is None


def test_reads_all_prices_with_the_fact_that_states_them() -> None:
    found = prices((ESSENTIAL, GROWTH, SCALE, ANNUAL))
    assert {plan: price.amount for plan, price in found.items()} == {
        "Essential": 24,
        "Growth": 42,
        "Scale": 66,
    }
    assert found["Growth"].fact is GROWTH


@pytest.mark.parametrize(
    ("amount", "written"),
    [("1249.5", "$1,249.50"), ("1680", "$1,680"), ("0.06", "$0.06"), ("1234567", "$1,234,567")],
)
def test_writes_money_without_needless_cents(amount: str, written: str) -> None:
    assert money(Decimal(amount), "$") == written


def test_gives_every_figure_that_may_be_written() -> None:
    (sum_,) = estimates("40 seats of Growth", PRICES)
    assert list(figures(sum_)) == ["$42", "$1,680", "$20,160", "$17,740.80", "12"]
