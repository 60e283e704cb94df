"""Every contract runs over the fakes and over SQL on a real file."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from knowledge.database import Database
from tests.contracts.stores import Stores, in_memory, in_sql
from tests.fakes.clock import FixedClock


@pytest.fixture(params=["memory", "sql"])
async def stores(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Stores]:
    if request.param == "memory":
        yield in_memory(FixedClock())
        return
    database = await Database.open(tmp_path / "hotline.db")
    yield in_sql(database, FixedClock(), tmp_path / "files")
    await database.close()
