from datetime import datetime, timedelta

import pytest

from agent.decision import Decision, decide_handoff, open_handoff
from agent.duty import RepLoad, Roster
from agent.handoff import Handoff, HandoffId, HandoffState
from agent.scoring import Temperature
from agent.signals import MessageKind, Readiness, SignalKind
from tests.agent.tourvane import PLAYBOOK, SATURDAY_NIGHT, a_stranger, assess
from tests.builders import a_conversation, a_handoff, a_held, a_reading, a_score, a_signal
from tests.fakes.clock import MONDAY_TEN

HOT = a_score()
WARM = a_score(temperature=Temperature.WARM, total=50)
ENDED = a_handoff(state=HandoffState.CLOSED)


def decide(
    *,
    reading: object = None,
    score: object = HOT,
    latest: Handoff | None = None,
) -> Decision:
    return decide_handoff(reading or a_reading(), score, latest, PLAYBOOK, MONDAY_TEN)  # type: ignore[arg-type]


def test_a_hot_lead_calls_a_rep_and_says_by_how_much() -> None:
    assert decide() == Decision(calls_rep=True, because="The lead is hot: 72 points (hot from 71).")


def test_a_red_hot_lead_calls_a_rep() -> None:
    assert decide(score=a_score(temperature=Temperature.RED_HOT)).calls_rep


def test_a_warm_lead_calls_nobody() -> None:
    found = decide(score=WARM)
    assert not found.calls_rep
    assert found.because == "No rep is called: the lead is warm, 50 points (hot from 71)."


def test_whoever_asks_for_a_person_gets_one_at_any_temperature() -> None:
    reading = a_reading(signals=(a_signal(SignalKind.HUMAN),))
    found = decide(reading=reading, score=WARM)
    assert found == Decision(calls_rep=True, because="The visitor asked for a person.")


@pytest.mark.parametrize("state", [HandoffState.OPEN, HandoffState.CLAIMED])
def test_a_conversation_with_a_rep_is_not_handed_off_again(state: HandoffState) -> None:
    reading = a_reading(signals=(a_signal(SignalKind.HUMAN),))
    assert not decide(reading=reading, latest=a_handoff(state=state)).calls_rep


def test_an_ended_handoff_is_not_reopened_by_the_same_score() -> None:
    found = decide(reading=a_reading(readiness=Readiness.WARM), latest=ENDED)
    assert not found.calls_rep
    assert "nothing new" in found.because


def test_new_words_that_ask_for_a_rep_begin_a_new_episode() -> None:
    assert decide(latest=ENDED).calls_rep


def test_who_became_hot_anew_since_needs_no_words_that_ask() -> None:
    before = a_handoff(state=HandoffState.CLOSED, ended_at=MONDAY_TEN - timedelta(hours=3))
    quiet = a_reading(readiness=Readiness.WARM)
    still_hot = a_score(hot_since=MONDAY_TEN - timedelta(hours=4))
    hot_anew = a_score(hot_since=MONDAY_TEN - timedelta(hours=2))
    assert not decide(reading=quiet, score=still_hot, latest=before).calls_rep
    assert decide(reading=quiet, score=hot_anew, latest=before).calls_rep


@pytest.mark.parametrize(("days", "calls"), [(13.9, False), (14, True)])
def test_an_episode_ends_some_days_after_its_handoff(days: float, calls: bool) -> None:  # noqa: FBT001
    before = a_handoff(state=HandoffState.CLOSED, ended_at=MONDAY_TEN - timedelta(days=days))
    score = a_score(hot_since=MONDAY_TEN - timedelta(days=90))
    quiet = a_reading(readiness=Readiness.WARM)
    assert decide(reading=quiet, score=score, latest=before).calls_rep is calls


@pytest.mark.parametrize(
    "kind", [kind for kind in MessageKind if kind not in (MessageKind.SALES, MessageKind.OTHER)]
)
def test_whoever_does_not_buy_is_never_handed_off(kind: MessageKind) -> None:
    reading = a_reading(kind=kind, signals=(a_signal(SignalKind.HUMAN),))
    found = decide(reading=reading)
    assert not found.calls_rep
    assert kind.value.replace("_", " ") in found.because


def test_a_visitor_who_cools_is_not_chased() -> None:
    found = decide(reading=a_reading(signals=(a_signal(SignalKind.COOLING),)))
    assert found == Decision(calls_rep=False, because="No rep is called: the visitor cooled down.")


def opened(
    now: datetime = MONDAY_TEN, paused: timedelta | None = None, **conversation: object
) -> Handoff:
    held = a_held(conversation=a_conversation(**conversation))
    decision = Decision(calls_rep=True, because="hot")
    assessment = assess(a_reading(), a_stranger())
    pause = RepLoad(paused_until=now + paused if paused else None)
    roster = Roster(PLAYBOOK, {rep.id: pause for rep in PLAYBOOK.reps})
    return open_handoff(HandoffId("h-9"), decision, held, assessment, roster, now)


def test_a_handoff_is_due_within_the_promised_business_time() -> None:
    handoff = opened()
    assert handoff.state is HandoffState.OPEN
    assert handoff.claim_due_at == MONDAY_TEN + timedelta(minutes=5)
    assert handoff.routed_to == ("mia", "jonas")
    assert handoff.reason == "hot"


def test_a_handoff_of_a_saturday_is_due_on_monday_morning() -> None:
    due = opened(SATURDAY_NIGHT).claim_due_at
    assert due
    assert f"{due:%A %H:%M}" == "Monday 08:05", "9:05 in Berlin"


def test_a_rehearsal_is_due_by_the_clock_it_plays_at() -> None:
    handoff = opened(SATURDAY_NIGHT, rehearsal=MONDAY_TEN - SATURDAY_NIGHT)
    assert handoff.claim_due_at == SATURDAY_NIGHT + timedelta(minutes=5)


def test_a_handoff_goes_to_the_team_of_its_rule_and_tells_how() -> None:
    handoff = opened()
    assert handoff.team == "sales"
    assert [step.rep_id for step in handoff.route if step.is_chosen] == ["mia", "jonas"]


def test_while_all_have_paused_it_is_due_after_the_pause() -> None:
    due = opened(paused=timedelta(hours=1)).claim_due_at
    assert due == MONDAY_TEN + timedelta(hours=1, minutes=5)


def test_a_pause_holds_in_a_rehearsal_too() -> None:
    rehearsed = opened(
        SATURDAY_NIGHT, paused=timedelta(hours=1), rehearsal=MONDAY_TEN - SATURDAY_NIGHT
    )
    assert rehearsed.claim_due_at == SATURDAY_NIGHT + timedelta(hours=1, minutes=5)
