"""Times as people and spreadsheets write them."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.importing.instants import (
    AmbiguousDatesError,
    DayOrder,
    Times,
    UnknownZoneError,
    UnreadableTimeError,
    day_order,
    zone_of,
)

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
QUARTER_TO_TEN = datetime(2026, 3, 1, 9, 45, tzinfo=UTC)
BERLIN = Times(zone_of("Europe/Berlin"), None, NOW)
UTC_TIMES = Times(zone_of("UTC"), None, NOW)


@pytest.mark.parametrize(
    "written",
    [
        "2026-03-01T09:45:00Z",
        "2026-03-01T09:45:00.000Z",
        "20260301T094500Z",
        "2026-03-01 09:45:00 UTC",
        "2026-03-01 09:45:00+00",
        "2026-03-01T10:45:00+01:00",
        "2026-03-01 9:45",
        "2026-03-01 9:45 AM",
        "2026/3/1 9:45",
        "1.3.2026 9:45",
        "01.03.2026, 09:45:00",
        "Mar 1, 2026 9:45 AM",
        "March 1, 2026 09:45",
        "1 Mar 2026 09:45:00 +0000",
        "1-Mar-26 09:45",
        "1772358300",
        "1772358300000",
        "1772358300.0",
        "46082.40625",
        "46082,40625",
        "  2026-03-01T09:45:00Z ",
    ],
)
def test_reads_many_ways_to_write_an_instant(written: str) -> None:
    assert UTC_TIMES.read(written) == QUARTER_TO_TEN


@pytest.mark.parametrize(
    ("written", "utc"),
    [
        ("2026-03-01 10:45", QUARTER_TO_TEN),
        ("01.07.2026 11:45", datetime(2026, 7, 1, 9, 45, tzinfo=UTC)),
        ("46082.447916667", QUARTER_TO_TEN),
        ("2026-03-01 09:45Z", QUARTER_TO_TEN),
        ("2026-03-01", datetime(2026, 2, 28, 23, tzinfo=UTC)),
    ],
)
def test_a_time_without_a_zone_is_of_the_zone_that_is_said(written: str, utc: datetime) -> None:
    assert BERLIN.read(written) == utc


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("", "cannot be read"),
        ("soon", "cannot be read"),
        ("2026-13-01", "cannot be read"),
        ("31.02.2026", "cannot be read"),
        ("13:45 PM", "cannot be read"),
        ("2026-03-01 13:45 PM", "cannot be read"),
        ("99999999999999999999", "cannot be read"),
        ("9999-12-31T23:59:59-12:00", "cannot be read"),
        ("1970-01-01T00:00:00Z", "before the year 2000"),
        ("0", "before the year 2000"),
        ("86400", "before the year 2000"),
        ("1999-12-31", "before the year 2000"),
        ("2027-01-01", "in the future"),
        ("2026-11-22T12:06:00Z", "in the future"),
    ],
)  # fmt: skip
def test_what_cannot_be_says_why(written: str, says: str) -> None:
    with pytest.raises(UnreadableTimeError, match=says):
        UTC_TIMES.read(written)


def test_a_clock_that_is_a_little_ahead_is_forgiven() -> None:
    assert UTC_TIMES.read("2026-11-22T12:04:00Z") == NOW


def test_the_file_tells_whether_days_come_first() -> None:
    assert day_order(["03/04/2026", "13/04/2026 09:00"]) is DayOrder.DAY_FIRST
    assert day_order(["03/04/2026", "04/13/2026"]) is DayOrder.MONTH_FIRST
    assert day_order(["03.04.2026", "2026-03-04", "", "rubbish", "05/05/2026"]) is None


@pytest.mark.parametrize("dates", [["03/04/2026"], ["03/04/2026", "13/04/2026", "04/13/2026"]])
def test_dates_that_may_be_two_days_are_never_guessed(dates: list[str]) -> None:
    with pytest.raises(AmbiguousDatesError, match="--dates day-first or month-first"):
        day_order(dates)
    with pytest.raises(UnreadableTimeError, match="two ways"):
        UTC_TIMES.read("03/04/2026")


def test_the_order_that_is_said_is_kept() -> None:
    third_of_april = datetime(2026, 4, 3, tzinfo=UTC)
    assert Times(UTC_TIMES.zone, DayOrder.DAY_FIRST, NOW).read("03/04/2026") == third_of_april
    assert Times(UTC_TIMES.zone, DayOrder.MONTH_FIRST, NOW).read("04/03/26") == third_of_april


@pytest.mark.parametrize("name", ["Mars/Base", "", "../../etc/passwd", "\0"])
def test_a_zone_that_is_none_is_told(name: str) -> None:
    with pytest.raises(UnknownZoneError, match="no time zone"):
        zone_of(name)


@given(st.text(max_size=40))
def test_any_text_is_an_instant_of_the_past_or_refused(text: str) -> None:
    try:
        at = UTC_TIMES.read(text)
    except UnreadableTimeError:
        return
    assert datetime(2000, 1, 1, tzinfo=UTC) <= at <= NOW


@given(st.datetimes(datetime(2000, 1, 2), datetime(2026, 11, 21)))  # noqa: DTZ001  of the zone that is said
def test_excel_days_and_iso_agree(local: datetime) -> None:
    second = local.replace(microsecond=0)
    days = (second - datetime(1899, 12, 30)) / timedelta(days=1)  # noqa: DTZ001  a day in no particular zone
    assert UTC_TIMES.read(f"{days:.9f}") == UTC_TIMES.read(second.isoformat())
