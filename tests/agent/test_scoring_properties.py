from collections.abc import Sequence
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from agent.engagement import EngagementEvent, EngagementEventId
from agent.history import History
from agent.lead import Company, Lead, LeadId
from agent.scoring import ReasonGroup, Score, Temperature, score_lead
from agent.signals import HeardSignal, MessageKind, Readiness, Reading, SignalKind
from tests.agent.tourvane import PLAYBOOK, a_stranger, said
from tests.fakes.clock import MONDAY_TEN

RULES = PLAYBOOK.scoring
ACTS = [act for group in RULES.engagement.groups() for act in group.acts]
AGO = st.floats(0, 90).map(lambda days: MONDAY_TEN - timedelta(days=days))


def an_act(name: str, at: object, title: str) -> EngagementEvent:
    return EngagementEvent(EngagementEventId("e"), LeadId("l"), name, at, title)  # type: ignore[arg-type]


EVENTS = st.lists(st.builds(an_act, st.sampled_from([*ACTS, "Unknown Act"]), AGO, st.sampled_from(["", "Guide"])), max_size=12)  # fmt: skip


def heard(kind: SignalKind, hours: int) -> HeardSignal:
    """One signal; whatever was said at the same time was said in the same message."""
    return said(kind, MONDAY_TEN - timedelta(hours=hours), f"m-{hours}")


SIGNALS = st.lists(
    st.builds(heard, st.sampled_from(SignalKind), st.sampled_from([0, 1, 30, 200, 900])),
    max_size=10,
)
WARM_SIGNALS = SIGNALS.map(lambda found: [s for s in found if s.kind is not SignalKind.COOLING])
COMPANIES = st.builds(
    Company,
    industry=st.sampled_from(["", "HVAC", "Bakery"]),
    employees=st.none() | st.integers(0, 10_000),
    country=st.sampled_from(["", "DE", "BR"]),
)
LEADS = st.builds(
    Lead,
    id=st.just(LeadId("l")),
    email=st.sampled_from(["", "a@freemail.example", "a@work.example"]),
    title=st.sampled_from(["", "CEO", "Fleet Manager", "Poet"]),
    company=COMPANIES,
)
TEMPERATURES = st.sampled_from([each.value for each in Temperature])
HISTORIES = st.builds(
    History,
    lead=LEADS,
    events=EVENTS.map(tuple),
    signals=SIGNALS.map(tuple),
    temperature=TEMPERATURES,
)
MANY = settings(max_examples=100, deadline=None)
ORDER = (Temperature.COLD, Temperature.WARM, Temperature.HOT, Temperature.RED_HOT)


def reading(signals: Sequence[HeardSignal] = ()) -> Reading:
    return Reading(MessageKind.SALES, Readiness.WARM, "en", tuple(signals))


def score(history: History, signals: Sequence[HeardSignal] = ()) -> Score:
    return score_lead(history, reading(signals), PLAYBOOK, MONDAY_TEN)


@MANY
@given(HISTORIES, SIGNALS)
def test_reasons_always_add_up_to_the_total(history: History, signals: list[HeardSignal]) -> None:
    found = score(history, signals)
    assert sum(reason.points for reason in found.reasons) == found.total
    assert found.intent + found.engagement + found.fit == found.total


@MANY
@given(HISTORIES, SIGNALS)
def test_each_group_adds_up_to_its_own_sum(history: History, signals: list[HeardSignal]) -> None:
    found = score(history, signals)
    sums = {g: sum(r.points for r in found.reasons if r.group is g) for g in ReasonGroup}
    assert [*sums.values()] == [found.intent, found.engagement, found.fit]


@MANY
@given(HISTORIES, SIGNALS)
def test_the_total_stays_between_0_and_100(history: History, signals: list[HeardSignal]) -> None:
    assert 0 <= score(history, signals).total <= 100


@MANY
@given(st.lists(st.sampled_from(sorted(RULES.engagement.low.acts)), max_size=300))
def test_low_acts_alone_never_reach_the_top_of_warm(names: list[str]) -> None:
    events = tuple(an_act(name, MONDAY_TEN, "") for name in names)
    found = score(a_stranger(events=events))
    assert found.total < RULES.temperature.hot_from - 1
    assert not found.temperature.is_hot


@MANY
@given(LEADS, TEMPERATURES)
def test_fit_alone_is_never_hot(lead: Lead, before: str) -> None:
    assert not score(a_stranger(lead=lead, temperature=before)).temperature.is_hot


@MANY
@given(HISTORIES, WARM_SIGNALS, st.floats(0, 60), st.floats(0, 60))
def test_more_time_never_heats(
    history: History, signals: list[HeardSignal], one: float, other: float
) -> None:
    without = tuple(s for s in history.signals if s.kind is not SignalKind.COOLING)
    lead = a_stranger(lead=history.lead, events=history.events, signals=without)
    soon, late = (
        score_lead(lead, reading(signals), PLAYBOOK, MONDAY_TEN + timedelta(days=days))
        for days in sorted((one, other))
    )
    assert late.total <= soon.total
    assert ORDER.index(late.temperature) <= ORDER.index(soon.temperature)


@MANY
@given(HISTORIES, SIGNALS, st.randoms(use_true_random=False))
def test_the_order_of_signals_and_events_does_not_matter(
    history: History, signals: list[HeardSignal], random: object
) -> None:
    shuffled, events = list(signals), list(history.events)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    random.shuffle(events)  # type: ignore[attr-defined]
    again = a_stranger(lead=history.lead, events=tuple(events), temperature=history.temperature)
    before = a_stranger(lead=history.lead, events=history.events, temperature=history.temperature)
    first, second = score(before, signals), score(again, shuffled)
    assert (first.total, first.temperature, first.grade) == (
        second.total,
        second.temperature,
        second.grade,
    )


@MANY
@given(HISTORIES, SIGNALS)
def test_a_signal_heard_twice_counts_once(history: History, signals: list[HeardSignal]) -> None:
    twice = score(history, [*signals, *signals])
    assert (twice.total, twice.temperature) == (
        score(history, signals).total,
        score(history, signals).temperature,
    )


@MANY
@given(HISTORIES, SIGNALS)
def test_a_further_buying_act_never_cools(history: History, signals: list[HeardSignal]) -> None:
    more = a_stranger(
        lead=history.lead,
        events=(*history.events, an_act("Demo Requested", MONDAY_TEN, "")),
        signals=history.signals,
        temperature=history.temperature,
    )
    assert score(more, signals).total >= score(history, signals).total


@MANY
@given(HISTORIES, SIGNALS)
def test_words_that_cool_make_any_lead_cold(history: History, signals: list[HeardSignal]) -> None:
    cooled = [*signals, said(SignalKind.COOLING, MONDAY_TEN, "m-9")]
    assert score(history, cooled).temperature is Temperature.COLD
