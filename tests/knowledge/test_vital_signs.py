"""What the doctor tells of the database."""

from datetime import timedelta
from pathlib import Path

from integrations.clock import SystemClock
from knowledge.database import Database
from knowledge.service_tables import ReplicaRow
from knowledge.vital_signs import vital_signs
from tests.lived import Lived


async def test_it_tells_what_runs_and_how_much_it_holds(living: Lived) -> None:
    signs = await vital_signs(living.database, living.clock)
    assert signs.runs.startswith(("SQLite 3", "PostgreSQL 1"))
    assert signs.rows["conversations"] == 4
    assert signs.size > 10_000


async def test_a_file_has_no_clock_of_its_own(tmp_path: Path) -> None:
    database = await Database.open(tmp_path / "hotline.db")
    assert (await vital_signs(database, SystemClock())).ahead is None
    await database.close()


async def test_a_server_tells_its_clock_and_who_serves(postgres_address: str) -> None:
    database, now = await Database.open(postgres_address), SystemClock().now()
    async with database.write() as session:
        for name, seen in (("alive", now), ("dead", now - timedelta(hours=1))):
            session.add(ReplicaRow(id=name, version=name, started_at=seen, seen_at=seen))
    signs = await vital_signs(database, SystemClock())
    assert signs.replicas == ("alive",)
    assert signs.ahead is not None
    assert abs(signs.ahead) < timedelta(minutes=1)
    await database.close()
