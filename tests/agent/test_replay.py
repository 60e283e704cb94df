"""Replaying a lead to any past moment."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.engagement import EngagementEvent, EngagementEventId
from agent.history import History
from agent.lead import Lead, LeadId
from agent.replay import SAMPLES, replay
from agent.scoring import Temperature, score_lead
from agent.signals import SignalKind
from knowledge.playbook import demo_playbook_path, load_playbook
from tests.builders import a_signal
from tests.fakes.clock import MONDAY_TEN

PLAYBOOK = load_playbook(demo_playbook_path())
NAMES = ("Demo Requested", "Pricing Viewed", "Page Viewed", "Webinar Attended", "Trial Started")
STRANGER = Lead(LeadId("l-1"))


def act(number: int, name: str, hours_ago: float) -> EngagementEvent:
    at = MONDAY_TEN - timedelta(hours=hours_ago)
    return EngagementEvent(EngagementEventId(f"e-{number}"), STRANGER.id, name, at, "Title")


acts = st.lists(st.tuples(st.sampled_from(NAMES), st.integers(0, 24 * 200)), max_size=12).map(
    lambda found: tuple(act(n, name, hours) for n, (name, hours) in enumerate(found))
)


@settings(max_examples=30, deadline=None)
@given(acts, st.integers(0, 24 * 200))
def test_a_replay_is_the_score_as_it_was_then(
    events: tuple[EngagementEvent, ...], hours_ago: int
) -> None:
    then = MONDAY_TEN - timedelta(hours=hours_ago)
    known_then = History(STRANGER, tuple(event for event in events if event.at <= then))
    found = replay(History(STRANGER, events), PLAYBOOK, then)
    assert found.score == score_lead(known_then, None, PLAYBOOK, then)


@settings(max_examples=30, deadline=None)
@given(acts)
def test_the_turnings_lead_from_cold_to_what_is_now(events: tuple[EngagementEvent, ...]) -> None:
    found = replay(History(STRANGER, events), PLAYBOOK, MONDAY_TEN)
    now = Temperature.COLD
    for turning in found.turnings:
        assert turning.before is now is not turning.after
        now = turning.after
    assert now is found.score.temperature
    assert [t.at for t in found.turnings] == sorted(t.at for t in found.turnings)


def test_a_turning_names_what_happened_or_that_time_passed() -> None:
    events = (act(1, "Demo Requested", 24 * 300), act(2, "Trial Started", 24 * 300 - 1))
    turnings = replay(History(STRANGER, events), PLAYBOOK, MONDAY_TEN).turnings
    rise, fall = turnings[0], turnings[-1]
    assert rise.because is not None
    assert rise.because.what in ("Demo Requested: Title", "Trial Started: Title")
    assert rise.at in {event.at for event in events}
    assert (fall.after, fall.because) == (Temperature.COLD, None)
    assert rise.at < fall.at < MONDAY_TEN


def test_words_are_named_with_their_quote() -> None:
    said = a_signal(SignalKind.PURCHASE, quote="send the contract", at=MONDAY_TEN)
    [turning] = replay(History(STRANGER, signals=(said,)), PLAYBOOK, MONDAY_TEN).turnings
    assert turning.because is not None
    assert turning.because.quote == "send the contract"


def test_totals_go_from_the_first_happening_to_the_moment() -> None:
    found = replay(History(STRANGER, (act(1, "Demo Requested", 100),)), PLAYBOOK, MONDAY_TEN)
    assert len(found.totals) == SAMPLES
    assert found.totals[-1] == found.score.total
    assert found.began_at == MONDAY_TEN - timedelta(hours=100)
    assert list(found.totals) == sorted(found.totals, reverse=True)


@pytest.mark.parametrize("hours_ago", [-1, 0, 1])
def test_nothing_or_one_instant_is_replayed_too(hours_ago: float) -> None:
    empty = replay(History(STRANGER), PLAYBOOK, MONDAY_TEN)
    assert (empty.turnings, empty.began_at) == ((), MONDAY_TEN)
    assert replay(
        History(STRANGER, (act(1, "Page Viewed", hours_ago),)), PLAYBOOK, MONDAY_TEN
    ).totals
