"""What is older than is kept goes, a little at a time; whatever somebody still waits for stays."""

from collections import Counter
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from agent.errors import UnknownLeadError
from agent.handoff import HandoffState
from knowledge.database import Database
from knowledge.erasure import SqlErasure
from knowledge.erasure_tables import Trace
from knowledge.identity_tables import RefusalRow
from knowledge.retention import clear_away, prune_once
from knowledge.tables import ConversationRow, EngagementEventRow, HandoffRow, SeenEventRow
from tests.audited import must_be_sound
from tests.builders import a_call
from tests.fakes.clock import MONDAY_TEN
from tests.lived import Lived

LATER = MONDAY_TEN + timedelta(days=400)
A_YEAR = LATER - timedelta(days=365)


@pytest.fixture
async def old(living: Lived) -> AsyncIterator[Lived]:
    """The store more than a year later; whatever happens to it, it keeps its promises."""
    living.clock.advance(timedelta(days=400))
    yield living
    await must_be_sound(living.database, LATER)


async def prune(database: Database, before: datetime) -> Counter[str]:
    gone: Counter[str] = Counter()
    while some := await prune_once(database, before, LATER):
        gone.update(some)
    return gone


async def end_all(old: Lived) -> None:
    """Let reps close what is open, a year ago, and the desk hear of it."""
    async with old.database.write() as session:
        for talk in await session.scalars(select(ConversationRow)):
            talk.timer_at = talk.words_due_at = talk.posts_due_at = talk.due_at = None
            talk.answered_seq = talk.last_seq
    async with old.database.write() as session:
        await session.execute(
            update(HandoffRow).values(state=HandoffState.CLOSED, ended_at=MONDAY_TEN)
        )


async def talks(old: Lived) -> int:
    async with old.database.read() as session:
        return await session.scalar(select(func.count()).select_from(ConversationRow)) or 0


async def test_what_is_over_goes_with_all_that_hangs_on_it(old: Lived) -> None:
    await end_all(old)
    gone = await prune(old.database, A_YEAR)
    assert await talks(old) == 0
    assert gone.keys() >= {
        "conversations",
        "messages",
        "turns",
        "handoffs",
        "leads",
        "engagement_events",
    }


async def test_leads_without_anything_left_are_known_no_more(old: Lived) -> None:
    await end_all(old)
    await prune(old.database, A_YEAR)
    with pytest.raises(UnknownLeadError):
        await old.stores.find("user_id:u-xenia")


async def test_a_lead_of_whom_something_was_heard_since_stays(old: Lived) -> None:
    await end_all(old)
    seen = a_call(id="t-new", user_id="u-xenia", title="Prices", at=LATER, received_at=LATER)
    await old.stores.tracking.take_in([seen])
    await prune(old.database, A_YEAR)
    assert (await old.stores.find("user_id:u-xenia")).name == "Xenia Ost"


async def test_nobody_who_is_still_called_for_goes(old: Lived) -> None:
    before = await talks(old)
    await prune(old.database, A_YEAR)
    assert 1 < await talks(old) < before


async def test_nothing_goes_that_is_young_enough(old: Lived) -> None:
    await end_all(old)
    before = await talks(old)
    assert await prune(old.database, MONDAY_TEN - timedelta(days=1)) == Counter()
    assert await talks(old) == before


async def test_little_goes_at_a_time(old: Lived, monkeypatch: pytest.MonkeyPatch) -> None:
    await end_all(old)
    monkeypatch.setattr("knowledge.retention.TALKS_AT_ONCE", 1)
    await prune_once(old.database, A_YEAR, LATER)
    assert await talks(old) == 3


async def test_files_of_what_went_are_left_to_be_removed(old: Lived) -> None:
    await end_all(old)
    await prune(old.database, A_YEAR)
    left = await SqlErasure(old.database, old.clock).left_to_do(Trace.FILE)
    assert len(left) == 1


async def test_what_was_kept_to_know_a_repetition_by_goes_after_a_while(old: Lived) -> None:
    async with old.database.write() as session:
        session.add(SeenEventRow(key="old", at=MONDAY_TEN))
        session.add(SeenEventRow(key="new", at=LATER))
        session.add(RefusalRow(because="x", count=1, last_at=MONDAY_TEN, example="zebedee"))
    gone = await clear_away(old.database, LATER)
    assert (gone["seen_events"], gone["refusals"]) == (1, 1)
    async with old.database.read() as session:
        assert list(await session.scalars(select(SeenEventRow.key))) == ["new"]


async def test_acts_that_went_count_no_more(old: Lived) -> None:
    await prune(old.database, A_YEAR)
    async with old.database.read() as session:
        assert await session.scalar(select(func.count()).select_from(EngagementEventRow)) == 0
    leads = await old.stores.find("user_id:u-yara")
    assert leads.name == "Yara Lund"
