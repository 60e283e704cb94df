"""What a rep may type after `pause`."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.slack.pauses import LONGEST, read_pause

NOW = datetime(2026, 2, 11, 14, 32, tzinfo=ZoneInfo("Europe/Berlin"))


@pytest.mark.parametrize(
    ("words", "minutes"),
    [
        ("", 60),
        ("30m", 30),
        ("30", 30),
        ("for 45 minutes", 45),
        ("2h", 120),
        ("2 hours", 120),
        ("1h 30m", 90),
        ("1h30", 90),
        ("until 15:00", 28),
        ("until 15", 28),
        ("till 3pm", 28),
        ("UNTIL 3:30 PM", 58),
        ("until 23.59", 567),
    ],
)
def test_reads_how_long_a_pause_is(words: str, minutes: int) -> None:
    assert read_pause(words, NOW) == NOW + timedelta(minutes=minutes)


@pytest.mark.parametrize("words", ["off", "Off", "end", "stop", "resume"])
def test_reads_the_end_of_a_pause(words: str) -> None:
    assert read_pause(words, NOW) is None


@pytest.mark.parametrize(
    ("words", "because"),
    [
        ("until 14:00", "14:00 is past already"),
        ("until 25:00", "no time of day"),
        ("until 15:75", "no time of day"),
        ("until tomorrow", "no time of day"),
        ("a while", "no time to pause"),
        ("0m", "no time to pause"),
        ("-5m", "no time to pause"),
        ("25h", "24 hours at most"),
        ("9999", "24 hours at most"),
    ],
)
def test_says_what_is_possible_instead(words: str, because: str) -> None:
    with pytest.raises(ValueError, match=because) as refused:
        read_pause(words, NOW)
    assert "`pause off`" in str(refused.value)


@given(st.text(max_size=30))
def test_ends_later_than_now_whatever_is_typed(words: str) -> None:
    try:
        until = read_pause(words, NOW)
    except ValueError:
        return
    assert until is None or NOW < until <= NOW + LONGEST
