"""Rooms to act in."""

from collections.abc import AsyncIterator

import pytest

from tests.integrations.slack.desk_room import Room, a_room


@pytest.fixture
async def room() -> AsyncIterator[Room]:
    async with a_room() as room:
        yield room


@pytest.fixture
async def socket_room() -> AsyncIterator[Room]:
    async with a_room(over_http=False) as room:
        yield room
