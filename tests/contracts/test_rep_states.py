"""What every store of reps' states keeps to."""

from datetime import timedelta

from agent.conversation import RepId
from tests.contracts.stores import Stores
from tests.fakes.clock import MONDAY_TEN

MIA, JONAS = RepId("mia"), RepId("jonas")
LATER = MONDAY_TEN + timedelta(hours=1)


async def test_a_pause_lasts_until_its_end(stores: Stores) -> None:
    await stores.rep_states.pause(MIA, LATER)
    assert await stores.rep_states.paused(MONDAY_TEN) == {MIA: LATER}
    assert await stores.rep_states.paused(LATER) == {}


async def test_the_last_pause_counts(stores: Stores) -> None:
    await stores.rep_states.pause(MIA, LATER)
    await stores.rep_states.pause(MIA, LATER + timedelta(hours=1))
    assert await stores.rep_states.paused(LATER) == {MIA: LATER + timedelta(hours=1)}


async def test_a_pause_can_be_ended_and_is_ones_own(stores: Stores) -> None:
    await stores.rep_states.pause(MIA, LATER)
    await stores.rep_states.pause(JONAS, LATER)
    await stores.rep_states.pause(MIA, None)
    assert await stores.rep_states.paused(MONDAY_TEN) == {JONAS: LATER}
