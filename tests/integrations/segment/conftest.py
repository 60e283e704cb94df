"""One installation for each test."""

from collections.abc import AsyncIterator

import pytest

from tests.integrations.segment.site import TrackedSite, a_tracked_site


@pytest.fixture
async def site() -> AsyncIterator[TrackedSite]:
    async with a_tracked_site() as built:
        yield built
