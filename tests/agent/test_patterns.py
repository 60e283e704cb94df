"""Behaviour without words, as a sales lead would see it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from agent.engagement import EngagementEvent, EngagementEventId
from agent.history import History
from agent.lead import Company, Lead, LeadId
from agent.occurrences import PatternKind
from agent.pattern_rules import BurstRule, PatternRules, QuietRule
from agent.patterns import Pattern, find_patterns
from agent.playbook import Playbook
from agent.scoring import ReasonGroup, Score, Temperature, score_lead
from agent.signals import SignalKind
from tests.agent.tourvane import PLAYBOOK, a_stranger, said
from tests.builders import an_event
from tests.fakes.clock import MONDAY_TEN

DAY = timedelta(days=1)
CEO = Lead(LeadId("l-ceo"), "Ada Holm", title="CEO", company=Company(domain="oakmere.example"))
PLANNER = Lead(LeadId("l-plan"), "Tom Ash", title="Planner", company=CEO.company)


def ago(**span: float) -> datetime:
    return MONDAY_TEN - timedelta(**span)


def did(name: str, at: datetime, who: str = "l-1", **changes: object) -> EngagementEvent:
    identity = EngagementEventId(f"{who} {name} {at:%d %H:%M:%S.%f} {changes.get('title', '')}")
    return an_event(name, id=identity, at=at, lead_id=LeadId(who), **changes)


def often(name: str, times: int, *, every: timedelta, until: datetime = MONDAY_TEN) -> tuple[EngagementEvent, ...]:  # fmt: skip
    return tuple(did(name, until - every * n) for n in range(times))


def lead_who(*events: EngagementEvent, beside: Sequence[EngagementEvent] = (), **changes: object) -> History:  # fmt: skip
    colleagues = {CEO.id: CEO, PLANNER.id: PLANNER}
    return a_stranger(events=events, company_events=tuple(beside), colleagues=colleagues, **changes)


def seen(history: History, now: datetime = MONDAY_TEN, playbook: Playbook = PLAYBOOK) -> dict[str, Pattern]:  # fmt: skip
    return {pattern.name: pattern for pattern in find_patterns(history, playbook, now)}


def score(history: History, now: datetime = MONDAY_TEN, playbook: Playbook = PLAYBOOK) -> Score:
    return score_lead(history, None, playbook, now)


THREE_PRICES = often("Pricing Viewed", 3, every=timedelta(hours=2))


@pytest.mark.parametrize(
    "guide", ["Buying Guide Downloaded", "Comparison Guide Downloaded", "Comparison Viewed"]
)
def test_pricing_three_times_a_comparison_and_the_ceo_are_hot_without_a_demo_request(
    guide: str,
) -> None:
    guided = did(guide, ago(hours=1), title="Tourvane and Crewpine compared")
    ceo = did("Case Study Viewed", ago(minutes=5), CEO.id)
    history = lead_who(*THREE_PRICES, guided, beside=[ceo])
    found = score(history)
    assert found.temperature is Temperature.HOT, found
    assert {"pricing_surge", "executive_joins", "several_people", "deep_research"} <= set(seen(history))  # fmt: skip


@pytest.mark.parametrize("hours", [0.05, 1, 24, 24 * 7])
def test_any_amount_of_blog_reading_stays_cold(hours: float) -> None:
    blog = often("Blog Viewed", 300, every=timedelta(hours=hours))
    beside = [did("Blog Viewed", ago(minutes=n), CEO.id) for n in range(50)]
    found = score(lead_who(*blog, beside=beside))
    assert found.temperature is Temperature.COLD
    assert not [reason for reason in found.reasons if reason.pattern]


def test_a_surge_names_its_acts_and_says_what_was_seen() -> None:
    surge = seen(lead_who(*THREE_PRICES))["pricing_surge"]
    assert surge.kind is PatternKind.BURST
    assert surge.at == MONDAY_TEN
    assert set(surge.events) == {event.id for event in THREE_PRICES}
    assert surge.because == "Pricing surge: Pricing Viewed 3 times, within 24 hours"
    assert surge.calls_rep


@pytest.mark.parametrize(
    ("events", "is_surge"),
    [
        (often("Pricing Viewed", 2, every=timedelta(hours=1)), False),
        (often("Pricing Viewed", 3, every=timedelta(hours=12)), True),
        (often("Pricing Viewed", 3, every=timedelta(hours=12, seconds=1)), False),
        (often("Documentation Viewed", 9, every=timedelta(hours=1)), False),
    ],
)
def test_a_surge_asks_for_three_looks_at_prices_in_a_day(
    events: tuple[EngagementEvent, ...],
    is_surge: bool,  # noqa: FBT001
) -> None:
    assert ("pricing_surge" in seen(lead_who(*events))) is is_surge


def test_a_pattern_is_a_reason_of_engagement_with_its_newest_event() -> None:
    reason = next(r for r in score(lead_who(*THREE_PRICES)).reasons if r.pattern)
    assert reason.group is ReasonGroup.ENGAGEMENT
    assert reason.event == THREE_PRICES[0].id
    assert reason.at == MONDAY_TEN


def test_a_pattern_fades_and_is_no_longer_told() -> None:
    history = lead_who(*THREE_PRICES)
    points = [
        sum(r.points for r in score(history, MONDAY_TEN + n * DAY).reasons if r.pattern)
        for n in (0, 7, 14, 60)
    ]
    assert points == [18, 9, 4, 0]
    assert "pricing_surge" not in seen(history, MONDAY_TEN + 60 * DAY)


def test_homework_of_three_kinds_by_two_people_is_one_research() -> None:
    mine = (did("Pricing Viewed", ago(hours=40)), did("Comparison Viewed", ago(hours=30)))
    theirs = [did("Case Study Viewed", ago(hours=2), PLANNER.id), did("Pricing Viewed", ago(hours=1), PLANNER.id)]  # fmt: skip
    research = seen(lead_who(*mine, beside=theirs))["deep_research"]
    assert set(research.people) == {"l-1", PLANNER.id}
    assert "deep_research" not in seen(lead_who(*mine))


def test_what_colleagues_do_heats_nobody_who_does_nothing() -> None:
    theirs = [did(name, ago(hours=n), CEO.id) for n, name in enumerate(["Pricing Viewed", "Comparison Viewed", "Case Study Viewed", "Pricing Viewed"])]  # fmt: skip
    more = [did("Case Study Viewed", ago(hours=3), PLANNER.id)]
    assert score(lead_who(beside=[*theirs, *more])).total == 0
    assert not seen(lead_who(beside=[*theirs, *more]))


def test_several_people_of_one_company_are_counted_not_their_acts() -> None:
    mine = did("Case Study Viewed", ago(days=3))
    both = seen(lead_who(mine, beside=[did("Pricing Viewed", ago(days=1), PLANNER.id)]))
    assert both["several_people"].because == "Several people: 2 people of the company active within 7 days"  # fmt: skip
    assert "several_people" not in seen(lead_who(mine, did("Pricing Viewed", ago(days=1))))
    late = [did("Pricing Viewed", ago(days=3) + 7.1 * DAY, PLANNER.id)]
    assert "several_people" not in seen(lead_who(mine, beside=late), MONDAY_TEN + 30 * DAY)


def test_words_count_as_being_active_beside_a_colleague() -> None:
    spoke = lead_who(signals=(said(SignalKind.NEED),), beside=[did("Pricing Viewed", ago(hours=1), CEO.id)])  # fmt: skip
    assert {"several_people", "executive_joins"} <= set(seen(spoke))


def test_an_executive_who_joins_is_named() -> None:
    mine = did("Pricing Viewed", ago(days=2))
    joined = seen(lead_who(mine, beside=[did("Case Study Viewed", ago(hours=1), CEO.id)]))
    assert joined["executive_joins"].because == "Executive joins: Ada Holm, CEO (Case Study Viewed), within 7 days of colleagues"  # fmt: skip


@pytest.mark.parametrize(
    "beside",
    [
        pytest.param([did("Case Study Viewed", ago(hours=1), PLANNER.id)], id="no executive"),
        pytest.param([did("Blog Viewed", ago(hours=1), CEO.id)], id="only a blog post"),
        pytest.param([did("Case Study Viewed", ago(days=20), CEO.id), did("Pricing Viewed", ago(hours=1), CEO.id)], id="not new"),
        pytest.param([did("Case Study Viewed", ago(days=20), CEO.id)], id="not at once"),
        pytest.param([did("Case Study Viewed", ago(hours=1), "l-unknown")], id="nobody known"),
    ],
)  # fmt: skip
def test_no_executive_joins(beside: list[EngagementEvent]) -> None:
    history = lead_who(did("Pricing Viewed", ago(days=2)), beside=beside)
    assert "executive_joins" not in seen(history)


def test_an_executive_who_comes_first_joins_when_the_other_comes() -> None:
    first = [did("Case Study Viewed", ago(days=2), CEO.id)]
    joined = seen(lead_who(did("Pricing Viewed", ago(days=1)), beside=first))["executive_joins"]
    assert joined.at == ago(days=1)
    assert "Ada Holm" in joined.because


def test_the_executive_s_own_record_shows_that_they_joined() -> None:
    mine = replace(did("Case Study Viewed", ago(hours=1)), lead_id=CEO.id)
    theirs = did("Pricing Viewed", ago(days=2), PLANNER.id)
    own = History(CEO, events=(mine,), company_events=(theirs,), colleagues={PLANNER.id: PLANNER})
    assert "Ada Holm" in seen(own)["executive_joins"].because


def test_a_dormant_lead_who_comes_back_is_seen_at_once() -> None:
    history = lead_who(did("Demo Attended", ago(days=75)), did("Pricing Viewed", ago(hours=1)))
    assert seen(history)["comes_back"].because == "Comes back: Pricing Viewed, after more than 60 days without a sign"  # fmt: skip


def test_a_dormant_lead_who_begins_with_the_blog_is_back_with_the_prices() -> None:
    history = lead_who(
        did("Demo Attended", ago(days=75)),
        did("Blog Viewed", ago(days=2)),
        did("Pricing Viewed", ago(hours=1)),
    )
    assert seen(history)["comes_back"].at == ago(hours=1)
    only_blog = lead_who(did("Demo Attended", ago(days=75)), did("Blog Viewed", ago(days=2)))
    assert "comes_back" not in seen(only_blog)


def test_a_dormant_lead_who_writes_is_back() -> None:
    history = lead_who(did("Demo Attended", ago(days=75)), signals=(said(SignalKind.PRICING),))
    back = seen(history)["comes_back"]
    assert (back.events, back.because) == ((), "Comes back: a message, after more than 60 days without a sign")  # fmt: skip


@pytest.mark.parametrize("between", ["Email Opened", "Something Unheard Of", "Blog Viewed"])
def test_whoever_showed_any_sign_of_life_was_not_dormant(between: str) -> None:
    history = lead_who(
        did("Demo Attended", ago(days=75)), did(between, ago(days=40)), did("Pricing Viewed", ago())
    )
    assert "comes_back" not in seen(history)


def test_the_first_visit_of_all_is_no_return() -> None:
    assert "comes_back" not in seen(lead_who(did("Pricing Viewed", ago())))


def test_acceleration_is_measured_against_the_weeks_before() -> None:
    names = ("Pricing Viewed", "Case Study Viewed", "Comparison Viewed", "Webinar Attended")
    now = [did(name, ago(days=n)) for n, name in enumerate(names)]
    once = did("Case Study Viewed", ago(days=20))
    steady = [did("Case Study Viewed", ago(days=8 + n)) for n in range(26)]
    assert "accelerates" in seen(lead_who(*now, once))
    assert "accelerates" not in seen(lead_who(*now, *steady))
    assert "accelerates" not in seen(lead_who(*now))


def test_several_visits_in_a_short_time_are_seen() -> None:
    visits = often("Case Study Viewed", 4, every=timedelta(hours=10))
    one_visit = often("Case Study Viewed", 4, every=timedelta(minutes=10))
    assert "returning_visits" in seen(lead_who(*visits))
    assert "returning_visits" not in seen(lead_who(*one_visit))


def test_a_lead_who_goes_quiet_is_told_until_they_are_back() -> None:
    busy = often("Case Study Viewed", 4, every=DAY)
    assert "goes_quiet" not in seen(lead_who(*busy), MONDAY_TEN + 13 * DAY)
    quiet = seen(lead_who(*busy), MONDAY_TEN + 15 * DAY)["goes_quiet"]
    assert quiet.because == "Goes quiet: nothing for 14 days after 4 acts"
    assert (quiet.at, quiet.calls_rep) == (MONDAY_TEN + 14 * DAY, False)
    back = lead_who(*busy, did("Email Opened", MONDAY_TEN + 15 * DAY))
    assert "goes_quiet" not in seen(back, MONDAY_TEN + 16 * DAY)


def with_patterns(**rules: object) -> Playbook:
    sections = ("bursts", "people", "executives", "returns", "accelerations", "quiet")
    nothing: dict[str, object] = {section: {} for section in sections}
    return PLAYBOOK.model_copy(update={"patterns": PatternRules.model_validate(nothing | rules)})


def test_silence_may_cost_points_until_it_ends() -> None:
    rule = QuietRule(points=-5, times=3, quiet_days=14, before_days=30)
    playbook = with_patterns(quiet={"goes_quiet": rule})
    busy = often("Case Study Viewed", 4, every=DAY)
    back = lead_who(*busy, did("Email Opened", MONDAY_TEN + 16 * DAY))

    def lost(history: History, days: float) -> int:
        return sum(r.points for r in score(history, MONDAY_TEN + days * DAY, playbook).reasons if r.points < 0)  # fmt: skip

    assert [lost(back, days) for days in (13.9, 14, 15.9, 16)] == [0, -5, -5, 0]


def test_an_industry_s_own_pattern_looks_at_what_its_acts_have_in_common() -> None:
    rule = BurstRule(acts=("Case Study Viewed",), times=3, within_hours=168, same="quarter", points=10)  # fmt: skip
    playbook = with_patterns(bursts={"one_neighbourhood": rule})
    quarters = ("Eixample", "Gràcia", "eixample", "Eixample ", "")
    views = [did("Case Study Viewed", ago(hours=n), properties={"quarter": q}) for n, q in enumerate(quarters)]  # fmt: skip
    found = seen(lead_who(*views), playbook=playbook)["one_neighbourhood"]
    assert len(found.events) == 3
    assert found.because == "One neighbourhood: Case Study Viewed 3 times, within 7 days, always Eixample"  # fmt: skip
    assert not seen(lead_who(*views[1:3]), playbook=playbook)


def test_patterns_together_give_their_cap_at_most() -> None:
    acts = [did(name, ago(minutes=n)) for n, name in enumerate(["Pricing Viewed"] * 3 + ["Comparison Viewed", "Buying Guide Downloaded", "Case Study Viewed"])]  # fmt: skip
    found = score(lead_who(*acts, did("Demo Attended", ago(days=80)), beside=[did("Case Study Viewed", ago(hours=1), CEO.id)]))  # fmt: skip
    assert sum(r.points for r in found.reasons if r.pattern) <= PLAYBOOK.patterns.cap


def test_a_report_that_arrives_twice_makes_no_surge() -> None:
    twice = lead_who(*THREE_PRICES[:2], *THREE_PRICES[:2])
    assert "pricing_surge" not in seen(twice)


def test_a_playbook_without_patterns_has_the_common_ones() -> None:
    names = {name for name, _ in PatternRules().named()}
    assert names == {"surge", "several_people", "executive_joins", "comes_back", "accelerates", "goes_quiet"}  # fmt: skip
