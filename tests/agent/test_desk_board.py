"""How fast reps are: the median, in business time."""

from datetime import UTC, datetime, timedelta

from agent.desk_board import Claimed, business_time, usual_wait
from agent.team_rules import NO_TEAM
from tests.scenarios.world import demo_playbook

HOURS = demo_playbook().hours.hours()
MONDAY = datetime(2026, 3, 2, tzinfo=HOURS.zone)
NINE = HOURS.next_open_at(MONDAY)


def claimed(opened_at: datetime, after: timedelta) -> Claimed:
    return Claimed(opened_at, opened_at + after, NO_TEAM)


def test_counts_only_the_time_in_which_somebody_is_there() -> None:
    assert NINE is not None
    closes = HOURS.closes_at(NINE)
    assert closes is not None
    next_morning = HOURS.next_open_at(closes)
    assert next_morning is not None
    minutes = timedelta(minutes=10)
    assert business_time(HOURS, closes - minutes, next_morning + minutes) == 2 * minutes


def test_counts_nothing_while_nobody_is_there() -> None:
    assert business_time(HOURS, MONDAY, MONDAY + timedelta(hours=1)) == timedelta()


def test_the_usual_wait_is_the_one_in_the_middle() -> None:
    assert NINE is not None
    claims = [claimed(NINE, timedelta(minutes=each)) for each in (1, 3, 50)]
    assert usual_wait(claims, NINE, demo_playbook()) == timedelta(minutes=3)


def test_leaves_out_what_was_claimed_before() -> None:
    assert NINE is not None
    claims = [claimed(NINE, timedelta(minutes=1)), claimed(NINE, timedelta(minutes=9))]
    since = NINE + timedelta(minutes=5)
    assert usual_wait(claims, since, demo_playbook()) == timedelta(minutes=9)


def test_knows_no_usual_wait_when_nothing_was_claimed() -> None:
    assert usual_wait([], datetime(2026, 3, 2, tzinfo=UTC), demo_playbook()) is None
