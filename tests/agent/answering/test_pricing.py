from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.answering.amounts import LOCALES, amount_said
from agent.answering.counted import amounts, counts
from agent.answering.pricing import MONEY, number, price_row, prices_said
from tests.agent.answering.material import first_statement


@pytest.mark.parametrize(
    ("text", "value"),
    [("1,249.50", "1249.5"), ("1.249,50", "1249.5"), ("3,20", "3.2"), ("3.5", "3.5"), ("1 000", "1000"), ("0.375", "0.375"), ("12", "12"), ("1.000.000", "1000000")],
)  # fmt: skip
def test_reads_figures_however_they_are_parted(text: str, value: str) -> None:
    assert number(text) == Decimal(value)


@given(st.decimals(0, 10_000_000, places=2), st.sampled_from(sorted(LOCALES)))
def test_reads_back_what_is_written_in_any_language(amount: Decimal, language: str) -> None:
    match = MONEY.search(amount_said(amount, "€", language))
    assert match
    assert number(match["first"] or match["second"]) == amount


@pytest.mark.parametrize(
    ("text", "amount", "currency", "units"),
    [
        ("Pro is $49 per seat per month.", "49", "$", ("seat", "month")),
        ("Une palette coûte 115 €.", "115", "€", ("palette",)),
        ("Plates: EUR 165 per colour per design, once.", "165", "€", ("colour", "design")),
        ("Das Seminar kostet 240 EUR pro Teilnehmer.", "240", "€", ("Teilnehmer",)),
        ("Tail lift: £25/delivery.", "25", "£", ("delivery",)),
        ("Elke bestelling kost 7,50 euro.", "7.5", "€", ("bestelling",)),
    ],
)
def test_reads_prices_of_sentences(
    text: str, amount: str, currency: str, units: tuple[str, ...]
) -> None:
    (line,) = prices_said(first_statement(text))
    assert (line.amount, line.currency, line.units) == (Decimal(amount), currency, units)


def test_reads_tiers_and_the_set_up_of_a_sentence() -> None:
    lines = prices_said(first_statement("Set-up €90, €4.50 per roll from 50 rolls, €3.75 per roll from 200 rolls."))  # fmt: skip
    assert [line.is_once for line in lines] == [True, False, False]
    assert [line.low for line in lines] == [None, 50, 200]


def test_reads_the_tiers_of_a_row_in_pieces() -> None:
    row = price_row(first_statement("Item: Box; 1-49 boxes: EUR 3.20; from 50 boxes: EUR 2.80"))
    assert row
    assert row.lines == () or [line.low for line in row.lines] in ([1, 50], [None, None])


def test_a_row_without_money_is_no_price_row() -> None:
    assert price_row(first_statement("Plan: Pro; Seats: 5")) is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("300 of the boxes", [300]),
        ("two designs and three colours", [2, 3]),
        ("in 2026 for 5 people", [5]),
        ("boxes 305x220x150", []),
        ("a 15 % discount", []),
        ("from €400 on", []),
        ("we spend 32k", []),
        ("at 15:00", []),
        ("something for 300 kilos", []),
        ("full pallet", [1]),
    ],
)
def test_counts_things_only(text: str, found: list[int]) -> None:
    assert [count.value for count in counts(text)] == found


@pytest.mark.parametrize(
    ("text", "found"),
    [("€400", [400]), ("120 euro", [120]), ("about 32k", [32000]), ("40 seats", [])],
)
def test_reads_amounts_of_money(text: str, found: list[int]) -> None:
    assert amounts(text) == found
