from dataclasses import replace
from datetime import timedelta

import pytest

from agent.engagement import EngagementEventId
from agent.fit import role_of
from agent.lead import Company, Lead, LeadId
from agent.scoring import ReasonGroup, Score, Temperature, score_lead
from agent.scoring_rules import ActGroup
from agent.signals import HeardKind, MessageKind, Readiness, Reading, SignalKind
from tests.agent.tourvane import (
    DETECTOR,
    PLAYBOOK,
    a_perfect_lead,
    a_stranger,
    reading_of,
    said,
)
from tests.builders import a_message, an_event
from tests.fakes.clock import MONDAY_TEN

RULES = PLAYBOOK.scoring


def score(reading: Reading | None = None, **history: object) -> Score:
    return score_lead(a_stranger(**history), reading, PLAYBOOK, MONDAY_TEN)


def of_words(text: str) -> Score:
    return score(DETECTOR.read((a_message(text),), ()))


def acts(*names: str) -> tuple[object, ...]:
    return tuple(an_event(name, id=f"e-{n}", at=MONDAY_TEN) for n, name in enumerate(names))


def test_company_fit_gives_ten_ten_and_five() -> None:
    assert (RULES.fit.industry, RULES.fit.size, RULES.fit.geography) == (10, 10, 5)


def test_roles_give_twenty_fifteen_ten_and_five() -> None:
    assert dict(RULES.fit.roles) == {
        "decision_maker": 20,
        "strong_influencer": 15,
        "end_user": 10,
        "other": 5,
    }


HIGH = {
    "Demo Requested": 25, "Trial Started": 25, "ROI Calculator Used": 20, "Pricing Downloaded": 20,
    "Buying Guide Downloaded": 20, "Meeting Booked": 25, "Meeting Held": 20,
    "Security Questionnaire Completed": 20, "Comparison Guide Downloaded": 15, "Billing Page Viewed": 15,
}  # fmt: skip
MEDIUM = {
    "Demo Attended": 15, "Webinar Attended": 12, "Email Replied": 12, "Trial User Invited": 12,
    "Comparison Viewed": 10, "Form Submitted": 10, "Integration Docs Downloaded": 10, "Pricing Viewed": 8,
    "Case Study Viewed": 8, "Email Clicked": 5,
}  # fmt: skip
LOW = {
    "Webinar Registered": 4, "Content Downloaded": 4, "Newsletter Subscribed": 3, "Documentation Viewed": 2,
    "Social Profile Followed": 2, "Blog Viewed": 1, "Page Viewed": 1, "Page Read": 1,
    "Email Opened": 1,
}  # fmt: skip


@pytest.mark.parametrize(
    ("group", "acts", "least", "most"),
    [
        (RULES.engagement.high, HIGH, 15, 25),
        (RULES.engagement.medium, MEDIUM, 5, 15),
        (RULES.engagement.low, LOW, 1, 5),
    ],
)
def test_the_acts_of_a_group_give_what_the_trade_says(
    group: ActGroup, acts: dict[str, int], least: int, most: int
) -> None:
    assert dict(group.acts) == acts
    assert all(least <= each <= most for each in acts.values())


@pytest.mark.parametrize(("act", "points"), [*HIGH.items(), *MEDIUM.items(), *LOW.items()])
def test_one_act_gives_its_points(act: str, points: int) -> None:
    assert score(events=acts(act)).engagement == points


def test_an_act_that_asks_for_a_salesperson_gives_the_points_of_explicit_interest_beside_its_own() -> (
    None
):
    assert dict(RULES.intent.explicit_acts) == {"Demo Requested": 50, "Meeting Booked": 50}
    for act, points in RULES.intent.explicit_acts.items():
        found = score(events=acts(act))
        assert (found.intent, found.temperature) == (points, Temperature.HOT)
    assert score(events=acts(*HIGH.keys() - RULES.intent.explicit_acts, *MEDIUM, *LOW)).intent <= 0


def test_several_downloads_give_more_than_one_and_count_as_of_medium_value() -> None:
    one = an_event("Content Downloaded", id="e-1", title="Checklist", at=MONDAY_TEN)
    other = replace(one, id=EngagementEventId("e-2"), title="Field guide")
    found = score(events=(one, other))
    (together,) = [reason for reason in found.reasons if reason.pattern == "several_downloads"]
    assert 5 <= together.points <= 15
    assert found.total > 2 * score(events=(one,)).total


