"""When the desk is staffed, as the playbook states it: intervals by weekday, a time zone, holidays."""

import re
from datetime import date, time
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator

from agent.business_hours import BusinessHours, Interval
from agent.rules import Rules

HOLIDAY_YEARS = range(2025, 2036)
WALL_TIME = r"([01]?\d|2[0-3]):([0-5]\d)"
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class HoursRules(Rules):
    """When reps are at their desks: `09:00-17:00`, several intervals a day allowed, `24:00` ends a day."""

    time_zone: str
    monday: tuple[str, ...] = ()
    tuesday: tuple[str, ...] = ()
    wednesday: tuple[str, ...] = ()
    thursday: tuple[str, ...] = ()
    friday: tuple[str, ...] = ()
    saturday: tuple[str, ...] = ()
    sunday: tuple[str, ...] = ()
    holidays_of: str = Field(
        default="", description="a country code, or country-subdivision as DE-BE"
    )
    days_off: tuple[date, ...] = ()

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"{name!r} is no IANA time zone, e.g. Europe/Berlin") from error
        return name

    @field_validator(*WEEKDAYS)
    @classmethod
    def _readable(cls, intervals: tuple[str, ...]) -> tuple[str, ...]:
        for interval in intervals:
            parse_interval(interval)
        return intervals

    @field_validator("holidays_of")
    @classmethod
    def _known_country(cls, code: str) -> str:
        if code:
            _holidays(code)
        return code

    def hours(self) -> BusinessHours:
        """Give the hours as a value that can be asked."""
        return _hours(self)


def parse_interval(text: str) -> Interval:
    """Read `09:00-17:00`, up to `24:00`; raises ValueError saying what is expected."""
    match = re.fullmatch(rf"{WALL_TIME}\s*-\s*(?:{WALL_TIME}|24:00)", text)
    if not match:
        raise ValueError(f"{text!r} is no interval; write it as 09:00-17:00")
    if match[3] and int(match[3]) == int(match[4]) == 0:
        raise ValueError(f"{text!r} ends where the day begins; write its end as 24:00")
    from_hour, from_minute, to_hour, to_minute = (int(number or 0) for number in match.groups())
    return Interval(time(from_hour, from_minute), time(to_hour, to_minute))


@cache
def _hours(rules: HoursRules) -> BusinessHours:
    week = {
        day: tuple(map(parse_interval, getattr(rules, name))) for day, name in enumerate(WEEKDAYS)
    }
    return BusinessHours(
        zone=ZoneInfo(rules.time_zone),
        week=week,
        days_off=_holidays(rules.holidays_of) | frozenset(rules.days_off),
    )


@cache
def _holidays(code: str) -> frozenset[date]:
    if not code:
        return frozenset()
    country, _, subdivision = code.partition("-")
    try:
        import holidays  # takes 10 MB, and only rules with a country need it

        days = holidays.country_holidays(country, subdiv=subdivision or None, years=HOLIDAY_YEARS)
    except NotImplementedError as error:
        raise ValueError(f"{code!r} is no country with known holidays, e.g. DE or DE-BE") from error
    return frozenset(days)
