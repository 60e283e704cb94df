from dataclasses import replace
from datetime import UTC, datetime, timedelta

from icalendar import Calendar, Event

from agent.conversation import RepId
from agent.handoff import CallBack
from integrations.calendar_file import calendar_file
from tests.agent.tourvane import PLAYBOOK
from tests.builders import a_briefing, a_handoff
from tests.fakes.clock import MONDAY_TEN

AFTER_THE_CLOCKS_CHANGED = datetime(2026, 3, 30, 7, 0, tzinfo=UTC)
CALL = CallBack(AFTER_THE_CLOCKS_CHANGED, RepId("mia"), "+49 30 1234567", changed_at=MONDAY_TEN)


def written(call: CallBack = CALL) -> bytes:
    return calendar_file(a_handoff(), call, PLAYBOOK, "https://hotline.example/desk")


def event(call: CallBack = CALL) -> Event:
    (found,) = Calendar.from_ical(written(call)).walk("VEVENT")
    assert isinstance(found, Event)
    return found


def test_the_call_stands_in_the_reps_own_time_across_the_change_of_clocks() -> None:
    start = event().start
    assert isinstance(start, datetime)
    assert f"{start:%A %H:%M %z}" == "Monday 09:00 +0200"
    assert b"DTSTART;TZID=Europe/Berlin:20260330T090000" in written()


def test_the_time_zone_comes_with_it() -> None:
    assert b"BEGIN:VTIMEZONE" in written()


def test_it_says_whom_to_call_and_tells_no_number() -> None:
    assert "Ada Holm" in str(event()["SUMMARY"])
    assert b"1234567" not in written().replace(b"\r\n ", b"")


def test_a_changed_call_replaces_the_first_in_a_calendar() -> None:
    later = replace(CALL, changed_at=MONDAY_TEN + timedelta(minutes=3))
    assert event(later)["UID"] == event()["UID"]
    assert event(later).sequence > event().sequence


def test_a_hostile_name_stays_one_line_of_the_file() -> None:
    briefing = a_briefing(who="Eve\r\nEND:VEVENT\r\nBEGIN:VALARM")
    file = calendar_file(a_handoff(briefing=briefing), CALL, PLAYBOOK, "")
    assert len(list(Calendar.from_ical(file).walk("VEVENT"))) == 1
    assert b"\r\nBEGIN:VALARM" not in file
