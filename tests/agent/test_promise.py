from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from agent.conversation import RepId
from agent.hours_rules import HoursRules
from agent.playbook import Playbook
from agent.promise import Promise, promise_of
from agent.team_rules import RepRules
from tests.agent.tourvane import PLAYBOOK
from tests.builders import a_conversation, a_handoff, a_held

BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")
MIA, KAI = RepId("mia"), RepId("kai")
NOON = datetime(2026, 3, 4, 12, tzinfo=BERLIN)
NIGHT = datetime(2026, 3, 4, 22, tzinfo=BERLIN)
FIVE = timedelta(minutes=5)


def hours(zone: str, interval: str = "09:00-17:00") -> HoursRules:
    week = ("monday", "tuesday", "wednesday", "thursday", "friday")
    return HoursRules(time_zone=zone, **dict.fromkeys(week, (interval,)))


def playbook(mia: HoursRules | None = None) -> Playbook:
    reps = (
        RepRules(id=MIA, name="Mia Hartung", hours=mia or hours("Europe/Berlin")),
        RepRules(id=KAI, name="Kai Lund", hours=hours("America/New_York")),
    )
    return PLAYBOOK.model_copy(update={"reps": reps, "routing": (), "teams": ()})


def promise(
    now: datetime,
    *routed_to: RepId,
    due_at: datetime | None,
    mia: HoursRules | None = None,
    **conversation: object,
) -> Promise:
    handoff = a_handoff(routed_to=routed_to or (MIA, KAI), claim_due_at=due_at)
    held = a_held(conversation=a_conversation(**conversation))
    found = promise_of(handoff, held, playbook(mia), now)
    assert found is not None
    return found


def test_the_first_rep_who_is_there_is_promised() -> None:
    found = promise(NOON, due_at=NOON + FIVE)
    assert (found.rep.id, found.is_open, found.within_minutes) == (MIA, True, 5)


def test_where_the_first_is_not_there_another_who_is_is_promised() -> None:
    found = promise(NIGHT, due_at=NIGHT + FIVE)
    assert (found.rep.id, found.is_open) == (KAI, True)
    assert found.closes_at == datetime(2026, 3, 4, 17, tzinfo=NEW_YORK)


def test_a_rep_about_to_close_is_not_promised_before_one_who_stays() -> None:
    now = datetime(2026, 3, 4, 16, 58, tzinfo=BERLIN)
    found = promise(now, due_at=now + FIVE)
    assert (found.rep.id, found.is_open) == (KAI, True)


def test_when_nobody_is_there_who_is_back_first_is_promised_in_their_zone() -> None:
    now = datetime(2026, 3, 6, 23, 30, tzinfo=BERLIN)
    found = promise(now, KAI, due_at=datetime(2026, 3, 9, 9, 5, tzinfo=NEW_YORK))
    assert not found.is_open
    assert found.opens_at == datetime(2026, 3, 9, 9, tzinfo=NEW_YORK)
    assert found.zone == NEW_YORK


def test_who_has_paused_is_promised_for_the_end_of_the_pause_only() -> None:
    later = NOON + timedelta(hours=3, minutes=30)
    found = promise(NOON, MIA, due_at=later + FIVE)
    assert (found.is_open, found.opens_at) == (False, later)
    assert promise(later, MIA, due_at=later + FIVE).is_open


def test_a_few_minutes_before_closing_the_rep_is_still_promised() -> None:
    now = datetime(2026, 3, 6, 16, 58, tzinfo=BERLIN)
    found = promise(now, MIA, due_at=datetime(2026, 3, 9, 9, 3, tzinfo=BERLIN))
    assert (found.is_open, found.opens_at) == (True, now)


def test_a_rehearsal_is_promised_by_the_clock_it_plays_at() -> None:
    ahead = NOON - NIGHT
    found = promise(NOON, MIA, due_at=NIGHT + FIVE, rehearsal=ahead)
    assert found.is_open


def test_of_a_rep_who_never_works_no_time_is_promised() -> None:
    never = HoursRules(time_zone="Europe/Berlin")
    found = promise(NOON, MIA, due_at=None, mia=never)
    assert (found.is_open, found.opens_at) == (False, None)
