from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.answering.sums import sums_of
from tests.agent.answering.material import (
    BONUS,
    CRATES,
    DESK,
    EVERYTHING,
    FIRST_PRICE,
    FREIGHT,
    RIBBON,
    STAMPS,
    YEARLY,
    asked,
    only_sum,
    written,
)


@pytest.mark.parametrize(
    ("question", "total"),
    [
        ("what do 100 small crates cost?", "140.00"),
        ("what do 180 small crates cost?", "252.00"),
        ("what do 199 small crates cost?", "278.60"),
        ("what do 200 small crates cost?", "240.00"),
        ("price for 499 of the small crates?", "598.80"),
        ("price for 500 of the small crates?", "500.00"),
        ("price for 1,000 of the small crates?", "900.00"),
        ("how much are 30 bundles of crate small?", "600.00"),
        ("how much is a full pallet of the large crate?", "880.00"),
        ("how much are 40 crates 60x40x30?", "124.00"),
        ("was kosten 200 crates 30 x 20 x 10?", "240.00"),
    ],
)
def test_the_tier_is_that_of_the_quantity(question: str, total: str) -> None:
    assert only_sum(question, CRATES).total == Decimal(total)


def test_a_sum_shows_its_steps_and_rests_on_its_fact() -> None:
    found = only_sum("what do 200 small crates cost?", CRATES)
    assert found.facts == (CRATES,)
    assert written("what do 200 small crates cost?", CRATES) == "Crate small, 30 × 20 × 10 cm: 200 × €1.20 (10–24 bundles) = **€240**."  # fmt: skip


def test_each_unit_of_a_price_is_counted() -> None:
    assert only_sum("two motifs in three colours, what do the stamps cost?", STAMPS).total == 180


def test_a_set_up_in_the_same_passage_is_added() -> None:
    assert only_sum("60 rolls of ribbon with our name, price?", RIBBON).total == Decimal("360.00")
    assert only_sum("200 rolls of ribbon with our name, price?", RIBBON).total == Decimal("840.00")


def test_an_extra_is_added_only_where_it_is_asked_for() -> None:
    assert only_sum("Was kosten 3 Paletten Fracht mit Hebebühne?", FREIGHT).total == 245
    assert only_sum("Was kosten 3 Paletten Fracht?", FREIGHT).total == 225


def test_a_bonus_is_worked_out_by_its_step() -> None:
    assert only_sum("we spend 30k with you, what bonus do we get?", BONUS).total == 750
    assert only_sum("what bonus for €6,000?", BONUS).total == 60
    assert not sums_of(asked("what bonus for €600?", BONUS))


def test_a_year_is_twelve_months_less_the_annual_discount() -> None:
    found = written("what does Desk cost for 20 users a year?", DESK, YEARLY)
    assert "20 users × 12 × €12.50 − 10 % = **€2,700 a year**" in found
    assert "20 users × €12.50 = **€250 a month**" in written("what does Desk cost for 20 users?", DESK)  # fmt: skip


@pytest.mark.parametrize(
    "question",
    [
        "what do crates cost?",
        "what do 200 crates cost?",
        "do you have 200 small crates in stock?",
        "what do 200 chairs cost?",
        "what does it cost for 200 kg?",
        "we pay 200 euros for crates now, is that much?",
        "what did crates cost in 2024?",
        "what do 0 small crates cost?",
    ],
)
def test_nothing_is_worked_out_where_item_or_unit_is_not_certain(question: str) -> None:
    assert not sums_of(asked(question, CRATES, STAMPS))


def test_no_total_between_the_first_price_and_the_full_pallet() -> None:
    assert not sums_of(asked("what do 300 round lamps cost?", FIRST_PRICE))
    assert only_sum("what do 10 round lamps cost?", FIRST_PRICE).total == 40
    assert only_sum("what do 500 round lamps cost?", FIRST_PRICE).total == 1500


def test_amounts_are_written_as_the_visitors_language_does() -> None:
    question = "what do 1,000 small crates cost?"
    assert "1.000 × 0,90 €" in written(question, CRATES, language="de")
    assert "**€ 900**" in written(question, CRATES, language="nl") or "**€900**" in written(question, CRATES, language="nl")  # fmt: skip


@given(st.integers(1, 5000))
def test_a_sum_is_the_product_of_what_it_shows(quantity: int) -> None:
    for found in sums_of(asked(f"what do {quantity} small crates cost?", CRATES)):
        (step,) = found.steps
        assert found.total == step.amount * quantity
        assert f"€{found.total:,.2f}".removesuffix(".00") in list(found.figures("en"))


@given(st.text(max_size=200))
def test_no_message_breaks_it(text: str) -> None:
    for found in sums_of(asked(f"price of {text}?", *EVERYTHING)):
        assert found.total.is_finite()
