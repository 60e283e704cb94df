from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from agent.conversation import Page, RepId
from agent.duty import RepLoad, Roster
from agent.hours_rules import HoursRules
from agent.lead import Company, Lead, LeadId
from agent.playbook import Playbook
from agent.routing import Case, Route, case_of, opens_at, route
from agent.team_rules import Choosing, RepRules, RoutingRule, TeamId, TeamRules
from tests.agent.tourvane import PLAYBOOK, SATURDAY_NIGHT, a_stranger
from tests.builders import a_conversation, a_held, a_message, an_event
from tests.fakes.clock import MONDAY_TEN

BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")
WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday")
ADA, BEN, CLEO, DEV = map(RepId, ("ada", "ben", "cleo", "dev"))
EU, US = TeamId("eu"), TeamId("us")
NOON = datetime(2026, 3, 4, 12, tzinfo=BERLIN)
TEN_AT_NIGHT = datetime(2026, 3, 4, 22, tzinfo=BERLIN)
FOUR_AT_NIGHT = datetime(2026, 3, 5, 4, tzinfo=BERLIN)
ALL_EU = RoutingRule(name="all of Europe", team=EU)
ALL_US = RoutingRule(name="America helps out", team=US)
ROTA = RoutingRule(name="turns", team=EU, choose=Choosing.ROUND_ROBIN)


def hours(zone: str) -> HoursRules:
    return HoursRules(time_zone=zone, **dict.fromkeys(WEEK, ("09:00-17:00",)))


def a_rep(rep_id: RepId, **rules: Any) -> RepRules:
    return RepRules(id=rep_id, name=rep_id.title(), **rules)


def two_teams(*rules: RoutingRule, **of_reps: dict[str, Any]) -> Playbook:
    """Ada, Ben and Cleo work in Europe, Dev in America; changes of a rep come by id."""
    reps = tuple(a_rep(rep, **of_reps.get(rep, {})) for rep in (ADA, BEN, CLEO, DEV))
    teams = (
        TeamRules(id=EU, name="Europe", reps=(ADA, BEN, CLEO), hours=hours("Europe/Berlin")),
        TeamRules(id=US, name="America", reps=(DEV,), hours=hours("America/New_York")),
    )
    update = {"reps": reps, "teams": teams, "routing": rules or (ALL_EU, ALL_US)}
    return PLAYBOOK.model_copy(update={**update, "hours": hours("Europe/Berlin")})


def call(
    playbook: Playbook,
    now: datetime = NOON,
    *,
    language: str = "en",
    away: tuple[RepId, ...] = (),
    loads: Mapping[RepId, RepLoad] | None = None,
) -> Route:
    roster = Roster(playbook, loads or {}, frozenset(away))
    return route(Case(Lead(LeadId("l")), language), roster, now)


def why(found: Route) -> dict[str, str]:
    return {step.rep_id: step.because for step in found.log}


def reps(language: str = "en", owner: str = "", **company: object) -> tuple[str, ...]:
    lead = Lead(LeadId("l"), owner=owner, company=replace(Company(), **company))  # type: ignore[arg-type]
    return route(Case(lead, language), Roster(PLAYBOOK), MONDAY_TEN).reps


def rule(**conditions: Any) -> RoutingRule:
    return RoutingRule(name="special", reps=(CLEO,), **conditions)


def special(case: Case, **conditions: Any) -> bool:
    """Whether a rule with these conditions takes the case."""
    playbook = two_teams(rule(**conditions), ALL_EU)
    return route(case, Roster(playbook), NOON).reps == (CLEO,)


def a_case(*about: str, **company: object) -> Case:
    lead = Lead(LeadId("l"), company=replace(Company(), **company))  # type: ignore[arg-type]
    return Case(lead, "en", about)


# The owner of the account


def test_the_owner_of_the_account_comes_first() -> None:
    assert reps(owner="amara", employees=900) == ("amara",)


def test_the_owner_is_called_whatever_the_hour_and_however_much_they_have_on_hand() -> None:
    lead = Lead(LeadId("l"), owner=ADA)
    roster = Roster(two_teams(ROTA), {ADA: RepLoad(on_hand=9)}, frozenset({ADA}))
    found = route(Case(lead, "pl"), roster, TEN_AT_NIGHT)
    assert found.reps == (ADA,)
    assert found.team == EU
    assert why(found) == {
        "ada": "owns the account",
        "ben": "another rep owns the account",
        "cleo": "another rep owns the account",
        "dev": "another rep owns the account",
    }


