"""Two teams on two continents: whoever is awake is called, and the visitor hears the truth about it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from agent.conversation import RepId
from agent.hours_rules import HoursRules
from agent.playbook import Playbook
from agent.team_rules import RepRules, RoutingRule, TeamId, TeamRules
from prompts.phrases import reasons
from tests.contracts.stores import in_memory
from tests.fakes.clock import FixedClock
from tests.fakes.library import FixedLibrary
from tests.scenarios.world import FACTS, HOT, OtherCompany, World, a_world, demo_playbook

TEN_AT_NIGHT_IN_BERLIN = datetime(2026, 3, 4, 21, 0, tzinfo=UTC)
BOTH_ASLEEP = datetime(2026, 3, 5, 3, 0, tzinfo=UTC)
EU, US = TeamId("eu"), TeamId("us")


def hours(zone: str) -> HoursRules:
    week = ("monday", "tuesday", "wednesday", "thursday", "friday")
    return HoursRules(time_zone=zone, **dict.fromkeys(week, ("09:00-17:00",)))


def around_the_world() -> Playbook:
    base = demo_playbook()
    kai = RepRules(id=RepId("kai"), name="Kai Lund")
    teams = (
        TeamRules(id=EU, name="Europe", reps=(RepId("mia"), RepId("jonas"))),
        TeamRules(id=US, name="America", reps=(kai.id,), hours=hours("America/New_York")),
    )
    routing = tuple(RoutingRule(name=team.name, team=team.id) for team in teams)
    update = {"reps": (*base.reps, kai), "teams": teams, "routing": routing}
    return base.model_copy(update=update)


@asynccontextmanager
async def at(instant: datetime) -> AsyncIterator[World]:
    company = OtherCompany(around_the_world(), FixedLibrary(FACTS))
    async with a_world(stores=in_memory(FixedClock(instant)), company=company) as world:
        await world.visitor_arrives()
        await world.visitor_says(HOT)
        yield world


async def test_at_night_the_team_that_is_awake_is_called_and_expected_now() -> None:
    async with at(TEN_AT_NIGHT_IN_BERLIN) as world:
        assert world.card.routed_to == ("kai",)
        assert world.card.team == US
        assert world.card.claim_due_at == TEN_AT_NIGHT_IN_BERLIN + timedelta(minutes=5)


async def test_the_visitor_is_promised_the_rep_who_is_awake_within_minutes() -> None:
    async with at(TEN_AT_NIGHT_IN_BERLIN) as world:
        (reply,) = await world.replies()
        assert "Kai will answer right here, usually within 5 minutes" in reply
        assert "closed" not in reply


async def test_a_card_for_who_is_awake_is_no_card_of_the_night() -> None:
    async with at(TEN_AT_NIGHT_IN_BERLIN) as world:
        assert reasons().fill("note_after_hours") not in world.card.briefing.notes


async def test_when_all_are_asleep_the_first_team_is_expected_when_it_opens() -> None:
    async with at(BOTH_ASLEEP) as world:
        assert world.card.routed_to == ("mia", "jonas")
        assert "Thursday at 09:00 (Berlin time)" in (await world.replies())[0]


async def test_the_card_says_of_each_rep_why_they_were_called_or_not() -> None:
    async with at(TEN_AT_NIGHT_IN_BERLIN) as world:
        assert {step.rep_id: step.because for step in world.card.route} == {
            "mia": "off duty until Thu 09:00",
            "jonas": "off duty until Thu 09:00",
            "amara": "not in the team America",
            "kai": "rule “America”; nobody of rule “Europe” is free",
        }
