"""Bands, and when they begin: read off what happened, at any instant."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from agent.engagement import EngagementEvent, EngagementEventId
from agent.history import History
from agent.lead import Lead
from agent.scoring import Score, Temperature, score_lead
from agent.signals import HeardKind, HeardSignal, MessageKind, Readiness, SignalKind
from tests.agent.tourvane import PLAYBOOK, a_perfect_lead, a_stranger, reading_of, said
from tests.builders import an_event
from tests.fakes.clock import MONDAY_TEN

RULES = PLAYBOOK.scoring.temperature
QUOTES = {
    SignalKind.BUDGET: "the budget is approved",
    SignalKind.TIMELINE: "within three weeks",
    SignalKind.PURCHASE: "send us the order form",
    SignalKind.COMPETITOR: "you and Crewpine are on our shortlist",
}


def after(**span: float) -> datetime:
    return MONDAY_TEN + timedelta(**span)


def did(name: str, at: datetime = MONDAY_TEN) -> EngagementEvent:
    return an_event(name, id=EngagementEventId(f"{name} {at}"), at=at)


def heard(kind: SignalKind, at: datetime = MONDAY_TEN, quote: str = "") -> HeardSignal:
    return replace(said(kind, at, f"m-{at}"), quote=quote or QUOTES.get(kind, "so"))


def read(history: History, at: datetime) -> Score:
    return score_lead(history, None, PLAYBOOK, at)


def said_hot(*signals: HeardSignal, **known: object) -> History:
    """Somebody who wrote these words, and asked for a salesperson with them."""
    kinds = {
        s.at: HeardKind(MessageKind.SALES, s.at, (s.message_id,), Readiness.HOT) for s in signals
    }
    return a_stranger(signals=signals, heard=tuple(kinds.values()), **known)


# 75 points when done, which fade by half in a fortnight.
HOT = a_stranger(events=(did("Demo Requested"),))


def test_a_hot_lead_cools_below_the_band_with_no_job_having_run() -> None:
    readings = {hours: read(HOT, after(hours=hours)) for hours in range(0, 24 * 40, 6)}
    hot = [found.total for found in readings.values() if found.temperature.is_hot]
    warm = [found.total for found in readings.values() if found.temperature is Temperature.WARM]
    assert max(hot) == 75
    assert min(hot) == RULES.hot_from - RULES.margin
    assert max(warm) < min(hot)


def test_points_in_the_band_are_warm_for_who_never_was_hot() -> None:
    private = replace(HOT, lead=replace(HOT.lead, email="x@freemail.example"))
    found = read(private, MONDAY_TEN)
    assert RULES.hot_from - RULES.margin <= found.total < RULES.hot_from
    assert found.temperature is Temperature.WARM


def test_who_fell_below_the_band_must_reach_its_top_again() -> None:
    fallen = after(days=10)
    assert not read(HOT, fallen).temperature.is_hot
    further = (did("Comparison Viewed", fallen), did("Webinar Attended", fallen))
    again = replace(HOT, events=(*HOT.events, *further))
    found = read(again, fallen)
    assert RULES.hot_from - RULES.margin <= found.total < RULES.hot_from
    assert found.temperature is Temperature.WARM


def test_small_wobbles_around_a_threshold_do_not_switch_the_temperature() -> None:
    company = replace(
        a_perfect_lead().company, country=""
    )  # 20 points, and 10 to 13 that come and go
    lead = Lead(a_perfect_lead().id, company=company)
    views = tuple(did("Pricing Viewed", after(days=8 * n)) for n in range(20))
    history = a_stranger(lead=lead, events=views)
    read_daily = [read(history, after(days=day)) for day in range(20, 160)]
    crossings = [found.total >= RULES.warm_from for found in read_daily]
    switches = [found.temperature for found in read_daily]
    assert sum(a != b for a, b in pairwise(crossings)) > 10
    assert sum(a != b for a, b in pairwise(switches)) <= 1


def test_small_wobbles_around_the_interest_asked_for_do_not_switch_the_temperature() -> None:
    views = tuple(did("Pricing Viewed", after(days=11 * n)) for n in range(16))
    history = a_stranger(lead=a_perfect_lead(), events=views)
    read_daily = [read(history, after(days=day)) for day in range(30, 170)]
    crossings = [found.engagement >= RULES.warm_interest for found in read_daily]
    switches = [found.temperature for found in read_daily]
    assert sum(a != b for a, b in pairwise(crossings)) > 10
    assert sum(a != b for a, b in pairwise(switches)) <= 1


def test_small_wobbles_around_the_evidence_asked_for_do_not_switch_the_temperature() -> None:
    asked = (SignalKind.BUDGET, SignalKind.PRICING)
    words = tuple(heard(kind, after(days=7 * n)) for n in range(8) for kind in asked)
    acts = tuple(did("Demo Attended", after(days=4 * n)) for n in range(14))
    history = a_stranger(lead=a_perfect_lead(), signals=words, events=acts)
    read_often = [read(history, after(days=20, hours=6 * n)) for n in range(120)]
    crossings = [found.total >= RULES.hot_from for found in read_often]
    switches = [found.temperature for found in read_often]
    assert sum(a != b for a, b in pairwise(crossings)) > 5
    assert switches[0] is Temperature.HOT
    assert sum(a != b for a, b in pairwise(switches)) <= 1


def test_the_stored_temperature_is_not_asked() -> None:
    stored = replace(HOT, temperature="red_hot", temperature_since=after(days=-9))
    for days in (0, 3, 30):
        assert read(stored, after(days=days)) == read(HOT, after(days=days))


def test_hot_begins_with_the_act_that_made_it_so() -> None:
    late = replace(HOT, events=(did("Webinar Attended"), did("Demo Requested", after(hours=3))))
    found = read(late, after(days=1))
    assert (found.since, found.hot_since) == (after(hours=3), after(hours=3))


def test_a_fall_begins_in_the_second_it_happened() -> None:
    found = read(HOT, after(days=9))
    assert found.temperature is Temperature.WARM
    assert found.hot_since is None
    assert read(HOT, found.since - timedelta(seconds=1)).temperature.is_hot
    assert read(HOT, found.since).temperature is Temperature.WARM


def test_since_is_the_same_whenever_it_is_asked() -> None:
    warm = {read(HOT, after(days=days)).since for days in (4, 8, 9, 15.5)}
    cold = {read(HOT, after(days=days)).since for days in (30, 41.5, 80)}
    assert (len(warm), len(cold)) == (1, 1)
    assert MONDAY_TEN < min(warm) < min(cold) < after(days=30)


def test_of_a_lead_that_never_changed_since_is_when_it_was_first_seen() -> None:
    quiet = a_stranger(events=(did("Blog Viewed", after(days=-5)), did("Blog Viewed")))
    assert read(quiet, after(days=1)).since == after(days=-5)
    assert read(a_stranger(), MONDAY_TEN).since == MONDAY_TEN


def test_what_came_later_is_left_out() -> None:
    known = replace(HOT, signals=(heard(SignalKind.COOLING, after(days=2)),))
    assert read(known, after(days=1)) == read(HOT, after(days=1))
    assert read(known, after(days=2)).temperature is Temperature.COLD


def test_words_whose_sender_is_ahead_of_our_clock_count_now() -> None:
    reading = reading_of(SignalKind.PURCHASE, SignalKind.BUDGET, at=after(seconds=2))
    assert score_lead(a_stranger(), reading, PLAYBOOK, MONDAY_TEN).temperature.is_hot


@pytest.mark.parametrize("kinds", RULES.red_hot_signals, ids=lambda s: "+".join(sorted(s)))
def test_each_red_hot_set_makes_a_hot_lead_red(kinds: frozenset[SignalKind]) -> None:
    signals = tuple(heard(kind) for kind in (*kinds, SignalKind.DEMO))
    found = read(said_hot(*signals, lead=a_perfect_lead()), MONDAY_TEN)
    assert found.temperature is Temperature.RED_HOT


def test_hot_without_a_red_set_is_just_hot() -> None:
    signals = (heard(SignalKind.DEMO), heard(SignalKind.PRICING))
    assert read(said_hot(*signals), MONDAY_TEN).temperature is Temperature.HOT


@pytest.mark.parametrize(
    ("kind", "quote"),
    [
        (SignalKind.BUDGET, "we have no budget for it yet"),
        (SignalKind.TIMELINE, "some time next year"),
        (SignalKind.TIMELINE, "es eilt nicht"),
        (SignalKind.TIMELINE, "l'année prochaine"),
    ],
)
def test_a_quote_that_says_otherwise_makes_nobody_red(kind: SignalKind, quote: str) -> None:
    rest = [each for each in (SignalKind.BUDGET, SignalKind.TIMELINE) if each is not kind]
    signals = (heard(kind, quote=quote), *map(heard, rest), heard(SignalKind.DEMO))
    found = read(said_hot(*signals, lead=a_perfect_lead()), MONDAY_TEN)
    assert found.temperature is Temperature.HOT


def test_a_competitor_named_in_passing_makes_nobody_red() -> None:
    signals = (heard(SignalKind.COMPETITOR, quote="like Crewpine"), heard(SignalKind.DEMO))
    found = read(said_hot(*signals, lead=a_perfect_lead()), MONDAY_TEN)
    assert found.temperature is Temperature.HOT


def test_red_hot_ends_when_its_words_are_old() -> None:
    approved = (heard(SignalKind.BUDGET), heard(SignalKind.TIMELINE))
    acts = tuple(did("Demo Requested", after(days=day)) for day in range(0, 40, 4))
    lead = a_stranger(lead=a_perfect_lead(), signals=approved, events=acts)
    assert read(lead, after(days=29)).temperature is Temperature.RED_HOT
    found = read(lead, after(days=36))
    assert found.temperature is Temperature.HOT
    assert (found.since, found.hot_since) == (after(days=RULES.red_hot_days), MONDAY_TEN)


def test_a_budget_of_before_a_cooling_makes_nobody_red() -> None:
    signals = (
        heard(SignalKind.BUDGET),
        heard(SignalKind.COOLING, after(days=1)),
        heard(SignalKind.TIMELINE, after(days=2)),
        heard(SignalKind.DEMO, after(days=2)),
    )
    found = read(said_hot(*signals, lead=a_perfect_lead()), after(days=2))
    assert found.temperature is Temperature.HOT


def test_two_kinds_of_evidence_make_hot_and_one_does_not() -> None:
    acts = tuple(did(act) for act in ("Trial Started", "Meeting Held", "Demo Attended"))
    one = read(a_stranger(lead=a_perfect_lead(), events=acts), MONDAY_TEN)
    assert one.temperature is Temperature.WARM
    assert sum(reason.points for reason in one.reasons if reason.points > 0) >= RULES.hot_from
    words = (heard(SignalKind.PRICING),)
    both = read(a_stranger(lead=a_perfect_lead(), events=acts, signals=words), MONDAY_TEN)
    assert both.temperature is Temperature.HOT


def test_telling_behaviour_with_much_else_makes_hot_and_with_little_does_not() -> None:
    pricing = tuple(did("Pricing Viewed", after(minutes=n)) for n in range(5))
    little = read(a_stranger(lead=a_perfect_lead(), events=pricing), after(hours=1))
    assert "pricing_surge" in {reason.pattern for reason in little.reasons}
    assert little.temperature is Temperature.WARM
    much = (*pricing, did("Buying Guide Downloaded"))
    assert read(a_stranger(lead=a_perfect_lead(), events=much), after(hours=1)).temperature.is_hot


@pytest.mark.parametrize("act", ["Demo Requested", "Meeting Booked"])
def test_one_explicit_act_is_evidence_enough(act: str) -> None:
    assert read(a_stranger(events=(did(act),)), MONDAY_TEN).temperature is Temperature.HOT


NO = heard(SignalKind.COOLING)


def test_what_was_taken_off_does_not_come_back_with_time() -> None:
    lead = a_stranger(lead=a_perfect_lead(), signals=(NO,))
    totals = [read(lead, after(days=days)).total for days in (0, 30, 300, 3000)]
    assert totals == [10, 10, 10, 10]


def test_who_said_no_stays_cold_through_a_few_page_views() -> None:
    views = (did("Case Study Viewed", after(days=1)), did("Pricing Viewed", after(days=2)))
    lead = a_stranger(lead=a_perfect_lead(), signals=(NO,), events=views)
    assert read(lead, after(days=3)).temperature is Temperature.COLD


def test_who_said_no_is_heated_again_by_what_they_do() -> None:
    months = after(days=90)
    acts = (did("Pricing Viewed", months), did("Demo Requested", months), did("Comparison Viewed", months))  # fmt: skip
    lead = a_stranger(lead=a_perfect_lead(), signals=(NO,), events=acts)
    found = read(lead, months)
    assert (found.temperature, found.hot_since) == (Temperature.HOT, months)


def test_who_said_no_is_heated_again_by_what_they_say() -> None:
    months = after(days=90)
    lead = a_stranger(signals=(NO, heard(SignalKind.PURCHASE, months), heard(SignalKind.PRICING, months)))  # fmt: skip
    assert read(lead, months).temperature.is_hot


def test_a_no_in_the_same_breath_as_a_question_is_a_no() -> None:
    lead = a_stranger(signals=(NO, heard(SignalKind.PRICING), heard(SignalKind.DEMO)))
    assert read(lead, MONDAY_TEN).temperature is Temperature.COLD


def test_an_act_reported_again_later_is_no_fresher() -> None:
    first = did("Demo Requested")
    again = replace(first, at=after(days=20))
    for events in ((first, again), (again, first)):
        assert read(a_stranger(events=events), after(days=20)) == read(
            a_stranger(events=(first,)), after(days=20)
        )
