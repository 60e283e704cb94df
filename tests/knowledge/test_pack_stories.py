"""What people of each trade call hot is hot under its pack, and what they would not call so is not."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

import pytest

from agent.engagement import EngagementEvent, EngagementEventId
from agent.history import History
from agent.lead import Company, Lead, LeadId
from agent.patterns import find_patterns
from agent.scoring import Score, Temperature, score_lead
from agent.signals import HeardKind, MessageKind, SignalKind
from knowledge.playbook import packs
from tests.builders import a_signal
from tests.fakes.clock import MONDAY_TEN
from tests.minimal import playbook_over

NAMES = [pack.name for pack in packs()]


@dataclass(frozen=True, slots=True)
class Did:
    """Something done so many days ago; `by` a colleague, if not by the lead."""

    days: float
    act: str
    title: str = ""
    by: str = "l-1"
    properties: Mapping[str, str] | None = None


def at(days: float, act: str, **properties: str) -> Did:
    return Did(days, act, properties.get("title", ""), properties=properties)


def events_of(story: Iterable[Did], *, lead: bool) -> tuple[EngagementEvent, ...]:
    return tuple(
        EngagementEvent(
            EngagementEventId(f"e-{n}"), LeadId(did.by), did.act,
            MONDAY_TEN - timedelta(days=did.days), did.title, properties=did.properties or {},
        )
        for n, did in enumerate(story) if (did.by == "l-1") is lead
    )  # fmt: skip


def history_of(*story: Did, lead: Lead | None = None) -> History:
    colleagues = {LeadId(did.by): Lead(LeadId(did.by)) for did in story if did.by != "l-1"}
    return History(lead or Lead(LeadId("l-1")), events_of(story, lead=True), events_of(story, lead=False), colleagues=colleagues)  # fmt: skip


def score_of(name: str, *story: Did, lead: Lead | None = None) -> Score:
    return score_lead(history_of(*story, lead=lead), None, playbook_over(name), MONDAY_TEN)


def calls(name: str, *story: Did) -> set[str]:
    found = find_patterns(history_of(*story), playbook_over(name), MONDAY_TEN)
    return {pattern.name for pattern in found if pattern.calls_rep}


A_FIT = Lead(
    LeadId("l-1"), title="Director", company=Company("Oak", "oak.example", "Retail", 300, "DE")
)
TRIAL = (
    at(6, "Trial Started"),
    at(4, "Trial Activated"),
    at(3, "Integration Docs Downloaded"),
    at(2, "Trial User Invited", title="Ben"),
    at(1, "Security Questionnaire Requested"),
    at(0.2, "Billing Page Viewed"),
)
PROJECT = (
    at(9, "Case Study Viewed", title="Oak"),
    at(8, "Requirements Shared"),
    at(4, "Scoping Call Held"),
    at(3, "Team Introduced"),
    at(1, "Budget Range Shared", **{"from": "80000", "to": "120000"}),
)
TENDER = (
    at(3, "Product Compared", title="P12 and P14"),
    at(2.5, "Product Compared", title="P12 and Q9"),
    at(2, "Product Compared", title="P12 and R7"),
    at(1, "Volume Prices Viewed"),
    at(0.9, "Payment Terms Viewed"),
    at(0.5, "Delivery Times Requested", quantity="400"),
)
ONE_NEIGHBOURHOOD = tuple(
    at(days, "Listing Viewed", listing_id=f"h-{days}", neighbourhood="Dockside")
    for days in (6, 5, 3, 2, 0.1)
)
ANY_LISTINGS = tuple(
    at(days, "Listing Viewed", listing_id=f"h-{days}", neighbourhood=f"Quarter {days}")
    for days in (6, 5, 3, 2, 0.1)
)
CANDIDATE = (
    at(5, "Job Viewed", job_id="j-1"),
    at(3, "Job Change Stated"),
    at(2, "Screening Answered"),
    at(1.5, "Screening Answered"),
    at(1, "Availability Confirmed", **{"from": "2026-04-01"}),
    at(0.5, "Other Process Reported", stage="final"),
)


@pytest.mark.parametrize(
    ("name", "story"),
    [
        ("b2b_saas", TRIAL),
        ("professional_services", PROJECT),
        ("b2b_ecommerce", TENDER),
        ("real_estate", ONE_NEIGHBOURHOOD),
        ("recruitment", CANDIDATE),
    ],
)
def test_what_the_trade_calls_hot_is_hot_and_calls_a_rep(name: str, story: tuple[Did, ...]) -> None:
    assert score_of(name, *story).temperature is Temperature.HOT
    assert calls(name, *story)


READERS = ["Blog Viewed", "Newsletter Subscribed", "Email Opened", "Page Viewed"]


@pytest.mark.parametrize("name", NAMES)
def test_reading_is_never_more_than_warm_for_whoever_fits_and_cold_for_others(name: str) -> None:
    reading = [at(n / 10, act, title=str(n)) for n, act in enumerate(READERS * 15)]
    assert score_of(name, *reading).temperature is Temperature.COLD
    assert not score_of(name, *reading, lead=A_FIT).temperature.is_hot
    assert not calls(name, *reading)


@pytest.mark.parametrize(
    ("name", "story", "temperature"),
    [
        # A trial begun and left alone; a form of sign-ups is no purchase.
        ("b2b_saas", [at(2, "Trial Started")], Temperature.COLD),
        ("b2b_saas", [at(2, "Trial Started"), at(1, "Documentation Viewed"), at(1, "Integration Docs Downloaded")], Temperature.WARM),
        ("b2b_saas", [at(0.1, "Demo Requested")], Temperature.HOT),
        ("b2b_saas", [at(days + 90, did.act) for days, did in enumerate(TRIAL)], Temperature.COLD),
        ("b2b_saas", [at(days, "Documentation Viewed", title=str(days)) for days in range(9)], Temperature.COLD),
        # Looking at who works there is no mandate; a request for proposal is.
        ("professional_services", [at(n, "Team Profile Viewed", title=str(n)) for n in range(6)], Temperature.COLD),
        ("professional_services", [at(1, "Method Guide Downloaded"), at(1, "Service Page Viewed"), at(1, "Case Study Viewed")], Temperature.COLD),
        ("professional_services", [at(0.1, "RFP Submitted")], Temperature.HOT),
        ("professional_services", [at(2, "Scoping Call Held"), at(1, "Timeline Shared")], Temperature.WARM),
        # Browsing a shop is what shops are for.
        ("b2b_ecommerce", [at(n / 2, "Product Viewed", product_id=str(n)) for n in range(12)], Temperature.COLD),
        ("b2b_ecommerce", [at(1, "Product Added"), at(1, "Cart Viewed"), at(1, "Checkout Started")], Temperature.WARM),
        ("b2b_ecommerce", [at(1, "Product Compared", title="a"), at(1, "Product Compared", title="a")], Temperature.COLD),
        ("b2b_ecommerce", [at(1, "Bulk Quote Requested", title="P12", quantity="400"), at(0.5, "Payment Terms Viewed")], Temperature.HOT),
        # Five listings all over town, or one neighbourhood on one evening or over two months.
        ("real_estate", ANY_LISTINGS, Temperature.COLD),
        ("real_estate", [at(n / 100, "Listing Viewed", neighbourhood="Dockside", listing_id=str(n)) for n in range(5)], Temperature.WARM),
        ("real_estate", [at(n * 14, "Listing Viewed", neighbourhood="Dockside", listing_id=str(n)) for n in range(5)], Temperature.COLD),
        ("real_estate", [at(n, "Listing Viewed", listing_id=str(n)) for n in range(5)], Temperature.COLD),
        ("real_estate", [at(1, "Open House Inquiry Sent", neighbourhood="Dockside")], Temperature.WARM),
        ("real_estate", [at(1, "Open House Inquiry Sent"), at(0.5, "Mortgage Preapproval Received")], Temperature.HOT),
        ("real_estate", [at(0.5, "Viewing Booked", listing_id="h-1")], Temperature.HOT),
        ("real_estate", [at(3, "Mortgage Calculator Used"), at(3, "Financing Page Viewed")], Temperature.COLD),
        # Looking at jobs is free; a CV alone is a file.
        ("recruitment", [at(n, "Job Viewed", job_id=str(n), field=str(n)) for n in range(6)], Temperature.COLD),
        ("recruitment", [at(2, "CV Uploaded"), at(2, "Job Alert Created"), at(1, "Recruiter Answered")], Temperature.WARM),
        ("recruitment", [at(0.5, "Interview Booked")], Temperature.HOT),
        ("recruitment", [at(1, "Application Submitted"), at(0.5, "Availability Confirmed")], Temperature.HOT),
    ],
)  # fmt: skip
def test_judges_as_a_person_of_the_trade_would(
    name: str, story: list[Did], temperature: Temperature
) -> None:
    found = score_of(name, *story)
    assert found.temperature is temperature, found


def test_a_neighbourhood_written_in_several_ways_is_one() -> None:
    ways = ("Dockside", "dockside", " DOCKSIDE ", "Dockside", "dockside ")
    story = [at(n, "Listing Viewed", neighbourhood=way) for n, way in enumerate(ways)]
    assert "neighbourhood_focus" in calls("real_estate", *story)


def test_what_several_people_of_a_company_do_counts_together_in_saas() -> None:
    story = (
        at(2, "Trial Activated"),
        Did(1, "Integration Connected", by="l-2"),
        Did(0.5, "Account Added User", by="l-3"),
    )
    assert "trial_takes_off" in calls("b2b_saas", *story)


def test_candidates_who_write_as_job_seekers_are_no_strangers_to_recruiters() -> None:
    wrote = HeardKind(MessageKind.JOB_SEEKER, MONDAY_TEN - timedelta(hours=1))
    history = history_of(*CANDIDATE)
    heard = History(history.lead, history.events, heard=(wrote,))
    hot = score_lead(heard, None, playbook_over("recruitment"), MONDAY_TEN)
    assert hot.temperature is Temperature.HOT
    others = {name: score_lead(heard, None, playbook_over(name), MONDAY_TEN) for name in NAMES if name != "recruitment"}  # fmt: skip
    assert {score.temperature for score in others.values()} == {Temperature.COLD}


@pytest.mark.parametrize(
    ("quote", "temperature"),
    [
        ("I have a final round elsewhere on Friday", Temperature.RED_HOT),
        ("I also talk to other agencies", Temperature.HOT),
    ],
)
def test_a_candidate_available_and_in_interviews_elsewhere_is_red_hot(
    quote: str, temperature: Temperature
) -> None:
    history = history_of(*CANDIDATE)
    signals = (
        a_signal(SignalKind.COMPETITOR, quote=quote),
        a_signal(SignalKind.TIMELINE, quote="I can start in April"),
    )
    said = History(history.lead, history.events, signals=signals)
    found = score_lead(said, None, playbook_over("recruitment"), MONDAY_TEN)
    assert found.temperature is temperature
