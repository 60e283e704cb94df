from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from agent.conversation import RepId
from agent.duty import Duty, RepLoad, Roster
from agent.team_rules import RepRules
from tests.agent.tourvane import PLAYBOOK, SATURDAY_NIGHT
from tests.fakes.clock import MONDAY_TEN

MIA, JONAS = PLAYBOOK.reps[:2]
AN_HOUR = timedelta(hours=1)


def paused(**until: timedelta) -> Roster:
    loads = {RepId(rep): RepLoad(paused_until=MONDAY_TEN + after) for rep, after in until.items()}
    return Roster(PLAYBOOK, loads)


@dataclass(frozen=True, slots=True)
class Known:
    """What another system knows of reps."""

    async def loads(self) -> Mapping[RepId, RepLoad]:
        return {MIA.id: RepLoad(2)}

    async def away(self) -> frozenset[RepId]:
        return frozenset({JONAS.id})


def with_capacity(rep: RepRules, capacity: int) -> RepRules:
    return rep.model_copy(update={"capacity": capacity})


async def test_the_roster_holds_what_is_known_of_reps() -> None:
    roster = await Duty(PLAYBOOK, Known(), Known()).roster()
    assert roster.load(MIA).on_hand == 2
    assert [roster.is_there(rep, MONDAY_TEN) for rep in (MIA, JONAS)] == [True, False]
    assert roster.is_on_duty(JONAS, MONDAY_TEN)


async def test_without_anything_known_all_are_idle_and_there() -> None:
    roster = await Duty(PLAYBOOK).roster()
    assert roster.load(MIA) == RepLoad()
    assert roster.is_there(MIA, MONDAY_TEN)


def test_a_pause_that_outlasts_the_day_ends_at_the_next_opening() -> None:
    back_at = paused(mia=timedelta(hours=9)).back_at(MIA, MONDAY_TEN)
    assert back_at
    assert f"{back_at:%A %H:%M}" == "Tuesday 08:00", "9:00 in Berlin"


def test_it_is_due_when_the_first_of_those_called_can_have_come() -> None:
    roster = paused(mia=2 * AN_HOUR, jonas=AN_HOUR)
    due_at = roster.due_at((MIA.id, JONAS.id), MONDAY_TEN, timedelta(minutes=5))
    assert due_at == MONDAY_TEN + AN_HOUR + timedelta(minutes=5)


def test_nothing_is_due_when_nobody_known_is_called() -> None:
    assert Roster(PLAYBOOK).due_at((RepId("gone"),), MONDAY_TEN, AN_HOUR) is None


def test_who_has_as_much_on_hand_as_fits_is_full() -> None:
    roster = Roster(PLAYBOOK, {MIA.id: RepLoad(2)})
    assert [roster.is_full(with_capacity(MIA, n)) for n in (0, 1, 2, 3)] == [
        False,
        True,
        True,
        False,
    ]


def test_a_pause_is_seen_by_the_clock_that_a_conversation_plays_at() -> None:
    ahead = MONDAY_TEN - SATURDAY_NIGHT
    real = Roster(PLAYBOOK, {MIA.id: RepLoad(paused_until=SATURDAY_NIGHT + AN_HOUR)})
    assert real.shifted(ahead).back_at(MIA, MONDAY_TEN) == MONDAY_TEN + AN_HOUR
