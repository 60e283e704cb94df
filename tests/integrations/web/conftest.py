"""One installation for each test."""

from collections.abc import AsyncIterator

import pytest

from tests.integrations.web.world import World, a_world


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with a_world() as built:
        yield built


@pytest.fixture
async def demo() -> AsyncIterator[World]:
    async with a_world(is_demo=True) as built:
        yield built
