"""Where a card may stand: its team's channel, else the common one, else the channel of another team."""

from collections.abc import Iterator
from dataclasses import dataclass

from agent.handoff import Handoff
from agent.playbook import Playbook
from agent.team_rules import NO_TEAM, TeamId
from integrations.slack.refusals import mending


@dataclass(frozen=True, slots=True)
class Place:
    """A channel, and how people call it."""

    channel: str
    name: str


def places(handoff: Handoff, playbook: Playbook, common: str) -> list[Place]:
    """Give the places for a card, the best first: nobody's card is lost because one of them is closed."""
    own, others = [handoff.team] if handoff.team else [], _teams_in_order(handoff.team, playbook)
    found = [*_of_teams(own, playbook), Place(common, f"the common channel {common}")]
    unique: dict[str, Place] = {}
    for place in (*found, *_of_teams(others, playbook)):
        unique.setdefault(place.channel, place)
    return [place for place in unique.values() if place.channel]


def unreached(place: Place, code: str, following: Place | None) -> str:
    """Say which place takes no cards, how to mend that, and where they go meanwhile."""
    meanwhile = f" Cards go to {following.name} meanwhile." if following else ""
    return f"No card can be shown in {place.name}. {mending(code)}{meanwhile}"


def _teams_in_order(team_id: TeamId, playbook: Playbook) -> list[TeamId]:
    """Give the teams of the rules that follow the team's own, and then of those before."""
    teams = [rule.team for rule in playbook.routing if rule.team != NO_TEAM]
    start = teams.index(team_id) + 1 if team_id in teams else 0
    return [*teams[start:], *teams[:start]]


def _of_teams(team_ids: list[TeamId], playbook: Playbook) -> Iterator[Place]:
    for team in filter(None, map(playbook.team, team_ids)):
        if team.slack_channel:
            yield Place(team.slack_channel, f"the channel {team.slack_channel} of {team.name}")
