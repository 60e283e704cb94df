from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from agent.engagement import EngagementEvent, EngagementEventId
from agent.history import History
from agent.lead import Company, Lead, LeadId
from agent.patterns import find_patterns
from agent.scoring import ReasonGroup, Score, Temperature, score_lead
from agent.signals import (
    HeardKind,
    HeardSignal,
    MessageKind,
    Readiness,
    Reading,
    SignalKind,
    readiness,
)
from tests.agent.tourvane import PLAYBOOK, a_stranger, said
from tests.fakes.clock import MONDAY_TEN

RULES = PLAYBOOK.scoring
ACTS = [act for group in RULES.engagement.groups() for act in group.acts]
TELLING = sorted(RULES.engagement.telling_acts())
COLLEAGUES = {
    LeadId("l-ceo"): Lead(LeadId("l-ceo"), "Ada Holm", title="CEO"),
    LeadId("l-plan"): Lead(LeadId("l-plan"), "Tom Ash", title="Planner"),
}
AGO = st.one_of(
    st.floats(0, 120).map(lambda days: MONDAY_TEN - timedelta(days=days)),
    st.integers(0, 40).map(lambda hours: MONDAY_TEN - timedelta(hours=hours)),
)


def an_act(name: str, at: datetime, title: str = "", who: str = "l") -> EngagementEvent:
    identity = EngagementEventId(f"{who} {name} {at} {title}")
    return EngagementEvent(identity, LeadId(who), name, at, title)


def heard(kind: SignalKind, hours: int) -> HeardSignal:
    """One signal; whatever was said at the same time was said in the same message."""
    return said(kind, MONDAY_TEN - timedelta(hours=hours), f"m-{hours}")


def heard_kind(kind: MessageKind, hours: int, ready: Readiness) -> HeardKind:
    """One message's kind; only a sales message is ready for anything."""
    signal = heard(SignalKind.NEED, hours)
    read_as = ready if kind is MessageKind.SALES else Readiness.COLD
    return HeardKind(kind, signal.at, (signal.message_id,), read_as)


NAMES = st.sampled_from([*ACTS, *TELLING, *["Pricing Viewed"] * 9, "Unknown Act"])
EVENTS = st.lists(st.builds(an_act, NAMES, AGO, st.sampled_from(["", "Guide"])), max_size=14)
BESIDE = st.lists(st.builds(an_act, NAMES, AGO, st.just(""), st.sampled_from(["l-ceo", "l-plan", "l-new"])), max_size=6)  # fmt: skip
HOURS = st.sampled_from([0, 1, 30, 200, 900])
SIGNALS = st.lists(st.builds(heard, st.sampled_from(SignalKind), HOURS), max_size=10)
WRITTEN = st.sampled_from([*MessageKind, *[MessageKind.SALES] * 6])
KINDS = st.lists(st.builds(heard_kind, WRITTEN, HOURS, st.sampled_from(Readiness)), max_size=4)
COMPANIES = st.builds(
    Company,
    industry=st.sampled_from(["", "HVAC", "Bakery"]),
    employees=st.none() | st.integers(0, 10_000),
    country=st.sampled_from(["", "DE", "BR"]),
)
LEADS = st.builds(
    Lead,
    id=st.just(LeadId("l")),
    email=st.sampled_from(["", "a@freemail.example", "a@work.example", "a@crewpine.example"]),
    title=st.sampled_from(["", "CEO", "Fleet Manager", "Poet"]),
    company=COMPANIES,
)
TEMPERATURES = st.sampled_from([each.value for each in Temperature])
HISTORIES = st.builds(
    History,
    lead=LEADS,
    events=EVENTS.map(tuple),
    company_events=BESIDE.map(tuple),
    signals=SIGNALS.map(tuple),
    colleagues=st.just(COLLEAGUES),
    heard=KINDS.map(tuple),
)
MANY = settings(max_examples=100, deadline=None)
ORDER = tuple(Temperature)


