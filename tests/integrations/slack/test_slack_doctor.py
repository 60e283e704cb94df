"""What the doctor finds in Slack: scopes, channels of teams, reps."""

from collections.abc import Sequence

import pytest

from agent.playbook import Playbook
from agent.team_rules import RepRules, TeamId, TeamRules
from integrations.slack.doctor import Checkup
from tests.integrations.slack.desk_builders import CHIEF, JONAS, MIA, a_playbook
from tests.integrations.slack.desk_room import Room


def a_team(channel: str) -> Playbook:
    team = TeamRules(id=TeamId("sales"), name="Sales", reps=(MIA,), slack_channel=channel)
    return a_playbook().model_copy(update={"teams": (team,)})


def with_reps(reps: Sequence[RepRules]) -> Playbook:
    return a_playbook().model_copy(update={"reps": tuple(reps)})


async def remarks(room: Room, *reps: RepRules) -> tuple[str, ...]:
    return (await room.connection.check(with_reps(reps))).remarks


async def test_finds_nothing_wrong_with_reps_whom_slack_knows(room: Room) -> None:
    mia = RepRules(id=MIA, name="Mia", slack_user_id=room.mia)
    jonas = RepRules(id=JONAS, name="Jonas", email="jonas.berg@example.com")
    assert await room.connection.check(with_reps([mia, jonas])) == Checkup()


@pytest.mark.parametrize("scope", ["commands", "users:read.email"])
async def test_names_the_scope_that_was_not_granted_and_what_it_is_for(
    room: Room, scope: str
) -> None:
    room.twin.workspace.scopes -= {scope}
    (problem,) = (await room.connection.check()).problems
    assert f"The Slack app lacks {scope} (to " in problem
    assert "reinstall it" in problem


async def test_names_the_team_whose_channel_cannot_be_used(room: Room) -> None:
    closed = room.twin.add_channel("sales", is_member=False)
    (problem,) = (await room.connection.check(a_team(closed))).problems
    assert problem.startswith(f"Slack channel {closed} of the team sales: ")
    assert "/invite @Hotline" in problem


async def test_checks_a_channel_that_two_teams_share_once(room: Room) -> None:
    checkup = await room.connection.check(a_team(room.channel))
    asked = [call for call in room.twin.calls if call.method == "conversations.info"]
    assert (checkup.problems, len(asked)) == ((), 1)


async def test_names_a_rep_whose_user_is_not_in_slack(room: Room) -> None:
    (remark,) = await remarks(room, RepRules(id=MIA, name="Mia", slack_user_id="U0NOBODY"))
    assert remark.startswith("Rep mia: Slack knows no user U0NOBODY.")
    assert "Copy member ID" in remark


async def test_names_a_rep_whose_address_is_not_in_slack(room: Room) -> None:
    (remark,) = await remarks(room, RepRules(id=MIA, name="Mia", email="mia@else.example"))
    assert "nobody in Slack has the address mia@else.example" in remark


async def test_names_a_rep_who_left(room: Room) -> None:
    room.twin.deactivates(room.mia)
    (remark,) = await remarks(room, RepRules(id=MIA, name="Mia", slack_user_id=room.mia))
    assert remark.startswith("Rep mia: has left the Slack workspace.")


async def test_names_a_rep_without_any_slack_user(room: Room) -> None:
    (remark,) = await remarks(room, RepRules(id=CHIEF, name="Ann"))
    assert remark.startswith("Rep chief: has no Slack user.")


async def test_names_reps_who_share_an_address(room: Room) -> None:
    shared = "jonas.berg@example.com"
    reps = (
        RepRules(id=MIA, name="Mia", email=shared),
        RepRules(id=JONAS, name="Jonas", email=shared),
    )
    (remark,) = await remarks(room, *reps)
    assert remark == f"Reps mia, jonas share {shared}. Give each their own in the playbook."
