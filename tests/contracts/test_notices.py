"""What every store of notices keeps to: each is told once a key, in order, whatever fails."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from agent.conversation import HandoffId, RepId
from agent.handoff import CallBack
from agent.notices import (
    DailySummary,
    LeadCounts,
    Notice,
    NoticeId,
    NoticeKind,
    Notices,
    Occasion,
    OpeningDigest,
    Promised,
    Told,
    Waiting,
)
from agent.scoring import Temperature
from agent.team_rules import TeamId
from knowledge.database import Database
from knowledge.notices import SqlLeadCounts, SqlNotices
from tests.builders import a_score
from tests.contracts.stores import Stores, hold, in_memory, in_sql, say, start, turn_of
from tests.fakes.clock import MONDAY_TEN, FixedClock
from tests.fakes.memory import MemoryConversations
from tests.fakes.memory_notices import MemoryLeadCounts, MemoryNotices

NOW = MONDAY_TEN
DIGEST = OpeningDigest(
    waiting=(Waiting(HandoffId("h-1"), "Ada", "Nordwind", "What?", 82, Temperature.RED_HOT, NOW),),
    call_backs=(Promised(HandoffId("h-2"), "Bo", CallBack(NOW, RepId("mia"), "+49 30 1")),),
    gaps=("Does it float?",),
    more=3,
)
SUMMARY = DailySummary(date(2026, 3, 2), {Temperature.HOT: 2}, 3, 2, 1, timedelta(minutes=4), 1, 0)
OCCASION = Occasion(NoticeKind.DAILY_SUMMARY, TeamId("emea"), date(2026, 3, 2), NOW, NOW)


@pytest.fixture(params=["memory", "sql"])
async def notices(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Notices]:
    if request.param == "memory":
        yield MemoryNotices()
        return
    database = await Database.open(tmp_path / "hotline.db")
    yield SqlNotices(database, FixedClock())
    await database.close()


@pytest.fixture(params=["memory", "sql"])
async def counted(
    request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[tuple[Stores, LeadCounts]]:
    if request.param == "memory":
        stores = in_memory(FixedClock())
        assert isinstance(stores.conversations, MemoryConversations)
        yield stores, MemoryLeadCounts(stores.conversations.store)
        return
    database = await Database.open(tmp_path / "hotline.db")
    yield in_sql(database, FixedClock()), SqlLeadCounts(database)
    await database.close()


def a_notice(key: str = "one", told: Told = DIGEST) -> Notice:
    is_digest = isinstance(told, OpeningDigest)
    kind = NoticeKind.OPENING_DIGEST if is_digest else NoticeKind.DAILY_SUMMARY
    return Notice(NoticeId(f"n-{key}"), key, kind, told, NOW, TeamId("emea"))


@pytest.mark.parametrize("told", [DIGEST, SUMMARY])
async def test_a_notice_comes_back_as_it_was(notices: Notices, told: Told) -> None:
    notice = replace(a_notice(told=told), expires_at=NOW + timedelta(hours=4))
    assert await notices.record(notice)
    assert await notices.due(NOW) == [notice]


async def test_a_key_is_recorded_once(notices: Notices) -> None:
    await notices.record(a_notice())
    assert not await notices.record(replace(a_notice(), id=NoticeId("n-two"), told=OpeningDigest((), (), ())))  # fmt: skip
    assert [notice.told for notice in await notices.due(NOW)] == [DIGEST]


async def test_what_was_passed_over_is_known_and_never_due(notices: Notices) -> None:
    await notices.pass_over(OCCASION)
    await notices.pass_over(OCCASION)
    assert await notices.known([OCCASION.key, "another"]) == {OCCASION.key}
    assert await notices.due(NOW) == []
    assert not await notices.record(a_notice(OCCASION.key, SUMMARY))


async def test_nothing_is_due_before_its_time(notices: Notices) -> None:
    await notices.record(a_notice())
    assert await notices.due(NOW - timedelta(seconds=1)) == []


async def test_an_attempt_without_an_end_is_due_again_and_says_so(notices: Notices) -> None:
    await notices.record(a_notice())
    await notices.mark_attempted(NoticeId("n-one"), NOW)
    [notice] = await notices.due(NOW)
    assert notice.attempts == 1


async def test_what_is_postponed_waits(notices: Notices) -> None:
    await notices.record(a_notice())
    await notices.postpone(NoticeId("n-one"), NOW + timedelta(minutes=1), "rate limited")
    assert await notices.due(NOW) == []
    assert len(await notices.due(NOW + timedelta(minutes=1))) == 1


async def test_what_was_told_or_given_up_is_never_due_again(notices: Notices) -> None:
    await notices.record(a_notice())
    await notices.record(a_notice("two", SUMMARY))
    await notices.mark_posted(NoticeId("n-one"), "C1:1.2", NOW)
    await notices.give_up(NoticeId("n-two"), "too late")
    await notices.postpone(NoticeId("n-two"), NOW, "late word")
    assert await notices.due(NOW + timedelta(days=1)) == []


async def test_leads_who_wrote_are_counted_once_by_how_hot_they_are(
    counted: tuple[Stores, LeadCounts],
) -> None:
    stores, counts = counted
    for name in ("a-1", "a-2"):
        talk = await start(stores, anonymous_id=name)
        await say(stores, talk, "What does it cost?")
        await say(stores, talk, "And for a year?")
        async with hold(stores, talk) as held:
            await stores.conversations.record_turn(
                held, turn_of(held, id=f"t-{name}", reply=None, score=a_score())
            )
    await start(stores, anonymous_id="a-silent")
    found = await counts.by_temperature(NOW, NOW + timedelta(seconds=1))
    assert dict(found) == {Temperature.HOT: 2}
    assert dict(await counts.by_temperature(NOW - timedelta(days=1), NOW)) == {}
