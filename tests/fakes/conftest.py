"""A running Slack twin, the real client, a channel and a person."""

from collections.abc import AsyncIterator

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack_twin import SlackTwin


@pytest.fixture
async def twin() -> AsyncIterator[SlackTwin]:
    async with SlackTwin() as running:
        yield running


@pytest.fixture
def client(twin: SlackTwin) -> AsyncWebClient:
    return AsyncWebClient(twin.bot_token, base_url=twin.base_url, retry_handlers=[], timeout=10)


@pytest.fixture
def channel(twin: SlackTwin) -> str:
    return twin.add_channel("leads")


@pytest.fixture
def ann(twin: SlackTwin) -> str:
    return twin.add_user("Ann Seller")
