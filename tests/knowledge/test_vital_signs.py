"""What the doctor tells of the database."""

from datetime import timedelta

from integrations.clock import SystemClock
from knowledge.database import Database
from knowledge.service_tables import ReplicaRow
from knowledge.vital_signs import vital_signs
from tests.lived import Lived


async def test_it_tells_what_runs_and_how_much_it_holds(living: Lived) -> None:
    signs = await vital_signs(living.database)
    assert signs.runs.startswith(("SQLite 3", "PostgreSQL 1"))
    assert signs.rows["conversations"] == 4
    assert signs.size > 10_000


async def test_a_server_tells_who_serves(postgres_address: str) -> None:
    database, now = await Database.open(postgres_address), SystemClock().now()
    async with database.write() as session:
        for name, seen in (("alive", now), ("dead", now - timedelta(hours=1))):
            session.add(ReplicaRow(id=name, version=name, started_at=seen, seen_at=seen))
    signs = await vital_signs(database)
    assert signs.replicas == ("alive",)
    await database.close()
