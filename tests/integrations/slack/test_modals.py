"""Windows as Slack gets them: within its limits whatever stands in them."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.conversation import RepId
from agent.handoff import HandoffId
from agent.outcome import NotHotReason, Outcome
from agent.team_rules import RepRules, TeamId, TeamRules
from integrations.slack import modals
from integrations.slack.incoming import Place
from tests.fakes.slack.limits import check_view
from tests.integrations.slack.desk_builders import (
    JONAS,
    MIA,
    a_briefing,
    a_handoff,
    a_playbook,
    claimed_by,
)

PLACE = Place(HandoffId("h-1"), "C1", "17.000001")
ANY_TEXT = st.text(max_size=4_000) | st.sampled_from(["<!channel> *x* `y`" * 900, "🚀" * 4_000])


@settings(max_examples=60, deadline=None)
@given(who=ANY_TEXT, words=ANY_TEXT, said=ANY_TEXT)
def test_a_reply_window_takes_any_text(who: str, words: str, said: str) -> None:
    handoff = a_handoff(replace(a_briefing(), who=who))
    view = modals.speak(handoff, PLACE, words, said, "Read it, change it, send it.")
    check_view(view)


@pytest.mark.parametrize("text", ["", "x" * 9_000, "🚀" * 5_000])
def test_a_sentence_in_a_window_is_never_too_long(text: str) -> None:
    check_view(modals.problem("More", PLACE, f"No. {text}"))
    check_view(modals.loading("More", PLACE))


def test_hundreds_of_colleagues_and_teams_fit_as_far_as_slack_lets_them() -> None:
    reps = tuple(RepRules(id=RepId(f"r{n}"), name=f"Rep {n} " + "x" * 200) for n in range(300))
    teams = tuple(TeamRules(id=TeamId(f"t{n}"), name="T" * 99, reps=(reps[0].id,)) for n in range(300))  # fmt: skip
    crowd = a_playbook().model_copy(update={"reps": reps, "teams": teams})
    check_view(modals.pass_on(a_handoff(), crowd, PLACE))


def test_who_is_alone_reads_that_there_is_nobody_else() -> None:
    alone = a_playbook().model_copy(update={"reps": a_playbook().reps[:1], "teams": ()})
    view = modals.pass_on(claimed_by(MIA), alone, PLACE)
    check_view(view)
    assert "nobody else" in str(view)


def test_nobody_passes_on_to_the_one_who_holds_it() -> None:
    assert MIA not in str(modals.pass_on(claimed_by(MIA), a_playbook(), PLACE)["blocks"])
    assert JONAS in str(modals.pass_on(claimed_by(MIA), a_playbook(), PLACE)["blocks"])


def test_every_outcome_and_reason_can_be_chosen() -> None:
    check_view(modals.close(PLACE))
    check_view(modals.not_hot(PLACE))
    closing, wrong = str(modals.close(PLACE)), str(modals.not_hot(PLACE))
    assert all(f"'{each}'" in closing for each in Outcome if each is not Outcome.NOT_HOT)
    assert all(f"'{each}'" in wrong for each in NotHotReason)


def test_a_window_remembers_where_its_button_was_pressed() -> None:
    assert Place.read(PLACE.write()) == PLACE
    assert Place.read("") == Place(HandoffId(""))
