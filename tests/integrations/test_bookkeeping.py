"""What models use outlives a restart and is counted together by all processes."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from agent.errors import StoreUnavailableError
from agent.spending import Spending, SpendingRules, Spent, SpentError
from integrations.app.spending import Bookkeeping
from knowledge.database import Database
from knowledge.spending import SqlSpending

TODAY = date(2026, 3, 2)


@pytest.fixture(params=["sqlite", "postgresql"])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    is_file = request.param == "sqlite"
    opened = await Database.open(
        tmp_path / "hotline.db" if is_file else request.getfixturevalue("postgres_address")
    )
    yield opened
    await opened.close()


def a_process(database: Database, day: date = TODAY, **rules: float) -> Bookkeeping:
    spending = Spending(SpendingRules(**rules), lambda: day)
    return Bookkeeping(spending, SqlSpending(database), lambda: day)


async def test_a_restart_forgets_nothing_of_the_day(database: Database) -> None:
    before = a_process(database, most_tokens_a_day=100)
    before.spending.count("c-1", 100, 0)
    await before.settle()
    after = a_process(database, most_tokens_a_day=100)
    after.spending.check("c-2")
    await after.settle()
    with pytest.raises(SpentError, match="today"):
        after.spending.check("c-2")


async def test_processes_count_together(database: Database) -> None:
    one, other = a_process(database, input_price=2.0), a_process(database, input_price=2.0)
    for process in (one, other, one, other):
        process.spending.count("c-1", 50, 0)
        await process.settle()
    used = other.spending.today_spent
    assert used.tokens == 200
    assert used.money == pytest.approx(0.0004)
    assert other.spending.of_conversation["c-1"].tokens == 200
    await one.settle()
    assert one.spending.today_spent.tokens == 200


async def test_the_next_day_begins_anew_and_old_ones_are_forgotten(database: Database) -> None:
    before = a_process(database)
    before.spending.count("c-1", 100, 0)
    await before.settle()
    later = a_process(database, TODAY + timedelta(days=31))
    await later.settle()
    assert later.spending.today_spent.tokens == 0
    await later.kept.forget_old(TODAY + timedelta(days=31))
    assert await later.kept.totals(["c-1", TODAY.isoformat()]) == {}


async def test_what_cannot_be_kept_now_is_kept_later(database: Database) -> None:
    class Away(SqlSpending):
        async def add(self, *_: object) -> dict[str, Spent]:
            raise StoreUnavailableError("The database is away.")

    process = a_process(database)
    process.spending.count("c-1", 100, 0)
    away = Bookkeeping(process.spending, Away(database), lambda: TODAY)
    with pytest.raises(StoreUnavailableError):
        await away.settle()
    await process.settle()
    assert (await process.kept.totals(["c-1"])) == {"c-1": Spent(100)}


async def test_what_is_kept_after_midnight_counts_for_the_day_before_and_the_new_one_is_learned(
    database: Database,
) -> None:
    days = [TODAY]
    late = Bookkeeping(
        Spending(SpendingRules(), lambda: days[-1]), SqlSpending(database), lambda: days[-1]
    )
    late.spending.count("c-1", 100, 0)
    days.append(TODAY + timedelta(days=1))
    other = a_process(database, days[-1])
    other.spending.count("c-2", 30, 0)
    await other.settle()
    await late.settle()
    assert late.spending.today_spent.tokens == 30
    assert await late.kept.totals([TODAY.isoformat()]) == {TODAY.isoformat(): Spent(100)}