def test_explicit_interest_gives_twenty_to_fifty() -> None:
    explicit = (SignalKind.DEMO, SignalKind.PURCHASE, SignalKind.HUMAN)
    assert all(20 <= RULES.intent.signals[kind] <= 50 for kind in explicit)
    assert 20 <= RULES.intent.inquiry <= RULES.intent.direct_inquiry <= 50


def test_warm_begins_at_31_and_hot_at_71() -> None:
    assert (RULES.temperature.warm_from, RULES.temperature.hot_from) == (31, 71)


def test_a_perfect_company_and_its_ceo_fit_with_45_points() -> None:
    assert score(lead=a_perfect_lead()).fit == 45


def test_a_buyer_says_more_points_than_fit_alone_can_give() -> None:
    signals = {kind: RULES.intent.signals[kind] for kind in SignalKind}
    assert signals.pop(SignalKind.COOLING) < 0
    assert all(0 < points <= 50 for points in signals.values())


def test_fit_alone_is_cold_whatever_its_points() -> None:
    found = score(lead=a_perfect_lead())
    assert (found.fit, found.temperature) == (45, Temperature.COLD)
    assert found.total == RULES.temperature.warm_from - RULES.temperature.margin - 1
    assert found.reasons[-1].because == "little said or done that shows interest: held below warm"


def test_a_little_interest_makes_a_perfect_lead_warm() -> None:
    little = score(lead=a_perfect_lead(), events=acts("Pricing Viewed"))
    enough = score(lead=a_perfect_lead(), events=acts("Comparison Viewed"))
    assert (little.engagement, little.temperature) == (8, Temperature.COLD)
    assert (enough.engagement, enough.temperature) == (10, Temperature.WARM)
    assert enough.total == 55


@pytest.mark.parametrize("act", sorted({*HIGH, *MEDIUM, *LOW} - RULES.intent.explicit_acts.keys()))
def test_one_act_and_perfect_fit_are_not_hot(act: str) -> None:
    assert not score(lead=a_perfect_lead(), events=acts(act)).temperature.is_hot


def test_a_demo_requested_is_hot_for_a_stranger_and_a_perfect_lead() -> None:
    for lead in (Lead(LeadId("l")), a_perfect_lead()):
        assert score(lead=lead, events=acts("Demo Requested")).temperature is Temperature.HOT


def test_words_read_as_warm_are_held_below_hot_however_well_their_writer_fits() -> None:
    reading = reading_of(SignalKind.PRICING, SignalKind.NEED)
    found = score(reading, lead=a_perfect_lead())
    held = found.reasons[-1]
    assert found.temperature is Temperature.WARM
    assert found.total == RULES.temperature.hot_from - RULES.temperature.margin - 1
    assert held.because.startswith("nobody asked for a salesperson")
    assert held.points < 0
    assert score(
        replace(reading, readiness=Readiness.HOT), lead=a_perfect_lead()
    ).temperature.is_hot


def test_one_pricing_question_from_a_stranger_is_not_hot() -> None:
    assert not of_words("What does it cost?").temperature.is_hot


def test_a_direct_inquiry_with_a_date_and_budget_from_a_stranger_is_red_hot() -> None:
    found = of_words("we need 200 seats live by March, our CFO signed off, who can I talk to?")
    assert found.temperature is Temperature.RED_HOT


def test_several_touchpoints_are_hot_without_a_demo_request() -> None:
    visits = acts("Pricing Viewed", "Pricing Viewed", "Pricing Viewed", "Buying Guide Downloaded", "Comparison Viewed")  # fmt: skip
    assert score(lead=a_perfect_lead(), events=visits).temperature.is_hot


def test_cooling_makes_the_hottest_lead_cold() -> None:
    earlier = tuple(said(kind) for kind in (SignalKind.PURCHASE, SignalKind.BUDGET))
    later = MONDAY_TEN + timedelta(minutes=5)
    history = a_stranger(lead=a_perfect_lead(), signals=earlier, temperature="red_hot")
    reading = reading_of(SignalKind.COOLING, at=later, message="m-2")
    found = score_lead(history, reading, PLAYBOOK, later)
    assert found.temperature is Temperature.COLD
    assert [r.signal for r in found.reasons if r.because == "cooled down"] == [SignalKind.COOLING]


