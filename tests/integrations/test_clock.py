"""The clock that follows another one."""

from datetime import timedelta
from time import monotonic

from integrations.clock import FollowingClock, SystemClock
from tests.fakes.clock import MONDAY_TEN

HOUR = timedelta(hours=1)
A_LITTLE = timedelta(seconds=5)


def test_it_goes_on_from_what_the_other_said() -> None:
    clock = FollowingClock(MONDAY_TEN, monotonic() - 60)
    assert timedelta(minutes=1) <= clock.now() - MONDAY_TEN < timedelta(minutes=1) + A_LITTLE


def test_a_jump_of_the_other_is_followed_and_told() -> None:
    felt_at = monotonic()
    clock = FollowingClock(MONDAY_TEN, felt_at)
    assert clock.follow(MONDAY_TEN - HOUR, felt_at) == -HOUR
    assert clock.now() < MONDAY_TEN - HOUR + A_LITTLE


def test_what_the_way_there_costs_does_not_move_it() -> None:
    felt_at = monotonic()
    clock = FollowingClock(MONDAY_TEN, felt_at)
    off = clock.follow(MONDAY_TEN + timedelta(seconds=10.02), felt_at + 10)
    assert off == timedelta(milliseconds=20)
    assert clock.follow(MONDAY_TEN + timedelta(seconds=20), felt_at + 20) == timedelta()


def test_it_tells_how_far_this_machine_is_ahead() -> None:
    clock = FollowingClock(SystemClock().now() - HOUR, monotonic())
    assert HOUR <= clock.skew() < HOUR + A_LITTLE
