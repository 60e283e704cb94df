from dataclasses import replace
from datetime import timedelta

import pytest

from agent.fit import role_of
from agent.lead import Company, Lead, LeadId
from agent.scoring import ReasonGroup, Score, Temperature, score_lead
from agent.signals import Reading, SignalKind
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
NOTHING = reading_of()


def score(reading: Reading = NOTHING, **history: object) -> Score:
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


@pytest.mark.parametrize(
    ("group", "least", "most"),
    [
        (RULES.engagement.high, 15, 25),
        (RULES.engagement.medium, 5, 15),
        (RULES.engagement.low, 1, 5),
    ],
)
def test_the_acts_of_a_group_stay_in_its_range(group: object, least: int, most: int) -> None:
    points = group.acts.values()  # type: ignore[attr-defined]
    assert points
    assert all(least <= each <= most for each in points)


def test_explicit_interest_gives_twenty_to_fifty() -> None:
    explicit = (SignalKind.DEMO, SignalKind.PURCHASE, SignalKind.HUMAN)
    assert all(20 <= RULES.intent.signals[kind] <= 50 for kind in explicit)
    assert 20 <= RULES.intent.direct_inquiry <= 50


def test_warm_begins_at_31_and_hot_at_71() -> None:
    assert (RULES.temperature.warm_from, RULES.temperature.hot_from) == (31, 71)


def test_a_perfect_company_and_its_ceo_fit_with_45_points() -> None:
    assert score(lead=a_perfect_lead()).fit == 45


def test_fit_alone_is_never_hot() -> None:
    assert score(lead=a_perfect_lead()).temperature is Temperature.WARM


def test_one_act_and_perfect_fit_are_not_hot() -> None:
    found = score(lead=a_perfect_lead(), events=acts("Demo Requested"))
    assert not found.temperature.is_hot


def test_one_pricing_question_from_a_stranger_is_not_hot() -> None:
    assert not of_words("What does it cost?").temperature.is_hot


def test_a_direct_inquiry_with_a_date_and_budget_from_a_stranger_is_red_hot() -> None:
    found = of_words("we need 200 seats live by March, our CFO signed off, who can I talk to?")
    assert found.temperature is Temperature.RED_HOT


def test_several_touchpoints_are_hot_without_a_demo_request() -> None:
    visits = acts("Pricing Viewed", "Pricing Viewed", "Pricing Viewed", "Buying Guide Downloaded", "Comparison Viewed")  # fmt: skip
    assert score(lead=a_perfect_lead(), events=visits).temperature.is_hot


@pytest.mark.parametrize(
    "kinds", RULES.temperature.red_hot_signals, ids=lambda s: "+".join(sorted(s))
)
def test_each_red_hot_set_makes_a_hot_lead_red(kinds: frozenset[SignalKind]) -> None:
    found = score(reading_of(*kinds, SignalKind.DEMO))
    assert found.temperature is Temperature.RED_HOT


def test_hot_without_a_red_set_is_just_hot() -> None:
    found = score(reading_of(SignalKind.DEMO, SignalKind.PRICING))
    assert found.temperature is Temperature.HOT


def test_a_red_set_without_the_points_is_not_hot() -> None:
    old = MONDAY_TEN - timedelta(days=60)
    found = score(reading_of(SignalKind.BUDGET, SignalKind.TIMELINE, at=old))
    assert not found.temperature.is_hot


@pytest.mark.parametrize(
    ("before", "expected"), [("hot", Temperature.HOT), ("red_hot", Temperature.HOT), ("warm", Temperature.WARM)]
)  # fmt: skip
def test_a_hot_lead_cools_only_below_the_margin(before: str, expected: Temperature) -> None:
    events = acts("Demo Requested", "Comparison Viewed")
    lead = replace(a_perfect_lead(), title="Fitter", role="end_user")
    found = score(lead=lead, events=events, temperature=before)
    assert 67 <= found.total < 71
    assert found.temperature is expected


def test_cooling_makes_the_hottest_lead_cold() -> None:
    earlier = tuple(said(kind) for kind in (SignalKind.PURCHASE, SignalKind.BUDGET))
    later = MONDAY_TEN + timedelta(minutes=5)
    history = a_stranger(lead=a_perfect_lead(), signals=earlier, temperature="red_hot")
    reading = reading_of(SignalKind.COOLING, at=later, message="m-2")
    found = score_lead(history, reading, PLAYBOOK, later)
    assert found.temperature is Temperature.COLD


def test_a_lead_that_cooled_reheats_with_new_words() -> None:
    cooled = said(SignalKind.COOLING, MONDAY_TEN - timedelta(days=60))
    reading = reading_of(SignalKind.PURCHASE, SignalKind.BUDGET, SignalKind.TIMELINE)
    assert score(reading, signals=(cooled,)).temperature is Temperature.RED_HOT


def test_what_was_said_before_a_cooling_counts_less() -> None:
    first = said(SignalKind.PURCHASE, MONDAY_TEN - timedelta(days=1))
    cooled = said(SignalKind.COOLING, MONDAY_TEN - timedelta(hours=1), "m-2")
    found = score(reading_of(SignalKind.PRICING), signals=(first, cooled))
    points = {reason.signal: reason.points for reason in found.reasons}
    assert points[SignalKind.PRICING] == 25
    assert points[SignalKind.PURCHASE] < 15


def test_every_reason_says_what_it_rests_on() -> None:
    found = score(
        reading_of(SignalKind.PRICING), lead=a_perfect_lead(), events=acts("Demo Requested")
    )
    by_group = {reason.group: reason for reason in reversed(found.reasons)}
    assert by_group[ReasonGroup.INTENT].quote == "What does it cost"
    assert by_group[ReasonGroup.ENGAGEMENT].because == "Demo Requested: ROI guide"
    assert by_group[ReasonGroup.FIT].because.startswith("CEO")


def test_repeated_acts_are_told_as_one_reason_with_their_count() -> None:
    found = score(events=acts("Pricing Viewed", "Pricing Viewed", "Pricing Viewed"))
    assert [reason.because for reason in found.reasons] == [
        "Pricing Viewed 3 times, last ROI guide"
    ]
    assert found.engagement == 8 + 4 + 2


def test_an_act_without_a_title_is_told_by_its_name() -> None:
    found = score(events=(an_event("Demo Requested", title=""),))
    assert found.reasons[0].because == "Demo Requested"


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
    ("lead", "reading", "grade"),
    [
        (a_perfect_lead(), reading_of(SignalKind.PURCHASE), "A1"),
        (Lead(LeadId("l"), title="CEO"), reading_of(SignalKind.PRICING), "B2"),
        (Lead(LeadId("l")), NOTHING, "C3"),
    ],
)
def test_the_grade_shows_fit_by_letter_and_interest_by_number(
    lead: Lead, reading: Reading, grade: str
) -> None:
    assert score(reading, lead=lead).grade == grade


def test_an_unchanged_temperature_keeps_its_beginning() -> None:
    since = MONDAY_TEN - timedelta(days=3)
    assert score(temperature_since=since).since == since
    assert score(temperature="hot", temperature_since=since).since == MONDAY_TEN
