from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from agent.conversation import ConversationId, HandoffId, RepId
from agent.gaps import Gap, GapId
from agent.handoff import CallBack, Handoff, HandoffState
from agent.hours_rules import HoursRules
from agent.lead import LeadId
from agent.notices import (
    NoticeKind,
    Occasion,
    OpeningDigest,
    daily_summary,
    occasions,
    opening_digest,
)
from agent.playbook import Playbook
from agent.scoring import Temperature
from agent.team_rules import NO_TEAM, DeskRules, TeamId, TeamRules
from tests.agent import tourvane
from tests.builders import a_briefing, a_handoff, a_score

PLAYBOOK = tourvane.PLAYBOOK.model_copy(update={"teams": ()})
MONDAY_NINE = datetime(2026, 3, 9, 8, 0, tzinfo=UTC)  # 09:00 in Berlin
FRIDAY_FIVE = datetime(2026, 3, 6, 16, 0, tzinfo=UTC)
MONDAY_FIVE = datetime(2026, 3, 9, 16, 0, tzinfo=UTC)
OPENING = Occasion(NoticeKind.OPENING_DIGEST, NO_TEAM, date(2026, 3, 9), FRIDAY_FIVE, MONDAY_NINE)
CLOSING = Occasion(NoticeKind.DAILY_SUMMARY, NO_TEAM, date(2026, 3, 9), FRIDAY_FIVE, MONDAY_FIVE)
SUNDAY = datetime(2026, 3, 8, 12, 0, tzinfo=UTC)


def kinds(now: datetime, playbook: Playbook = PLAYBOOK) -> list[str]:
    return [each.key for each in occasions(playbook, now)]


@pytest.mark.parametrize(
    ("now", "due"),
    [
        (MONDAY_NINE - timedelta(seconds=1), []),
        (MONDAY_NINE, ["opening_digest::2026-03-09"]),
        (MONDAY_NINE + timedelta(hours=4, seconds=-1), ["opening_digest::2026-03-09"]),
        (MONDAY_NINE + timedelta(hours=4), []),
        (MONDAY_FIVE, ["daily_summary::2026-03-09"]),
        (SUNDAY, []),
    ],
)
def test_notices_are_due_at_opening_and_closing_and_not_much_later(now: datetime, due: list[str]) -> None:  # fmt: skip
    assert kinds(now) == due


def test_the_digest_tells_of_all_since_the_desk_closed_last() -> None:
    [opening] = occasions(PLAYBOOK, MONDAY_NINE)
    assert opening.since == FRIDAY_FIVE


def test_a_summary_of_a_desk_that_closes_at_lunch_comes_once_in_the_evening() -> None:
    split = PLAYBOOK.hours.model_copy(update={"monday": ("09:00-12:00", "13:00-17:00")})
    playbook = PLAYBOOK.model_copy(update={"hours": split})
    noon = MONDAY_NINE + timedelta(hours=3, minutes=30)
    assert kinds(noon, playbook) == ["opening_digest::2026-03-09"]
    assert kinds(MONDAY_FIVE, playbook) == ["daily_summary::2026-03-09"]


def test_a_day_with_a_change_of_clocks_opens_by_the_wall_clock() -> None:
    sunday = PLAYBOOK.hours.model_copy(update={"sunday": ("09:00-17:00",)})
    playbook = PLAYBOOK.model_copy(update={"hours": sunday})
    [opening] = occasions(playbook, datetime(2026, 3, 29, 7, 0, tzinfo=UTC))
    assert opening.key == "opening_digest::2026-03-29"


def test_each_team_has_its_own_hours() -> None:
    hours = HoursRules(time_zone="America/New_York", monday=("09:00-17:00",))
    us = TeamRules(id=TeamId("us"), name="US", reps=(RepId("jonas"),), hours=hours)
    playbook = PLAYBOOK.model_copy(update={"teams": (us,)})
    assert kinds(MONDAY_NINE, playbook) == ["opening_digest::2026-03-09"]
    assert kinds(datetime(2026, 3, 9, 13, 0, tzinfo=UTC), playbook) == ["opening_digest:us:2026-03-09"]  # fmt: skip


def test_what_the_playbook_does_not_want_is_never_due() -> None:
    desk = DeskRules(opening_digest=False, daily_summary=False)
    playbook = PLAYBOOK.model_copy(update={"desk": desk})
    assert kinds(MONDAY_NINE, playbook) == kinds(MONDAY_FIVE, playbook) == []


def waiting(name: str, total: int, **changes: Any) -> Handoff:
    briefing = a_briefing(who=name, score=a_score(total=total))
    return a_handoff(id=HandoffId(f"h-{name}"), briefing=briefing, **{"opened_at": SUNDAY, **changes})  # fmt: skip


