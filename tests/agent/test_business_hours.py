from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.business_hours import BusinessHours, Interval
from tests.agent.tourvane import PLAYBOOK

BERLIN = ZoneInfo("Europe/Berlin")
NINE_TO_FIVE = (Interval(time(9), time(17)),)
WITH_LUNCH = (Interval(time(13), time(17)), Interval(time(9), time(12)))
OFFICE = BusinessHours(BERLIN, dict.fromkeys(range(5), NINE_TO_FIVE))
LUNCH = BusinessHours(BERLIN, dict.fromkeys(range(5), WITH_LUNCH))
NEVER = BusinessHours(BERLIN, {})
ALL_DAY = BusinessHours(BERLIN, dict.fromkeys(range(7), (Interval(time(0), time(0)),)))


def berlin(day: int, hour: int, minute: int = 0, *, month: int = 3) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (berlin(2, 8, 59), False),
        (berlin(2, 9), True),
        (berlin(2, 12, 30), True),
        (berlin(2, 17), False),
        (berlin(7, 12), False),
    ],
)
def test_is_open_from_opening_until_just_before_closing(at: datetime, expected: bool) -> None:  # noqa: FBT001
    assert OFFICE.is_open(at) is expected


def test_is_closed_over_lunch() -> None:
    assert [LUNCH.is_open(berlin(2, hour)) for hour in (11, 12, 13)] == [True, False, True]


def test_opens_again_after_lunch_although_the_intervals_are_not_in_order() -> None:
    assert LUNCH.next_open_at(berlin(2, 12, 15)) == berlin(2, 13)


def test_counts_business_time_across_lunch() -> None:
    assert LUNCH.add(berlin(2, 11, 30), timedelta(hours=1)) == berlin(2, 13, 30)


def test_an_hour_from_friday_half_past_four_is_monday_half_past_nine() -> None:
    assert OFFICE.add(berlin(6, 16, 30), timedelta(hours=1)) == berlin(9, 9, 30)


def test_counts_from_the_next_opening_when_closed() -> None:
    assert OFFICE.add(berlin(7, 23), timedelta(minutes=5)) == berlin(9, 9, 5)


def test_opens_at_the_same_wall_time_after_clocks_go_forward() -> None:
    opens = OFFICE.next_open_at(berlin(28, 12))
    assert opens == datetime(2026, 3, 30, 7, tzinfo=UTC)


def test_opens_at_the_same_wall_time_after_clocks_go_back() -> None:
    opens = OFFICE.next_open_at(berlin(24, 12, month=10))
    assert opens == datetime(2026, 10, 26, 8, tzinfo=UTC)


def test_a_day_of_23_hours_gives_an_hour_less() -> None:
    at = ALL_DAY.add(berlin(29, 0), timedelta(hours=3))
    assert at == berlin(29, 4)


def test_a_day_of_25_hours_gives_an_hour_more() -> None:
    at = ALL_DAY.add(berlin(25, 0, month=10), timedelta(hours=4))
    assert at == berlin(25, 3, month=10)


def test_stays_closed_on_a_day_off() -> None:
    hours = BusinessHours(BERLIN, OFFICE.week, frozenset({date(2026, 3, 2)}))
    assert hours.next_open_at(berlin(2, 10)) == berlin(3, 9)


def test_the_demo_desk_keeps_the_holidays_of_berlin() -> None:
    hours = PLAYBOOK.hours.hours()
    assert not hours.is_open(berlin(25, 10, month=12))
    assert not hours.is_open(berlin(24, 10, month=12))
    assert not hours.is_open(datetime(2027, 3, 8, 10, tzinfo=BERLIN)), "Women's Day, Berlin only"


def test_now_is_the_next_opening_when_open() -> None:
    assert OFFICE.next_open_at(berlin(2, 10, 7)) == berlin(2, 10, 7)


def test_closes_at_the_end_of_the_interval() -> None:
    assert LUNCH.closes_at(berlin(2, 10)) == berlin(2, 12)
    assert LUNCH.closes_at(berlin(2, 12)) is None


def test_a_desk_that_never_opens_gives_no_times() -> None:
    at = berlin(2, 10)
    assert not NEVER.is_open(at)
    assert (
        NEVER.next_open_at(at) is NEVER.closes_at(at) is NEVER.add(at, timedelta(hours=1)) is None
    )


NIGHT = BusinessHours(
    BERLIN, dict.fromkeys(range(7), (Interval(time(0), time(6)), Interval(time(22), time(0))))
)
ALWAYS = BusinessHours(BERLIN, dict.fromkeys(range(7), (Interval(time(0), time(0)),)))


def test_an_interval_to_midnight_ends_the_day() -> None:
    assert [NIGHT.is_open(berlin(2, hour)) for hour in (5, 6, 21, 22, 23)] == [
        True,
        False,
        False,
        True,
        True,
    ]
    assert NIGHT.is_open(berlin(2, 23, 59))
    assert NIGHT.is_open(berlin(3, 0))


def test_a_night_closes_in_the_morning() -> None:
    assert NIGHT.closes_at(berlin(2, 23)) == berlin(3, 6)
    assert NIGHT.add(berlin(2, 23), timedelta(hours=8)) == berlin(3, 23)


