from datetime import date, timedelta

import pytest

from agent.conversation import RepId
from agent.errors import AlreadyClaimedError, HandoffEndedError, NotClaimedByError
from agent.handoff import CallBack, Handoff, HandoffState, claim, close, give_back
from agent.outcome import Outcome
from agent.team_rules import NO_TEAM, RepRules, TeamId, TeamRules
from agent.transfer import Target, take_again, to_rep, to_team, transfer
from tests.agent.tourvane import PLAYBOOK
from tests.builders import a_handoff
from tests.fakes.clock import MONDAY_TEN

MIA, JONAS, ANN = RepId("mia"), RepId("jonas"), RepId("ann")
LATER = MONDAY_TEN + timedelta(hours=1)
EMEA = TeamRules(id=TeamId("emea"), name="EMEA", reps=(JONAS, ANN))
US = TeamRules(id=TeamId("us"), name="US", reps=(MIA,))
DESK = PLAYBOOK.model_copy(
    update={
        "reps": (
            RepRules(id=MIA, name="Mia"),
            RepRules(id=JONAS, name="Jonas"),
            RepRules(id=ANN, name="Ann", away=(date(2026, 3, 2),)),
        ),
        "teams": (EMEA, US),
    }
)
TO_JONAS = Target("Jonas", (JONAS,), NO_TEAM, LATER)


def passed_on(handoff: Handoff, by: RepId = MIA) -> Handoff:
    return transfer(handoff, by, TO_JONAS, "passed on", LATER, timedelta())


def claimed() -> Handoff:
    return claim(a_handoff(), MIA, MONDAY_TEN)


def test_others_are_called_with_all_reminders_before_them() -> None:
    late = a_handoff(nudged_at=MONDAY_TEN, backup_at=MONDAY_TEN, escalated_at=MONDAY_TEN, snoozed_until=LATER)  # fmt: skip
    found = passed_on(late)
    assert found.routed_to == (JONAS,)
    assert (found.nudged_at, found.backup_at, found.escalated_at, found.snoozed_until) == (
        None,
    ) * 4
    assert (found.called_at, found.claim_due_at) == (LATER, LATER)


def test_the_holder_lets_go() -> None:
    found = passed_on(claimed())
    assert (found.state, found.claimed_by, found.claimed_at) == (HandoffState.OPEN, None, None)


def test_the_route_tells_how_they_came_to_it() -> None:
    *before, last = passed_on(a_handoff()).route
    assert tuple(before) == a_handoff().route
    assert (last.rep_id, last.is_chosen, last.because) == (JONAS, True, "passed on")


def test_nobody_else_passes_on_what_a_rep_holds() -> None:
    with pytest.raises(NotClaimedByError):
        passed_on(claimed(), by=JONAS)


def test_what_has_ended_is_not_passed_on() -> None:
    with pytest.raises(HandoffEndedError):
        passed_on(close(a_handoff(), None, "", LATER))


def test_a_colleague_is_expected_by_their_own_hours_where_the_card_stands() -> None:
    jonas, mia = DESK.reps[1], DESK.reps[0]
    assert to_rep(jonas, NO_TEAM, DESK, MONDAY_TEN).team == NO_TEAM
    assert to_rep(jonas, EMEA.id, DESK, MONDAY_TEN).team == EMEA.id
    assert to_rep(mia, EMEA.id, DESK, MONDAY_TEN).team == US.id
    assert to_rep(mia, NO_TEAM, DESK, MONDAY_TEN).due_at == MONDAY_TEN + DESK.claim_within()


def test_a_team_is_called_without_those_who_are_away() -> None:
    away = DESK.model_copy(
        update={
            "reps": (*DESK.reps[:2], DESK.reps[2].model_copy(update={"away": (MONDAY_TEN.date(),)}))
        }
    )
    assert to_team(EMEA, away, MONDAY_TEN).reps == (JONAS,)
    assert to_team(EMEA, away, MONDAY_TEN + timedelta(hours=14)).reps == (JONAS, ANN)


def test_one_that_ended_is_taken_again_as_if_it_had_not() -> None:
    ended = close(claimed(), Outcome.LOST, "gone", LATER)
    again = take_again(ended, JONAS, LATER)
    assert (again.state, again.claimed_by, again.claimed_at) == (HandoffState.CLAIMED, JONAS, LATER)
    assert (again.ended_at, again.outcome, again.note) == (None, None, "")


def test_of_two_who_take_it_again_the_first_has_it() -> None:
    again = take_again(give_back(claimed(), MIA, LATER), JONAS, LATER)
    assert take_again(again, JONAS, LATER) is again
    with pytest.raises(AlreadyClaimedError):
        take_again(again, MIA, LATER)


def test_whoever_is_called_rings_the_visitor_as_promised() -> None:
    promised = a_handoff(call_back=CallBack(LATER, MIA, "+49 40 1"))
    found = passed_on(promised).call_back
    assert found is not None
    assert (found.rep_id, found.at, found.contact) == (JONAS, LATER, "+49 40 1")


def test_a_call_that_was_made_stays_with_who_made_it() -> None:
    made = CallBack(LATER, MIA, "+49 40 1", done_at=LATER)
    assert passed_on(a_handoff(call_back=made)).call_back == made