def test_an_owner_who_left_is_passed_over() -> None:
    assert reps(owner="gone") == ("mia", "jonas")


# Conditions


def test_a_large_company_goes_to_jonas_in_any_language() -> None:
    assert reps("de", employees=500) == ("jonas", "amara")


def test_a_company_of_unknown_size_is_not_large() -> None:
    assert reps("de") == ("mia", "jonas")


def test_language_and_country_choose_the_rep() -> None:
    assert reps("fr") == ("jonas", "mia")
    assert reps("en", country="US") == ("jonas", "mia")


def test_a_largest_size_leaves_bigger_companies_out() -> None:
    assert special(a_case(employees=50), to_employees=50)
    assert not special(a_case(employees=51), to_employees=50)


@pytest.mark.parametrize(
    ("industry", "fits"), [("HVAC", True), ("hvac ", True), ("Plumbing", False), ("", False)]
)
def test_a_segment_is_the_industry_of_the_record_in_any_case(industry: str, fits: bool) -> None:  # noqa: FBT001
    assert special(a_case(industry=industry), industries=("HVAC",)) is fits


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("Do you have fleet tracking?", True),
        ("FLEET  Tracking, please", True),
        ("https://shop.example/fleet-tracking?x=1", True),
        ("our fleet needs tracking", False),
        ("fleet trackings", False),
    ],
)
def test_a_product_is_found_as_whole_words_in_what_was_written_or_read(
    text: str,
    fits: bool,  # noqa: FBT001
) -> None:
    assert special(a_case("Hello", text), products=("Fleet tracking",)) is fits


def test_what_a_visitor_wrote_and_read_is_what_the_case_is_about() -> None:
    page = Page("https://shop.example/pricing", "Pricing", "")
    held = a_held(
        conversation=a_conversation(page=page),
        unanswered=(a_message("How much?"),),
        before=(a_message("Hello", id="m-0"),),
    )
    history = a_stranger(events=(an_event(title="ROI guide", url="https://shop.example/roi"),))
    about = case_of(held, "en", history).about
    assert set(about) == {
        "Pricing",
        "https://shop.example/pricing",
        "Hello",
        "How much?",
        "ROI guide",
        "https://shop.example/roi",
    }


def test_all_conditions_of_a_rule_must_hold() -> None:
    conditions = {"countries": ("de",), "industries": ("HVAC",)}
    assert special(a_case(country="DE", industry="HVAC"), **conditions)
    assert not special(a_case(country="AT", industry="HVAC"), **conditions)


def test_without_a_fitting_rule_the_managers_are_called() -> None:
    playbook = two_teams(rule(languages=("fi",)), dev={"is_manager": True})
    found = call(playbook)
    assert found.reps == (DEV,)
    assert why(found)["ada"] == "not named: no rule fits"
    assert why(found)["dev"].startswith("no rule fits")


def test_without_managers_the_first_rep_is_called() -> None:
    assert call(two_teams(rule(languages=("fi",)))).reps == (ADA,)


# Who is on duty


def test_a_rule_in_order_calls_all_who_are_on_duty_first_choice_first() -> None:
    found = call(two_teams(ada={"away": [NOON.date()]}))
    assert found.reps == (BEN, CLEO)
    assert found.team == EU
    assert why(found) == {
        "ada": "off duty until Thu 09:00",
        "ben": "rule “all of Europe”",
        "cleo": "rule “all of Europe”",
        "dev": "not in the team Europe",
    }


def test_a_rule_whose_people_are_off_duty_gives_way_to_who_is_there() -> None:
    found = call(two_teams(), TEN_AT_NIGHT)
    assert (found.reps, found.team) == ((DEV,), US)
    assert why(found) == {
        "ada": "off duty until Thu 09:00",
        "ben": "off duty until Thu 09:00",
        "cleo": "off duty until Thu 09:00",
        "dev": "rule “America helps out”; nobody of rule “all of Europe” is free",
    }


