"""The desk opens and closes: what it is told, once, whatever happens to the process or the line."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from agent.errors import DeskRefusedError, DeskUnavailableError
from agent.notice_watch import NoticeWatch
from agent.notices import DailySummary, Notice, NoticeKind, OpeningDigest
from knowledge.database import Database
from knowledge.notices import SqlLeadCounts, SqlNotices
from tests.contracts.stores import Stores, in_sql
from tests.fakes.clock import FixedClock
from tests.scenarios.world import HOT, World, a_world, demo_playbook

SATURDAY_NIGHT = datetime(2026, 3, 7, 22, 40, tzinfo=UTC)
MONDAY_NINE = datetime(2026, 3, 9, 8, 0, tzinfo=UTC)
MONDAY_FIVE = datetime(2026, 3, 9, 16, 0, tzinfo=UTC)


def _ids() -> Callable[[str], str]:
    numbers = count(1)
    return lambda prefix: f"{prefix}-{next(numbers)}"


@dataclass(slots=True)
class RecordingNoticeDesk:
    """Remembers what it was told."""

    told: list[Notice] = field(default_factory=list)
    failures: list[DeskUnavailableError | DeskRefusedError] = field(default_factory=list)

    async def tell(self, notice: Notice) -> str:
        if self.failures:
            raise self.failures.pop(0)
        self.told.append(notice)
        return f"desk:{notice.id}"


@dataclass(slots=True)
class Office:
    """A desk whose notices are looked at whenever a test says so."""

    world: World
    stores: Stores
    database: Database
    desk: RecordingNoticeDesk = field(default_factory=RecordingNoticeDesk)
    new_id: Callable[[str], str] = field(default_factory=_ids)

    async def looks(self, at: datetime) -> None:
        """Look what is due at this instant, in a process that has just started."""
        self.world.clock.at = at
        watch = NoticeWatch(
            SqlNotices(self.database, self.world.clock, self.new_id),
            self.stores.handoffs,
            SqlLeadCounts(self.database),
            self.stores.gaps,
            self.desk,
            demo_playbook(),
            self.world.clock,
            self.new_id,
        )
        await watch.advance()

    @property
    def kinds(self) -> list[NoticeKind]:
        return [notice.kind for notice in self.desk.told]


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    database = await Database.open(tmp_path / "hotline.db")
    stores = in_sql(database, FixedClock(SATURDAY_NIGHT))
    async with a_world(stores=stores) as world:
        yield Office(world, stores, database)
    await database.close()


async def hot(office: Office) -> None:
    await office.world.visitor_arrives()
    await office.world.visitor_says(HOT)


async def test_who_wrote_over_the_week_end_waits_in_the_digest_of_monday(office: Office) -> None:
    await hot(office)
    await office.looks(MONDAY_NINE)
    [notice] = office.desk.told
    assert isinstance(notice.told, OpeningDigest)
    assert len(notice.told.waiting) == len(notice.told.call_backs) == 1


async def test_a_digest_comes_once_however_often_the_process_starts_anew(office: Office) -> None:
    await hot(office)
    for minute in range(0, 300, 20):
        await office.looks(MONDAY_NINE + timedelta(minutes=minute))
    assert office.kinds == [NoticeKind.OPENING_DIGEST]


async def test_nothing_waits_nothing_is_told_not_even_later_in_the_morning(office: Office) -> None:
    await office.looks(MONDAY_NINE)
    office.world.clock.at = MONDAY_NINE - timedelta(minutes=5)
    await hot(office)
    await office.looks(MONDAY_NINE + timedelta(minutes=30))
    assert office.desk.told == []


async def test_a_process_that_slept_through_the_morning_tells_no_digest_at_noon(
    office: Office,
) -> None:
    await hot(office)
    await office.looks(MONDAY_NINE + timedelta(hours=4))
    assert office.desk.told == []


async def test_a_desk_out_of_reach_hears_of_it_afterwards_once(office: Office) -> None:
    await hot(office)
    office.desk.failures = [DeskUnavailableError("Slack is down.", 5)] * 2
    for minute in range(5):
        await office.looks(MONDAY_NINE + timedelta(minutes=minute))
    assert office.kinds == [NoticeKind.OPENING_DIGEST]
    assert office.desk.told[0].attempts == 2


async def test_a_desk_that_is_out_of_reach_for_hours_is_not_told_of_the_morning(
    office: Office,
) -> None:
    await hot(office)
    office.desk.failures = [DeskUnavailableError("Slack is down.", 5)]
    await office.looks(MONDAY_NINE)
    await office.looks(MONDAY_NINE + timedelta(hours=4))
    assert office.desk.told == []


async def test_a_desk_that_refuses_is_not_asked_again(office: Office) -> None:
    await hot(office)
    office.desk.failures = [DeskRefusedError("The channel is archived.")]
    await office.looks(MONDAY_NINE)
    await office.looks(MONDAY_NINE + timedelta(minutes=1))
    assert office.desk.told == []


async def test_in_the_evening_the_day_is_summed_up(office: Office) -> None:
    office.world.clock.at = MONDAY_NINE
    await hot(office)
    office.world.clock.advance(timedelta(minutes=3))
    await office.world.rep_claims()
    await office.looks(MONDAY_FIVE)
    [notice] = office.desk.told
    assert isinstance(notice.told, DailySummary)
    assert (notice.told.handed_off, notice.told.median_claim) == (1, timedelta(minutes=3))
    assert sum(notice.told.temperatures.values()) == 1


async def test_an_evening_after_nothing_is_silent(office: Office) -> None:
    await office.looks(MONDAY_FIVE)
    assert office.desk.told == []


async def test_a_visitor_whose_rep_had_gone_home_is_in_the_digest_of_the_morning(
    office: Office,
) -> None:
    office.world.clock.at = MONDAY_FIVE - timedelta(minutes=40)
    await hot(office)
    await office.world.rep_claims()
    await office.world.rep_says("Send me your list.")
    await office.world.passes(hours=3)
    await office.world.visitor_says("Here it is. Are you there?")
    await office.world.passes(minutes=15)
    await office.looks(MONDAY_NINE + timedelta(days=1))
    [notice] = [n for n in office.desk.told if n.kind is NoticeKind.OPENING_DIGEST]
    assert isinstance(notice.told, OpeningDigest)
    assert len(notice.told.left) == 1