def test_a_desk_that_is_always_open_never_closes() -> None:
    assert ALWAYS.is_open(berlin(29, 2, 30))
    assert ALWAYS.closes_at(berlin(2, 10)) is None
    at = berlin(2, 10).astimezone(UTC)
    assert ALWAYS.add(at, timedelta(days=30)) == at + timedelta(days=30)


@pytest.mark.parametrize(("day", "month", "hours_of_day"), [(29, 3, 23), (25, 10, 25), (2, 3, 24)])
def test_a_day_has_the_hours_that_its_clocks_show(day: int, month: int, hours_of_day: int) -> None:
    one_day = BusinessHours(BERLIN, ALWAYS.week).without(
        date(2026, month, day + n) for n in (-1, 1)
    )
    at = one_day.add(berlin(day - 1, 12, month=month), timedelta(hours=hours_of_day))
    assert at == berlin(day + 1, 0, month=month)
    over = one_day.add(berlin(day - 1, 12, month=month), timedelta(hours=hours_of_day, minutes=1))
    assert over == berlin(day + 2, 0, 1, month=month)


def test_an_interval_in_the_hour_that_a_spring_day_lacks_gives_no_time() -> None:
    lost = BusinessHours(BERLIN, {6: (Interval(time(2, 30), time(3, 15)),)})
    assert not any(lost.is_open(berlin(29, hour, 35)) for hour in (1, 3))
    assert lost.next_open_at(berlin(28, 12)) == berlin(5, 2, 30, month=4)


def test_business_time_spans_a_holiday_and_a_week_end() -> None:
    easter = OFFICE.without([date(2026, 4, 3), date(2026, 4, 6)])
    thursday = berlin(2, 16, 30, month=4)
    assert easter.add(thursday, timedelta(hours=1)) == berlin(7, 9, 30, month=4)


def test_two_zones_follow_the_sun() -> None:
    west = BusinessHours(ZoneInfo("America/Los_Angeles"), OFFICE.week)
    at = berlin(4, 22)
    assert not OFFICE.is_open(at)
    assert west.is_open(at)
    assert west.closes_at(at) == berlin(5, 2)


def test_an_interval_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ValueError, match="17:00-09:00 ends before it begins"):
        Interval(time(17), time(9))


@pytest.mark.parametrize(("opens", "closes"), [(time(9), time(0)), (time(0), time(0))])
def test_nothing_follows_midnight_on_the_same_day(opens: time, closes: time) -> None:
    with pytest.raises(ValueError, match="overlap"):
        BusinessHours(BERLIN, {0: (Interval(opens, closes), Interval(time(11), time(17)))})


def test_overlapping_intervals_are_refused() -> None:
    with pytest.raises(ValueError, match="overlap"):
        BusinessHours(BERLIN, {0: (Interval(time(9), time(12)), Interval(time(11), time(17)))})


QUARTERS = st.lists(st.integers(24, 95), min_size=2, max_size=6, unique=True).map(sorted)
ZONES = st.sampled_from(
    ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"]
)
INSTANTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
SPANS = st.timedeltas(timedelta(), timedelta(hours=5))


@st.composite
def desks(draw: st.DrawFn) -> BusinessHours:
    """A week with up to three intervals a day, outside the hours at which clocks change."""
    week = {}
    for day in draw(st.sets(st.integers(0, 6), min_size=1)):
        marks = [time(q // 4, 15 * (q % 4)) for q in draw(QUARTERS)]
        pairs = zip(marks[::2], marks[1::2], strict=False)
        week[day] = tuple(Interval(opens, closes) for opens, closes in pairs)
    return BusinessHours(ZoneInfo(draw(ZONES)), week)


@settings(max_examples=40, deadline=None)
@given(desks(), INSTANTS, SPANS)
def test_business_time_ends_within_open_time_or_at_its_end(
    desk: BusinessHours, at: datetime, span: timedelta
) -> None:
    due = desk.add(at, span)
    assert due is not None
    assert due >= at
    assert desk.is_open(due) or desk.is_open(due - timedelta(microseconds=1))


@settings(max_examples=40, deadline=None)
@given(desks(), INSTANTS, SPANS, SPANS)
def test_more_business_time_never_ends_earlier(
    desk: BusinessHours, at: datetime, one: timedelta, other: timedelta
) -> None:
    first, last = (desk.add(at, span) for span in sorted((one, other)))
    assert first is not None
    assert last is not None
    assert first <= last


@settings(max_examples=40, deadline=None)
@given(desks(), INSTANTS, SPANS, SPANS)
def test_business_time_adds_up_in_two_steps(
    desk: BusinessHours, at: datetime, one: timedelta, other: timedelta
) -> None:
    halfway = desk.add(at, one)
    assert halfway is not None
    if other:
        assert desk.add(halfway, other) == desk.add(at, one + other)


@settings(max_examples=40, deadline=None)
@given(desks(), INSTANTS)
def test_the_next_opening_is_open(desk: BusinessHours, at: datetime) -> None:
    opens = desk.next_open_at(at)
    assert opens is not None
    assert opens >= at
    assert desk.is_open(opens)