def test_what_holds_a_score_rests_on_what_was_said_and_when() -> None:
    no = replace(said(SignalKind.COOLING, MONDAY_TEN - timedelta(days=2)), quote="not this year")
    views = acts("Comparison Viewed", "Case Study Viewed", "Webinar Attended")
    held = score(lead=a_perfect_lead(), signals=(no,), events=views).reasons[-1]
    assert held.because == "no buyer at present: stays cold"
    assert (held.quote, held.at) == ("not this year", no.at)


def test_a_lead_that_cooled_reheats_with_new_words() -> None:
    cooled = said(SignalKind.COOLING, MONDAY_TEN - timedelta(days=60))
    reading = reading_of(SignalKind.PURCHASE, SignalKind.BUDGET, SignalKind.TIMELINE)
    assert score(reading, signals=(cooled,)).temperature is Temperature.RED_HOT


def test_what_was_said_before_a_cooling_counts_less() -> None:
    first = said(SignalKind.PURCHASE, MONDAY_TEN - timedelta(days=1))
    cooled = said(SignalKind.COOLING, MONDAY_TEN - timedelta(hours=1), "m-2")
    found = score(reading_of(SignalKind.PRICING), signals=(first, cooled))
    points = {reason.because: reason.points for reason in found.reasons}
    assert points["asked for a price"] == 25
    assert points["is ready to buy"] < 15


def test_every_reason_says_what_it_rests_on() -> None:
    found = score(
        reading_of(SignalKind.PRICING), lead=a_perfect_lead(), events=acts("Demo Requested")
    )
    by_group = {reason.group: reason for reason in reversed(found.reasons)}
    intent = {r.because: r for r in found.reasons if r.group is ReasonGroup.INTENT}
    assert intent["asked for a price"].quote == "What does it cost"
    assert intent["wrote as somebody who may buy"].quote == "What does it cost"
    asked = intent["asked for a salesperson's answer by an act: Demo Requested"]
    assert (asked.event, asked.at) == ("e-0", MONDAY_TEN)
    assert by_group[ReasonGroup.ENGAGEMENT].because == "Demo Requested: ROI guide"
    assert by_group[ReasonGroup.FIT].because.startswith("CEO")


def test_repeated_acts_are_told_as_one_reason_with_their_count() -> None:
    found = score(events=acts("Pricing Viewed", "Pricing Viewed", "Pricing Viewed"))
    (acted,) = [reason for reason in found.reasons if not reason.pattern]
    assert acted.because == "Pricing Viewed 3 times, last ROI guide"
    assert acted.points == 8 + 4 + 2


def test_an_act_without_a_title_is_told_by_its_name() -> None:
    found = score(events=(an_event("Trial Started", title=""),))
    assert [reason.because for reason in found.reasons] == ["Trial Started"]


def test_an_act_dated_in_the_future_does_not_count() -> None:
    assert score(events=(an_event("Demo Requested", at=MONDAY_TEN + timedelta(days=1)),)).total == 0


@pytest.mark.parametrize(
    ("title", "role"),
    [
        ("CEO", "decision_maker"),
        ("Director, Operations", "decision_maker"),
        ("Co-Founder/CTO", "decision_maker"),
        ("Head of Service", "decision_maker"),
        ("Fleet Manager", "strong_influencer"),
        ("Dispatcher (nights)", "end_user"),
        ("Poet", "other"),
        ("Coordinator", "end_user"),
        ("International trade", "other"),
        ("", ""),
    ],
)
def test_reads_the_role_from_whole_words_of_the_title(title: str, role: str) -> None:
    assert role_of(Lead(LeadId("l"), title=title), RULES.fit) == role


def test_the_role_on_record_counts_before_the_title() -> None:
    assert role_of(Lead(LeadId("l"), title="CEO", role="end_user"), RULES.fit) == "end_user"


@pytest.mark.parametrize(("employees", "points"), [(49, 0), (50, 10), (2000, 10), (2001, 0), (None, 0)])  # fmt: skip
def test_the_size_range_counts_at_both_its_ends(employees: int | None, points: int) -> None:
    assert score(lead=Lead(LeadId("l"), company=Company(employees=employees))).fit == points


def test_a_free_mail_address_takes_points_but_never_below_zero() -> None:
    free = Lead(LeadId("l"), email="x@FreeMail.example")
    assert score(lead=free).total == 0
    assert score(lead=replace(a_perfect_lead(), email="x@freemail.example")).fit == 40


