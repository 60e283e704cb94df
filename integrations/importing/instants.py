"""Times as people and spreadsheets write them; what could be two different days is asked about, never guessed."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from agent.errors import HotlineError

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
MOST_AHEAD = timedelta(minutes=5)
"""How far our clock and theirs may differ."""

EXCEL_BEGINS = datetime(1899, 12, 30)  # noqa: DTZ001  a day in no particular zone
_EXCEL_DAYS = (1.0, 80_000.0)  # to the year 2119; Unix time of our days is far above
_MOST_SECONDS = (
    2e10  # Unix time in seconds reaches it in the year 2603; in milliseconds it did so in 1970
)
_MIDDAY = 12
_NAMED = (
    *("%b %d, %Y", "%B %d, %Y", "%d %b %Y", "%d %B %Y", "%d-%b-%Y", "%d-%b-%y"),
    *("%d. %B %Y", "%b %d %Y", "%B %d %Y"),
)
_NUMBERS = re.compile(
    r"(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})"
    r"(?:,?[ T]+(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:[.,](\d{1,6}))?)?(?:\s*([AaPp])\.?[Mm]\.?)?)?"
    r"\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?"
)
_CLOCK = re.compile(
    r"(.*?\D)(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\s*([AaPp])\.?[Mm]\.?)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?"
)
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
_ISO = re.compile(r"\d{4}-\d\d-\d\d([ T]\d\d:?\d\d.*)?|\d{8}T.*")
_UTC = re.compile(r"\s*(UTC|GMT)$")
_YEAR_FIRST = re.compile(r"(\d{4})[./](\d{1,2})[./](\d{1,2})")


class DayOrder(StrEnum):
    """What comes first where a date is written in three numbers."""

    DAY_FIRST = "day-first"
    MONTH_FIRST = "month-first"


class UnreadableTimeError(HotlineError):
    """A text that is no instant, or none that can be; the text says why."""


class AmbiguousDatesError(HotlineError):
    """Nothing tells whether days or months come first."""


class UnknownZoneError(HotlineError):
    """There is no such time zone."""


@dataclass(frozen=True, slots=True)
class Times:
    """How times are read.

    `zone` is that of times that name none, `order` what comes first in `03/04/2026` (None: nothing may depend on
    it), and `now` the instant behind which nothing can lie.
    """

    zone: ZoneInfo
    order: DayOrder | None
    now: datetime

    def read(self, text: str) -> datetime:
        """Give the instant in UTC; raises UnreadableTimeError."""
        try:
            at = self._parsed(text.strip())
            known = (at if at.tzinfo else at.replace(tzinfo=self.zone)).astimezone(UTC)
        except (ValueError, OverflowError, OSError) as error:
            raise UnreadableTimeError(
                "has a time that cannot be read; write it as 2026-03-01T09:45:00Z"
            ) from error
        if known < EARLIEST:
            raise UnreadableTimeError("happened before the year 2000, as its time says")
        if known > self.now + MOST_AHEAD:
            raise UnreadableTimeError("has a time that lies in the future")
        return min(known, self.now)

    def _parsed(self, text: str) -> datetime:
        if _ISO.fullmatch(text):
            return datetime.fromisoformat(_UTC.sub("+00:00", text))
        if _NUMBER.fullmatch(text):
            return _of_number(text.replace(",", "."))
        if found := _NUMBERS.fullmatch(text):
            return self._of_numbers(found)
        return _spelled(_YEAR_FIRST.sub(r"\1-\2-\3", text))

    def _of_numbers(self, found: re.Match[str]) -> datetime:
        first, sign, second, year, hour, minute, seconds, parts, half, zone = found.groups()
        is_day_first = sign == "." or self._is_day_first(int(first), int(second))
        day, month = (first, second) if is_day_first else (second, first)
        return datetime(
            int(year) + (2000 if len(year) == 2 else 0),
            int(month),
            int(day),
            _hour(int(hour or 0), half),
            int(minute or 0),
            int(seconds or 0),
            int((parts or "").ljust(6, "0")),
            tzinfo=_offset(zone),
        )

    def _is_day_first(self, first: int, second: int) -> bool:
        if self.order is None and max(first, second) <= _MIDDAY and first != second:
            raise UnreadableTimeError(
                "has a date that may be read in two ways; say --dates day-first or month-first"
            )
        return self.order is DayOrder.DAY_FIRST if self.order else first > _MIDDAY


def zone_of(name: str) -> ZoneInfo:
    """Give the time zone of this name; raises UnknownZoneError."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UnknownZoneError(
            f"--timezone: {name!r} is no time zone; expected one such as Europe/Berlin or UTC."
        ) from error


def day_order(texts: Iterable[str]) -> DayOrder | None:
    """Tell what comes first from dates that leave no doubt; None when it does not matter.

    Raises AmbiguousDatesError when it matters and nothing tells, or some dates tell one and some the other.
    """
    found = [match for text in texts if (match := _NUMBERS.fullmatch(text.strip()))]
    numbers = [(int(match[1]), int(match[3])) for match in found if match[2] != "."]
    is_day_first = any(first > _MIDDAY for first, _ in numbers)
    is_month_first = any(second > _MIDDAY for _, second in numbers)
    if is_day_first == is_month_first:
        if any(max(both) <= _MIDDAY and both[0] != both[1] for both in numbers):
            raise AmbiguousDatesError(
                "Dates such as 03/04/2026 may be read in two ways; say --dates day-first or month-first."
            )
        return None
    return DayOrder.DAY_FIRST if is_day_first else DayOrder.MONTH_FIRST


def _of_number(text: str) -> datetime:
    """Read Unix time in seconds or milliseconds, or days as Excel counts them."""
    number = float(text)
    first, last = _EXCEL_DAYS
    if first <= number <= last:
        return EXCEL_BEGINS + timedelta(seconds=round(number * 86_400))
    return datetime.fromtimestamp(number / 1_000 if number > _MOST_SECONDS else number, UTC)


def _spelled(text: str) -> datetime:
    """Read a date with a month's English name, or with the year first; a clock time may follow."""
    clock = _CLOCK.fullmatch(text)
    day = _day((clock[1] if clock else text).strip(" ,T"))
    if clock is None:
        return day
    _, hour, minute, seconds, half, zone = clock.groups()
    return day.replace(
        hour=_hour(int(hour), half),
        minute=int(minute),
        second=int(seconds or 0),
        tzinfo=_offset(zone),
    )


def _day(text: str) -> datetime:
    for form in ("%Y-%m-%d", *_NAMED):
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007  the zone follows, where one is written
        except ValueError:
            continue
    raise ValueError


def _hour(hour: int, half: str | None) -> int:
    if half is None:
        return hour
    if not 1 <= hour <= _MIDDAY:
        raise ValueError
    return hour % _MIDDAY + (_MIDDAY if half in "Pp" else 0)


def _offset(zone: str | None) -> tzinfo | None:
    if zone is None:
        return None
    return datetime.strptime(zone, "%z").tzinfo if zone[0] in "+-" else UTC