def reading(signals: Sequence[HeardSignal] = ()) -> Reading:
    ready = readiness(MessageKind.SALES, frozenset(signal.kind for signal in signals))
    return Reading(MessageKind.SALES, ready, "en", tuple(signals))


def score(history: History, signals: Sequence[HeardSignal] = ()) -> Score:
    return score_lead(history, reading(signals), PLAYBOOK, MONDAY_TEN)


def at(history: History, now: datetime) -> Score:
    return score_lead(history, None, PLAYBOOK, now)


def is_no_hotter(late: Score, soon: Score) -> bool:
    cooler = ORDER.index(late.temperature) <= ORDER.index(soon.temperature)
    return cooler and late.total <= soon.total


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
def test_every_reason_has_its_quote_its_event_or_its_instant(
    history: History, signals: list[HeardSignal]
) -> None:
    known = {event.id for event in (*history.events, *history.company_events)}
    for reason in score(history, signals).reasons:
        assert reason.points
        if reason.group is ReasonGroup.INTENT:
            assert reason.quote or reason.event in known or reason.at
        if reason.group is ReasonGroup.ENGAGEMENT:
            assert reason.event in known or reason.pattern == "comes_back"


@MANY
@given(HISTORIES, SIGNALS)
def test_the_total_stays_between_0_and_100(history: History, signals: list[HeardSignal]) -> None:
    assert 0 <= score(history, signals).total <= 100


@MANY
@given(st.lists(st.sampled_from(sorted(RULES.engagement.low.acts)), max_size=300), LEADS)
def test_low_acts_alone_never_reach_the_top_of_warm(names: list[str], lead: Lead) -> None:
    events = tuple(an_act(name, MONDAY_TEN, str(n)) for n, name in enumerate(names))
    found = score(a_stranger(lead=lead, events=events))
    assert found.total < RULES.temperature.hot_from - 1
    assert not found.temperature.is_hot


@MANY
@given(LEADS, TEMPERATURES)
def test_fit_alone_is_never_hot(lead: Lead, before: str) -> None:
    assert not score(a_stranger(lead=lead, temperature=before)).temperature.is_hot


@MANY
@given(HISTORIES, st.floats(0, 200), st.floats(0, 200))
def test_more_time_never_heats(history: History, one: float, other: float) -> None:
    soon, late = (at(history, MONDAY_TEN + timedelta(days=d)) for d in sorted((one, other)))
    assert is_no_hotter(late, soon)


@MANY
@given(HISTORIES, st.floats(0.1, 3), st.sampled_from([0, 1, 5, 40]))
def test_no_step_of_time_ticks_upwards(history: History, step: float, days: int) -> None:
    steps = [MONDAY_TEN + timedelta(days=days, hours=n * step) for n in range(12)]
    read = [at(history, instant) for instant in steps]
    assert all(is_no_hotter(late, soon) for soon, late in pairwise(read))


@MANY
@given(HISTORIES, SIGNALS, st.randoms(use_true_random=False))
def test_the_order_of_arrival_does_not_matter(
    history: History, signals: list[HeardSignal], random: object
) -> None:
    def shuffled(things: Sequence[object]) -> tuple[object, ...]:
        return tuple(random.sample(things, len(things)))  # type: ignore[attr-defined]

    again = replace(
        history,
        events=shuffled(history.events),  # type: ignore[arg-type]
        company_events=shuffled(history.company_events),  # type: ignore[arg-type]
        signals=shuffled(history.signals),  # type: ignore[arg-type]
        heard=shuffled(history.heard),  # type: ignore[arg-type]
    )
    assert score(history, signals) == score(again, shuffled(signals))  # type: ignore[arg-type]
    assert find_patterns(history, PLAYBOOK, MONDAY_TEN) == find_patterns(again, PLAYBOOK, MONDAY_TEN)  # fmt: skip


@MANY
@given(HISTORIES, SIGNALS)
def test_what_arrives_twice_counts_once(history: History, signals: list[HeardSignal]) -> None:
    twice = replace(
        history,
        events=history.events * 2,
        company_events=(*history.company_events, *history.events) * 2,
        signals=(*history.signals, *signals, *history.signals),
        heard=history.heard * 2,
    )
    assert score(twice, [*signals, *signals]) == score(history, signals)


