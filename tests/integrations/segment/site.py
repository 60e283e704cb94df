"""An installation that takes in tracking calls, in memory, with a client and a real server to call it."""

import base64
import gzip
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import httpx

from integrations.segment.router import TrackingServices, tracking_router
from integrations.web.api import create_api
from tests.fakes.clock import FixedClock
from tests.fakes.recording_tracking import RecordingTracking
from tests.integrations.web.world import World, a_world

WRITE_KEY = "wk_test_0123456789"
BASIC = {"Authorization": f"Basic {base64.b64encode(f'{WRITE_KEY}:'.encode()).decode()}"}


@dataclass(slots=True)
class TrackedSite:
    """One installation under test."""

    world: World
    tracking: RecordingTracking
    clock: FixedClock
    counted: Counter[str]

    async def send(self, call: str, body: object, **headers: str) -> httpx.Response:
        """Send JSON as somebody who has the write key."""
        return await self.world.client.post(f"/v1/{call}", json=body, headers=BASIC | headers)

    async def send_raw(self, call: str, body: bytes, **headers: str) -> httpx.Response:
        """Send bytes as somebody who has the write key."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.world.client.post(f"/v1/{call}", content=body, headers=BASIC | named)


@asynccontextmanager
async def a_tracked_site(**changes: Any) -> AsyncIterator[TrackedSite]:
    """Build an installation; `changes` are fields of the web's services."""
    tracking, counted = RecordingTracking(), Counter[str]()

    def note_calls(result: str, calls: int) -> None:
        counted[result] += calls

    async with a_world(**changes) as world:
        services = TrackingServices(tracking, world.clock, WRITE_KEY, note_calls)
        app = create_api(world.services, [tracking_router(services)])
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://hotline.test") as client:
            joined = replace(world, app=app, client=client)
            yield TrackedSite(joined, tracking, world.clock, counted)


def packed(body: bytes) -> bytes:
    """Give a body as SDKs gzip it."""
    return gzip.compress(body)
