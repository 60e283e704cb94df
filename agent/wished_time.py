"""The time for a call that somebody wishes, "Monday at 10", where their words are certain; nothing is guessed."""

import re
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from agent.values import date_in
from prompts.phrases import languages, phrases

EARLIEST_CERTAIN = 7
NOON = 12
ENDS = r"(?=\s*(?:$|[.,;!?)]|(?:on|tomorrow|today|please|next|this|sharp|bitte|morgen|heute|am|zurück\w*|an|anruf\w*|por favor|mañana|hoy|demain|svp|s['’]il|amanhã|hoje|alstublieft|terug)\b))"
TIME = re.compile(
    r"(?:\b(?P<at>at|um|gegen|a las?|à|às|as|om|vers|around)\s+)?"
    r"(?<![\d.,:/+-])(?P<hour>[01]?\d|2[0-3])(?:\s?[:h.]\s?(?P<minute>[0-5]\d))?(?![\d/])"
    rf"\s?(?:(?P<half>[ap])\.?\s?m\b\.?|(?P<unit>uhr|h\b|heures?|horas?|uur|o['’]?clock)|(?P<end>{ENDS}))?",
    re.IGNORECASE,
)
MORNING = re.compile(
    r"\b(?:in the )?(?:morning|vormittags?|früh|matin(?:ée)?|(?:por|de|pela|da) (?:la )?(?:mañana|manhã)|ochtends?|voormiddag)\b",
    re.IGNORECASE,
)
AFTERNOON = re.compile(
    r"\b(?:in the )?(?:afternoon|nachmittags?|(?:por|de|à|da) (?:la )?tarde|après[- ]midi|namiddag|middags?)\b",
    re.IGNORECASE,
)
DAY = re.compile(r"\d{4}-\d\d-\d\d")
PARTS_OF_DAY = ((AFTERNOON, time(14)), (MORNING, time(9)))
TODAY = re.compile(
    r"\b(?:today|tonight|heute|hoy|aujourd['’]hui|hoje|vandaag|vanmiddag)\b", re.IGNORECASE
)
TOMORROW = re.compile(r"\b(?:tomorrow|morgen|mañana|demain|amanhã|manana|amanha)\b", re.IGNORECASE)
OPEN_ENDED = re.compile(
    r"\b(?:or|oder|ou|of|not|n['’]t|nicht|kein\w*|no|pas|não|niet|after|nach|before|vor|bis|until|from|ab|next week|nächste woche|weeks?|wochen?|hours?|stunden?)\b",
    re.IGNORECASE,
)


def wished_time(text: str, now: datetime, zone: ZoneInfo) -> datetime | None:
    """Give the one instant that words name, seen from `now` in this zone; None where it is not certain."""
    rest, of_day = _time_of_day(text)
    if of_day is None or OPEN_ENDED.search(rest):
        return None
    days = _days(rest, now.astimezone(zone))
    if len(days) > 1:
        return None
    today = now.astimezone(zone).date()
    candidates = days or {today, today + timedelta(days=1)}
    instants = sorted(datetime.combine(day, of_day, zone).astimezone(UTC) for day in candidates)
    return next((at for at in instants if at > now), None)


def _time_of_day(text: str) -> tuple[str, time | None]:
    """Find the one time of day in a text, and give the text without it."""
    found = [m for m in TIME.finditer(text) if _is_time(m)]
    if len(found) == 1:
        return _without(text, found[0]), _certain(found[0])
    for pattern, of_day in PARTS_OF_DAY if not found else ():
        if len(matches := list(pattern.finditer(text))) == 1:
            return _without(text, matches[0]), of_day
    return text, None


def _is_time(found: re.Match[str]) -> bool:
    is_marked = bool(found["half"] or found["unit"]) or (bool(found["minute"]) and ":" in found[0])
    return is_marked or (bool(found["at"]) and found["end"] is not None)


def _certain(found: re.Match[str]) -> time | None:
    """Give the time; none for "at 3", which could be in the night."""
    hour, minute = int(found["hour"]), int(found["minute"] or 0)
    if half := (found["half"] or "").lower():
        is_possible = 1 <= hour <= NOON
        return time(hour % NOON + (NOON if half == "p" else 0), minute) if is_possible else None
    return time(hour, minute) if hour >= EARLIEST_CERTAIN else None


def _days(text: str, local: datetime) -> set[date]:
    """Find the days that a text names: today, tomorrow, a weekday to come, or a date."""
    today = local.date()
    days = {today} if TODAY.search(text) else set[date]()
    if TOMORROW.search(text):
        days.add(today + timedelta(days=1))
    for pattern, weekday in _weekdays():
        if pattern.search(text):
            days.add(today + timedelta(days=(weekday - today.weekday()) % 7 or 7))
    if not days and re.search(r"\d", text) and (said := date_in(text, local.replace(tzinfo=UTC))):
        days = {date.fromisoformat(said)} if DAY.fullmatch(said) else days
    return days


@cache
def _weekdays() -> tuple[tuple[re.Pattern[str], int], ...]:
    names = [
        (name, weekday)
        for code in languages()
        for weekday, name in enumerate(phrases(code).fill("weekdays").split(", "))
    ]
    return tuple(
        (re.compile(rf"\b{re.escape(name)}s?\b", re.IGNORECASE), weekday) for name, weekday in names
    )


def _without(text: str, found: re.Match[str]) -> str:
    return f"{text[: found.start()]} {text[found.end() :]}"
