"""Every contract runs over the fakes, over SQL on a real file and on a real server."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from knowledge.database import Database
from tests.audited import NEEDS_A_SERVER, must_be_sound
from tests.contracts.stores import Stores, in_memory, in_sql
from tests.fakes.clock import FixedClock

MADE_UP = (
    "no signal without its message",
    "no gap without its turn",
    "scores are what was recorded",
    "no card is given up",
    "desk posts in order",
)
"""Promises about what these tests make up: signals of no message, points that add up to nothing."""


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
async def stores(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Stores]:
    if request.param == "memory":
        yield in_memory(FixedClock())
        return
    where: Path | str = tmp_path / "hotline.db"
    if request.param == "postgresql":
        where = str(request.getfixturevalue("postgres_address"))
    database = await Database.open(where)
    stores = in_sql(database, FixedClock(), tmp_path / "files")
    yield stores
    but = (*NEEDS_A_SERVER, *MADE_UP)
    await must_be_sound(database, stores.clock.now(), tmp_path / "files", but)
    await database.close()