@pytest.mark.parametrize(
    ("email", "domain"),
    [
        ("eva@crewpine.example", ""),
        ("eva@Sales.CrewPine.example", ""),
        ("eva@freemail.example", "crewpine.example"),
    ],
)
def test_whoever_works_for_a_competitor_never_scores(email: str, domain: str) -> None:
    company = replace(a_perfect_lead().company, domain=domain)
    lead = replace(a_perfect_lead(), email=email, company=company)
    found = score(lead=lead, events=acts("Demo Requested", *["Pricing Viewed"] * 3, "Comparison Viewed"))  # fmt: skip
    assert (found.total, found.temperature) == (0, Temperature.COLD)
    assert found.reasons[-1].because == "writes from a competitor's mail domain: Crewpine"


@pytest.mark.parametrize("email", ["eva@notcrewpine.example", "crewpine.example@work.example", ""])
def test_a_domain_that_only_looks_like_a_competitors_costs_nothing(email: str) -> None:
    assert score(lead=replace(a_perfect_lead(), email=email)).fit == 45


@pytest.mark.parametrize("kind", [MessageKind.STUDENT_PRESS, MessageKind.JOB_SEEKER, MessageKind.SPAM, MessageKind.VENDOR_PITCH])  # fmt: skip
def test_who_writes_as_no_buyer_loses_points_until_they_write_as_one(kind: MessageKind) -> None:
    silent = replace(reading_of(), kind=MessageKind.OTHER)
    heard = HeardKind(kind, MONDAY_TEN - timedelta(days=2))
    acted = acts("Demo Requested", "Comparison Viewed")
    found = score(silent, lead=a_perfect_lead(), events=acted, heard=(heard,))
    assert found.temperature is Temperature.COLD
    assert any(r.because.startswith("no buyer by what they wrote") for r in found.reasons)
    assert found.reasons[-1].because == "no buyer at present: stays cold"
    chats = HeardKind(MessageKind.SALES, MONDAY_TEN - timedelta(days=1))
    assert (
        score(silent, lead=a_perfect_lead(), events=acted, heard=(chats, heard)).total
        == found.total
    )
    buys = replace(chats, readiness=Readiness.WARM)
    assert score(
        silent, lead=a_perfect_lead(), events=acted, heard=(buys, heard)
    ).temperature.is_hot


def test_who_fits_and_wrote_as_no_buyer_has_the_points_of_that_kind_taken_off() -> None:
    heard = HeardKind(MessageKind.SPAM, MONDAY_TEN)
    found = score(lead=a_perfect_lead(), heard=(heard,))
    assert {reason.because: reason.points for reason in found.reasons if reason.points < 0} == {
        "no buyer by what they wrote: spam": -45
    }
    assert found.total == 0


def test_who_wrote_for_support_last_is_cold_by_fit_and_looks_around_and_warm_by_a_wish_to_buy() -> (
    None
):
    heard = (HeardKind(MessageKind.SUPPORT, MONDAY_TEN),)
    looks = acts("Pricing Viewed", "Comparison Viewed", "Case Study Viewed")
    found = score(lead=a_perfect_lead(), events=looks, heard=heard)
    assert found.temperature is Temperature.COLD
    held = found.reasons[-1]
    assert (held.because, held.at) == ("wrote for support last: stays cold", MONDAY_TEN)
    asked = (said(SignalKind.PRICING, MONDAY_TEN - timedelta(days=1), "m-0"),)
    wishes = score(lead=a_perfect_lead(), events=looks, heard=heard, signals=asked)
    assert wishes.temperature is Temperature.WARM


def test_what_a_support_customer_asks_for_is_no_wish_to_buy() -> None:
    reading = replace(reading_of(SignalKind.HUMAN, SignalKind.PRICING), kind=MessageKind.SUPPORT)
    assert score(reading).total == 0
    heard = HeardKind(MessageKind.SUPPORT, MONDAY_TEN, (reading.signals[0].message_id,))
    assert score(signals=reading.signals, heard=(heard,)).total == 0


@pytest.mark.parametrize(
    ("lead", "reading", "grade"),
    [
        (a_perfect_lead(), reading_of(SignalKind.PURCHASE), "A1"),
        (Lead(LeadId("l"), title="CEO"), reading_of(SignalKind.PRICING), "B1"),
        (Lead(LeadId("l"), title="CEO"), reading_of(SignalKind.NEED), "B2"),
        (Lead(LeadId("l")), reading_of(), "C3"),
    ],
)
def test_the_grade_shows_fit_by_letter_and_interest_by_number(
    lead: Lead, reading: Reading, grade: str
) -> None:
    assert score(reading, lead=lead).grade == grade
