"""What a rep may type after `pause`: 30m, 2h, until 15:00, off."""

import re
from datetime import datetime, timedelta
from typing import Final

PAUSE: Final = "rep.pause"
USUAL: Final = timedelta(hours=1)
LONGEST: Final = timedelta(hours=24)
NOON: Final = 12
POSSIBLE: Final = "Say `pause 30m`, `pause 2h`, `pause until 15:00` or `pause off`."

_ENDING = ("off", "end", "stop", "resume")
_SPAN = re.compile(r"(?:(\d{1,3}) ?h(?:ours?|rs?)?)? ?(?:(\d{1,4}) ?(?:m(?:in(?:ute)?s?)?)?)?")
_CLOCK = re.compile(r"(?:until|till) (\d{1,2})(?:[:.]?(\d\d))? ?(am|pm)?")


def read_pause(words: str, now: datetime) -> datetime | None:
    """Give the end of a pause, by the clock of `now`'s time zone; None ends one. Raises ValueError with what is possible."""
    said = " ".join(words.lower().removeprefix("for ").split())
    if said in _ENDING:
        return None
    until = _wall_time(said, now) if said.startswith(("until", "till")) else now + _span(said)
    if until - now > LONGEST:
        raise ValueError(f"A pause lasts 24 hours at most. {POSSIBLE}")
    return until


def _span(said: str) -> timedelta:
    if not said:
        return USUAL
    found = _SPAN.fullmatch(said)
    span = timedelta(hours=int(found[1] or 0), minutes=int(found[2] or 0)) if found else None
    if not span:
        raise ValueError(f"That is no time to pause. {POSSIBLE}")
    return span


def _wall_time(said: str, now: datetime) -> datetime:
    found = _CLOCK.fullmatch(said)
    hour = _hour(int(found[1]), found[3]) if found else 24
    minute = int(found[2] or 0) if found else 0
    if hour > 23 or minute > 59:
        raise ValueError(f"That is no time of day. {POSSIBLE}")
    until = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
    if until <= now:
        raise ValueError(f"{until:%H:%M} is past already. {POSSIBLE}")
    return until


def _hour(hour: int, half: str | None) -> int:
    if half is None:
        return hour
    return hour % NOON + (NOON if half == "pm" else 0)
