"""What the widget leads people to expect: only what hours, pauses and the SLA keep."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from agent.conversation import RepId
from agent.duty import RepLoad, Roster
from agent.expectation import Expectation, expect, told
from agent.lead import Lead, LeadId
from agent.routing import Case
from knowledge.playbook import demo_playbook_path, load_playbook
from prompts.phrases import languages, widget_words

DEMO = load_playbook(demo_playbook_path())
BERLIN = ZoneInfo("Europe/Berlin")
MONDAY_TEN = datetime(2026, 11, 23, 10, tzinfo=BERLIN)
CASE = Case(Lead(LeadId("l-1")), "en")
ROSTER = Roster(DEMO)
ENGLISH = widget_words("en")


def said(now: datetime, roster: Roster = ROSTER, language: str = "en") -> str:
    case = replace(CASE, language=language)
    return told(expect(case, roster, now), roster, widget_words(language))


def everybody(load: RepLoad) -> dict[RepId, RepLoad]:
    return {rep.id: load for rep in DEMO.reps}


def test_an_open_desk_comes_within_the_time_to_a_claim() -> None:
    assert said(MONDAY_TEN) == ENGLISH.fill("expect_open", span="5 minutes")


def test_a_closed_desk_says_when_and_where_it_opens() -> None:
    saturday = MONDAY_TEN - timedelta(days=2)
    assert "on Monday at 09:00 (Berlin time)" in said(saturday)


def test_nobody_is_promised_within_minutes_of_closing_time() -> None:
    assert said(MONDAY_TEN.replace(hour=16, minute=57)) == ENGLISH.fill("expect_later")


def test_nobody_is_promised_while_all_are_away_from_the_screen() -> None:
    away = frozenset(rep.id for rep in DEMO.reps)
    assert said(MONDAY_TEN, Roster(DEMO, away=away)) == ENGLISH.fill("expect_later")


def test_nobody_is_shown_or_promised_while_all_pause() -> None:
    paused = everybody(RepLoad(paused_until=MONDAY_TEN + timedelta(hours=1)))
    roster = Roster(DEMO, paused)
    expectation = expect(CASE, roster, MONDAY_TEN)
    assert (expectation.reps, expectation.within) == ((), None)


def test_a_desk_that_never_opens_promises_nobody() -> None:
    never = Expectation((), None, None, MONDAY_TEN)
    assert told(never, ROSTER, ENGLISH) == ENGLISH.fill("expect_never")


def test_shows_those_who_would_be_called() -> None:
    names = [rep.name for rep in expect(replace(CASE, language="de"), ROSTER, MONDAY_TEN).reps]
    assert names == ["Mia Hartung", "Jonas Eklund"]


@pytest.mark.parametrize("language", sorted(languages()))
def test_says_it_in_every_language(language: str) -> None:
    assert said(MONDAY_TEN, language=language).startswith(
        widget_words(language).texts["expect_open"].split(";")[0]
    )