def test_when_nobody_is_on_duty_the_first_rule_says_who_is_expected() -> None:
    found = call(two_teams(), FOUR_AT_NIGHT)
    assert (found.reps, found.team) == ((ADA, BEN, CLEO), EU)
    assert (
        why(found)["ada"] == "rule “all of Europe”; nobody is on duty: off duty until 09:00"
    )  # the same day
    assert why(found)["dev"] == "not in the team Europe"


def test_of_those_expected_who_is_back_first_comes_first() -> None:
    assert call(two_teams(ada={"away": [FOUR_AT_NIGHT.date()]}), FOUR_AT_NIGHT).reps == (
        BEN,
        CLEO,
        ADA,
    )


def test_the_place_is_named_where_it_is_not_the_companys() -> None:
    found = call(two_teams(RoutingRule(name="both", reps=(ADA, DEV))))
    assert why(found)["dev"] == "off duty until 09:00 (New York)"


def test_a_far_return_is_named_with_its_date() -> None:
    days = [NOON.date() + timedelta(days=n) for n in range(14)]
    assert why(call(two_teams(ada={"away": days})))["ada"] == "off duty until Wed 18 Mar 09:00"


def test_who_has_paused_is_passed_over_until_then() -> None:
    found = call(
        two_teams(), loads={ADA: RepLoad(paused_until=NOON + timedelta(hours=3, minutes=30))}
    )
    assert found.reps == (BEN, CLEO)
    assert why(found)["ada"] == "paused until 15:30"


def test_a_pause_that_is_over_counts_no_longer() -> None:
    assert call(two_teams(), loads={ADA: RepLoad(paused_until=NOON)}).reps == (ADA, BEN, CLEO)


def test_who_never_works_is_not_called() -> None:
    never = HoursRules(time_zone="Europe/Berlin")
    found = call(two_teams(ada={"hours": never}))
    assert found.reps == (BEN, CLEO)
    assert why(found)["ada"] == "off duty, with no hours ahead"


def test_a_team_that_never_works_is_called_rather_than_nobody() -> None:
    never = {"hours": HoursRules(time_zone="Europe/Berlin")}
    playbook = two_teams(ALL_US, dev=never)
    assert call(playbook).reps == (DEV,)


# Presence


def test_who_is_away_in_slack_is_passed_over() -> None:
    found = call(two_teams(), away=(ADA,))
    assert found.reps == (BEN, CLEO)
    assert why(found)["ada"] == "away in Slack"


def test_when_all_are_away_in_slack_whoever_is_on_duty_is_called() -> None:
    assert call(two_teams(ALL_EU), away=(ADA, BEN, CLEO)).reps == (ADA, BEN, CLEO)


# Languages


def test_of_a_team_those_are_called_who_speak_the_language() -> None:
    found = call(two_teams(ben={"languages": ["en", "fr"]}), language="fr")
    assert found.reps == (BEN,)
    assert why(found)["ada"] == "does not speak the visitor's language (fr)"


def test_a_language_that_nobody_speaks_keeps_nobody_away() -> None:
    assert call(two_teams(), language="fi").reps == (ADA, BEN, CLEO)


def test_who_is_named_is_called_in_any_language() -> None:
    playbook = two_teams(RoutingRule(name="ours", reps=(ADA, BEN)), ben={"languages": ["fr"]})
    assert call(playbook, language="fr").reps == (ADA, BEN)


# Turns


def test_a_rota_calls_who_has_least_on_hand_for_their_capacity() -> None:
    playbook = two_teams(ROTA, ada={"capacity": 2}, ben={"capacity": 10}, cleo={"capacity": 4})
    loads = {ADA: RepLoad(1), BEN: RepLoad(3), CLEO: RepLoad(2)}
    found = call(playbook, loads=loads)
    assert found.reps == (BEN,)
    assert why(found) == {
        "ada": "not their turn: 1 of 2 on hand",
        "ben": "rule “turns”; next in turn, 3 of 10 on hand",
        "cleo": "not their turn: 2 of 4 on hand",
        "dev": "not in the team Europe",
    }


def test_of_equal_loads_who_has_waited_longest_is_next() -> None:
    earlier, later = NOON - timedelta(hours=2), NOON - timedelta(hours=1)
    loads = {
        ADA: RepLoad(1, later),
        BEN: RepLoad(1, earlier),
        CLEO: RepLoad(1, later),
    }
    assert call(two_teams(ROTA), loads=loads).reps == (BEN,)


