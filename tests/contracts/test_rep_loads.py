"""What reps have on hand is counted alike in memory and in SQL."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from agent.conversation import RepId
from agent.duty import IDLE, RepLoad, RepLoads
from agent.handoff import Change, HandoffId, claim, close, give_back
from knowledge.database import Database
from knowledge.desk_tables import RepStateRow
from knowledge.rep_loads import SqlRepLoads
from tests.builders import a_handoff
from tests.contracts.stores import Stores, hold, in_memory, in_sql, start
from tests.fakes.clock import MONDAY_TEN, FixedClock
from tests.fakes.memory import MemoryStore
from tests.fakes.memory_rep_loads import MemoryRepLoads

MIA, JONAS = RepId("mia"), RepId("jonas")
LATER = MONDAY_TEN + timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Desk:
    """The stores, what counts in them, and how a rep pauses."""

    stores: Stores
    counting: RepLoads
    pause: Callable[[RepId, datetime], Awaitable[None]]

    async def load(self, rep_id: RepId) -> RepLoad:
        return (await self.counting.loads()).get(rep_id, IDLE)

    async def hand_off(self, number: int, *routed_to: RepId) -> HandoffId:
        talk = await start(self.stores, anonymous_id=f"a-{number}")
        async with hold(self.stores, talk) as held:
            handoff = a_handoff(
                id=HandoffId(f"h-{number}"),
                conversation_id=talk.id,
                lead_id=talk.lead_id,
                routed_to=routed_to,
                opened_at=self.stores.clock.now(),
            )
            return (await self.stores.handoffs.open(held, handoff)).id

    async def claims(self, rep_id: RepId, handoff_id: HandoffId) -> None:
        at = self.stores.clock.now()
        change = Change(because="claimed", rep_id=rep_id)
        await self.stores.handoffs.change(handoff_id, lambda h: claim(h, rep_id, at), change)


@pytest.fixture(params=["memory", "sql"])
async def desk(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Desk]:
    clock = FixedClock()
    if request.param == "memory":
        store = MemoryStore(clock)
        memory = MemoryRepLoads(store)

        async def pause_in_memory(rep_id: RepId, until: datetime) -> None:
            memory.pauses[rep_id] = until

        yield Desk(in_memory(clock, store), memory, pause_in_memory)
        return
    database = await Database.open(tmp_path / "hotline.db")

    async def pause_in_sql(rep_id: RepId, until: datetime) -> None:
        async with database.write() as session:
            session.add(RepStateRow(rep_id=rep_id, paused_until=until, changed_at=clock.now()))

    yield Desk(in_sql(database, clock), SqlRepLoads(database), pause_in_sql)
    await database.close()


async def test_who_has_nothing_to_do_is_idle(desk: Desk) -> None:
    assert await desk.load(MIA) == IDLE


async def test_an_open_handoff_is_on_the_hands_of_its_first_choice(desk: Desk) -> None:
    await desk.hand_off(1, MIA, JONAS)
    assert await desk.load(MIA) == RepLoad(1, MONDAY_TEN)
    assert await desk.load(JONAS) == IDLE


async def test_a_claimed_one_is_on_the_hands_of_who_claimed_it(desk: Desk) -> None:
    handoff = await desk.hand_off(1, MIA, JONAS)
    desk.stores.clock.advance(timedelta(hours=1))
    await desk.claims(JONAS, handoff)
    assert await desk.load(JONAS) == RepLoad(1, LATER)
    assert await desk.load(MIA) == RepLoad(0, MONDAY_TEN)


async def test_several_add_up_and_the_last_call_counts(desk: Desk) -> None:
    await desk.claims(MIA, await desk.hand_off(1, MIA))
    desk.stores.clock.advance(timedelta(hours=1))
    await desk.hand_off(2, MIA)
    assert await desk.load(MIA) == RepLoad(2, LATER)


async def test_what_has_ended_is_on_nobodys_hands_and_is_remembered(desk: Desk) -> None:
    closed, back = await desk.hand_off(1, MIA), await desk.hand_off(2, JONAS)
    await desk.claims(JONAS, back)
    end = Change(because="ended")
    await desk.stores.handoffs.change(closed, lambda h: close(h, None, "", LATER), end)
    await desk.stores.handoffs.change(back, lambda h: give_back(h, JONAS, LATER), end)
    assert await desk.load(MIA) == RepLoad(0, MONDAY_TEN)
    assert await desk.load(JONAS) == RepLoad(0, MONDAY_TEN)


async def test_a_pause_is_told_along_with_the_load(desk: Desk) -> None:
    await desk.hand_off(1, MIA)
    await desk.pause(MIA, LATER)
    await desk.pause(JONAS, LATER)
    assert await desk.load(MIA) == replace(RepLoad(1, MONDAY_TEN), paused_until=LATER)
    assert await desk.load(JONAS) == RepLoad(paused_until=LATER)
