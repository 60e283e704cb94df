"""Whatever the rules, the hour and the loads: somebody is called, and the log says of everybody why or why not."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from agent.conversation import RepId
from agent.duty import RepLoad, Roster
from agent.hours_rules import WEEKDAYS, HoursRules
from agent.lead import Company, Lead, LeadId
from agent.playbook import Playbook
from agent.routing import Case, route
from agent.team_rules import Choosing, RepRules, RoutingRule, TeamId, TeamRules
from tests.agent.tourvane import PLAYBOOK

REPS = tuple(map(RepId, "abcde"))
TEAMS = (TeamId("one"), TeamId("two"))
SOME = st.lists(st.sampled_from(REPS), min_size=1, max_size=4, unique=True).map(tuple)
INSTANTS = st.datetimes(datetime(2026, 3, 1), datetime(2026, 11, 30), timezones=st.just(UTC))  # noqa: DTZ001
WORK = st.sampled_from(["", "00:00-24:00", "09:00-17:00", "22:00-24:00"])
ZONES = st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Kolkata"])
CASES = st.builds(
    lambda language, country, owner: Case(
        Lead(LeadId("l"), owner=owner, company=Company(country=country)), language
    ),
    st.sampled_from(["en", "fr"]),
    st.sampled_from(["", "DE"]),
    st.sampled_from(["", "", "", "a", "gone"]),
)


@st.composite
def some_hours(draw: st.DrawFn) -> HoursRules:
    work = draw(WORK)
    days: dict[str, Any] = dict.fromkeys(WEEKDAYS, (work,) if work else ())
    return HoursRules(time_zone=draw(ZONES), **days)


@st.composite
def some_rep(draw: st.DrawFn, rep_id: RepId) -> RepRules:
    return RepRules(
        id=rep_id,
        name=rep_id,
        hours=draw(some_hours()),
        capacity=draw(st.integers(0, 3)),
        languages=draw(st.sampled_from([("en",), ("en", "fr")])),
        is_manager=draw(st.booleans()),
    )


@st.composite
def some_rule(draw: st.DrawFn, number: int) -> RoutingRule:
    names_team = draw(st.booleans())
    return RoutingRule(
        name=f"rule {number}",
        countries=draw(st.sampled_from([(), ("DE",)])),
        reps=() if names_team else draw(SOME),
        team=draw(st.sampled_from(TEAMS)) if names_team else TeamId(""),
        choose=draw(st.sampled_from(list(Choosing))),
    )


@st.composite
def playbooks(draw: st.DrawFn) -> Playbook:
    reps = tuple(draw(some_rep(rep)) for rep in REPS)
    teams = tuple(TeamRules(id=team, name=team, reps=draw(SOME)) for team in TEAMS)
    rules = tuple(draw(some_rule(number)) for number in range(draw(st.integers(1, 4))))
    return PLAYBOOK.model_copy(update={"reps": reps, "teams": teams, "routing": rules})


@st.composite
def rosters(draw: st.DrawFn, now: datetime) -> Roster:
    pause = st.none() | st.timedeltas(timedelta(hours=-1), timedelta(hours=9)).map(now.__add__)
    loads = {rep: RepLoad(draw(st.integers(0, 4)), None, draw(pause)) for rep in REPS}
    return Roster(draw(playbooks()), loads, draw(st.frozensets(st.sampled_from(REPS))))


@settings(max_examples=150, deadline=None)
@given(st.data(), CASES, INSTANTS)
def test_somebody_is_called_and_everybody_is_accounted_for(
    data: st.DataObject, case: Case, now: datetime
) -> None:
    roster = data.draw(rosters(now))
    found = route(case, roster, now)
    assert found.reps
    assert [step.rep_id for step in found.log] == [rep.id for rep in roster.playbook.reps]
    assert {step.rep_id for step in found.log if step.is_chosen} == set(found.reps)
    assert all(step.because for step in found.log)


@settings(max_examples=150, deadline=None)
@given(st.data(), CASES, INSTANTS)
def test_nobody_is_called_off_duty_while_the_rule_has_somebody_on_duty(
    data: st.DataObject, case: Case, now: datetime
) -> None:
    roster = data.draw(rosters(now))
    found = route(case, roster, now)
    called = [rep for rep_id in found.reps if (rep := roster.playbook.rep(rep_id))]
    if case.lead.owner != "a" and any(roster.is_on_duty(rep, now) for rep in called):
        assert all(roster.is_on_duty(rep, now) for rep in called)


@settings(max_examples=150, deadline=None)
@given(st.data(), CASES, INSTANTS)
def test_nobody_asleep_is_called_while_a_rule_that_fits_has_somebody_awake(
    data: st.DataObject, case: Case, now: datetime
) -> None:
    roster = data.draw(rosters(now))
    playbook = roster.playbook
    awake = {rep.id for rep in playbook.reps if rep.capacity and roster.is_on_duty(rep, now)}
    fitting = [r for r in playbook.routing if not r.countries or case.lead.company.country == "DE"]
    named = {rep for r in fitting for rep in (*r.reps, *_members(playbook, r.team))}
    if case.lead.owner != "a" and named & awake:
        called = map(playbook.rep, route(case, roster, now).reps)
        assert all(rep and roster.is_on_duty(rep, now) for rep in called)


def _members(playbook: Playbook, team_id: TeamId) -> tuple[RepId, ...]:
    team = playbook.team(team_id)
    return team.reps if team else ()
