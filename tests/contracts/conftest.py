"""Every contract runs over the fakes, over SQL on a real file and on a real server."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from knowledge.database import Database
from tests.contracts.stores import Stores, in_memory, in_sql
from tests.fakes.clock import FixedClock


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
async def stores(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Stores]:
    if request.param == "memory":
        yield in_memory(FixedClock())
        return
    where: Path | str = tmp_path / "hotline.db"
    if request.param == "postgresql":
        where = str(request.getfixturevalue("postgres_address"))
    database = await Database.open(where)
    yield in_sql(database, FixedClock(), tmp_path / "files")
    await database.close()
