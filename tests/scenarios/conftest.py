"""Both kinds of stores, for stories whose order matters."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.contracts.stores import Stores, in_memory
from tests.fakes.clock import FixedClock
from tests.scenarios.world import sql_stores


@pytest.fixture(params=["memory", "sql"])
async def stores(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Stores]:
    if request.param == "memory":
        yield in_memory(FixedClock())
    else:
        async with sql_stores(tmp_path / "hotline.db") as on_disk:
            yield on_disk