@MANY
@given(HISTORIES, st.floats(0, 130))
def test_a_replay_sees_what_was_known_then(history: History, days: float) -> None:
    then = MONDAY_TEN - timedelta(days=days)
    known = replace(
        history,
        events=tuple(event for event in history.events if event.at <= then),
        company_events=tuple(event for event in history.company_events if event.at <= then),
        signals=tuple(signal for signal in history.signals if signal.at <= then),
        heard=tuple(kind for kind in history.heard if kind.at <= then),
    )
    assert at(history, then) == at(known, then)
    assert find_patterns(history, PLAYBOOK, then) == find_patterns(known, PLAYBOOK, then)


@MANY
@given(HISTORIES, TEMPERATURES)
def test_no_stored_temperature_is_asked(history: History, stored: str) -> None:
    assert score(replace(history, temperature=stored, temperature_since=MONDAY_TEN)) == score(history)  # fmt: skip


@MANY
@given(HISTORIES, st.floats(0, 60), st.floats(0, 1))
def test_a_temperature_holds_from_since_until_now(
    history: History, days: float, share: float
) -> None:
    now = MONDAY_TEN + timedelta(days=days)
    found = at(history, now)
    assert found.since <= now
    assert at(history, found.since + (now - found.since) * share).temperature is found.temperature
    before = at(history, found.since - timedelta(seconds=1))
    spoken = [*(s.at for s in history.signals), *(kind.at for kind in history.heard)]
    is_first_seen = all(then >= found.since for then in (*spoken, *(e.at for e in history.events)))
    assert before.temperature is not found.temperature or is_first_seen


@MANY
@given(HISTORIES, SIGNALS, st.sampled_from(TELLING))
def test_a_further_buying_act_never_cools(
    history: History, signals: list[HeardSignal], act: str
) -> None:
    more = replace(history, events=(*history.events, an_act(act, MONDAY_TEN, "more")))
    assert is_no_hotter(score(history, signals), score(more, signals))


@MANY
@given(HISTORIES, st.sampled_from([k for k in SignalKind if k is not SignalKind.COOLING]))
def test_further_buying_words_never_cool(history: History, kind: SignalKind) -> None:
    more = (*history.signals, said(kind, MONDAY_TEN, "m-new"))
    assert is_no_hotter(at(history, MONDAY_TEN), at(replace(history, signals=more), MONDAY_TEN))


@MANY
@given(HISTORIES, SIGNALS)
def test_words_that_cool_make_any_lead_cold(history: History, signals: list[HeardSignal]) -> None:
    cooled = [*signals, said(SignalKind.COOLING, MONDAY_TEN, "m-9")]
    assert score(history, cooled).temperature is Temperature.COLD


@MANY
@given(HISTORIES)
def test_a_past_leads_where_going_through_it_instant_by_instant_leads(history: History) -> None:
    rules, band = RULES.temperature, 0
    for total in _totals(history):
        warm_from = rules.warm_from - (rules.margin if band > 0 else 0)
        hot_from = rules.hot_from - (rules.margin if band > 1 else 0)
        band = (total >= warm_from) + (total >= hot_from)
    assert band == min(2, ORDER.index(at(history, MONDAY_TEN).temperature))


def _totals(history: History) -> list[int]:
    """Score just before and right at all that happened, and where a silence became one."""
    happened = [event.at for event in (*history.events, *history.company_events)]
    happened += [*(signal.at for signal in history.signals), *(kind.at for kind in history.heard)]
    silences = [then + rule.span for rule in PLAYBOOK.patterns.quiet.values() for then in happened]
    instants = sorted({*happened, *(s for s in silences if s < MONDAY_TEN), MONDAY_TEN})
    around = [at(history, t - timedelta(microseconds=before)).total for t in instants for before in (1, 0)]  # fmt: skip
    return around[1:]
