from datetime import date, time

import pytest
from pydantic import ValidationError

from agent.business_hours import Interval
from agent.conversation import RepId
from agent.engagement import Discretion
from agent.hours_rules import parse_interval
from agent.playbook import Playbook
from tests.agent.tourvane import PLAYBOOK


def test_finds_a_rep_by_id_and_by_slack_user() -> None:
    mia = PLAYBOOK.reps[0].model_copy(update={"slack_user_id": "U0MIA"})
    playbook = PLAYBOOK.model_copy(update={"reps": (mia, *PLAYBOOK.reps[1:])})
    assert playbook.rep(RepId("mia")) == playbook.rep_in_slack("U0MIA") == mia
    assert (
        playbook.rep(RepId("nobody")) is playbook.rep(None) is playbook.rep_in_slack("U9") is None
    )


@pytest.mark.parametrize(
    ("name", "discretion"),
    [
        ("Content Downloaded", Discretion.SAY),
        ("Pricing Viewed", Discretion.STEER),
        ("Job Changed", Discretion.BRIEF),
        ("Never Heard Of", Discretion.BRIEF),
    ],
)
def test_an_unknown_act_is_for_the_rep_only(name: str, discretion: Discretion) -> None:
    assert PLAYBOOK.personalisation.discretion(name) is discretion


@pytest.mark.parametrize(
    "text",
    [
        "9-17",
        "09:00",
        "25:00-26:00",
        "17:00-09:00",
        "09:00-09:00",
        "22:00-00:00",
        "22:00-24:30",
        "24:00-06:00",
    ],
)
def test_an_interval_that_makes_no_sense_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"is no interval|ends before it begins|its end as 24:00"):
        parse_interval(text)


def test_an_interval_may_go_on_to_midnight() -> None:
    assert parse_interval("22:00-24:00") == Interval(time(22), time(0))


def test_holidays_are_those_of_the_state_where_one_is_named() -> None:
    corpus_christi = date(2026, 6, 4)
    hours = [PLAYBOOK.hours.model_copy(update={"holidays_of": code}) for code in ("DE", "DE-BY")]
    assert [corpus_christi in each.hours().days_off for each in hours] == [False, True]


@pytest.mark.parametrize(
    ("path", "value", "says"),
    [
        (("scoring", "temperature", "hot_from"), 31, "must be below hot_from"),
        (("sla", "claim_minutes"), 11, "nudge_minutes < claim_minutes < escalate_minutes"),
        (("hours", "holidays_of"), "XX", "no country with known holidays"),
        (("hours", "time_zone"), "Berlin", "no IANA time zone"),
        (("pages",), {"Page Viewed": ["("]}, "no regular expression"),
        (("routing", 0, "reps"), ["ghost"], "not among reps"),
        (("reps", 1, "id"), "mia", "two reps have the same id"),
    ],
)
def test_rules_that_contradict_each_other_are_refused(
    path: tuple[str | int, ...], value: object, says: str
) -> None:
    content = PLAYBOOK.model_dump(mode="json")
    section = content
    for key in path[:-1]:
        section = section[key]  # type: ignore[index]
    section[path[-1]] = value  # type: ignore[index]
    with pytest.raises(ValidationError, match=says):
        Playbook.model_validate(content)


def test_a_playbook_without_holidays_has_none() -> None:
    hours = PLAYBOOK.hours.model_copy(update={"holidays_of": "", "days_off": ()})
    assert hours.hours().days_off == frozenset()
