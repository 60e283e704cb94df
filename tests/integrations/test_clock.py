"""The clock that follows another one."""

from datetime import timedelta
from time import monotonic

from integrations.app.replica import serving, skew_told
from integrations.clock import FollowingClock, SystemClock
from integrations.metrics import Metrics
from knowledge.database import Database
from tests.fakes.clock import MONDAY_TEN, FixedClock

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


async def test_processes_that_share_a_database_go_by_its_clock(postgres_address: str) -> None:
    database = await Database.open(postgres_address)
    async with serving(database, postgres_address) as clock:
        assert isinstance(clock, FollowingClock)
        assert abs(clock.skew()) < A_LITTLE
    await database.close()


async def test_the_doctor_tells_of_a_clock_that_is_wrong(postgres_address: str) -> None:
    told = await skew_told(postgres_address, FixedClock(SystemClock().now() - 2 * HOUR))
    assert "7200 s behind the database's" in told
    assert await skew_told(postgres_address, SystemClock()) == ""


def test_the_metrics_tell_how_far_the_clock_is_ahead() -> None:
    metrics = Metrics()
    metrics.watch_clock(lambda: 120.0)
    assert "hotline_clock_skew_seconds 120.0" in metrics.render()[0].decode()