def test_who_was_never_called_is_next_and_of_several_the_first() -> None:
    assert call(two_teams(ROTA), loads={ADA: RepLoad(0, NOON)}).reps == (BEN,)


def test_a_rota_passes_over_who_is_full_and_calls_another_rule_then() -> None:
    full = {rep: RepLoad(5) for rep in (ADA, BEN, CLEO)}
    found = call(two_teams(ROTA, RoutingRule(name="help", reps=(DEV, CLEO))), loads=full)
    assert found.reps == (CLEO,)
    assert why(found)["ada"] == "full: 5 of 5"
    assert "nobody of rule “turns” is free" in why(found)["cleo"]


def test_when_all_of_a_rota_are_full_the_least_loaded_is_called() -> None:
    loads = {ADA: RepLoad(7), BEN: RepLoad(6), CLEO: RepLoad(5)}
    assert call(two_teams(ROTA), loads=loads).reps == (CLEO,)


def test_without_capacity_nobody_takes_a_turn() -> None:
    found = call(two_teams(ROTA, ada={"capacity": 0}))
    assert found.reps == (BEN,)
    assert why(found)["ada"] == "takes no turn: capacity 0"


def test_without_capacity_who_is_named_is_called() -> None:
    playbook = two_teams(RoutingRule(name="hers", reps=(ADA,)), ada={"capacity": 0})
    assert call(playbook).reps == (ADA,)


def test_where_a_team_has_nobody_to_call_the_manager_who_is_there_is_called() -> None:
    idle = {rep: {"capacity": 0} for rep in (ADA, BEN, CLEO)}
    playbook = two_teams(ALL_EU, **idle, dev={"is_manager": True})
    asleep = a_rep(RepId("eve"), is_manager=True, hours=hours("Asia/Tokyo"))
    playbook = playbook.model_copy(update={"reps": (*playbook.reps, asleep)})
    assert call(playbook, TEN_AT_NIGHT).reps == (DEV,)


def test_a_rota_calls_one_of_those_expected_at_night() -> None:
    found = call(two_teams(ROTA), FOUR_AT_NIGHT, loads={ADA: RepLoad(1)})
    assert found.reps == (BEN,)


def test_in_order_who_is_full_comes_after_those_with_room() -> None:
    found = call(two_teams(), loads={ADA: RepLoad(5)})
    assert found.reps == (BEN, CLEO, ADA)
    assert why(found)["ada"] == "rule “all of Europe”; after the others, full: 5 of 5"


def test_a_hundred_calls_in_turn_are_shared_by_capacity() -> None:
    playbook = two_teams(ROTA, ada={"capacity": 5}, ben={"capacity": 10}, cleo={"capacity": 5})
    loads: dict[RepId, RepLoad] = {}
    for minute in range(16):
        (called,) = call(playbook, NOON, loads=loads).reps
        before = loads.get(called, RepLoad())
        loads[called] = RepLoad(before.on_hand + 1, NOON + timedelta(minutes=minute))
    assert {rep: load.on_hand for rep, load in loads.items()} == {ADA: 4, BEN: 8, CLEO: 4}


# When the desk opens


def test_the_desk_is_open_while_anybody_who_may_be_called_works() -> None:
    case = a_case()
    assert opens_at(case, two_teams(), TEN_AT_NIGHT) == TEN_AT_NIGHT
    assert opens_at(case, two_teams(ALL_EU), TEN_AT_NIGHT) == TEN_AT_NIGHT + timedelta(hours=11)


def test_for_an_account_the_desk_opens_when_its_owner_comes() -> None:
    case = Case(Lead(LeadId("l"), owner=DEV), "en")
    opens = datetime(2026, 3, 4, 9, tzinfo=NEW_YORK)
    assert opens_at(case, two_teams(), NOON) == opens


def test_a_desk_where_nobody_ever_works_never_opens() -> None:
    never = {"hours": HoursRules(time_zone="Europe/Berlin")}
    assert opens_at(a_case(), two_teams(ALL_US, dev=never), NOON) is None


def test_the_demo_desk_expects_both_reps_on_a_saturday_night() -> None:
    found = route(a_case(), Roster(PLAYBOOK), SATURDAY_NIGHT)
    assert found.reps == ("mia", "jonas")
    assert [step.is_chosen for step in found.log] == [True, True, False]