def digest(*handoffs: Handoff, gaps: tuple[Gap, ...] = ()) -> OpeningDigest | None:
    return opening_digest(OPENING, handoffs, gaps, PLAYBOOK)


def test_who_waits_stands_in_the_digest_by_score() -> None:
    found = digest(waiting("Bo", 60), waiting("Ada", 82))
    assert found is not None
    assert [line.who for line in found.waiting] == ["Ada", "Bo"]


def test_who_came_after_opening_or_is_in_good_hands_or_in_another_team_does_not() -> None:
    late = waiting("Late", 90, opened_at=MONDAY_NINE)
    claimed = waiting("Held", 90, state=HandoffState.CLAIMED)
    assert digest(late, claimed, waiting("Elsewhere", 90, team=TeamId("us"))) is None


def test_many_are_counted_and_the_hottest_named() -> None:
    found = digest(*(waiting(f"v{n}", n) for n in range(13)))
    assert found is not None
    assert (len(found.waiting), found.more, found.waiting[0].total) == (10, 3, 12)


@pytest.mark.parametrize(
    ("at", "became", "is_named"),
    [
        (MONDAY_NINE + timedelta(hours=5), {}, True),
        (MONDAY_NINE + timedelta(days=1), {}, False),
        (MONDAY_NINE, {"done_at": SUNDAY}, False),
    ],
)
def test_call_backs_of_today_stand_in_the_digest(at: datetime, became: dict[str, Any], is_named: bool) -> None:  # noqa: FBT001  # fmt: skip
    call = replace(CallBack(at, RepId("mia"), ""), **became)
    found = digest(waiting("Ada", 82, call_back=call))
    assert found is not None
    assert bool(found.call_backs) is is_named


def test_a_question_that_two_asked_is_told_once_and_one_of_this_morning_not_yet() -> None:
    asked = Gap(GapId("g-1"), ConversationId("c-1"), LeadId("l-1"), "t-1", "Does it float?", "en", SUNDAY)  # fmt: skip
    found = digest(gaps=(asked, replace(asked, id=GapId("g-2")), replace(asked, question="New?", at=MONDAY_NINE)))  # fmt: skip
    assert found is not None
    assert found.gaps == ("Does it float?",)


def test_an_empty_night_tells_nothing() -> None:
    assert digest() is None


def test_the_day_is_summed_up() -> None:
    claimed = waiting("Ada", 82, opened_at=MONDAY_NINE, claimed_at=MONDAY_NINE + timedelta(minutes=4), state=HandoffState.CLAIMED)  # fmt: skip
    kept = CallBack(MONDAY_NINE, RepId("mia"), "", done_at=MONDAY_NINE)
    missed = CallBack(MONDAY_NINE, RepId("mia"), "", missed_at=MONDAY_NINE + timedelta(hours=1))
    handoffs = (claimed, waiting("Bo", 60, call_back=missed), waiting("Old", 60, opened_at=FRIDAY_FIVE - timedelta(days=1), call_back=kept))  # fmt: skip
    found = daily_summary(CLOSING, handoffs, {Temperature.HOT: 2})
    assert found is not None
    assert (found.handed_off, found.claimed, found.unclaimed) == (2, 1, 1)
    assert (found.median_claim, found.kept, found.missed) == (timedelta(minutes=4), 1, 1)


def test_a_day_on_which_nothing_happened_is_not_summed_up() -> None:
    assert daily_summary(CLOSING, (), {Temperature.COLD: 0}) is None


@pytest.mark.parametrize(
    ("ended_at", "is_left"),
    [(SUNDAY, True), (FRIDAY_FIVE - timedelta(hours=2), False), (MONDAY_NINE, False)],
)
def test_who_was_left_by_a_rep_who_had_gone_stands_in_the_digest(ended_at: datetime, is_left: bool) -> None:  # noqa: FBT001  # fmt: skip
    given_back = waiting("Ada", 82, state=HandoffState.GIVEN_BACK, claimed_by=RepId("mia"), ended_at=ended_at)  # fmt: skip
    found = digest(given_back)
    assert (found is not None and [line.who for line in found.left] == ["Ada"]) is is_left


def test_who_was_given_back_during_the_reps_hours_is_left_by_nobody() -> None:
    late_shift = PLAYBOOK.hours.model_copy(update={"sunday": ("09:00-20:00",), "holidays_of": ""})
    reps = tuple(rep.model_copy(update={"hours": late_shift}) for rep in PLAYBOOK.reps)
    playbook = PLAYBOOK.model_copy(update={"reps": reps})
    given_back = waiting("Ada", 82, state=HandoffState.GIVEN_BACK, claimed_by=RepId("mia"), ended_at=SUNDAY)  # fmt: skip
    assert opening_digest(OPENING, [given_back], (), playbook) is None
