from datetime import timedelta

import pytest

from agent.conversation import RepId
from agent.errors import AlreadyClaimedError, HandoffEndedError, NotClaimedByError
from agent.handoff import (
    Handoff,
    HandoffState,
    Outcome,
    claim,
    close,
    give_back,
    must_hold,
    refresh,
    snooze,
)
from agent.handoff_steps import escalate, nudge
from agent.scoring import Temperature
from tests.builders import a_briefing, a_handoff
from tests.fakes.clock import MONDAY_TEN

MIA, JONAS = RepId("mia"), RepId("jonas")
LATER = MONDAY_TEN + timedelta(minutes=3)


def claimed() -> Handoff:
    return claim(a_handoff(), MIA, MONDAY_TEN)


def test_a_rep_claims_an_open_handoff() -> None:
    found = claimed()
    assert (found.state, found.claimed_by, found.claimed_at) == (
        HandoffState.CLAIMED,
        MIA,
        MONDAY_TEN,
    )


def test_claiming_twice_changes_nothing() -> None:
    assert claim(claimed(), MIA, LATER) == claimed()


def test_the_second_rep_is_told_who_was_faster() -> None:
    with pytest.raises(AlreadyClaimedError, match="mia") as caught:
        claim(claimed(), JONAS, LATER)
    assert caught.value.rep_id == MIA


def test_a_claim_ends_a_snooze() -> None:
    assert claim(snooze(a_handoff(), LATER), MIA, MONDAY_TEN).snoozed_until is None


def test_only_the_holder_gives_back() -> None:
    with pytest.raises(NotClaimedByError, match="jonas does not hold this conversation; mia does"):
        give_back(claimed(), JONAS, LATER)
    with pytest.raises(NotClaimedByError, match="nobody does"):
        give_back(a_handoff(), JONAS, LATER)


def test_given_back_it_has_ended() -> None:
    found = give_back(claimed(), MIA, LATER)
    assert (found.state, found.ended_at) == (HandoffState.GIVEN_BACK, LATER)


@pytest.mark.parametrize("handoff", [a_handoff(), claimed()], ids=["open", "claimed"])
def test_closing_keeps_the_outcome_and_the_note(handoff: Handoff) -> None:
    found = close(handoff, Outcome.NOT_HOT, "a student", LATER)
    assert (found.state, found.outcome, found.note) == (
        HandoffState.CLOSED,
        Outcome.NOT_HOT,
        "a student",
    )


def test_reminders_are_noted_and_change_nothing_else() -> None:
    found = escalate(nudge(a_handoff(), MONDAY_TEN), LATER)
    assert (found.nudged_at, found.escalated_at) == (MONDAY_TEN, LATER)
    assert found.state is HandoffState.OPEN


def test_the_card_is_kept_current() -> None:
    briefing = a_briefing(quote="new words")
    found = refresh(a_handoff(), briefing, Temperature.RED_HOT)
    assert (found.briefing, found.temperature) == (briefing, Temperature.RED_HOT)


@pytest.mark.parametrize("state", [HandoffState.GIVEN_BACK, HandoffState.CLOSED])
def test_nothing_can_be_done_with_an_ended_handoff(state: HandoffState) -> None:
    ended = a_handoff(state=state, claimed_by=MIA)
    for act in (
        lambda: claim(ended, MIA, LATER),
        lambda: give_back(ended, MIA, LATER),
        lambda: close(ended, None, "", LATER),
        lambda: snooze(ended, LATER),
        lambda: refresh(ended, a_briefing(), Temperature.HOT),
        lambda: must_hold(ended, MIA),
    ):
        with pytest.raises(HandoffEndedError, match=f"is {state.value} already"):
            act()
