"""A rep called for somebody who has written nothing: once an episode, and never for who does not buy."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from agent.decision import Decision, decide_proactive
from agent.engagement import EngagementEvent, EngagementEventId
from agent.handoff import Handoff, HandoffState
from agent.history import History
from agent.patterns import find_patterns
from agent.scoring import score_lead
from agent.signals import HeardKind, MessageKind, Readiness, SignalKind
from tests.agent.tourvane import PLAYBOOK as OF_DEMO
from tests.agent.tourvane import a_perfect_lead, a_stranger, said
from tests.builders import a_handoff, an_event
from tests.fakes.clock import MONDAY_TEN

ONE_IS_ENOUGH = OF_DEMO.patterns.model_copy(update={"call_needs": 1})
PLAYBOOK = OF_DEMO.model_copy(update={"patterns": ONE_IS_ENOUGH})


def after(**span: float) -> datetime:
    return MONDAY_TEN + timedelta(**span)


def surge(at: datetime) -> tuple[EngagementEvent, ...]:
    names = ("Pricing Viewed", "Pricing Viewed", "Pricing Viewed", "Buying Guide Downloaded")
    return tuple(an_event(name, id=EngagementEventId(f"{n} {at}"), at=at - timedelta(minutes=n)) for n, name in enumerate(names))  # fmt: skip


SURGING = a_stranger(lead=a_perfect_lead(), events=surge(MONDAY_TEN))


def ended(at: datetime) -> Handoff:
    return a_handoff(state=HandoffState.CLOSED, opened_at=at - timedelta(hours=1), ended_at=at)


def decide(history: History = SURGING, now: datetime = MONDAY_TEN, latest: Handoff | None = None) -> Decision:  # fmt: skip
    score = score_lead(history, None, PLAYBOOK, now)
    return decide_proactive(
        history, score, find_patterns(history, PLAYBOOK, now), latest, PLAYBOOK, now
    )


def test_a_hot_surge_calls_a_rep_and_says_what_was_seen() -> None:
    found = decide()
    assert found.calls_rep
    assert found.because == "The lead is hot: 97 points (hot from 71). Pricing surge: Pricing Viewed 3 times, within 24 hours."  # fmt: skip


def test_where_the_playbook_wants_two_patterns_a_surge_alone_calls_nobody() -> None:
    score = score_lead(SURGING, None, OF_DEMO, MONDAY_TEN)
    patterns = find_patterns(SURGING, OF_DEMO, MONDAY_TEN)
    assert [each.name for each in patterns if each.calls_rep] == ["pricing_surge"]
    found = decide_proactive(SURGING, score, patterns, None, OF_DEMO, MONDAY_TEN)
    assert score.temperature.is_hot
    assert not found.calls_rep


def test_two_patterns_that_may_call_call_together() -> None:
    story = an_event("Case Study Viewed", id=EngagementEventId("story"), at=MONDAY_TEN)
    researched = replace(SURGING, events=(story, *SURGING.events))
    score = score_lead(researched, None, OF_DEMO, MONDAY_TEN)
    patterns = find_patterns(researched, OF_DEMO, MONDAY_TEN)
    found = decide_proactive(researched, score, patterns, None, OF_DEMO, MONDAY_TEN)
    assert found.calls_rep


@pytest.mark.parametrize("state", [HandoffState.OPEN, HandoffState.CLAIMED])
def test_nobody_is_called_while_a_rep_is_called_already(state: HandoffState) -> None:
    assert decide(latest=a_handoff(state=state)).because == "A rep was called already."


def test_a_surge_of_somebody_who_is_not_hot_calls_nobody() -> None:
    found = decide(a_stranger(events=surge(MONDAY_TEN)))
    assert found.because == "No rep is called: the lead is warm, 52 points (hot from 71)."


def test_a_hot_lead_without_a_pattern_that_calls_is_left_alone() -> None:
    names = ("Meeting Held", "Webinar Attended", "Comparison Viewed", "Trial Started")
    acts = tuple(an_event(name, id=EngagementEventId(name), at=MONDAY_TEN) for name in names)
    found = decide(
        a_stranger(lead=a_perfect_lead(), events=acts, signals=(said(SignalKind.PRICING),))
    )
    assert found == Decision(calls_rep=False, because="No rep is called: nothing they did calls for one unasked.")  # fmt: skip


def demo(at: datetime) -> EngagementEvent:
    return an_event("Demo Requested", id=EngagementEventId(f"demo {at}"), at=at)


def test_an_act_that_asks_for_a_salesperson_calls_one() -> None:
    found = decide(a_stranger(events=(demo(MONDAY_TEN),)))
    assert found == Decision(calls_rep=True, because="Demo Requested just now, and the lead is hot at 75 points (hot from 71).")  # fmt: skip


def test_a_demo_requested_long_ago_or_seen_to_calls_nobody() -> None:
    asked = a_stranger(lead=a_perfect_lead(), events=(demo(MONDAY_TEN),))
    assert decide(asked, after(hours=2)).calls_rep
    assert not decide(asked, after(hours=2, seconds=1)).calls_rep
    assert not decide(asked, after(hours=2), ended(MONDAY_TEN)).calls_rep


def test_a_demo_requested_again_calls_anew_within_the_episode() -> None:
    twice = a_stranger(events=(demo(MONDAY_TEN), demo(after(days=1))))
    assert decide(twice, after(days=1), ended(after(hours=1))).calls_rep


def test_old_acts_that_become_known_late_call_nobody() -> None:
    assert decide(now=after(hours=2)).calls_rep
    assert not decide(now=after(hours=2, seconds=1)).calls_rep


def test_what_a_rep_has_dealt_with_calls_nobody_again() -> None:
    assert not decide(now=after(hours=2), latest=ended(after(hours=1))).calls_rep


def test_a_second_surge_within_the_episode_calls_nobody() -> None:
    again = replace(SURGING, events=(*SURGING.events, *surge(after(days=2))))
    found = decide(again, after(days=2), ended(after(hours=1)))
    assert "episode is not over" in found.because


def test_a_surge_after_the_lead_had_cooled_is_a_new_episode() -> None:
    fitter = replace(a_perfect_lead(), title="Fitter", role="end_user")
    acts = (*SURGING.events, *surge(after(days=13)))
    again = replace(SURGING, lead=fitter, events=acts)
    assert not score_lead(again, None, PLAYBOOK, after(days=12)).temperature.is_hot
    assert decide(again, after(days=13), ended(after(hours=1))).calls_rep


def test_a_surge_of_a_lead_that_stayed_hot_is_new_when_the_episode_has_lasted() -> None:
    days = range(0, 15, 2)
    busy = replace(SURGING, events=tuple(event for day in days for event in surge(after(days=day))))
    assert not decide(busy, after(days=12), ended(after(hours=1))).calls_rep
    assert decide(busy, after(days=14, hours=2), ended(after(hours=1))).calls_rep


def test_turning_red_hot_and_back_is_no_new_episode() -> None:
    said_before = (said(SignalKind.BUDGET, after(days=-29)), said(SignalKind.TIMELINE, after(days=-29), "m-2"))  # fmt: skip
    acts = tuple(event for day in (0, 2) for event in surge(after(days=day)))
    history = replace(SURGING, signals=said_before, events=acts)
    assert not decide(history, after(days=2), ended(after(hours=1))).calls_rep


def test_whoever_said_no_is_not_chased() -> None:
    cooled = replace(SURGING, signals=(said(SignalKind.COOLING, MONDAY_TEN),))
    assert decide(cooled).because == "No rep is called: the visitor cooled down."


@pytest.mark.parametrize("kind", [MessageKind.SUPPORT, MessageKind.JOB_SEEKER])
def test_nobody_sells_to_who_asked_for_something_else(kind: MessageKind) -> None:
    words = kind.value.replace("_", " ")
    for history in (
        replace(
            SURGING,
            heard=(HeardKind(MessageKind.OTHER, after(days=-1)), HeardKind(kind, after(days=-2))),
        ),
        replace(SURGING, heard=(HeardKind(kind, after(days=-1)),)),
    ):
        assert decide(history).because == f"No rep is called: this is not a sales conversation ({words})."  # fmt: skip


def test_who_wrote_about_buying_since_may_be_called_for() -> None:
    support, sales = (HeardKind(MessageKind.SUPPORT, after(days=-2)), HeardKind(MessageKind.SALES, after(days=-1)))  # fmt: skip
    ready = replace(sales, readiness=Readiness.WARM)
    assert decide(replace(SURGING, heard=(support, ready))).calls_rep
    assert not decide(replace(SURGING, heard=(support, sales))).calls_rep


@pytest.mark.parametrize("kind", [MessageKind.JOB_SEEKER, MessageKind.SUPPORT])
def test_only_who_the_playbook_turns_away_is_refused(kind: MessageKind) -> None:
    intent = PLAYBOOK.scoring.intent.model_copy(update={"kinds": {MessageKind.SUPPORT: 0}})
    scoring = PLAYBOOK.scoring.model_copy(update={"intent": intent})
    playbook = PLAYBOOK.model_copy(update={"scoring": scoring})
    history = replace(SURGING, heard=(HeardKind(kind, after(days=-1)),))
    score, patterns = score_lead(history, None, playbook, MONDAY_TEN), find_patterns(history, playbook, MONDAY_TEN)  # fmt: skip
    found = decide_proactive(history, score, patterns, None, playbook, MONDAY_TEN)
    assert found.calls_rep is (kind is MessageKind.JOB_SEEKER)
