"""Sums of several parts, each worked out by hand from the prices of invented companies."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.answering.sums import sums_of
from agent.facts import Fact
from tests.agent.answering.material import asked, only_sum, written
from tests.agent.tourvane import fact

SITE = fact("site", "Prices", "The site fee", "€120 per site per month. It covers reports and up to 4 gates. Each further gate is €15 per month.\n\nFrom 8 sites on one contract the site fee (not the gate fee) is 10 % lower for all sites. From 20 sites we make a quote.")  # fmt: skip
VISITS = fact("visits", "Prices", "Visits", "300 visits per site per month are included. They are pooled.\n\nVisits beyond the pool, per month: 1 to 1,000; Price per visit: €0.40\nVisits beyond the pool, per month: 1,001 to 3,000; Price per visit: €0.30\nVisits beyond the pool, per month: 3,001 and more; Price per visit: €0.20")  # fmt: skip
ADD_ONS = fact("addons", "Prices", "Add-ons, per site and month", "Add-on: Maps (floor plans); Price: €50\nAdd-on: Badges (visitors' cards); Price: €30, plus €400 once for each printer")  # fmt: skip
START = fact("start", "Prices", "Set-up, once", "- First site: €900. Each further site: €350.\n- Anything custom: €800 a day.\n- A connector to your system: €1,500 each.")  # fmt: skip
AHEAD = fact("ahead", "Prices", "Discount for paying annually", "Pay the year in advance and site fees and add-ons are 5 % cheaper.")  # fmt: skip
TRIAL = fact("trial", "Prices", "A pilot", "There is a pilot for €700.")
TAX = fact(
    "tax", "Prices", "Small print", "Prices exclude VAT. Dutch customers pay 21 % VAT on top."
)
LIST = fact("list", "Price list", "", "item: Text message to a mobile; unit: message; EUR: 0.07; USD: 0.09\nitem: Training on site; unit: day; EUR: 640; USD: 710\nitem: Wall tablet; unit: each; EUR: 310; USD: 350")  # fmt: skip
GATES = (SITE, VISITS, ADD_ONS, START, AHEAD)
PLANS = fact("plans", "Plans", "", "All prices are in pounds, per month.\n\nPlan: Reed; Seats included: 3; Monthly fee: £40; Set-up fee: none\nPlan: Willow; Seats included: 10; Monthly fee: £150; Set-up fee: £200\nPlan: Oak; Seats included: 50; Monthly fee: from £600; Set-up fee: £900")  # fmt: skip
SEATS = fact("seats", "Plans", "More seats", "An additional seat costs £12 on Reed and Willow, £9 on Oak.\nPaying yearly in advance brings 10 % off the monthly fee.")  # fmt: skip
STAFF = fact("staff", "What it costs", "", "Prices in US dollars, per employee per month.\n\nModule: Shifts; 1–49 employees: $4.00; 50–249 employees: $3.00; 250 and more employees: $2.50\nModule: Payroll; 1–49 employees: $6.00; 50–249 employees: $5.00; 250 and more employees: $4.00\n\nThe smallest monthly bill is $60.")  # fmt: skip
CARE = fact("care", "Contracts", "Contracts for a year", "Contract: Plain; Lathe: £400; Press brake: £650\nContract: Full; Lathe: £900; Press brake: £1,300\n\nFrom ten machines you get 8 % off the contract price.")  # fmt: skip
TORE = fact("tore", "Fragen", "Was kostet ein Standort in Euro?", "110 € im Monat mit bis zu 5 Toren, jedes weitere Tor 12 €.", "de")  # fmt: skip
PACKS = fact("packs", "Wholesale", "Bread", "Item: Rye loaf; Pack: 6; 1–9 packs: $30.00; 10–24 packs: $28.00")  # fmt: skip


@pytest.mark.parametrize(
    ("question", "facts", "total"),
    [
        ("what does one site with 7 gates cost a month?", GATES, "165"),
        ("we've got 5 gates at one site, what's that a month?", GATES, "135"),
        ("3 sites, 6 gates each, what do we pay per month?", GATES, "450"),
        ("2 sites with three gates each, how much a month?", GATES, "240"),
        ("8 warehouses, none with more than four gates. site fees per month?", GATES, "864"),
        ("10 sites, what are the site fees per month altogether?", GATES, "1080"),
        ("2 sites with maps on both, how much per month?", GATES, "340"),
        ("2 sites three gates each plus the maps add-on, paid annually, what's the year?", GATES, "3876"),
        ("how much is it for 2 sites a year?", GATES, "2880"),
        ("one site, 900 visits a month. what would the visits cost on top?", GATES, "240"),
        ("one site, 2,300 visits a month. what would the visits cost on top?", GATES, "700"),
        ("one site, 4,300 visits a month. what would the visits cost on top?", GATES, "1200"),
        ("4 sites with 1,500 visits altogether, how much for the visits only?", GATES, "120"),
        ("set-up for 3 sites, what does it cost in total?", GATES, "1600"),
        ("what's the setup cost for 5 warehouses?", GATES, "2300"),
        ("how much are 3 days of custom work?", GATES, "2400"),
        ("2 badges printers, what do they cost?", GATES, "800"),
        ("what do 2 connectors to our system cost?", GATES, "3000"),
        ("what is the pilot with VAT?", (TRIAL, TAX), "847"),
        ("price for 3,000 text messages?", (LIST,), "210"),
        ("price of 3,000 text messages in dollars?", (LIST,), "270"),
        ("2 days of training on site, how much in USD?", (LIST,), "1420"),
        ("what do 4 wall tablets cost?", (LIST,), "1240"),
        ("what do 4 wall tablets cost in the United States?", (LIST,), "1400"),
        ("12 seats on Willow, monthly?", (PLANS, SEATS), "174"),
        ("5 seats on Reed, what's the monthly bill?", (PLANS, SEATS), "64"),
        ("10 seats on the £150 plan, monthly?", (PLANS, SEATS), "150"),
        ("if we pay for 12 months of Reed up front what's the bill?", (PLANS, SEATS), "432"),
        ("40 employees with shifts, how much a month?", (STAFF,), "160"),
        ("shifts for 50 employees, monthly total?", (STAFF,), "150"),
        ("shifts and payroll for 60 employees, how much per month?", (STAFF,), "480"),
        ("payroll for 300 employees, how much per month?", (STAFF,), "1200"),
        ("shifts for 10 employees, how much per month?", (STAFF,), "60"),
        ("what do 4 lathes cost on the full contract?", (CARE,), "3600"),
        ("12 lathes on the plain contract, what's the price?", (CARE,), "4800"),
        ("was zahlen wir im Monat für 2 Standorte mit je 8 Toren?", (TORE,), "292"),
        ("Was kostet ein Standort mit 7 Toren im Monat?", (TORE,), "134"),
        ("how much are 12 packs of rye loaf?", (PACKS,), "336"),
    ],
)  # fmt: skip
def test_the_parts_of_a_price_make_its_sum(
    question: str, facts: tuple[Fact, ...], total: str
) -> None:
    assert only_sum(question, *facts).total == Decimal(total)


@pytest.mark.parametrize(
    ("question", "facts"),
    [
        ("what do 40 sites cost a month?", GATES),
        ("3 sites with 14 gates altogether, how much a month?", GATES),
        ("2 sites plus insurance, how much a month?", GATES),
        ("can we lease a site for 36 months, what's the rate?", GATES),
        ("2 sites and 70 users, how much a month?", GATES),
        ("4 sites with Sunday service, what does it cost?", GATES),
        ("we pay €90 for 2 sites now, how much is it with you?", GATES),
        ("Oak for 60 seats, how much per month?", (PLANS, SEATS)),
        ("what do 3 wall tablets cost in Swiss francs?", (LIST,)),
        ("what do 30 rye loaves cost?", (PACKS,)),
        ("how much are 40 packs of rye loaf and delivery?", (PACKS,)),
        ("shifts for 40 people in July, how much?", (STAFF, fact("july", "What it costs", "Summer", "In July all modules are 20 % cheaper."))),
    ],
)  # fmt: skip
def test_nothing_is_shown_while_a_part_is_left_out(question: str, facts: tuple[Fact, ...]) -> None:
    assert not sums_of(asked(question, *facts))


def test_a_sum_says_what_is_included_and_what_is_off() -> None:
    assert "(7 − 4) gates × €15" in written("what does one site with 7 gates cost a month?", *GATES)
    assert written("10 sites, what are the site fees per month altogether?", *GATES).endswith("10 sites × €120 − 10 % = **€1,080 a month**.")  # fmt: skip
    assert "€700 + 21 % = **€847**" in written("what is the pilot with VAT?", TRIAL, TAX)
    assert "= $40 → min. **$60 a month**" in written("shifts for 10 employees, how much per month?", STAFF)  # fmt: skip


def test_the_newer_of_two_dated_pages_counts() -> None:
    old = replace(fact("old", "Questions", "What does a site cost?", "€100 per site per month, with up to 4 gates. Further gates are €10 each per month."), changed_at=datetime(2023, 1, 1, tzinfo=UTC), is_dated=True)  # fmt: skip
    new = replace(SITE, changed_at=datetime(2026, 1, 1, tzinfo=UTC), is_dated=True)
    question = "2 sites with 6 gates each, how much a month?"
    assert only_sum(question, old, new).total == 300
    assert not sums_of(asked(question, replace(old, is_dated=False), replace(new, is_dated=False)))


@given(st.integers(1, 19), st.integers(1, 12))
def test_the_steps_of_a_sum_add_up(sites: int, gates: int) -> None:
    for found in sums_of(
        asked(f"{sites} sites with {gates} gates each, how much a month?", *GATES)
    ):
        fee = 120 * sites * (Decimal("0.9") if sites >= 8 else 1)
        assert found.total == fee + 15 * sites * max(0, gates - 4)


@given(st.text(max_size=100), st.integers(2, 10**6))
def test_no_wording_breaks_it(text: str, number: int) -> None:
    for found in sums_of(asked(f"price of {number} {text} sites?", *GATES, PLANS, STAFF, LIST)):
        assert found.total.is_finite()
